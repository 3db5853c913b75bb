import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("support_visibility_agent_day", {
    url: "/odoo/support-tickets",
    steps: () => [
        {
            content: "Open the ticket that nobody has",
            trigger: ".o_kanban_record:contains(Tour export fails)",
            run: "click",
        },
        {
            content: "The customer card shows the tier",
            trigger: ".o_field_widget[name=account_tier]:contains(Strategic)",
        },
        {
            content: "Take it",
            trigger: "button[name=action_take]",
            run: "click",
        },
        {
            content: "It is open and mine",
            trigger: ".o_arrow_button_current:contains(Open)",
        },
        {
            content: "Escalate",
            trigger: ".o_statusbar_buttons button:contains(Escalate)",
            run: "click",
        },
        {
            content: "Say what is missing",
            trigger: ".modal .o_field_widget[name=reason_class] label:contains(Missing data)",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit The contract is not in the system",
        },
        {
            content: "Hand it over",
            trigger: ".modal footer button[name=action_escalate]",
            run: "click",
        },
        {
            content: "It stands out now",
            trigger: "body:not(:has(.modal)) .ribbon:contains(Escalated)",
        },
        {
            content: "The reason is kept",
            trigger: ".nav-link[name=escalations]",
            run: "click",
        },
        {
            content: "With its kind",
            trigger: ".o_field_widget[name=escalation_ids]:contains(The contract is not in the system)",
        },
        {
            content: "Nobody has it now: what is not the next step stands behind More",
            trigger: ".o_statusbar_buttons .o_support_more",
            run: "click",
        },
        {
            content: "Solve it",
            trigger: ".dropdown-menu button[name=action_solve]",
            run: "click",
        },
        {
            content: "It is solved and can be reopened",
            trigger: ".o_arrow_button_current:contains(Solved)",
        },
        {
            trigger: "button[name=action_reopen]",
        },
    ],
});

registry.category("web_tour.tours").add("support_visibility_board", {
    url: "/odoo/support-tickets",
    steps: () => [
        {
            content: "Drag a card to Waiting for Customer",
            trigger: ".o_kanban_group:has(.o_column_title:contains(New)) .o_kanban_record:contains(Tour export fails)",
            run: "drag_and_drop(.o_kanban_group:has(.o_column_title:contains(Waiting)))",
        },
        {
            content: "It stays there",
            trigger:
                ".o_kanban_group:has(.o_column_title:contains(Waiting)) .o_kanban_record:contains(Tour export fails)",
        },
        {
            content: "Text from outside is only text",
            trigger: ".o_kanban_record:contains(<img src=x onerror)",
        },
    ],
});
