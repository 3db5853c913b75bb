import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Somebody, and where it is needed why them. */
export class ApprovalPersonDialog extends Component {
    static template = "approval_engine.PersonDialog";
    static components = { Dialog, RecordSelector };
    static props = {
        close: Function,
        title: String,
        hint: String,
        confirm: String,
        withReason: Boolean,
        withHours: { type: Boolean, optional: true },
        resModel: { type: String, optional: true },
        domain: { type: Array, optional: true },
        onChoose: Function,
    };
    static defaultProps = {
        withHours: false,
        resModel: "res.users",
        domain: [["share", "=", false]],
    };

    setup() {
        this.state = useState({ userId: false, reason: "", hours: 72, busy: false });
    }

    get isReady() {
        return this.state.userId && (!this.props.withReason || this.state.reason.trim());
    }

    async choose() {
        this.state.busy = true;
        try {
            const { userId, reason, hours } = this.state;
            await this.props.onChoose(userId, reason, Number(hours));
            this.props.close();
        } finally {
            this.state.busy = false;
        }
    }
}

/** Watching a request, letting others watch it, and asking one more person. */
export class ApprovalPeople extends Component {
    static template = "approval_engine.People";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
    }

    get data() {
        return this.props.record.data;
    }

    async call(method, kwargs = {}) {
        const { record } = this.props;
        await this.orm.call(record.resModel, method, [[record.resId]], kwargs);
        await record.load();
    }

    async toggle() {
        await this.call(this.data.is_watched ? "action_unwatch" : "action_watch");
    }

    addApprover() {
        this.dialog.add(ApprovalPersonDialog, {
            title: _t("Ask one more person"),
            hint: _t("They get a step of their own: without their yes it is not approved. It stands in the decision log."),
            confirm: _t("Ask them"),
            withReason: true,
            onChoose: async (user_id, reason) => {
                await this.call("action_add_approver", { user_id, reason });
                this.notification.add(_t("They are asked too."), { type: "success" });
            },
        });
    }

    /** Somebody without a login decides this one request by a link. */
    invite() {
        this.dialog.add(ApprovalPersonDialog, {
            title: _t("Invite somebody from outside"),
            hint: _t("They get a mail with a link to this one request, and a step of their own: without their yes it is not approved. They see what is asked, the amount, the reason and your words, nothing else."),
            confirm: _t("Send the link"),
            withReason: true,
            withHours: true,
            resModel: "res.partner",
            domain: [
                ["email", "!=", false],
                ["is_company", "=", false],
                ["user_ids", "not any", [["share", "=", false]]],
            ],
            onChoose: async (partner_id, reason, hours) => {
                await this.call("action_invite", { partner_id, reason, hours });
                this.notification.add(_t("The link is on its way."), { type: "success" });
            },
        });
    }

    addWatcher() {
        this.dialog.add(ApprovalPersonDialog, {
            title: _t("Let somebody watch"),
            hint: _t("They can read this request, and their daily mail says what came of it."),
            confirm: _t("Let them watch"),
            withReason: false,
            onChoose: async (user_id) => {
                await this.call("action_add_watcher", { user_id });
                this.notification.add(_t("They watch it now."), { type: "success" });
            },
        });
    }
}

registry.category("view_widgets").add("approval_people", {
    component: ApprovalPeople,
    fieldDependencies: [
        { name: "is_watched", type: "boolean" },
        { name: "can_add", type: "boolean" },
        { name: "can_let_watch", type: "boolean" },
    ],
});
