import { registry } from "@web/core/registry";

const KEY = "a key of the tour, 0123456789";

/** As the sender would, with a key in the Authorization header. */
async function send(key, body) {
    await fetch("/hub/v1/events/tour_forms", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify(body),
    });
}

/** A source waits for its first event, tells what is refused and why, and shows the event: nothing is clicked. */
registry.category("web_tour.tours").add("event_hub_connect", {
    steps: () => [
        { content: "It waits", trigger: ".o_hub_waiting:contains(Waiting for your first event)" },
        { trigger: ".o_field_widget[name=example_curl]:contains(authorization: Bearer)" },
        {
            content: "The sender has the wrong key",
            trigger: ".o_hub_send_test:enabled",
            run: () => send("wrong", { kind: "opened", account: "T-001" }),
        },
        {
            content: "That is told with what to do",
            trigger: ".o_hub_refused li[data-code=bad_signature]:contains(once):contains(Check a Request)",
        },
        {
            content: "Now with the right key",
            trigger: ".o_hub_waiting",
            run: () => send(KEY, { kind: "opened", account: "T-001" }),
        },
        {
            content: "The first event shows by itself",
            trigger: ".o_hub_heard:contains(First event heard):contains(test.ping):contains(Received)",
        },
        { trigger: ".o_hub_heard .o_hub_connect_open", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=body_pretty]:contains(opened)" },
    ],
});

/** A mapping is written against a pasted sample, and a request is checked without being stored. */
registry.category("web_tour.tours").add("event_hub_mapping", {
    steps: () => [
        { trigger: ".nav-link[name=mappings]", run: "click" },
        { trigger: ".o_field_widget[name=mapping_ids] .o_data_row:contains(Opened) td[name=name]", run: "click" },
        {
            content: "The sample becomes an event",
            trigger: ".modal .o_field_widget[name=preview]:contains(test.ping)",
        },
        {
            content: "Another sample is pasted",
            trigger: ".modal .o_field_widget[name=sample] textarea",
            run: 'edit {"kind": "opened", "account": "T-002", "title": "<b>Hi</b>"}',
        },
        { trigger: ".modal .o_field_widget[name=data_expr] textarea", run: "edit {what: title} && press Tab" },
        {
            content: "The preview follows, and text is text",
            trigger: ".modal .o_field_widget[name=preview]:contains(T-002):contains(<b>Hi</b>)",
        },
        { trigger: ".modal .o_field_widget[name=data_expr] textarea", run: "edit {what: && press Tab" },
        { trigger: ".modal:contains(No event yet) .o_field_widget[name=preview]:contains(column 7)" },
        { trigger: ".modal .o_field_widget[name=data_expr] textarea", run: "edit {what: title} && press Tab" },
        { trigger: ".modal:contains(Becomes this event)" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_form_button_save:visible", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: "button[name=action_check_request]", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=headers] textarea",
            run: (helpers) => helpers.edit("content-type: application/json\nauthorization: Bearer wrong"),
        },
        { trigger: ".modal .o_field_widget[name=body] textarea", run: 'edit {"kind": "opened", "account": "T-001"} && press Tab' },
        {
            content: "It names the step that fails",
            trigger: ".modal li:contains(The key in authorization is not the secret)",
        },
        {
            trigger: ".modal .o_field_widget[name=headers] textarea",
            run: async (helpers) => {
                await helpers.edit(`content-type: application/json\nauthorization: Bearer ${KEY}`);
                await helpers.press("Tab");
            },
        },
        { trigger: ".modal li:contains(test.ping of T-001)" },
        { trigger: ".modal .btn-close, .modal button[special=cancel]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
