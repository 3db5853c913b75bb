import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("approval_engine_mini_map", {
    steps: () => [
        { content: "Where it stands is marked in words", trigger: ".o_process_mini_here:contains(here now)" },
        { content: "The sentence says how long it waits", trigger: ".o_process_mini_sentence:contains(It has waited)" },
        { content: "Open the map with it", trigger: ".o_process_mini_open", run: "click" },
        { content: "The cases that went just so are listed", trigger: ".o_process_map .nav-link.active[data-tab=cases]" },
        { content: "Among them this one", trigger: ".o_process_case:contains(Tour request)" },
    ],
});
