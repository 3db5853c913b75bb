import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("support_visibility_answer", {
    url: "/odoo/support-tickets",
    steps: () => [
        {
            content: "Open the ticket",
            trigger: ".o_kanban_record:contains(Tour kumqat is stuck)",
            run: "click",
        },
        {
            content: "An article may answer it, although the customer misspelt it",
            trigger: ".o_support_articles:contains(Reset your kumquat) mark:contains(kumquat)",
        },
        {
            content: "Put it into the answer",
            trigger: ".o_support_articles button:contains(Insert Link)",
            run: "click",
        },
        {
            content: "The answer holds the link",
            trigger: ".modal .o_mail_composer_form_view .odoo-editor-editable a:contains(Reset your kumquat)",
        },
        {
            content: "Send it",
            trigger: ".modal button[name=action_send_mail]",
            run: "click",
        },
        {
            content: "The customer has it",
            trigger: "body:not(:has(.modal)) .o-mail-Message a:contains(Reset your kumquat)",
        },
        {
            content: "The ticket remembers it",
            trigger: ".o_field_widget[name=article_ids]:contains(Reset your kumquat)",
        },
    ],
});

registry.category("web_tour.tours").add("support_visibility_paging", {
    url: "/odoo/support-tickets",
    steps: () => [
        {
            content: "Open the first ticket",
            trigger: ".o_kanban_record:contains(Tour kumqat is stuck)",
            run: "click",
        },
        {
            trigger: ".o_form_view:contains(Tour kumqat is stuck) .o_support_articles:contains(Reset your kumquat)",
        },
        {
            content: "Page to the other one",
            trigger: ".o_pager_next",
            run: "click",
        },
        {
            trigger: ".o_form_view:contains(Tour kumqat fell down) .o_support_articles:contains(Reset your kumquat)",
        },
    ],
});

registry.category("web_tour.tours").add("support_visibility_deflected", {
    url: "/my/tickets/new",
    steps: () => [
        {
            content: "Begin to ask",
            trigger: "#ticket_subject",
            run: "edit My kumqat",
        },
        {
            content: "It may be answered already",
            trigger: ".o_support_suggest a:contains(Reset your kumquat)",
        },
        {
            content: "It is",
            trigger: ".o_support_suggest button:contains(This solved it)",
            run: "click",
        },
        {
            content: "Nothing was sent",
            trigger: ".o_support_solved:contains(Nothing was sent)",
        },
    ],
});
