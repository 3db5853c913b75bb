import { registry } from "@web/core/registry";

const tab = (id, words) => [
    { content: `Open ${id}`, trigger: `.nav-link[data-tab=${id}]`, run: "click" },
    { content: `${id} answers in words`, trigger: `.o_process_finding_sentence${words && `:contains(${words})`}` },
];

registry.category("web_tour.tours").add("process_intelligence_findings", {
    steps: () => [
        ...tab("bottlenecks", "lost above the usual time"),
        { content: "The worst is on the map", trigger: ".o_process_finding_tab button:contains(Show on the map)", run: "click" },
        { content: "It is chosen there", trigger: ".o_process_panel" },
        { content: "Make a rule of it", trigger: ".o_process_finding_tab button:contains(Make a rule)", run: "click" },
        { content: "The form is filled in", trigger: ".o_form_view:contains(Ask)" },
        { content: "Back to the map", trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
        ...tab("rework", "do something again"),
        ...tab("handoffs", "changes hands"),
        { content: "Who hands to whom", trigger: ".o_process_finding_tab td:contains(ann)" },
        ...tab("conformance", "no rules yet"),
        { content: "What is missing is told", trigger: ".nav-link[data-tab=stalled]", run: "click" },
        { content: "It names the way out", trigger: ".o_process_finding_problem, .o_process_finding_sentence:contains(running)" },
        { content: "Causes take an outcome", trigger: ".nav-link[data-tab=causes]", run: "click" },
        { content: "Of rework", trigger: ".o_process_finding_choice", run: "select rework" },
        { content: "It is answered", trigger: ".o_process_finding_sentence:contains(finished cases)" },
        ...tab("opportunities", ""),
        ...tab("compare", "Choose some cases"),
        ...tab("automation", "machines"),
        ...tab("anomalies", ""),
        ...tab("cost", "price"),
    ],
});
