import { registry } from "@web/core/registry";

/** The list of the inbox, to read it anew at a moment of our choice, as a message of the bus does. */
function inbox() {
    const all = (node) => [node.component, ...Object.values(node.children).flatMap(all)];
    const found = all(odoo.__WOWL_DEBUG__.root.__owl__);
    return found.find((component) => component.constructor.name === "ApprovalInboxRenderer");
}

/** Rows that were drawn before now, to tell them from those of a later reading. */
function mark() {
    document.querySelectorAll(".o_data_row").forEach((row) => row.classList.add("drawn_before"));
}

registry.category("web_tour.tours").add("approval_engine_ask", {
    url: "/odoo/approvals-needs-me",
    steps: () => [
        {
            content: "open what is urgent: it stands first, and says why",
            trigger: ".o_data_row:first:contains('‼ urgent') td[name='name']:contains('Urgent tour')",
            run: "click",
        },
        {
            trigger: ".o_approval_urgent:contains('They leave tonight')",
        },
        {
            content: "ask before deciding",
            trigger: "button.o_approval_ask",
            run: "click",
        },
        {
            trigger: ".o_dialog:contains('stands still') textarea.o_approval_say",
            run: "edit Which contract is it?",
        },
        {
            trigger: ".o_dialog button.o_approval_say_confirm",
            run: "click",
        },
        {
            content: "the question is there, and waits",
            trigger: ".o_approval_questions:contains('Which contract is it?'):has(.o_approval_open)",
        },
        {
            content: "the clock stands still",
            trigger: ".o_form_view:contains('the clock stands still since')",
        },
    ],
});

registry.category("web_tour.tours").add("approval_engine_answer", {
    url: "/odoo/approvals-answer",
    steps: () => [
        {
            content: "the question waits for the requester",
            trigger: ".o_approval_inbox_header [data-tab='answer'] .badge:contains('1')",
        },
        {
            trigger: ".o_data_row td[name='name']:contains('Urgent tour')",
            run: "click",
        },
        {
            trigger: ".o_approval_questions textarea.o_approval_answer_text",
            run: "edit Number 7, see the file.",
        },
        {
            trigger: "button.o_approval_answer_send",
            run: "click",
        },
        {
            content: "it is answered",
            trigger: ".o_approval_answer:contains('Number 7')",
        },
        {
            content: "the time runs again",
            trigger: ".o_form_view:not(:contains('the clock stands still')):contains('due in')",
        },
    ],
});

registry.category("web_tour.tours").add("approval_engine_keys", {
    url: "/odoo/approvals-needs-me",
    steps: () => [
        {
            content: "the first request has the focus, without a click",
            trigger: ".o_data_row:first td:focus",
        },
        {
            content: "the keys are told on demand",
            trigger: "body",
            run: "press ?",
        },
        {
            trigger: ".o_keys_help:contains('next request')",
        },
        {
            trigger: "body",
            run: "press ?",
        },
        {
            trigger: "body:not(:has(.o_keys_help))",
        },
        {
            content: "j goes to the second one",
            trigger: ".o_data_row:first td:focus",
            run: "press j",
        },
        {
            content: "what waits is read anew",
            trigger: ".o_data_row:eq(1) td:focus",
            async run() {
                mark();
                await inbox().reload();
            },
        },
        {
            content: "the second one is still the current one, and has the focus",
            trigger: ".o_data_row:eq(1):not(.drawn_before) td:focus",
            run: "press k",
        },
        {
            content: "k goes back; j at a moment when rows were read but not drawn goes on from there",
            trigger: ".o_data_row:first td:focus",
            async run(helpers) {
                await inbox().props.list.load();
                await helpers.press("j");
            },
        },
        {
            content: "a shows what would be approved, before it is, at such a moment too",
            trigger: ".o_data_row:eq(1) td:focus",
            async run(helpers) {
                await inbox().props.list.load();
                await helpers.press("a");
            },
        },
        {
            content: "while that is on the screen nothing is read",
            trigger: ".modal:contains('Second tour'):not(:contains('First tour'))",
            async run() {
                mark();
                await inbox().reload();
            },
        },
        {
            trigger: ".modal .btn-close",
            async run(helpers) {
                if (document.querySelector(".o_data_row:not(.drawn_before)")) {
                    throw new Error("the list was read anew under a dialog");
                }
                await helpers.click();
            },
        },
        {
            content: "afterwards it is, and the current one keeps the focus",
            trigger: ".o_data_row:eq(1):not(.drawn_before) td:focus",
        },
        {
            content: "Enter opens the one that has the focus",
            trigger: "body:not(:has(.modal)) .o_data_row:first td.o_data_cell",
            run() {
                this.anchor.focus();
            },
        },
        {
            trigger: ".o_data_row:first td:focus",
            run: "press Enter",
        },
        {
            content: "a gets ready",
            trigger: ".o_approval_decision",
            run: "press a",
        },
        {
            content: "and Enter approves",
            trigger: "button.o_approval_approve:focus",
            run: "click",
        },
        {
            trigger: ".o_approval_route li[data-state='approved']",
        },
    ],
});

registry.category("web_tour.tours").add("approval_engine_keys_off", {
    url: "/odoo/approvals-needs-me",
    steps: () => [
        {
            content: "the first request has the focus",
            trigger: ".o_data_row:first td:focus",
        },
        {
            trigger: "body",
            run: "press ?",
        },
        {
            content: "letters are switched off where they are told",
            trigger: ".o_keys_help:contains('Letters act') .o_keys_switch",
            run: "click",
        },
        {
            trigger: ".o_keys_help:contains('Letters do nothing')",
        },
        {
            content: "the button still tells them",
            trigger: ".o_keys",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_keys_help))",
            run: "press ?",
        },
        {
            trigger: "body",
            run: "press j",
        },
        {
            trigger: "body",
            async run() {
                await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
            },
        },
        {
            content: "no letter did anything",
            trigger: "body:not(:has(.o_keys_help)):not(:has(.o_data_row:nth-child(2) td:focus))",
        },
    ],
});
