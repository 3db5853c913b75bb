import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("approval_governed", {
    steps: () => [
        {
            content: "change what is held",
            trigger: ".o_field_widget[name=amount] input",
            run: "edit 7000",
        },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "it says which approval is needed, and how to ask",
            trigger: ".o_approval_needed:contains('Toy Order Approval')",
        },
        { trigger: ".o_approval_ask", run: "click" },
        {
            content: "the request shows old and new",
            trigger: ".o_approval_evidence:contains('5000.00 → 7000.00')",
        },
        { trigger: "button[name=action_submit]", run: "click" },
        { content: "it is on its way", trigger: ".o_approval_route:contains('Finance')" },
    ],
});
