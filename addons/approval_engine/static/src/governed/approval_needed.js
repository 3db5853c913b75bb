import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { standardErrorDialogProps } from "@web/core/errors/error_dialogs";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** Says which approval is needed, and offers to ask for it. */
export class ApprovalNeededDialog extends Component {
    static template = "approval_engine.ApprovalNeededDialog";
    static components = { Dialog };
    static props = { ...standardErrorDialogProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        const [message, ask] = this.props.data.arguments;
        this.message = message;
        this.ask = ask;
    }

    async onAsk() {
        const { model, ids, operation, values } = this.ask;
        const action = await this.orm.call(model, "action_request_approval", [ids], {
            operation,
            values,
        });
        this.props.close();
        await this.action.doAction(action, { forceLeave: true });
    }
}

registry
    .category("error_dialogs")
    .add("odoo.addons.approval_engine.exceptions.ApprovalNeeded", ApprovalNeededDialog);
