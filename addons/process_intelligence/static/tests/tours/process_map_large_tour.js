import { registry } from "@web/core/registry";

import { END, START, flowOrder, layout, simplify, toGraph } from "@process_intelligence/process_map/graph";
import { labelsAt, levelOf, namesAt } from "@process_intelligence/process_map/labels";
import { Viewport } from "@process_intelligence/process_map/viewport";

const GLIDE_MS = 250; // more than a glide takes; the next frame ends it
const WORDS_MS = 150; // more than the words wait after it

function check(holds, what) {
    if (!holds) {
        throw new Error(what);
    }
}

function near(a, b, slack, what) {
    check(Math.abs(a - b) <= slack, `${what}: ${a}, not ${b}`);
}

function frames() {
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}

function passed(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** However slow the machine is: a glide has ended, and the words have followed. */
async function settled() {
    await passed(GLIDE_MS);
    await frames();
    await passed(WORDS_MS);
    await frames();
}

const map = () => document.querySelector(".o_process_map_view");
const canvas = () => map().querySelector(".o_process_canvas");
const stage = () => canvas().querySelector("svg > g");
const place = () => {
    const { a, e, f } = stage().getScreenCTM();
    return { scale: a, x: e, y: f };
};
const node = (name) => map().querySelector(`.o_process_node[data-name="${name}"]`);
const isShown = (el) => !el.classList.contains("d-none");

function press(key, target = canvas(), more = {}) {
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
}

function slide(which, value) {
    const slider = map().querySelector(`input[name=${which}]`);
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
}

function point(type, target, id, x, y, more = {}) {
    target.dispatchEvent(new PointerEvent(type, { pointerId: id, clientX: x, clientY: y, bubbles: true, cancelable: true, ...more }));
}

function middle() {
    const box = canvas().getBoundingClientRect();
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

/** Where the activities stand in the drawing. */
function placesOf() {
    return [...map().querySelectorAll(".o_process_node")].map((el) => el.dataset.name + el.getAttribute("transform")).join();
}

function overlap(a, b) {
    const slack = 0.6;
    return a.left < b.right - slack && b.left < a.right - slack && a.top < b.bottom - slack && b.top < a.bottom - slack;
}

/** @returns {number} px on the screen of the smallest name */
function smallestName() {
    const names = [...map().querySelectorAll(".o_process_name")];
    return Math.min(...names.map((name) => parseFloat(getComputedStyle(name).fontSize) * place().scale));
}

/** No label lies over another one or over an activity. */
function checkLabels(where) {
    const labels = [...map().querySelectorAll(".o_process_label rect")].map((label) => label.getBoundingClientRect());
    const boxes = [...map().querySelectorAll(".o_process_ground")].map((box) => box.getBoundingClientRect());
    labels.forEach((label, index) => {
        check(!labels.slice(0, index).some((other) => overlap(label, other)), `${where}: labels lie over each other`);
        check(!boxes.some((box) => overlap(label, box)), `${where}: a label covers an activity`);
    });
    return labels.length;
}

/** Numbers that look random and are the same each time (Park and Miller, 1988). */
function draws(seed) {
    let state = seed;
    return (below) => {
        state = (state * 48271) % 2147483647;
        return state % below;
    };
}

/** A long process with branches, ways back and jumps. */
function longMap(seed) {
    const draw = draws(seed);
    const size = 31 + draw(60);
    const names = Array.from({ length: size }, (_item, index) => `step ${index} ${"with a longer name ".repeat(draw(3))}`.trim());
    const counts = new Map();
    const add = (from, to, count) => from !== to && counts.set(JSON.stringify([names[from], names[to]]), count);
    for (let index = 0; index < 4 * size; index++) {
        add(draw(size), draw(size), 1 + draw(4));
    }
    names.forEach((_name, index) => index && add(index - 1 - draw(Math.min(index, 3)), index, 50 + draw(500)));
    const transitions = [...counts].map(([key, count]) => ({ source: JSON.parse(key)[0], target: JSON.parse(key)[1], count }));
    const activities = names.map((name, index) => ({ name, count: 1000 - index, start: index ? draw(2) : 900, end: index > size - 3 ? 300 : draw(2) }));
    return { activities, transitions: transitions.toSorted((a, b) => b.count - a.count) };
}

const ROOMS = [{ width: 1332, height: 445 }, { width: 356, height: 490 }];

/** Folded or not: nothing lies over another, nothing lies outside, every path is a line. */
function checkLayout(seed) {
    const graph = simplify(toGraph(longMap(seed)), 1, seed % 2);
    let rows = 0;
    for (const room of ROOMS) {
        for (const direction of ["LR", "TB"]) {
            const drawing = layout(graph, (edge) => String(edge.count), direction, window.dagre, room);
            const where = `map ${seed} ${direction} in ${room.width}`;
            const boxes = drawing.nodes.map(({ x, y, width, height }) => ({ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 }));
            boxes.forEach((box, index) => {
                check(box.left >= -1 && box.top >= -1 && box.right <= drawing.width + 1 && box.bottom <= drawing.height + 1, `${where}: an activity lies outside`);
                check(!boxes.slice(0, index).some((other) => overlap(box, other)), `${where}: activities lie over each other`);
            });
            check(drawing.edges.length === graph.edges.length, `${where}: paths are missing`);
            for (const edge of drawing.edges) {
                const numbers = [edge.x, edge.y, edge.angle, edge.tip.x, edge.tip.y];
                check(numbers.every(Number.isFinite) && !edge.path.includes("NaN"), `${where}: ${edge.id} is no line`);
            }
            const labels = labelsAt(drawing, (edge) => [`${edge.count} · 12 h`, String(edge.count)], 1);
            const taken = labels.map(({ x, y, width, size }) => ({ left: x - width / 2, right: x + width / 2, top: y - size * 0.7, bottom: y + size * 0.7 }));
            taken.forEach((box, index) => {
                check(![...taken.slice(0, index), ...boxes].some((other) => overlap(box, other)), `${where}: a label lies over something`);
            });
            const fit = Math.min(room.width / drawing.width, room.height / drawing.height);
            const names = namesAt(drawing, levelOf(fit));
            check(!names || [...names.values()].every(({ size }) => size * fit >= 9), `${where}: names are too small`);
            rows += drawing.rows;
        }
    }
    return rows;
}

function total(edges) {
    return edges.reduce((sum, edge) => sum + edge.count, 0);
}

function checkOrder(seed) {
    const graph = toGraph(longMap(seed));
    const order = flowOrder(graph);
    check(order[0] === START && order.at(-1) === END, `map ${seed} does not run from start to end`);
    check(new Set(order).size === graph.nodes.length + 2 && order.length === graph.nodes.length + 2, `map ${seed}: activities are lost`);
    const at = new Map(order.map((id, index) => [id, index]));
    const back = total(graph.edges.filter((edge) => at.get(edge.source) > at.get(edge.target)));
    check(back < 0.1 * total(graph.edges), `map ${seed}: ${back} go back`);
}

/** The viewport by itself: no screen needed. */
function checkViewport() {
    const box = { left: 100, top: 50, width: 800, height: 400 };
    const viewport = new Viewport(() => box, () => {});
    viewport.jump({ x: 30, y: -20, scale: 0.8 });
    const under = (x, y) => [(x - box.left - viewport.x) / viewport.scale, (y - box.top - viewport.y) / viewport.scale];
    for (const deltaY of [-120, 500, -3000, 9000]) {
        const before = under(333, 222);
        viewport.onWheel({ deltaY, clientX: 333, clientY: 222 });
        under(333, 222).forEach((value, index) => near(value, before[index], 1e-6, "The wheel moves what is under it"));
    }
    check(viewport.scale >= 0.1 && viewport.scale <= 6, `The wheel zooms to ${viewport.scale}`);
    viewport.jump({ x: 0, y: 0, scale: 1 });
    viewport.centre(500, 700);
    check(viewport.x === -100 && viewport.y === -500, `The middle is at ${viewport.x}, ${viewport.y}`);
}

async function withMotion(reduced, act) {
    const original = window.matchMedia;
    window.matchMedia = (query) => (query.includes("reduced-motion") ? { matches: reduced } : original.call(window, query));
    try {
        await act();
    } finally {
        window.matchMedia = original;
    }
}

registry.category("web_tour.tours").add("process_intelligence_large_map", {
    steps: () => [
        {
            content: "Sixty activities open with all their names",
            trigger: ".o_process_tools:contains(60 of 60)",
            async run() {
                await settled();
                check(map().querySelectorAll(".o_process_name").length >= 57, "Names are missing");
                check(smallestName() >= 9, `Names are ${smallestName()} px`);
                check(checkLabels("As it opens") > 10, "There are no labels");
            },
        },
        {
            content: "Layouts, labels and order of long processes",
            trigger: ".o_process_map_view",
            run() {
                let rows = 0;
                for (let seed = 1; seed <= 5; seed++) {
                    checkOrder(seed);
                    rows += checkLayout(seed);
                }
                check(rows > 25, `Drawings are hardly folded: ${rows}`);
                checkViewport();
            },
        },
        {
            content: "The wheel zooms around the pointer once the map is in use",
            trigger: ".o_process_canvas",
            async run() {
                const { x, y } = middle();
                const wheel = () => canvas().dispatchEvent(new WheelEvent("wheel", { deltaY: -240, clientX: x + 90, clientY: y - 40, bubbles: true, cancelable: true }));
                document.activeElement.blur();
                const still = place();
                check(wheel(), "A map that is not in use keeps the page from scrolling");
                near(place().scale, still.scale, 1e-6, "The wheel zooms a map that is not in use");
                canvas().focus({ preventScroll: true });
                const under = () => new DOMPoint(x + 90, y - 40).matrixTransform(stage().getScreenCTM().inverse());
                const before = under();
                check(!wheel(), "The page scrolls as well");
                check(place().scale > still.scale * 1.5, "The wheel does not zoom");
                near(under().x, before.x, 0.5, "The point under the pointer moves");
                near(under().y, before.y, 0.5, "The point under the pointer moves");
                await settled();
                check(isShown(map().querySelector(".o_process_overview")), "There is no overview of what is outside");
                checkLabels("Zoomed in");
            },
        },
        {
            content: "A drag moves the map and is no click",
            trigger: ".o_process_node",
            async run() {
                const { x, y } = middle();
                const before = place();
                const target = map().querySelector(".o_process_node");
                point("pointerdown", target, 1, x, y);
                point("pointermove", canvas(), 1, x + 40, y + 15);
                point("pointermove", canvas(), 1, x + 70, y + 25);
                point("pointerup", canvas(), 1, x + 70, y + 25);
                target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
                near(place().x - before.x, 70, 0.5, "It moves across");
                near(place().y - before.y, 25, 0.5, "It moves down");
                await settled();
                check(!document.querySelector(".o_process_panel"), "The drag opened an activity");
                point("pointermove", canvas(), 1, x, y);
                near(place().x - before.x, 70, 0.5, "It moves without a button");
            },
        },
        {
            content: "A click opens one and leaves all where they are",
            trigger: '.o_process_node[data-name="Step 20"]',
            async run({ anchor }) {
                sessionStorage.setItem("tour_places", placesOf());
                const { x, y } = middle();
                point("pointerdown", anchor, 1, x, y);
                point("pointerup", anchor, 1, x, y);
                anchor.dispatchEvent(new MouseEvent("click", { bubbles: true }));
            },
        },
        {
            content: "Its panel stands beside the map",
            trigger: ".o_process_panel:contains(Step 20)",
            async run() {
                await settled();
                check(sessionStorage.getItem("tour_places") === placesOf(), "The activities moved");
                const [found, box] = [node("Step 20"), canvas()].map((el) => el.getBoundingClientRect());
                check(found.left > box.left && found.right < box.right, "The chosen activity is not in sight");
                press("Escape");
            },
        },
        {
            content: "Two fingers zoom, and move",
            trigger: ".o_process_map:not(:has(.o_process_panel)) .o_process_canvas",
            async run() {
                await settled();
                const { x, y } = middle();
                const touch = { pointerType: "touch" };
                const before = place();
                point("pointerdown", canvas(), 1, x - 50, y, touch);
                point("pointerdown", canvas(), 2, x + 50, y, touch);
                for (let apart = 50; apart <= 75; apart += 5) {
                    point("pointermove", canvas(), 1, x - apart, y, touch);
                    point("pointermove", canvas(), 2, x + apart, y, touch);
                }
                near(place().scale / before.scale, 1.5, 0.01, "The zoom of two fingers");
                const kept = (x - before.x) / before.scale;
                near((x - place().x) / place().scale, kept, 4, "What lies between the fingers moves");
                const apart = place();
                point("pointermove", canvas(), 1, x - 75, y + 30, touch);
                point("pointermove", canvas(), 2, x + 75, y + 30, touch);
                near(place().scale / apart.scale, 1, 0.001, "Fingers side by side zoom");
                near(place().y - apart.y, 30, 8, "Fingers side by side do not move it");
                point("pointerup", canvas(), 1, x, y, touch);
                point("pointerup", canvas(), 2, x, y, touch);
            },
        },
        {
            content: "Keys zoom, move and fit",
            trigger: ".o_process_canvas",
            async run() {
                const began = place();
                const step = async (key) => {
                    const before = place();
                    press(key);
                    await settled();
                    return { scale: place().scale / before.scale, x: place().x - before.x, y: place().y - before.y };
                };
                await withMotion(false, async () => {
                    near((await step("+")).scale, 1.25, 0.01, "Plus");
                    near((await step("-")).scale, 0.8, 0.01, "Minus");
                    for (const [key, x, y] of [["ArrowRight", -60, 0], ["ArrowLeft", 60, 0], ["ArrowDown", 0, -60], ["ArrowUp", 0, 60]]) {
                        const moved = await step(key);
                        near(moved.x, x, 0.5, key);
                        near(moved.y, y, 0.5, key);
                    }
                    press("+");
                    near(place().scale, began.scale, 0.001, "A glide begins at once");
                    await settled();
                });
                await withMotion(true, () => {
                    const before = place();
                    press("-");
                    near(place().scale / before.scale, 0.8, 0.001, "Without motion");
                    press("0");
                });
                await settled();
                const drawn = stage().getBoundingClientRect();
                const box = canvas().getBoundingClientRect();
                check(drawn.left >= box.left - 2 && drawn.right <= box.right + 2 && drawn.bottom <= box.bottom + 2, "0 does not fit the map");
                check(!isShown(map().querySelector(".o_process_overview")), "The overview covers a map that is all there");
            },
        },
        {
            content: "The overview leads elsewhere",
            trigger: ".o_process_canvas",
            async run() {
                press("+");
                await settled();
                press("+");
                await settled();
                const overview = map().querySelector(".o_process_overview");
                const box = overview.getBoundingClientRect();
                const frame = () => overview.querySelector(".o_process_overview_frame").getBoundingClientRect();
                point("pointerdown", overview, 1, box.left + box.width * 0.4, box.top + box.height * 0.5);
                near(frame().left + frame().width / 2, box.left + box.width * 0.4, 2, "The frame does not come to the pointer");
                point("pointermove", overview, 1, box.left + box.width * 0.6, box.top + box.height * 0.5);
                near(frame().left + frame().width / 2, box.left + box.width * 0.6, 2, "The frame is not dragged");
                point("pointerup", overview, 1, box.left, box.top);
                const before = place();
                point("pointermove", overview, 1, box.left, box.top);
                near(place().x, before.x, 0.01, "It moves without a button");
            },
        },
        {
            content: "All paths, and nothing over another",
            trigger: ".o_process_canvas",
            async run() {
                const before = placesOf();
                slide("paths", 100);
                await settled();
                check(placesOf() === before, "More paths move the activities");
                const edges = map().querySelectorAll(".o_process_edge").length;
                check(edges > 200, `Only ${edges} paths`);
                check(checkLabels("With all paths") > 10, "There are no labels");
                check(smallestName() >= 9, `With all paths, names are ${smallestName()} px`);
            },
        },
        {
            content: "Look at one activity",
            trigger: '.o_process_node[data-name="Step 20"]',
            async run() {
                point("pointerenter", node("Step 20"), 1, 0, 0, { pointerType: "mouse" });
                await settled();
                const lit = [...map().querySelectorAll(".o_process_edge:not(.o_dimmed)")].length;
                check(lit > 1 && lit < 40, `${lit} paths stay clear`);
                check(map().querySelectorAll(".o_process_label").length === lit, "A clear path has no label");
                check(map().querySelectorAll(".o_process_node:not(.o_dimmed)").length < 40, "All activities stay clear");
                point("pointerleave", node("Step 20"), 1, 0, 0, { pointerType: "mouse" });
                await settled();
                check(!map().querySelector(".o_dimmed"), "Something stays dim");
            },
        },
        {
            content: "Hide most activities",
            trigger: ".o_process_canvas",
            async run() {
                slide("activities", 5);
                slide("paths", 0);
                await settled();
                check(!node("Step 59 of the rare ones"), "The rare activity is still there");
                canvas().focus({ preventScroll: true });
                press("/");
                check(document.activeElement.closest(".o_process_find"), "Slash does not go to the search");
            },
        },
        { content: "Search", trigger: ".o_process_find input", run: "edit rare" },
        { content: "It is found", trigger: ".o_process_find .dropdown-item:contains(Step 59 of the rare ones)", run: "click" },
        {
            content: "It is there, in the middle and in focus",
            trigger: '.o_process_node[data-name="Step 59 of the rare ones"]',
            async run({ anchor }) {
                await settled();
                check(document.activeElement === anchor, "It has no focus");
                const [found, box] = [anchor, canvas()].map((el) => el.getBoundingClientRect());
                check(found.left > box.left && found.right < box.right && found.top > box.top && found.bottom < box.bottom, "It is not in sight");
                check(place().scale >= 0.74, `It is shown at ${place().scale}`);
                check(map().querySelector(".o_process_node.o_dimmed"), "Nothing is dimmed around it");
            },
        },
    ],
});
