import { registry } from "@web/core/registry";

/** A period is tried, then replayed; the form tells what would happen and what did. */
registry.category("web_tour.tours").add("event_hub_replay", {
    url: "/odoo/hub-replays",
    steps: () => [
        { content: "Empty, it says what it is for", trigger: ".o_view_nocontent:contains(Replay a whole period)" },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "button[name=action_open_messages]:contains(3)" },
        { trigger: "button[name=action_try]", run: "click" },
        {
            content: "Outcomes are counted in words",
            trigger: ".o_field_widget[name=trial_page] .badge:contains(2 Processed)",
        },
        { trigger: ".o_field_widget[name=trial_page] .badge:contains(1 Parked)" },
        {
            content: "Text from outside is text",
            trigger: ".o_field_widget[name=trial_page] td:contains(<img src=x)",
        },
        { trigger: "button[name=action_start]", run: "click" },
        { trigger: ".modal .btn-primary", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Running)" },
        { trigger: "button[name=action_cancel]" },
    ],
});
