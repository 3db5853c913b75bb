import { useKeysHelp, useLetter } from "@event_hub/keys/keys";
import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { ApprovalOptionCards } from "../options/approval_options";
import { takeIntent } from "../keys/approval_intent";
import { ApprovalSayDialog } from "../questions/approval_questions";

const MODEL = "approval_engine.request";

/** Where an approver decides: the options, a comment, Approve and Reject. */
export class ApprovalDecision extends Component {
    static template = "approval_engine.Decision";
    static components = { ApprovalOptionCards };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.keys = useKeysHelp([
            ["A", _t("ready to approve; Enter approves")],
            ["R", _t("ready to reject; Enter rejects")],
            ["I", _t("ask the requester something")],
            ["J", _t("next")],
            ["K", _t("previous")],
        ]);
        this.comment = useRef("comment");
        this.approveButton = useRef("approve");
        this.rejectButton = useRef("reject");
        // a decision cannot be taken back: a letter gets ready for it, Enter gives it
        useLetter("a", () => this.approveButton.el?.focus());
        useLetter("r", () => this.rejectButton.el?.focus());
        useLetter("i", () => this.ask());
        useLetter("j", () => this.turn("next"), { allowRepeat: true });
        useLetter("k", () => this.turn("previous"), { allowRepeat: true });
        this.panel = useRef("panel");
        this.state = useState({ option: this.chosen, comment: "", busy: false, missing: "", away: false });
        // on a phone the evidence stands first, and the way to the buttons is long
        const observer = new IntersectionObserver(([entry]) => {
            this.state.away = !entry.isIntersecting && entry.boundingClientRect.top > 0;
        });
        onMounted(() => {
            observer.observe(this.panel.el);
            if (takeIntent(this.props.record.resId) === "reject") {
                this.comment.el.focus();
            }
        });
        onWillUnmount(() => observer.disconnect());
    }

    jump() {
        this.panel.el.scrollIntoView({ block: "center", behavior: "smooth" });
    }

    get data() {
        return this.props.record.data;
    }

    get chosen() {
        return this.props.record.data.option || "";
    }

    get options() {
        return this.data.options_data || [];
    }

    /** An approval that stands fixes the option; another one starts the decision over. */
    get isFixed() {
        const steps = this.data.route_data || [];
        return Boolean(this.chosen) && steps.some((step) => step.people.some((p) => p.state === "approved"));
    }

    get isOther() {
        return this.isFixed && this.state.option !== this.chosen;
    }

    get chosenName() {
        const option = this.options.find((o) => o.code === this.chosen);
        return option ? option.name : this.chosen;
    }

    turn(direction) {
        document.querySelector(`.o_pager_${direction}:not(:disabled)`)?.click();
    }

    selectOption(code) {
        this.state.option = code;
        this.state.missing = "";
    }

    async approve() {
        if (this.options.length && !this.state.option) {
            this.state.missing = _t("Choose what shall happen.");
            return;
        }
        const option = this.options.length ? this.state.option : null;
        await this.decide("action_approve", { comment: this.state.comment, option }, _t("Approved."));
    }

    async reject() {
        if (!this.state.comment.trim()) {
            this.state.missing = _t("Say why you reject it.");
            this.comment.el.focus();
            return;
        }
        await this.decide("action_reject", { comment: this.state.comment }, _t("Rejected."));
    }

    async choose() {
        const message = _t("Chosen. Everybody decides on it anew.");
        await this.decide("action_choose", { option: this.state.option }, message);
    }

    ask() {
        const { resId, resModel } = this.props.record;
        this.dialog.add(ApprovalSayDialog, {
            title: _t("Ask before you decide"),
            hint: this.data.pauses
                ? _t("The request stays as it is, and the time to decide stands still until the answer.")
                : _t("The request stays as it is; the time to decide runs on."),
            placeholder: _t("What do you need to know?"),
            confirm: _t("Ask"),
            onSay: async (question) => {
                await this.orm.call(resModel, "action_ask", [[resId]], { question });
                this.notification.add(_t("Asked. You find the answer here."), { type: "success" });
                await this.props.record.load();
            },
        });
    }

    async decide(method, kwargs, message) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const answer = await this.orm.call(MODEL, method, [[this.props.record.resId]], kwargs);
            if (answer?.type) {
                // the step asks for the password first; what was asked is done once it is right
                await this.action.doAction(answer, { onClose: () => this.props.record.load() });
                return;
            }
            this.notification.add(message, { type: "success" });
            this.state.comment = "";
        } finally {
            this.state.busy = false;
            await this.props.record.load();
        }
    }
}

registry.category("view_widgets").add("approval_decision", {
    component: ApprovalDecision,
    fieldDependencies: [
        { name: "option", type: "char" },
        { name: "options_data", type: "json" },
        { name: "route_data", type: "json" },
        { name: "stands_in_for", type: "char" },
        { name: "pauses", type: "boolean" },
    ],
});
