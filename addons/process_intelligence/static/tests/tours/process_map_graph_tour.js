import { registry } from "@web/core/registry";

import { END, START, layout, neighbour, simplify, toGraph } from "@process_intelligence/process_map/graph";
import { charsOf, cut, wrap } from "@process_intelligence/process_map/words";

/** Numbers that look random and are the same each time (Park and Miller, 1988). */
function draws(seed) {
    let state = seed;
    return (below) => {
        state = (state * 48271) % 2147483647;
        return state % below;
    };
}

/** The map of random cases, counted one by one. */
function randomMap(seed) {
    const draw = draws(seed);
    const names = 2 + draw(40);
    const activities = new Map();
    const transitions = new Map();
    const activity = (name) => {
        if (!activities.has(name)) {
            activities.set(name, { name, count: 0, start: 0, end: 0 });
        }
        return activities.get(name);
    };
    for (let number = 0; number < 3 + draw(60); number++) {
        const path = Array.from({ length: 1 + draw(12) }, () => `step ${Math.min(draw(names), draw(names))}`);
        activity(path[0]).start += 1;
        activity(path.at(-1)).end += 1;
        path.forEach((name, index) => {
            activity(name).count += 1;
            if (index) {
                const key = JSON.stringify([path[index - 1], name]);
                const known = transitions.get(key) || { source: path[index - 1], target: name, count: 0 };
                transitions.set(key, { ...known, count: known.count + 1 });
            }
        });
    }
    return { activities: [...activities.values()].toSorted(byCount), transitions: [...transitions.values()].toSorted(byCount) };
}

function byCount(a, b) {
    return b.count - a.count;
}

function reached(edges, root, near, far) {
    const seen = new Set([root]);
    for (let before = 0; before !== seen.size; ) {
        before = seen.size;
        edges.filter((edge) => seen.has(edge[near])).forEach((edge) => seen.add(edge[far]));
    }
    return seen;
}

function check(holds, what) {
    if (!holds) {
        throw new Error(what);
    }
}

function checkSliders(seed) {
    const graph = toGraph(randomMap(seed));
    let fewer = 0;
    for (const activities of [0, 0.2, 0.5, 1]) {
        for (const paths of [0, 0.1, 0.6, 1]) {
            const shown = simplify(graph, activities, paths);
            const place = `log ${seed}, activities ${activities}, paths ${paths}`;
            const forth = reached(shown.edges, START, "source", "target");
            const back = reached(shown.edges, END, "target", "source");
            check(shown.nodes.length >= Math.ceil(graph.nodes.length * activities), `${place}: activities are missing`);
            for (const { id } of shown.nodes) {
                check(forth.has(id) && back.has(id), `${place}: ${id} is on no path from start to end`);
            }
            const ids = new Set([START, END, ...shown.nodes.map((node) => node.id)]);
            check(shown.edges.every((edge) => ids.has(edge.source) && ids.has(edge.target)), `${place}: a path leads to what is hidden`);
            fewer += shown.edges.length < graph.edges.length;
        }
    }
    const all = simplify(graph, 1, 1);
    check(all.nodes.length === graph.nodes.length && all.edges.length === graph.edges.length, `log ${seed}: not all is shown`);
    return fewer;
}

/** Arrows lead only along paths, and never to where they do not point. */
function checkArrows(seed) {
    const drawing = layout(simplify(toGraph(randomMap(seed)), 1, 1), () => "1", "LR", window.dagre);
    const places = new Map(drawing.nodes.map((node) => [node.id, node]));
    let moves = 0;
    for (const { id } of drawing.nodes.filter((node) => node.name !== undefined)) {
        for (const [x, y] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
            const other = neighbour(drawing, id, [x, y]);
            if (other !== null) {
                moves += 1;
                check(drawing.edges.some((edge) => (edge.source === id && edge.target === other) || (edge.target === id && edge.source === other)), `log ${seed}: no path joins ${id} and ${other}`);
                check((places.get(other).x - places.get(id).x) * x + (places.get(other).y - places.get(id).y) * y > 0, `log ${seed}: ${other} lies elsewhere`);
            }
        }
    }
    return moves;
}

/** Names are cut to what has room, between whole characters. */
function checkWords() {
    check(charsOf("Order signed") === 12, "A usual name is as long as it is");
    for (const name of ["\u{1F680}".repeat(40), "A".repeat(200), "界".repeat(30), "x".repeat(90), "Order signed", "a b c ".repeat(30)]) {
        for (const [chars, most] of [[20, 2], [14, 3], [6, 2], [1, 1]]) {
            const lines = wrap(name, chars, most);
            check(lines.length <= most && lines.every((line) => charsOf(line) <= chars + 2), `${lines} is longer than ${chars}`);
            check(lines.join("").isWellFormed(), `${lines}: half a character`);
        }
    }
    check(cut("abcdef", 6) === "abcdef" && cut("abcdefg", 6) === "abcde…", "One character too many makes room for the sign");
}

registry.category("web_tour.tours").add("process_intelligence_graph", {
    steps: () => [
        {
            content: "Words are cut to the room they have",
            trigger: ".o_process_map_view svg",
            run: checkWords,
        },
        {
            content: "However the sliders stand, each activity is on a path from start to end",
            trigger: ".o_process_map_view svg",
            run() {
                let fewer = 0;
                let moves = 0;
                for (let seed = 1; seed <= 200; seed++) {
                    fewer += checkSliders(seed);
                    moves += seed % 10 ? 0 : checkArrows(seed);
                }
                check(fewer > 1000, `Sliders hid something only ${fewer} times`);
                check(moves > 100, `Arrows led somewhere only ${moves} times`);
            },
        },
    ],
});
