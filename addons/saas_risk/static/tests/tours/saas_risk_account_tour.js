import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("saas_risk_account", {
    steps: () => [
        {
            content: "the account with the worst health shows its status in words",
            trigger: ".o_data_row:contains('Tour Borealis') .badge:contains('◆ Critical')",
            run: "click",
        },
        {
            content: "its health is drawn line by line",
            trigger: ".o_saas_risk_waterfall .o_saas_risk_line:contains('3 failed attempts on invoice INV-TOUR')",
        },
        {
            content: "the lines add up to the score",
            trigger: ".o_saas_risk_total .o_saas_risk_points:contains('25.00')",
        },
        {
            content: "a line opens the record that shows it",
            trigger: ".o_saas_risk_words a:contains('INV-TOUR')",
            run: "click",
        },
        {
            content: "the invoice shows its payment history",
            trigger: ".o_form_view .o_data_row:contains('Funds missing')",
        },
        {
            content: "back on the account",
            trigger: ".breadcrumb-item a:contains('Tour Borealis'), .o_back_button",
            run: "click",
        },
        {
            content: "the timeline tells what happened",
            trigger: ".o_notebook a.nav-link:contains('Timeline')",
            run: "click",
        },
        {
            content: "payments are in it",
            trigger: ".o_hub_line:contains('Payment failed')",
        },
        {
            content: "the smart button opens the decision that waits",
            trigger: "button[name='action_open_approvals']",
            run: "click",
        },
        {
            content: "it is there",
            trigger: ".o_data_row:contains('3 failed payments on INV-TOUR'), .o_kanban_record:contains('INV-TOUR')",
        },
    ],
});
