import { WarningDialog } from "@web/core/errors/error_dialogs";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Somebody was first: says so, instead of a server error. */
export class ConflictDialog extends WarningDialog {
    inferTitle() {
        return _t("Changed Meanwhile");
    }
}

registry
    .category("error_dialogs")
    .add("odoo.addons.event_hub.exceptions.ConflictError", ConflictDialog);
