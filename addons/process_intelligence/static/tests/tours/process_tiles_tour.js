import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("process_intelligence_tiles", {
    steps: () => [
        { content: "Nothing is starred yet", trigger: ".o_process_tiles:contains(Nothing starred yet)" },
        { content: "The arrow leads from the buttons into the page", trigger: ".o_control_panel .btn:contains(Map)", run({ anchor }) {
            anchor.focus();
            anchor.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
        } },
        { content: "To the next step", trigger: ".o_process_tiles_map:focus" },
        { content: "Go to the map", trigger: ".o_process_tiles_map", run: "click" },
        { content: "Open what is saved", trigger: ".o_process_saved:contains((1))", run: "click" },
        { content: "Star it", trigger: ".o_process_saved_item button[aria-pressed=false]", run: "click" },
        { content: "It is starred", trigger: ".o_process_saved_item button[aria-pressed=true]" },
        { content: "Close the list", trigger: ".o_process_saved", run: "click" },
        { content: "To the overview", trigger: "[data-menu-xmlid='process_intelligence.menu_tiles']", run: "click" },
        { content: "The number and what became of it", trigger: ".o_process_tile:contains(Asked back):contains(2 h):contains(less than in the 30 days before)" },
        { content: "And the weeks", trigger: ".o_process_tile svg[aria-label*='last 12 weeks']" },
        { content: "Open it", trigger: ".o_process_tile_open", run: "click" },
        { content: "With its filter", trigger: ".o_process_chip:contains(with Ask)" },
        { content: "Back to the overview", trigger: "[data-menu-xmlid='process_intelligence.menu_tiles']", run: "click" },
        { content: "Take it off", trigger: ".o_process_tile button[aria-label^=Take]", run: "click" },
        { content: "Nothing is left", trigger: ".o_process_tiles:contains(Nothing starred yet)" },
    ],
});
