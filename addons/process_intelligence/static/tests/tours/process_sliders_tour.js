import { registry } from "@web/core/registry";

const slider = (name) => document.querySelector(`.o_process_map_view input[name=${name}]`);

function slide(name, value) {
    slider(name).value = value;
    slider(name).dispatchEvent(new Event("input", { bubbles: true }));
    slider(name).dispatchEvent(new Event("change", { bubbles: true }));
}

function check(holds, what) {
    if (!holds) {
        throw new Error(what);
    }
}

function stand(activities, paths, when) {
    const found = [slider("activities").value, slider("paths").value].map(Number);
    check(found[0] === activities && found[1] === paths, `${when} the sliders stand at ${found}, not ${[activities, paths]}`);
}

const isLoaded = ".o_process_stage:not(.o_process_loading)";

registry.category("web_tour.tours").add("process_intelligence_sliders", {
    steps: () => [
        {
            content: "Show half of the activities and a few paths",
            trigger: ".o_process_tools:contains(60 of 60)",
            run() {
                slide("activities", 50);
                slide("paths", 30);
            },
        },
        { content: "Half are shown", trigger: ".o_process_tools:not(:contains(60 of 60)):contains(of 60)", run: () => stand(50, 30, "At first") },
        {
            content: "The link tells it",
            trigger: ".o_process_map_view",
            async run() {
                await new Promise((resolve) => setTimeout(resolve, 100));
                check(window.location.search.includes("shown=50-30"), window.location.search);
            },
        },
        { content: "Open an activity", trigger: '.o_process_node[data-name="Step 3"]', run: "click" },
        { content: "Only its cases", trigger: ".o_process_panel button:contains(Only with this)", run: "click" },
        { content: "It is a filter", trigger: `.o_process_chip:contains(Step 3)` },
        { content: "The sliders stand", trigger: `.o_process_undo`, run: "click" },
        { content: "No filter any more", trigger: `.o_process_map:not(:has(.o_process_chip)) ${isLoaded}`, run: () => stand(50, 30, "After undo") },
        {
            content: "More paths, and only cases from another day on",
            trigger: ".o_process_question input[aria-label=From]",
            run({ anchor }) {
                slide("paths", 80);
                anchor.value = "2026-04-20";
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        { content: "Fewer cases", trigger: `.o_process_map:has(.o_process_undo):contains(of 260) ${isLoaded}`, run: () => stand(50, 80, "After a filter") },
        { content: "Another process stands by itself", trigger: ".o_process_select", run: "selectByLabel Tour few" },
        { content: "All of it is shown", trigger: ".o_process_tools:contains(3 of 3)", run: () => check(Number(slider("activities").value) === 100, "Sliders of another process") },
        { content: "And back", trigger: ".o_process_select", run: "selectByLabel Tour sixty" },
        { content: "As it was left", trigger: ".o_process_tools:contains(of 60)", run: () => stand(50, 80, "Back again") },
    ],
});

registry.category("web_tour.tours").add("process_intelligence_shown", {
    steps: () => [
        {
            content: "A tenth of the activities, and the paths that have room",
            trigger: ".o_process_tools:contains(of 60)",
            run() {
                const paths = Number(slider("paths").value);
                stand(10, paths, "From the link");
                check(paths > 0 && paths < 100, `Paths at ${paths}`);
            },
        },
    ],
});
