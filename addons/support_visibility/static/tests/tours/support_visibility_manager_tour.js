import { registry } from "@web/core/registry";

const TODAY = ".o_support_manager";

registry.category("web_tour.tours").add("support_visibility_manager_day", {
    url: "/odoo/support-today",
    steps: () => [
        {
            content: "The answer stands first",
            trigger: `${TODAY} .o_support_answer:contains(ticket waits for a person)`,
        },
        {
            content: "The arrow leads from the buttons into the page",
            trigger: ".o_control_panel .o_support_questions_link",
            run({ anchor }) {
                anchor.focus();
                anchor.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
            },
        },
        { content: "It is there", trigger: ".o_content :focus" },
        {
            content: "A number opens what it counts",
            trigger: `${TODAY} .o_support_tiles .card:contains(Without a person) .o_support_figure[data-count='1']`,
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Tour nobody has it)",
        },
        {
            content: "Exactly one",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Tour somebody has it)))",
        },
        {
            content: "Back",
            trigger: ".breadcrumb-item.o_back_button a, .o_breadcrumb .o_back_button a",
            run: "click",
        },
        {
            content: "Another period",
            trigger: `${TODAY} .o_support_answer`,
        },
        {
            trigger: "[data-period=week]",
            run: "click",
        },
        {
            trigger: "[data-period=week].active",
        },
        {
            content: "Only one team",
            trigger: ".o_support_team",
            run: "selectByLabel Tour Desk",
        },
        {
            content: "Its board",
            trigger: `${TODAY} .o_support_backlog tbody tr:only-child:contains(Tour Desk) .o_support_board_link`,
            run: "click",
        },
        {
            content: "Stands by stage",
            trigger: ".o_kanban_view .o_kanban_record:contains(Tour nobody has it)",
        },
    ],
});

registry.category("web_tour.tours").add("support_visibility_manager_empty", {
    url: "/odoo/support-today",
    steps: () => [
        {
            content: "Nothing is open, and the next step is named",
            trigger: `${TODAY} .o_nocontent_help:contains(Nothing is open)`,
        },
        {
            trigger: `${TODAY} .o_nocontent_help button:contains(Create a ticket)`,
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name]",
        },
    ],
});

registry.category("web_tour.tours").add("support_visibility_questions", {
    url: "/odoo/support-today",
    steps: () => [
        {
            content: "From Today to the questions",
            trigger: ".o_support_questions_link",
            run: "click",
        },
        {
            content: "Five answers",
            trigger: ".o_support_questions section[data-question=stalled] .fs-5",
        },
        {
            content: "What no source tells is named",
            trigger: ".o_support_questions section[data-question=friction]:contains(Onboarding: no source)",
        },
        {
            content: "A number opens its records",
            trigger: ".o_support_questions section[data-question=escalations] .o_support_figure[data-count='1']",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(The contract is not in the system)",
        },
    ],
});
