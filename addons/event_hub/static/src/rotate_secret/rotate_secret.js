import { Component } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { CopyButton } from "@web/core/copy_button/copy_button";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Shows a new secret; it is kept nowhere in the browser and cannot be shown again. */
export class SecretDialog extends Component {
    static template = "event_hub.SecretDialog";
    static components = { CopyButton, Dialog };
    static props = { close: Function, name: String, secret: String };

    get copyText() {
        return _t("Copy");
    }

    get copied() {
        return _t("Copied");
    }
}

/** Button that replaces the secret of a source or an endpoint, after asking. */
export class RotateSecret extends Component {
    static template = "event_hub.RotateSecret";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
    }

    /** There is none yet, so there is nothing to replace. */
    get isFirst() {
        return this.props.record.data.has_secret === false;
    }

    async onClick() {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        if (this.isFirst) {
            return this.rotate(record);
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("Replace the secret?"),
            body: _t(
                "A new secret is made and shown once. The present one stays valid for a while, so that both sides can change over."
            ),
            confirmLabel: _t("Make a new secret"),
            confirm: () => this.rotate(record),
            cancel: () => {},
        });
    }

    async rotate(record) {
        const { secret } = await this.orm.call(record.resModel, "action_rotate_secret", [[record.resId]]);
        this.dialog.add(SecretDialog, { name: record.data.name || "", secret });
        await record.load();
    }
}

registry.category("view_widgets").add("event_hub_rotate_secret", { component: RotateSecret });
