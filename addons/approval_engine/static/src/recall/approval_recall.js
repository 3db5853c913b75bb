import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Asks why a request is taken back that somebody else, a program, had asked. */
export class ApprovalRecallDialog extends Component {
    static template = "approval_engine.RecallDialog";
    static components = { Dialog };
    static props = { close: Function, onRecall: Function, name: String };

    setup() {
        this.state = useState({ comment: "", busy: false });
        useAutofocus({ refName: "comment" });
    }

    get title() {
        return _t("Recall “%s”", this.props.name);
    }

    async recall() {
        this.state.busy = true;
        try {
            await this.props.onRecall(this.state.comment);
            this.props.close();
        } finally {
            this.state.busy = false;
        }
    }
}

/** The button for who answers for the rule that asked. */
export class ApprovalRecall extends Component {
    static template = "approval_engine.Recall";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
    }

    open() {
        const { record } = this.props;
        this.dialog.add(ApprovalRecallDialog, {
            name: record.data.name,
            onRecall: async (comment) => {
                await this.orm.call(record.resModel, "action_recall", [[record.resId]], { comment });
                await record.load();
            },
        });
    }
}

registry.category("view_widgets").add("approval_recall", {
    component: ApprovalRecall,
    fieldDependencies: [{ name: "name", type: "char" }],
});
