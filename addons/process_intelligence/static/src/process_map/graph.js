/**
 * From the answer of `process_map` to a drawing: which nodes and edges are shown, and where they stand.
 * Pure functions; the layered layout itself is dagre's.
 */

import { drawEdge } from "./edges";
import { fold } from "./fold";
import { charsOf, wrap } from "./words";

export const START = "\u0000start";
export const END = "\u0000end";

const CHAR_WIDTH = 7.4; // at 13 px
const LINE_HEIGHT = 17;
const FIGURES_WIDTH = 66; // at 12 px: room for a time that comes later
const FIGURE_WIDTH = 7.1; // at 12 px
const LABEL_CHAR_WIDTH = 6.4; // at 11 px
const MANY = 30; // a drawing of more activities is a large one: closer, folded, its rare paths not laid out
const MAIN_PATHS = 1.15; // per activity: as many paths of a large drawing find a way of their own
const LIGHT = 0.05; // of the busiest: other paths of a large drawing that are rarer are drawn thin
export const READABLE = 0.75; // from this zoom on the boxes show all their words
const AIRY = { nodesep: 34, ranksep: 34, edgesep: 18 };
const CLOSE = { nodesep: 20, ranksep: 30, edgesep: 12 };
const LARGE_LINE_CHARS = 14;
const MOST_LAYOUTS = 8;
const layouts = new Map(); // by what was laid out, the oldest first

/**
 * @param {{activities: Object[], transitions: Object[]}} map
 * @returns {{nodes: Object[], edges: Object[]}} with the start and end of cases as nodes of their own
 */
export function toGraph(map) {
    const nodes = map.activities.map((activity) => ({ id: activity.name, ...activity }));
    const edges = map.transitions.map((transition) => ({ ...transition, kind: "step" }));
    for (const activity of map.activities) {
        if (activity.start) {
            edges.push({ source: START, target: activity.name, count: activity.start, kind: "start" });
        }
        if (activity.end) {
            edges.push({ source: activity.name, target: END, count: activity.end, kind: "end" });
        }
    }
    for (const edge of edges) {
        edge.id = JSON.stringify([edge.source, edge.target]);
    }
    return { nodes, edges };
}

/**
 * Keep the most frequent activities and paths, and whatever is needed so that every activity
 * shown can be reached from the start and reaches the end.
 *
 * @param {{nodes: Object[], edges: Object[]}} graph
 * @param {number} activityShare 0 to 1
 * @param {number} pathShare 0 to 1
 * @returns {{nodes: Object[], edges: Object[], candidates: Object[]}} `candidates`: all paths between those activities
 */
export function simplify(graph, activityShare, pathShare) {
    const wanted = Math.max(1, Math.ceil(graph.nodes.length * activityShare));
    const kept = new Set(graph.nodes.slice(0, wanted).map((node) => node.id));
    const edges = new Map();
    for (const forward of [true, false]) {
        const inside = graph.edges.filter((edge) => isInside(edge, kept));
        let tree = widestTree(inside, forward);
        if ([...kept].some((id) => !tree.has(id))) {
            tree = widestTree(graph.edges, forward); // only a hidden activity leads there: show it too
        }
        for (const id of kept) {
            for (let edge = tree.get(id); edge; edge = tree.get(forward ? edge.source : edge.target)) {
                edges.set(edge.id, edge);
                for (const end of [edge.source, edge.target]) {
                    if (end !== START && end !== END) {
                        kept.add(end);
                    }
                }
            }
        }
    }
    const candidates = graph.edges.filter((edge) => isInside(edge, kept)).toSorted((a, b) => b.count - a.count);
    for (const edge of candidates.slice(0, Math.ceil(candidates.length * pathShare))) {
        edges.set(edge.id, edge);
    }
    return {
        nodes: graph.nodes.filter((node) => kept.has(node.id)),
        edges: candidates.filter((edge) => edges.has(edge.id)),
        candidates,
    };
}

function isInside(edge, kept) {
    return (
        (edge.source === START || kept.has(edge.source)) && (edge.target === END || kept.has(edge.target))
    );
}

/**
 * For every node the last edge of its widest way from the start (or first edge to the end): the way
 * whose rarest edge is as frequent as possible; of equal ones that with the more frequent last edge.
 * Dijkstra with the minimum instead of the sum.
 */
function widestTree(edges, forward) {
    const [root, near, far] = forward ? [START, "source", "target"] : [END, "target", "source"];
    const leaving = new Map();
    for (const edge of edges) {
        leaving.set(edge[near], [...(leaving.get(edge[near]) || []), edge]);
    }
    const width = new Map([[root, Infinity]]);
    const tree = new Map();
    const done = new Set();
    for (let here = root; here !== undefined; here = widestOpen(width, done)) {
        done.add(here);
        for (const edge of leaving.get(here) || []) {
            const through = Math.min(width.get(here), edge.count);
            const known = width.get(edge[far]) || 0;
            const better = through > known || (through === known && edge.count > tree.get(edge[far]).count);
            if (!done.has(edge[far]) && better) {
                width.set(edge[far], through);
                tree.set(edge[far], edge);
            }
        }
    }
    return tree;
}

function widestOpen(width, done) {
    let best;
    for (const [id, value] of width) {
        if (!done.has(id) && (best === undefined || value > width.get(best))) {
            best = id;
        }
    }
    return best;
}

/** @returns {number} px that a label takes, with its ground */
export function labelWidth(label) {
    return label.length * LABEL_CHAR_WIDTH + 8;
}

/**
 * Place nodes, edges and the middles of labels. In a large drawing only the main paths take room; the others are
 * `rare`: curves behind the activities, and `light` the fewer they are. Which are the main ones does not depend on how
 * many are shown, so that activities keep their places.
 *
 * @param {{nodes: Object[], edges: Object[], candidates: (Object[]|undefined)}} graph already simplified
 * @param {(edge: Object) => string} labelOf
 * @param {"TB"|"LR"} direction
 * @param {Object} dagre the library
 * @param {{width: number, height: number}|null} room where it is shown: what is too small there is folded into rows
 */
export function layout(graph, labelOf, direction, dagre, room = null) {
    const large = graph.nodes.length > MANY;
    const whole = { nodes: graph.nodes, edges: graph.candidates || graph.edges };
    const main = large ? mainPaths(whole) : new Set(graph.edges.map((edge) => edge.id));
    const order = flowOrder(whole);
    const place = new Map(order.map((id, index) => [id, index]));
    const busiest = Math.max(1, ...graph.edges.map((edge) => edge.count));
    const known = new Map([...graph.nodes, { id: START }, { id: END }].map((node) => [node.id, node]));
    const boxes = order.map((id) => ({ id, ...sizeOf(known.get(id), large) }));
    const lines = whole.edges
        .filter(({ id }) => main.has(id))
        .map((edge) => ({ ...edge, width: labelWidth(labelOf(edge)), weight: weightOf(edge, busiest), back: place.get(edge.source) > place.get(edge.target) }));
    const placed = placedBy(dagre, { rankdir: direction, ...(large ? CLOSE : AIRY), marginx: 12, marginy: 12 }, boxes, lines);
    const nodes = [...known.values()].map((node) => ({
        ...node,
        lines: node.name === undefined ? [] : linesOf(node.name, large),
        ...placed.nodes.get(node.id),
    }));
    const edges = (large ? whole : graph).edges.map((edge) => {
        const rare = !main.has(edge.id);
        return { ...edge, rare, light: rare && edge.count < busiest * LIGHT, ...placed.edges.get(edge.id) };
    });
    const flat = { nodes, edges, width: placed.width, height: placed.height, direction, large, rows: 1 };
    const folded = room && Math.min(room.width / flat.width, room.height / flat.height) < READABLE ? fold(flat, room) : flat;
    const places = new Map(folded.nodes.map((node) => [node.id, node]));
    const shown = new Set(graph.edges.map(({ id }) => id));
    const drawn = withSlots(folded.edges.filter(({ id }) => shown.has(id)));
    return { ...folded, edges: drawn.map((edge) => drawEdge(edge, places, direction)) };
}

/** Loops of one activity know how many they are, and which of them they are. */
function withSlots(edges) {
    const loops = edges.filter(({ source, target }) => source === target);
    return edges.map((edge) => {
        const same = edge.source === edge.target ? loops.filter(({ source }) => source === edge.source) : [];
        return same.length > 1 ? { ...edge, slot: same.indexOf(edge), slots: same.length } : edge;
    });
}

/**
 * The layered layout of boxes and lines, remembered: a slider that changes neither costs nothing.
 *
 * @returns {{nodes: Map, edges: Map, width: number, height: number}} places by id
 */
function placedBy(dagre, settings, boxes, lines) {
    const key = JSON.stringify([settings, boxes, lines.map(({ id, width, weight, back }) => [id, width, weight, back])]);
    if (!layouts.has(key)) {
        const drawing = new dagre.graphlib.Graph({ multigraph: true });
        drawing.setGraph(settings);
        drawing.setDefaultEdgeLabel(() => ({}));
        for (const { id, width, height } of boxes) {
            drawing.setNode(id, { width, height });
        }
        for (const line of lines) {
            // What goes back is laid out the other way round, so that the flow reads one way.
            const ends = line.back ? [line.target, line.source] : [line.source, line.target];
            drawing.setEdge(...ends, { width: line.width, height: 16, labelpos: "c", weight: line.weight }, line.id);
        }
        dagre.layout(drawing);
        if (layouts.size >= MOST_LAYOUTS) {
            layouts.delete(layouts.keys().next().value);
        }
        layouts.set(key, {
            nodes: new Map(boxes.map(({ id }) => [id, drawing.node(id)])),
            edges: new Map(lines.map((line) => [line.id, pointsOf(line, drawing)])),
            width: drawing.graph().width,
            height: drawing.graph().height,
        });
    }
    return layouts.get(key);
}

/** The paths that keep every activity joined, and the most frequent ones. */
function mainPaths(graph) {
    const main = new Set();
    for (const forward of [true, false]) {
        for (const edge of widestTree(graph.edges, forward).values()) {
            main.add(edge.id);
        }
    }
    const most = graph.nodes.length * MAIN_PATHS;
    for (const edge of graph.edges.toSorted((a, b) => b.count - a.count)) {
        if (main.size >= most) {
            break;
        }
        if (edge.source !== edge.target) {
            main.add(edge.id);
        }
    }
    return main;
}

/**
 * Activities in the order in which work flows, with little that goes back (as Eades, Lin and Smyth 1993, with counts
 * as weights): what leads nowhere any more comes last, else comes next what gives most for what it takes.
 *
 * @returns {string[]} START first, END last
 */
export function flowOrder({ nodes, edges }) {
    const open = new Map([START, ...nodes.map((node) => node.id), END].map((id) => [id, { into: 0, from: 0 }]));
    const joined = new Map([...open.keys()].map((id) => [id, []]));
    for (const edge of edges.filter(({ source, target }) => source !== target)) {
        open.get(edge.source).from += edge.count;
        open.get(edge.target).into += edge.count;
        joined.get(edge.source).push(edge);
        joined.get(edge.target).push(edge);
    }
    const [first, last] = [[], []];
    const take = (id, list) => {
        open.delete(id);
        list.push(id);
        for (const edge of joined.get(id)) {
            const other = open.get(edge.source === id ? edge.target : edge.source);
            if (other) {
                other[edge.source === id ? "into" : "from"] -= edge.count;
            }
        }
    };
    take(START, first);
    take(END, last);
    while (open.size) {
        const found = [...open];
        const sink = found.find(([, { into, from }]) => !from && into);
        const next = found.reduce((a, b) => (giving(b[1]) > giving(a[1]) ? b : a));
        take(...(sink ? [sink[0], last] : [next[0], first]));
    }
    return [...first, ...last.toReversed()];
}

function giving({ into, from }) {
    return into ? from / into : Infinity;
}

/** Frequent paths are kept short and straight. */
function weightOf(edge, busiest) {
    return 1 + Math.floor(9 * Math.sqrt(edge.count / busiest));
}

function linesOf(name, large) {
    return large ? wrap(name, LARGE_LINE_CHARS, 3) : wrap(name);
}

function sizeOf(node, large) {
    if (node.name === undefined) {
        return { width: 30, height: 30 };
    }
    const lines = linesOf(node.name, large);
    const longest = Math.max(...lines.map(charsOf));
    const figures = String(node.count).length * FIGURE_WIDTH + FIGURES_WIDTH;
    const [around, below] = large ? [16, 28] : [26, 30];
    return { width: Math.max(longest * CHAR_WIDTH, figures) + around, height: lines.length * LINE_HEIGHT + below };
}

/** What dagre says of a path, in the direction in which it is walked. */
function pointsOf({ id, source, target, back }, drawing) {
    const { x, y, width, points } = back ? drawing.edge(target, source, id) : drawing.edge(source, target, id);
    return { x, y, width, points: back ? points.toReversed() : points };
}

/**
 * Where an arrow key leads from a node: the one joined to it by a path that lies nearest to that direction.
 *
 * @param {Object} drawing of `layout`
 * @param {string} id
 * @param {[number, number]} direction unit vector
 * @returns {string|null}
 */
export function neighbour(drawing, id, [right, down]) {
    const places = new Map(drawing.nodes.filter((node) => node.name !== undefined).map((node) => [node.id, node]));
    const here = places.get(id);
    let best = null;
    for (const edge of here ? drawing.edges : []) {
        const other = places.get(edge.source === id ? edge.target : edge.source);
        if (!other || other === here || (edge.source !== id && edge.target !== id)) {
            continue;
        }
        const [x, y] = [other.x - here.x, other.y - here.y];
        const along = x * right + y * down;
        const aside = Math.abs(x * down) + Math.abs(y * right);
        const far = along + 2 * aside; // what lies straight ahead is nearer
        if (along > 0 && aside < 4 * along && (!best || far < best.far)) {
            best = { far, id: other.id };
        }
    }
    return best && best.id;
}

/**
 * Where an arrow key leads from the end of a row of a folded drawing: along the most frequent path to another row.
 *
 * @returns {string|null}
 */
export function follow(drawing, id, [right, down]) {
    const step = drawing.direction === "LR" ? right : down;
    if (drawing.rows === 1 || !step) {
        return null;
    }
    const [near, far] = step > 0 ? ["source", "target"] : ["target", "source"];
    const found = drawing.edges.filter((edge) => edge.kind === "step" && edge[near] === id && edge.channel !== undefined);
    return found.length ? found.reduce((a, b) => (b.count > a.count ? b : a))[far] : null;
}
