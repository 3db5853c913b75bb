/**
 * From the answer of `process_map` to a drawing: which nodes and edges are shown, and where they stand.
 * Pure functions; the layered layout itself is dagre's.
 */

export const START = "\u0000start";
export const END = "\u0000end";

const LINE_CHARS = 20;
const CHAR_WIDTH = 7.4; // at 13 px
const LINE_HEIGHT = 17;
const FIGURES_WIDTH = 66; // at 11.5 px: room for a time that comes later
const FIGURE_WIDTH = 6.8; // at 11.5 px
const LABEL_CHAR_WIDTH = 6.4; // at 11 px

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
    };
}

function isInside(edge, kept) {
    return (
        (edge.source === START || kept.has(edge.source)) && (edge.target === END || kept.has(edge.target))
    );
}

/**
 * For every node the last edge of its widest way from the start (or first edge to the end): the way
 * whose rarest edge is as frequent as possible. Dijkstra with the minimum instead of the sum.
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
            if (!done.has(edge[far]) && through > (width.get(edge[far]) || 0)) {
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

/** Break a name into at most two lines. */
export function wrap(name) {
    const lines = [""];
    for (const word of name.split(/\s+/)) {
        const last = lines.at(-1);
        if (last && last.length + word.length + 1 > LINE_CHARS) {
            lines.push(word);
        } else {
            lines[lines.length - 1] = last ? `${last} ${word}` : word;
        }
    }
    const shown = lines.slice(0, 2).map((line) => cut(line, LINE_CHARS + 2));
    if (lines.length > 2) {
        shown[1] = cut(`${shown[1]}…`, LINE_CHARS + 2);
    }
    return shown;
}

function cut(text, length) {
    return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/**
 * Place nodes, edges and labels.
 *
 * @param {{nodes: Object[], edges: Object[]}} graph already simplified
 * @param {(edge: Object) => string} labelOf
 * @param {"TB"|"LR"} direction
 * @param {Object} dagre the library
 */
export function layout(graph, labelOf, direction, dagre) {
    const drawing = new dagre.graphlib.Graph({ multigraph: true });
    drawing.setGraph({ rankdir: direction, nodesep: 34, ranksep: 34, edgesep: 18, marginx: 12, marginy: 12 });
    drawing.setDefaultEdgeLabel(() => ({}));
    const shown = [...graph.nodes, { id: START }, { id: END }];
    for (const node of shown) {
        drawing.setNode(node.id, { ...sizeOf(node) });
    }
    for (const edge of graph.edges) {
        const width = labelWidth(labelOf(edge));
        drawing.setEdge(edge.source, edge.target, { width, height: 16, labelpos: "c", weight: weightOf(edge) }, edge.id);
    }
    dagre.layout(drawing);
    return {
        width: drawing.graph().width,
        height: drawing.graph().height,
        nodes: shown.map((node) => ({ ...node, lines: node.name === undefined ? [] : wrap(node.name), ...drawing.node(node.id) })),
        edges: graph.edges.map((edge) => placeEdge(edge, drawing.edge(edge.source, edge.target, edge.id), drawing.node(edge.source), direction)),
    };
}

function weightOf(edge) {
    return 1 + Math.floor(Math.log2(edge.count + 1));
}

function sizeOf(node) {
    if (node.name === undefined) {
        return { width: 30, height: 30 };
    }
    const lines = wrap(node.name);
    const longest = Math.max(...lines.map((line) => line.length));
    const figures = String(node.count).length * FIGURE_WIDTH + FIGURES_WIDTH;
    return { width: Math.max(longest * CHAR_WIDTH, figures) + 26, height: lines.length * LINE_HEIGHT + 30 };
}

function placeEdge(edge, place, node, direction) {
    if (edge.source === edge.target) {
        return { ...edge, ...loop(node, place, direction) };
    }
    const points = place.points;
    return { ...edge, x: place.x, y: place.y, path: smooth(points), tip: points.at(-1), angle: angleOf(points) };
}

/** A loop below the node, or beside it when the drawing runs downwards: where dagre left room for it. */
function loop(node, place, direction) {
    if (direction === "LR") {
        const bottom = node.y + node.height / 2;
        const [left, right, deep] = [node.x - 14, node.x + 14, bottom + 42];
        return {
            path: `M${left},${bottom} C${left - 16},${deep} ${right + 16},${deep} ${right},${bottom}`,
            tip: { x: right, y: bottom },
            angle: -112,
            x: node.x,
            y: bottom + 40,
        };
    }
    const side = node.x + node.width / 2;
    const [top, bottom, far] = [node.y - 11, node.y + 11, side + 30];
    return {
        path: `M${side},${top} C${far},${top - 16} ${far},${bottom + 16} ${side},${bottom}`,
        tip: { x: side, y: bottom },
        angle: 155,
        x: Math.max(place.x, side + 26 + place.width / 2),
        y: node.y,
    };
}

/** A curve through the middle of each pair of bends. */
function smooth(points) {
    const [first, ...rest] = points;
    let path = `M${point(first)}`;
    for (let i = 0; i < rest.length - 1; i++) {
        const middle = { x: (rest[i].x + rest[i + 1].x) / 2, y: (rest[i].y + rest[i + 1].y) / 2 };
        path += ` Q${point(rest[i])} ${point(i === rest.length - 2 ? rest[i + 1] : middle)}`;
    }
    return rest.length === 1 ? `${path} L${point(rest[0])}` : path;
}

function point({ x, y }) {
    return `${x.toFixed(1)},${y.toFixed(1)}`;
}

/** Degrees of the last stretch, for the arrow head. */
function angleOf(points) {
    const [before, last] = points.slice(-2);
    return (Math.atan2(last.y - before.y, last.x - before.x) * 180) / Math.PI;
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
