import { registry } from "@web/core/registry";

const press = (key) =>
    function () {
        this.anchor.focus();
        this.anchor.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    };

registry.category("web_tour.tours").add("process_intelligence_dots", {
    steps: () => [
        { content: "Cases are lines", trigger: ".o_process_finding_sentence:contains(3 cases: each is a line)" },
        { content: "Colours and shapes are named", trigger: ".o_process_dots_legend:contains(Ask)" },
        { content: "The table tells the same", trigger: ".o_process_finding_tab td:contains(T2)" },
        // Asks nothing anew: an answer that comes later would forget the chosen dot.
        { content: "By time since the start", trigger: ".o_process_finding_choice", run: "select since start" },
        { content: "T1 is on top", trigger: ".o_process_finding_tab tbody tr:first-child td:contains(T1)" },
        { content: "Walk to the first dot", trigger: ".o_process_dots_canvas", run: press("ArrowRight") },
        { content: "It is told", trigger: ".o_process_dots_told:contains(T1: Open)" },
        { content: "Walk on", trigger: ".o_process_dots_canvas", run: press("ArrowRight") },
        { content: "It is told, too", trigger: ".o_process_dots_told:contains(T1: Ask)" },
        { content: "Open the case", trigger: ".o_process_dots_canvas", run: press("Enter") },
        { content: "Its events are listed", trigger: ".o_list_view .o_group_name:contains(T1)" },
    ],
});
