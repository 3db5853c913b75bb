import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("approval_engine_inbox", {
    url: "/odoo/approvals-needs-me",
    steps: () => [
        {
            content: "one request waits",
            trigger: ".o_approval_systray .badge:contains('1')",
        },
        {
            content: "the inbox opens with the answer",
            trigger: ".o_approval_inbox_sentence:contains('1 decision needs you'):contains('at stake')",
        },
        {
            content: "open it",
            trigger: ".o_data_row td[name='name']:contains('Tour request')",
            run: "click",
        },
        {
            content: "the sentence says what is asked",
            trigger: ".o_approval_sentence:contains('Ria asks: Toy Choice of'):contains('Borealis GmbH')",
        },
        {
            content: "the evidence names the account, and links to it",
            trigger: ".o_approval_evidence a.o_approval_link:contains('Borealis GmbH')",
        },
        {
            content: "the route shows who else decides",
            trigger: ".o_approval_route li[data-state='pending']:contains('Customer Success'):contains('Cleo')",
        },
        {
            content: "it says in whose place",
            trigger: ".o_approval_stands_in:contains('Fred')",
        },
        {
            content: "approving without an option is not enough",
            trigger: "button.o_approval_approve",
            run: "click",
        },
        {
            content: "it says what is missing",
            trigger: ".o_approval_missing:contains('Choose what shall happen')",
        },
        {
            content: "choose an option",
            trigger: ".o_approval_option input[value='wait']",
            run: "click",
        },
        {
            content: "say why",
            trigger: ".o_approval_comment",
            run: "edit They always paid in the end.",
        },
        {
            trigger: "button.o_approval_approve",
            run: "click",
        },
        {
            content: "the step is approved, and there is nothing left to decide",
            trigger: ".o_approval_route li[data-state='approved']:contains('Finance')",
        },
        {
            content: "the decision is in the log",
            trigger: "[name='decision_ids'] .o_data_row:contains('Olaf'):contains('Fred'):contains('They always paid in the end.')",
        },
        {
            content: "no buttons any more, and nothing waits",
            trigger: "body:not(:has(.o_approval_decision)):not(:has(.o_approval_systray .badge))",
        },
    ],
});
