import { registry } from "@web/core/registry";

import { objectGraph } from "@process_intelligence/objects/object_graph";
import { layout } from "@process_intelligence/process_map/graph";
import { labelsAt } from "@process_intelligence/process_map/labels";

const press = (key) =>
    function () {
        this.anchor.focus();
        this.anchor.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    };

function linesDiffer() {
    const looks = [...document.querySelectorAll(".o_process_kind line")].map((line) => [
        line.getAttribute("stroke"), line.getAttribute("stroke-dasharray"),
    ]);
    for (const at of [0, 1]) {
        if (new Set(looks.map((look) => look[at])).size !== looks.length) {
            throw new Error(`Kinds look alike: ${JSON.stringify(looks)}`);
        }
    }
    const drawn = [...document.querySelectorAll(".o_process_finding_tab .o_process_step .o_process_line")];
    for (const [color, dash] of looks) {
        const same = (line) => line.getAttribute("stroke") === color && (line.style.strokeDasharray === "none") === !dash;
        if (!drawn.some(same)) {
            throw new Error(`No path is drawn as ${color} ${dash}`);
        }
    }
}

const text = (edge) => `${edge.count} · 12 h`;
const ROOMS = [{ width: 1300, height: 445 }, { width: 356, height: 490 }, { width: 200, height: 200 }];

/** Each kind that repeats an activity has a loop of its own, with its figure. */
function loopsDiffer() {
    for (let kinds = 1; kinds <= 4; kinds++) {
        const types = Array.from({ length: kinds }, (_item, index) => ({
            type: `t${index}`,
            activities: ["first", "again", "last"].map((name) => ({ name, count: 9, start: name === "first" ? 9 : 0, end: name === "last" ? 9 : 0 })),
            transitions: [["first", "again"], ["again", "again"], ["again", "last"]].map(([source, target]) => ({ source, target, count: 100 + index, p50_seconds: 60 })),
        }));
        const shares = Object.fromEntries(types.map(({ type }) => [type, 9]));
        const activities = ["first", "again", "last"].map((name) => ({ name, count: 9, types: shares }));
        const graph = objectGraph({ types, activities, kinds: types.map(({ type }) => type) });
        for (const direction of ["TB", "LR"]) {
            for (const room of ROOMS) {
                const drawing = layout(graph, text, direction, window.dagre, room);
                const loops = drawing.edges.filter(({ source, target }) => source === target);
                const told = labelsAt(drawing, (edge) => [text(edge)], 1).filter(({ edge }) => loops.includes(edge));
                const where = `${kinds} kinds ${direction} in ${room.width}`;
                if (loops.length !== kinds || new Set(loops.map(({ path }) => path)).size !== kinds) {
                    throw new Error(`${where}: ${loops.length} loops, some of them alike`);
                }
                if (new Set(told.map((label) => label.text)).size !== kinds) {
                    throw new Error(`${where}: only ${told.map((label) => label.text)} are told`);
                }
            }
        }
    }
}

registry.category("web_tour.tours").add("process_intelligence_objects", {
    steps: () => [
        { content: "What is shared is told", trigger: ".o_process_finding_sentence:contains(40 events touch 2 kinds of objects)" },
        { content: "Both kinds are shown", trigger: ".o_process_kinds:has(.o_process_kind.active:contains(Order)):has(.o_process_kind.active:contains(Item))" },
        { content: "Each kind has a line of its own", trigger: ".o_process_finding_tab .o_process_step", run: linesDiffer },
        { content: "So has what a kind repeats", trigger: ".o_process_finding_tab .o_process_map_view", run: loopsDiffer },
        { content: "An activity is drawn once", trigger: ".o_process_finding_tab .o_process_node[data-name='step 0']", run() {
            const nodes = document.querySelectorAll(".o_process_finding_tab .o_process_node[data-name='step 0']");
            if (nodes.length !== 1) {
                throw new Error(`step 0 is drawn ${nodes.length} times`);
            }
        } },
        { content: "Leave out one kind", trigger: ".o_process_kind:contains(Item)", run: "click" },
        { content: "Only the other is drawn", trigger: ".o_process_kind[aria-pressed=false]:contains(Item)" },
        { content: "One kind stays", trigger: ".o_process_kind:contains(Order)", run: "click" },
        { content: "It does", trigger: ".o_process_kind[aria-pressed=true]:contains(Order)" },
        { content: "Both again", trigger: ".o_process_kind:contains(Item)", run: "click" },
        { content: "They are", trigger: ".o_process_kind[aria-pressed=true]:contains(Item)" },
        { content: "Enter goes to the first step", trigger: ".o_process_finding_tab .o_process_canvas", run: press("Enter") },
        { content: "And opens it", trigger: ".o_process_finding_tab .o_process_node:focus", run: press("Enter") },
        { content: "Its kinds are told", trigger: ".o_process_finding_tab .o_process_panel:contains(Order):contains(times)" },
        { content: "The table tells the same", trigger: ".o_process_finding_tab td:contains(Item)" },
        { content: "Open the objects", trigger: ".o_process_see_objects:first", run: "click" },
        { content: "Their events are listed", trigger: ".o_list_view, .o_kanban_view" },
        { content: "The page says which", trigger: ".o_breadcrumb:contains(of the kind)" },
    ],
});

registry.category("web_tour.tours").add("process_intelligence_one_kind", {
    steps: () => [
        { content: "What to do is told", trigger: ".o_process_finding_sentence:contains(Import a log as OCEL)" },
        { content: "Its flow is drawn all the same", trigger: ".o_process_finding_tab .o_process_node:contains(Open)" },
    ],
});
