import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("ai_assist_judge", {
    url: "/odoo/ai-suggestions",
    steps: () => [
        {
            content: "Open the first suggestion",
            trigger: ".o_data_row:contains(Tour Anna) .o_data_cell[name=record_name]",
            run: "click",
        },
        {
            content: "Text from outside is only text",
            trigger: ".o_field_widget[name=output_text]:contains(<img src=x onerror)",
        },
        {
            content: "Accept it",
            trigger: "button[name=action_accept]",
            run: "click",
        },
        {
            content: "It is accepted, once",
            trigger: ".o_arrow_button_current:contains(Accepted)",
        },
        {
            content: "Back to what is left",
            trigger: ".o_back_button a, .breadcrumb-item.o_back_button",
            run: "click",
        },
        {
            content: "Open the second suggestion",
            trigger: ".o_data_row:contains(Tour Ben) .o_data_cell[name=record_name]",
            run: "click",
        },
        {
            content: "Reject it",
            trigger: ".o_statusbar_buttons button:contains(Reject)",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit It names the wrong product",
        },
        {
            content: "Confirm",
            trigger: ".modal footer button[name=action_reject]",
            run: "click",
        },
        {
            content: "The reason is kept",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=verdict_reason]:contains(It names the wrong product)",
        },
    ],
});

registry.category("web_tour.tours").add("ai_assist_task", {
    url: "/odoo/ai-tasks",
    steps: () => [
        {
            content: "Open the task",
            trigger: ".o_data_row:contains(text_summary) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "Look at the shape of its answers",
            trigger: ".nav-link[name=schema]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=output_schema_text] textarea",
        },
    ],
});
