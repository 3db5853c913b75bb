import { registry } from "@web/core/registry";

/** From the button on Start to the carried out decision, as three people in one browser. */
const step = (key, status) => `.o_saas_demo_step[data-step="${key}"][data-status="${status}"]`;
const approve = (who, option) => [
    {
        content: `${who} chooses what shall happen`,
        trigger: `.o_approval_decision input[value="${option}"]`,
        run: "click",
    },
    {
        content: `${who} says why`,
        trigger: ".o_approval_decision .o_approval_comment",
        run: "edit They have always paid.",
    },
    {
        content: `${who} approves`,
        trigger: ".o_approval_decision .o_approval_approve",
        run: "click",
    },
    {
        content: `${who} has decided`,
        trigger: "body:not(:has(.o_approval_decision))",
    },
];

registry.category("web_tour.tours").add("saas_demo_decision", {
    steps: () => [
        {
            content: "Start says who you are",
            trigger: ".o_saas_demo_who:contains(Clara Sommer)",
        },
        {
            content: "Make the payment fail",
            trigger: ".o_saas_demo_strategic",
            run: "click",
        },
        {
            content: "Three messages were heard",
            trigger: step("heard", "done"),
            timeout: 60000,
        },
        {
            content: "The third failure was understood",
            trigger: `${step("understood", "done")}:contains(third failed attempt)`,
        },
        {
            content: "The account is critical",
            trigger: `${step("account", "done")}:contains(critical)`,
        },
        {
            content: "Go on as finance",
            trigger: `${step("decision", "doing")} .o_saas_demo_continue[data-login="finance"]`,
            timeout: 60000,
            run: "click",
            expectUnloadPage: true,
        },
        ...approve("Finance", "extend_grace"),
        {
            content: "Open the persona switch",
            trigger: ".o_saas_demo_switch",
            run: "click",
        },
        {
            content: "Go on as customer success",
            trigger: '[data-persona="csm"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Start waits for customer success alone",
            trigger: `${step("decision", "doing")}:contains(Felix Moreau said yes)`,
        },
        {
            content: "Decide",
            trigger: ".o_saas_demo_decide",
            run: "click",
        },
        {
            content: "The option of finance is chosen already",
            trigger: '.o_approval_decision input[value="extend_grace"]:checked',
        },
        {
            content: "Customer success approves",
            trigger: ".o_approval_decision .o_approval_approve",
            run: "click",
        },
        {
            content: "Customer success has decided",
            trigger: "body:not(:has(.o_approval_decision))",
        },
        {
            content: "Open the persona switch again",
            trigger: ".o_saas_demo_switch",
            run: "click",
        },
        {
            content: "Back to Start",
            trigger: ".o_saas_demo_to_start",
            run: "click",
        },
        {
            content: "Both approved",
            trigger: `${step("decision", "done")}:contains(Extend grace)`,
            timeout: 60000,
        },
        {
            content: "It was carried out",
            trigger: '.o_saas_demo_step[data-step="done"]:contains(has grace until)',
            timeout: 60000,
        },
    ],
});
