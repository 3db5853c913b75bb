import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

const MODEL = "approval_engine.request";

/** One summary of what is being approved, then what came of each. */
export class ApprovalBulkDialog extends Component {
    static template = "approval_engine.BulkDialog";
    static components = { Dialog };
    static props = { close: Function, ids: Array, onDone: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ summary: null, result: null, comment: "", busy: false });
        onWillStart(async () => {
            this.state.summary = await this.orm.call(MODEL, "approve_summary", [this.props.ids]);
        });
    }

    get title() {
        const { summary, result } = this.state;
        if (result) {
            return _t("%s approved", result.approved.length);
        }
        return summary.count === 1 ? _t("Approve 1 request?") : _t("Approve %s requests?", summary.count);
    }

    get sums() {
        return this.state.summary.sums.map((sum) => sum.text).join(" + ");
    }

    async approve() {
        const { ready } = this.state.summary;
        const seen = Object.fromEntries(ready.map((row) => [row.id, row.hash]));
        this.state.busy = true;
        try {
            const kwargs = { comment: this.state.comment, seen };
            this.state.result = await this.orm.call(MODEL, "approve_each", [ready.map((row) => row.id)], kwargs);
        } finally {
            this.state.busy = false;
        }
        this.props.onDone();
    }
}

/** Opened by the button of the list for what is selected there, or by the inbox, which says what to do afterwards. */
function openBulkApproval(env, action) {
    let done = false;
    const props = { ids: action.params.ids, onDone: () => (done = true) };
    const readAnew = (isDone) => isDone && env.services.action.doAction("soft_reload");
    // the list is read anew once the result was read, as that closes every dialog
    const onClose = () => (action.params.onSettled || readAnew)(done);
    env.services.dialog.add(ApprovalBulkDialog, props, { onClose });
}

registry.category("actions").add("approval_engine.approve_bulk", openBulkApproval);
