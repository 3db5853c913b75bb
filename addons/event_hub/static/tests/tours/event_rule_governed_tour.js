import { registry } from "@web/core/registry";

const OPEN = {
    content: "Open the governed rule",
    trigger: ".o_data_row td[name=name]:contains(Tour: governed rule)",
    run: "click",
};

/** Makes a governed rule: it is off until its charter is complete. */
registry.category("web_tour.tours").add("event_hub_rule_govern", {
    url: "/odoo/hub-rules",
    steps: () => [
        { content: "A new rule", trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_field_widget[name=name] textarea, .o_field_widget[name=name] input",
            run: "edit Tour: governed rule",
        },
        { trigger: ".o_field_widget[name=model_id] input", run: "edit Contact" },
        { trigger: ".o_field_widget[name=model_id] .dropdown-item:contains(/^Contact$/)", run: "click" },
        { trigger: ".o_field_widget[name=event_pattern] input", run: "edit test.* && press Tab" },
        { trigger: ".o_field_widget[name=throttle_hours] input", run: "edit 24:00 && press Tab" },
        { trigger: ".o_field_widget[name=governed] input", run: "check" },
        {
            content: "The sentence says how often",
            trigger: ".o_field_widget[name=event_sentence]:contains(once for each record in 24 hours)",
        },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "It says what is missing",
            trigger: ".o_field_widget[name=charter_gaps]:contains(approval path is missing)",
        },
        { trigger: "button[name=action_open_charter]:contains(Complete the Charter)" },
    ],
});

/** Completes the charter and switches the rule on: it observes. */
registry.category("web_tour.tours").add("event_hub_rule_charter", {
    url: "/odoo/hub-rules",
    steps: () => [
        OPEN,
        { trigger: "button[name=action_open_charter]:contains(Complete the Charter)", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=purpose] textarea",
            run: "edit Mark whom we have seen && press Tab",
        },
        { trigger: ".modal .o_field_widget[name=approval_path] .o_radio_item:contains(None, because) input", run: "click" },
        { content: "It is chosen", trigger: ".modal .o_field_widget[name=approval_path] .o_radio_item:contains(None, because) input:checked" },
        {
            trigger: ".modal .o_field_widget[name=approval_reason] textarea",
            run: "edit None, because a note harms nobody",
        },
        { trigger: ".modal .modal-footer button:contains(Save)", run: "click" },
        { trigger: "body:not(:has(.modal)) button[name=action_switch_on]", run: "click" },
        { content: "It observes", trigger: ".alert:contains(Observing.)" },
    ],
});

/** Sees what it would have done, then switches it to act. */
registry.category("web_tour.tours").add("event_hub_rule_act", {
    url: "/odoo/hub-rules",
    steps: () => [
        OPEN,
        { trigger: "button[name=action_open_runs]:contains(Runs)", run: "click" },
        { content: "What it would have done", trigger: ".o_data_row:contains(Observed):contains(Would have run: Tell)" },
        { trigger: ".breadcrumb-item a:contains(Tour: governed rule), .o_back_button a", run: "click" },
        { trigger: "button[name=action_switch_to_act]", run: "click" },
        { trigger: ".modal .modal-footer .btn-primary", run: "click" },
        { content: "It acts", trigger: "body:not(:has(.modal)) .o_statusbar_status [aria-checked=true]:contains(Act), body:not(:has(.modal)) .o_arrow_button_current:contains(Act)" },
        { trigger: "button[name=action_switch_to_observe]" },
    ],
});

/** Stops all rules from the governance page, sees the banner, and lets them go on. */
registry.category("web_tour.tours").add("event_hub_governance_page", {
    url: "/odoo/hub-governance",
    steps: () => [
        { trigger: ".o_data_row:contains(Tour: governed rule)" },
        { trigger: ".o_hub_pause_all", run: "click" },
        { trigger: ".modal .o_field_widget[name=reason] textarea", run: "edit Something is wrong" },
        { trigger: ".modal .modal-footer button[name=action_confirm]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_hub_all_paused:contains(Something is wrong)" },
        { trigger: ".o_hub_resume_all", run: "click" },
        { trigger: ".o_hub_pause_all" },
        { content: "A row opens the rule", trigger: ".o_data_row td[name=automation_id]:contains(Tour: governed rule)", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=event_sentence]" },
    ],
});
