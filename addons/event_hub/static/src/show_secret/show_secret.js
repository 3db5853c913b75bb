import { CopyButton } from "@web/core/copy_button/copy_button";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Component } from "@odoo/owl";

/** Shows a new secret, this once. */
export class ShowSecretDialog extends Component {
    static template = "event_hub.ShowSecretDialog";
    static components = { Dialog, CopyButton };
    static props = { name: String, secret: String, close: Function };

    get title() {
        return _t("New secret of %s", this.props.name);
    }
}

registry.category("actions").add("event_hub.show_secret", (env, action) => {
    const { name, secret } = action.params;
    env.services.dialog.add(ShowSecretDialog, { name, secret });
    return { type: "ir.actions.client", tag: "soft_reload" };
});
