import { registry } from "@web/core/registry";

const tab = (id, words) => [
    { content: `Open ${id}`, trigger: `.nav-link[data-tab=${id}]`, run: "click" },
    { content: `${id} answers in words`, trigger: `.o_process_finding_sentence${words && `:contains(${words})`}` },
];

function arrowDown(anchor) {
    anchor.focus();
    anchor.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
}

async function inSight(selector) {
    await new Promise((resolve) => setTimeout(resolve, 300)); // it is brought there with the next frame
    const { top } = document.querySelector(selector).getBoundingClientRect();
    if (top < 0 || top > window.innerHeight / 2) {
        throw new Error(`${selector} is out of sight, at ${top}`);
    }
}

registry.category("web_tour.tours").add("process_intelligence_findings", {
    steps: () => [
        { content: "The arrow leads from the buttons into the page", trigger: ".o_process_import", run: ({ anchor }) => arrowDown(anchor) },
        { content: "To its first choice", trigger: ".o_process_select:focus" },
        { content: "Open what is saved", trigger: ".o_process_saved", run: "click" },
        { content: "The menu is there", trigger: ".o_process_save_new" },
        { content: "The arrow leads into the menu", trigger: ".o_process_saved", run: ({ anchor }) => arrowDown(anchor) },
        { content: "To its first entry", trigger: ".o_process_save_new:focus" },
        { content: "Close it", trigger: ".o_process_saved", run: "click" },
        { content: "It is closed", trigger: "body:not(:has(.o_process_save_new))" },
        { content: "A finding leads below the map", trigger: ".o_process_finding[data-question=rework] button:contains(In detail)", run: "click" },
        { content: "Its tab answers", trigger: ".nav-link.active[data-tab=rework]" },
        { content: "And is in sight", trigger: ".o_process_finding_sentence:contains(do something again)", run: () => inSight(".o_process_tabs") },
        { content: "The arrows go along the tabs", trigger: ".nav-link.active", run({ anchor }) {
            if (document.activeElement !== anchor) {
                throw new Error(`The keyboard is at ${document.activeElement.outerHTML}`);
            }
            anchor.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true, cancelable: true }));
            if (document.activeElement.dataset.tab !== "bottlenecks" || !document.activeElement.closest(".o_process_tabs")) {
                throw new Error(`The focus is on ${document.activeElement.outerHTML}`);
            }
        } },
        ...tab("bottlenecks", "lost above the usual time"),
        { content: "The worst is on the map", trigger: ".o_process_finding_tab button:contains(Show on the map)", run: "click" },
        { content: "It is chosen there", trigger: ".o_process_panel" },
        { content: "And the map is in sight", trigger: ".o_process_stage", run: () => inSight(".o_process_stage") },
        { content: "Make a rule of it", trigger: ".o_process_finding_tab button:contains(Make a rule)", run: "click" },
        { content: "The form is filled in", trigger: ".o_form_view:contains(Ask)" },
        { content: "Back to the map", trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
        ...tab("rework", "do something again"),
        ...tab("handoffs", "changes hands"),
        { content: "Who hands to whom", trigger: ".o_process_finding_tab td:contains(ann)" },
        ...tab("conformance", "no rules yet"),
        { content: "And leads to one", trigger: ".o_process_finding_lead:contains(Make a rule)", run: "click" },
        { content: "Of this process", trigger: ".o_form_view [name=definition_id] input:value(Tour findings)" },
        { content: "Back again", trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
        { content: "The map is back", trigger: ".o_process_answer" },
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
        { content: "Where prices are set", trigger: ".o_process_finding_lead:contains(Set prices)", run: "click" },
        { content: "At the activities of the process", trigger: ".o_list_view:contains(Ask) th[data-name=cost_per_step]" },
        { content: "And no others", trigger: ".o_facet_value:contains(Tour findings)" },
    ],
});

registry.category("web_tour.tours").add("process_intelligence_first", {
    steps: () => [
        { content: "A process with cases is open", trigger: ".o_process_answer:contains(3 cases)" },
        { content: "It is the one chosen", trigger: ".o_process_select", run({ anchor }) {
            if (anchor.selectedOptions[0].textContent !== "0 Tour begun") {
                throw new Error(anchor.selectedOptions[0].textContent);
            }
        } },
    ],
});

registry.category("web_tour.tours").add("process_intelligence_denied", {
    steps: () => [
        { content: "Who may not see processes is told whom to ask", trigger: ".o_process_denied:contains(Ask an administrator)" },
        { content: "And sees no error", trigger: "body:not(:has(.modal))" },
    ],
});

registry.category("web_tour.tours").add("process_intelligence_advice", {
    steps: () => [
        { content: "Open the import", trigger: "button:contains(Import a file)", run: "click" },
        {
            content: "Choose a file",
            trigger: ".modal .o_field_binary input[type=file]:not(:visible)",
            run({ anchor }) {
                const files = new DataTransfer();
                files.items.add(new File(["alpha,beta,when\n1,Open,2026-03-02 09:00:00\n"], "unlike.csv", { type: "text/csv" }));
                anchor.files = files.files;
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        { content: "What is missing is told beside the columns", trigger: ".modal .o_process_advice:contains(exactly one column as Case)" },
        { content: "Nothing is to be imported yet", trigger: ".modal:not(:has(button[name=import_file]))" },
        { content: "Leave it", trigger: ".modal .modal-footer button:contains(Cancel)", run: "click" },
        { content: "It is gone", trigger: "body:not(:has(.modal))" },
    ],
});
