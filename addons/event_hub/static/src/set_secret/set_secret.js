import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Asks for a secret the other side made; it goes straight to the server and is kept nowhere else. */
export class SetSecretDialog extends Component {
    static template = "event_hub.SetSecretDialog";
    static components = { Dialog };
    static props = { close: Function, name: String, save: Function };

    setup() {
        this.state = useState({ secret: "" });
        useAutofocus({ refName: "secret" });
    }

    async onSave() {
        await this.props.save(this.state.secret);
        this.props.close();
    }
}

/** Button that takes the secret a vendor made. */
export class SetSecret extends Component {
    static template = "event_hub.SetSecret";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
    }

    async onClick() {
        const { record } = this.props;
        if (await record.save()) {
            this.dialog.add(SetSecretDialog, {
                name: record.data.name || "",
                save: (secret) => this.save(record, secret),
            });
        }
    }

    async save(record, secret) {
        await this.orm.call(record.resModel, "action_set_secret", [[record.resId], secret]);
        this.notification.add(_t("The secret is set. It cannot be shown again."), { type: "success" });
        await record.load();
    }
}

registry.category("view_widgets").add("event_hub_set_secret", { component: SetSecret });
