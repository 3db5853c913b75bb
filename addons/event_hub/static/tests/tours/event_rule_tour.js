import { registry } from "@web/core/registry";

/** Opens a rule on business events, then makes another one from nothing. */
registry.category("web_tour.tours").add("event_hub_rule_form", {
    url: "/odoo/hub-rules",
    steps: () => [
        {
            content: "Open a rule that is there",
            trigger: ".o_data_row td[name=name]:contains(Tour: first rule)",
            run: "click",
        },
        {
            content: "It says what it does",
            trigger: ".o_field_widget[name=event_sentence]:contains(When an event risk.* about a Contact is recorded)",
        },
        {
            content: "The trigger shows its label",
            trigger: ".o_field_widget[name=trigger] input:value(On business event), .o_field_widget[name=trigger]:contains(On business event)",
        },
        { content: "Pattern and owner are there", trigger: ".o_field_widget[name=event_pattern] input:value(risk.*)" },
        { trigger: ".o_field_widget[name=owner_id]" },
        { content: "Back to the list", trigger: ".o_back_button a, .breadcrumb-item a:contains(Event Rules)", run: "click" },
        { content: "A new rule", trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=name] textarea, .o_field_widget[name=name] input", run: "edit Tour: second rule" },
        { trigger: ".o_field_widget[name=model_id] input", run: "edit Contact" },
        { trigger: ".o_field_widget[name=model_id] .dropdown-item:contains(/^Contact$/)", run: "click" },
        {
            content: "Fields of a business event show once the trigger is chosen",
            trigger: ".o_field_widget[name=trigger] input:value(On business event), .o_field_widget[name=trigger]:contains(On business event)",
        },
        { trigger: ".o_field_widget[name=event_pattern] input", run: "edit billing.payment_failed && press Tab" },
        {
            trigger: ".o_field_widget[name=event_sentence]:contains(billing.payment_failed)",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { content: "Saved", trigger: ".o_form_saved" },
        { content: "Its conditions can be opened", trigger: ".o_field_widget[name=event_domain]" },
    ],
});

/** Every trigger of the stock form can still be chosen. */
registry.category("web_tour.tours").add("event_hub_rule_triggers", {
    url: "/odoo/automations/new",
    steps: () => [
        { trigger: ".o_field_widget[name=model_id] input", run: "edit Contact" },
        { trigger: ".o_field_widget[name=model_id] .dropdown-item:contains(/^Contact$/)", run: "click" },
        { trigger: ".o_field_widget[name=trigger] input, .o_field_widget[name=trigger] .o_select_menu_toggler", run: "click" },
        { trigger: ".o_select_menu_menu:contains(Business Events)" },
        { trigger: ".o_select_menu_menu:contains(Email Events)" },
        { trigger: ".o_select_menu_menu:contains(Timing Conditions)" },
        { trigger: ".o_select_menu_item:contains(On business event)", run: "click" },
        { trigger: ".o_field_widget[name=event_pattern]" },
        { trigger: ".o_form_button_cancel", run: "click" },
        { trigger: ".o_form_saved, .o_kanban_view, .o_list_view, .o_form_view:not(:has(.o_form_dirty))" },
    ],
});

/** Whoever may see the automations reads what they do, without the right to change them. */
registry.category("web_tour.tours").add("event_hub_rule_read", {
    url: "/odoo/hub-rules",
    steps: () => [
        { trigger: ".o_data_row td[name=name]:contains(Tour: first rule)", run: "click" },
        { trigger: ".o_field_widget[name=event_sentence]:contains(Tell)" },
        { trigger: ".o_field_widget[name=trigger]:contains(On business event)" },
        { trigger: ".o_field_widget[name=action_server_ids] .o_kanban_record:contains(Tell)" },
    ],
});
