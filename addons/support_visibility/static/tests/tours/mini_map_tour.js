import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("support_visibility_mini_map", {
    steps: () => [
        { content: "Where it stands is marked in words", trigger: ".o_process_mini_here:contains(here now)" },
        { content: "The sentence says how long it waits", trigger: ".o_process_mini_sentence:contains(It has waited)" },
        { content: "Open the map with it", trigger: ".o_process_mini_open", run: "click" },
        { content: "The cases that went just so are listed", trigger: ".o_process_map .nav-link.active[data-tab=cases]" },
        { content: "Among them this one", trigger: ".o_process_case:contains(Tour export fails)" },
    ],
});

const HERE = ".o_process_mini_here";

/** The server tells of one more step before it answers the second and the third time. */
registry.category("web_tour.tours").add("support_visibility_mini_map_again", {
    steps: () => [
        { content: "Where it stands at first", trigger: `${HERE}:contains(Ticket opened)` },
        {
            content: "Look at the page again, in a hurry",
            trigger: HERE,
            run: () => [1, 2, 3].forEach(() => document.dispatchEvent(new Event("visibilitychange"))),
        },
        { content: "It is told what happened meanwhile", trigger: `${HERE}:contains(Ticket assigned)` },
        { content: "A keystroke asks nothing", trigger: ".o_field_widget[name=name] input", run: "edit Tour export fails again" },
        { content: "Save", trigger: ".o_form_button_save", run: "click" },
        { content: "It is told what happened since", trigger: `${HERE}:contains(Ticket waits)` },
    ],
});
