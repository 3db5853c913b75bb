import { registry } from "@web/core/registry";

/** The overview tells what waits, and its numbers open the records. */
registry.category("web_tour.tours").add("event_hub_overview", {
    url: "/odoo/hub-overview",
    steps: () => [
        { trigger: ".o_hub_answer h1:contains(Waiting for a person: 1)" },
        { trigger: ".o_hub_rates tr:contains(Accepted) td:eq(0):contains(3)" },
        { trigger: ".o_hub_failures tr:contains(Unknown event type)" },
        { trigger: ".o_hub_automations tr:contains(Tour rule)" },
        { trigger: ".o_hub_endpoints tr:contains(Outside):contains(Live)" },
        { trigger: ".o_hub_refresh", run: "click" },
        {
            content: "A number opens its records",
            trigger: ".o_hub_exceptions li:contains(Messages that wait) .o_hub_number",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row" },
        { trigger: ".o_back_button a, .breadcrumb-item a:contains(Overview)", run: "click" },
        { trigger: ".o_hub_rates" },
    ],
});

/** Before anything came in, it says what to do next. */
registry.category("web_tour.tours").add("event_hub_overview_empty", {
    url: "/odoo/hub-overview",
    steps: () => [
        { trigger: ".o_hub_answer h1:contains(Nothing has come in yet)" },
        { trigger: ".o_hub_empty button:contains(Connect a source)", run: "click" },
        { trigger: ".o_list_view, .o_kanban_view, .o_nocontent_help" },
    ],
});
