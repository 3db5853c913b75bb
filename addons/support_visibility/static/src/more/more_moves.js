import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { ViewButton } from "@web/views/view_button/view_button";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const isDone = (data) => ["solved", "closed"].includes(data.state);

/** What is done with a ticket now and then; the three next steps are buttons of the form. */
const MOVES = [
    {
        label: _t("Wait for Customer"),
        click: { type: "object", name: "action_wait" },
        when: (data) => ["new", "open"].includes(data.state) && data.can_undo && data.can_confirm_severity,
    },
    {
        label: _t("Go On"),
        click: { type: "object", name: "action_resume" },
        when: (data) => data.state === "waiting" && data.can_undo && data.can_confirm_severity,
    },
    {
        label: _t("Solve"),
        click: { type: "object", name: "action_solve" },
        when: (data) => !isDone(data) && !data.user_id,
    },
    {
        label: _t("Escalate"),
        click: { type: "action", name: "support_visibility.support_visibility_escalate_action" },
        when: (data) => !isDone(data) && (data.can_undo || data.can_confirm_severity),
    },
    {
        label: _t("Macro"),
        click: { type: "action", name: "support_visibility.support_visibility_run_macro_action" },
        when: () => true,
    },
    {
        label: _t("Snooze"),
        click: { type: "action", name: "support_visibility.support_visibility_snooze_action" },
        when: (data) => !isDone(data) && !data.snoozed_until,
    },
    {
        label: _t("Wake"),
        click: { type: "object", name: "action_wake" },
        when: (data) => data.snoozed_until,
    },
    {
        label: _t("Reply with a Promise"),
        click: { type: "action", name: "support_visibility.support_visibility_promise_action" },
        when: (data) => data.state !== "closed",
    },
    {
        label: _t("Summarise"),
        click: { type: "object", name: "action_summarise" },
        when: () => true,
    },
    {
        label: _t("Close"),
        click: {
            type: "object",
            name: "action_close",
            confirm: _t(
                "Close this ticket? A closed ticket counts as done for good; use Solve if you helped the customer."
            ),
            "confirm-label": _t("Close"),
        },
        when: (data) => data.state !== "closed",
    },
    {
        label: _t("Spam"),
        click: {
            type: "object",
            name: "action_mark_spam",
            confirm: _t("Close this ticket as spam? It counts in no promise, and the sender hears nothing."),
            "confirm-label": _t("Spam"),
        },
        when: (data) => !data.is_spam && !data.source_id && data.state !== "closed",
    },
    {
        label: _t("Not Spam"),
        click: { type: "object", name: "action_not_spam" },
        when: (data) => data.is_spam,
    },
];

/** The rest of the buttons of a ticket, behind one. On a phone they stand in the form's own menu. */
export class MoreMoves extends Component {
    static template = "support_visibility.MoreMoves";
    static components = { Dropdown, DropdownItem, ViewButton };
    static props = { ...standardWidgetProps };

    get moves() {
        return MOVES.filter((move) => move.when(this.props.record.data));
    }
}

registry.category("view_widgets").add("support_visibility_more", {
    component: MoreMoves,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "user_id", type: "many2one" },
        { name: "can_undo", type: "boolean" },
        { name: "can_confirm_severity", type: "boolean" },
        { name: "snoozed_until", type: "datetime" },
        { name: "is_spam", type: "boolean" },
        { name: "source_id", type: "many2one" },
    ],
});
