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

/** The timeline on the form of an account. */
registry.category("web_tour.tours").add("event_hub_timeline", {
    steps: () => [
        { trigger: ".nav-link[name=hub_timeline]", run: "click" },
        { content: "Text from outside is text", trigger: ".o_hub_activity:contains(<img src=x)" },
        { trigger: ".o_hub_details:contains(</script>)" },
        { content: "The exact instant stands on hover", trigger: ".o_hub_time[title*='Z)']" },
        { trigger: ".o_hub_timeline:not(:has(.o_hub_activity:contains(/^Step 3$/)))" },
        { trigger: ".o_hub_timeline_more", run: "click" },
        { content: "Earlier ones follow", trigger: ".o_hub_activity:contains(/^Step 3$/)" },
        { trigger: ".o_hub_timeline_search", run: "edit Step 44" },
        { trigger: ".o_hub_timeline:not(:has(.o_hub_line:nth-child(2)))" },
        { trigger: ".o_hub_activity:contains(Step 44)" },
        { trigger: ".o_hub_timeline_search", run: "edit nothing like this" },
        { trigger: ".o_hub_timeline_empty:contains(Nothing of this kind)" },
        { trigger: ".o_hub_timeline_search", run: "clear" },
        { trigger: ".o_hub_activity:contains(Step 44)" },
        { trigger: ".o_hub_timeline_kind", run: "select billing" },
        { trigger: ".o_hub_timeline:not(:has(.o_hub_activity:contains(Step)))" },
        { trigger: ".o_hub_activity:contains(<img src=x)", run: "click" },
        { content: "A line opens its event", trigger: ".o_form_view .font-monospace:contains(billing.paid)" },
    ],
});
