/**
 * A long drawing in several rows, one below the other as lines of a text (columns, when it runs downwards), so that it
 * is shown as large as its room allows. Rows end where few paths go on.
 */

const MOST_ROWS = 9;
const MARGIN = 12; // px
const SIDE = 24; // room before and after a row, for lines that change the row
const GAP = 26; // between rows, and the most that stays empty within one
const LOOP = 34; // below what repeats itself, with its figure
const LOOP_LINE = 18; // and for each further one
const LANE = 5; // between two lines in the gap
const MOST_LANES = 8; // more share the last
const LOOSE = [1.06, 1.2, 1.5, 2.2]; // how much longer than the mean a row may be
const ROW_COST = 0.03; // of the size: as much larger has one more row to make it
const PATH_COST = 0.015; // the same for each path that changes the row, but for one of each row
const WORTH = 1.15; // times as large as in one row, or it stays there

/**
 * @param {Object} flat drawing with `nodes` (x, y, width, height) and `edges` (points, unless `rare`)
 * @param {{width: number, height: number}} room
 * @returns {Object} the same with places changed; edges that change the row have a `channel`, or no points any more
 */
export function fold(flat, room) {
    const axes = flat.direction === "LR" ? ["x", "y", "width", "height"] : ["y", "x", "height", "width"];
    const columns = columnsOf(flat, axes);
    let best = null;
    for (let rows = 1; rows <= Math.min(MOST_ROWS, columns.length); rows++) {
        const cuts = cutsOf(columns, rows);
        const made = arrange(flat, columns, cuts, axes);
        const turning = cuts.reduce((sum, cut) => sum + Math.max(0, columns[cut].passing - 1), 0);
        const cost = Math.min(0.9, ROW_COST * cuts.length + PATH_COST * turning);
        const size = sizeIn(room, made) * (1 - cost);
        if (!best || size > best.size) {
            best = { size, made };
        }
    }
    return best.size > sizeIn(room, flat) * WORTH ? best.made : flat;
}

function sizeIn(room, { width, height }) {
    return Math.min(room.width / width, room.height / height);
}

/** Nodes that stand at the same height of the flow, with the weight of the paths that pass behind them. */
function columnsOf({ nodes, edges }, [along, , length]) {
    const columns = [];
    const indexOf = new Map();
    for (const node of nodes.toSorted((a, b) => a[along] - b[along])) {
        const last = columns.at(-1);
        const same = last && Math.abs(last.at - node[along]) < 1;
        const column = same ? last : { at: node[along], from: Infinity, to: -Infinity, passing: 0, ids: [] };
        column.from = Math.min(column.from, node[along] - node[length] / 2);
        column.to = Math.max(column.to, node[along] + node[length] / 2);
        column.ids.push(node.id);
        if (!same) {
            columns.push(column);
        }
        indexOf.set(node.id, columns.length - 1);
    }
    for (const edge of edges.filter(({ rare }) => !rare)) {
        const [low, high] = [indexOf.get(edge.source), indexOf.get(edge.target)].toSorted((a, b) => a - b);
        for (let index = low; index < high; index++) {
            columns[index].passing += 1;
        }
    }
    return columns;
}

/** @returns {number[]} after which columns a row ends: as few paths as can be pass there (by dynamic programming) */
function cutsOf(columns, rows) {
    const whole = columns.at(-1).to - columns[0].from;
    for (const loose of LOOSE) {
        const cuts = rows > 1 ? cheapest(columns, rows, (whole / rows) * loose) : [];
        if (cuts) {
            return cuts;
        }
    }
    return [];
}

function cheapest(columns, rows, most) {
    const last = columns.length - 1;
    // costs[row][index]: of rows 0 to row when the last of them ends after column index
    const costs = [columns.map((column) => (column.to - columns[0].from <= most ? { cost: column.passing, before: null } : null))];
    for (let row = 1; row < rows; row++) {
        costs.push(
            columns.map((column, index) => {
                let best = null;
                for (let before = row - 1; before < index; before++) {
                    const known = costs[row - 1][before];
                    const cost = known && column.to - columns[before + 1].from <= most ? known.cost + column.passing : Infinity;
                    if (cost < (best ? best.cost : Infinity)) {
                        best = { cost, before };
                    }
                }
                return best;
            })
        );
    }
    if (!costs[rows - 1][last]) {
        return null;
    }
    const cuts = [];
    for (let row = rows - 1, index = last; row > 0; row--) {
        index = costs[row][index].before;
        cuts.unshift(index);
    }
    return cuts;
}

function arrange(flat, columns, cuts, [along, aside, length, breadth]) {
    const rowOf = new Map(columns.flatMap((column, index) => column.ids.map((id) => [id, cuts.filter((cut) => cut < index).length])));
    const rows = Array.from({ length: cuts.length + 1 }, (_item, index) => ({
        begin: columns[index ? cuts[index - 1] + 1 : 0].from,
        end: columns[index < cuts.length ? cuts[index] : columns.length - 1].to,
        spans: [],
        lanes: 0,
    }));
    const isWithin = (edge) => edge.points && rowOf.get(edge.source) === rowOf.get(edge.target) && edge.source !== edge.target;
    const loops = new Map();
    for (const { source } of flat.edges.filter((edge) => edge.source === edge.target)) {
        loops.set(source, (loops.get(source) || 0) + 1);
    }
    for (const node of flat.nodes) {
        const below = loops.has(node.id) ? LOOP + (loops.get(node.id) - 1) * LOOP_LINE : 0;
        rows[rowOf.get(node.id)].spans.push([node[aside] - node[breadth] / 2, node[aside] + node[breadth] / 2 + below]);
    }
    for (const edge of flat.edges.filter(isWithin)) {
        rows[rowOf.get(edge.source)].spans.push(...edge.points.map((point) => [point[aside] - 7, point[aside] + 7]));
    }
    const lanes = new Map();
    for (const edge of flat.edges.filter((item) => !item.rare)) {
        const row = rowOf.get(edge.source);
        if (rowOf.get(edge.target) === row + 1) {
            lanes.set(edge.id, Math.min(rows[row].lanes++, MOST_LANES));
        }
    }
    let top = MARGIN;
    for (const row of rows) {
        row.squeezed = squeeze(row.spans, top);
        row.bottom = row.squeezed.end + GAP / 2;
        top = row.squeezed.end + (row.lanes ? LANE * Math.min(row.lanes, MOST_LANES) : 0) + GAP;
    }
    const side = cuts.length ? SIDE : MARGIN;
    const moved = (point, row) => ({ ...point, [along]: point[along] - row.begin + side, [aside]: row.squeezed.place(point[aside]) });
    return {
        ...flat,
        rows: rows.length,
        [length]: Math.max(...rows.map((row) => row.end - row.begin)) + 2 * side,
        [breadth]: top - GAP + MARGIN,
        nodes: flat.nodes.map((node) => moved(node, rows[rowOf.get(node.id)])),
        edges: flat.edges.map((edge) => {
            const row = rows[rowOf.get(edge.source)];
            if (isWithin(edge)) {
                const { x, y } = moved({ x: edge.x, y: edge.y }, row);
                return { ...edge, x, y, points: edge.points.map((point) => moved(point, row)) };
            }
            const rest = { ...edge, points: undefined, x: undefined };
            return lanes.has(edge.id) ? { ...rest, channel: row.bottom + LANE * lanes.get(edge.id) } : rest;
        }),
    };
}

/** Take out what stays empty across a row: `place` tells where a point comes to stand. */
function squeeze(spans, top) {
    const merged = [];
    for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
        const last = merged.at(-1);
        if (last && from - last.to <= GAP) {
            last.to = Math.max(last.to, to);
        } else {
            merged.push({ from, to });
        }
    }
    let next = top;
    for (const span of merged) {
        span.shift = next - span.from;
        next = span.to + span.shift + GAP;
    }
    const place = (at) => at + (merged.findLast((span) => span.from <= at) || merged[0]).shift;
    return { place, end: next - GAP };
}
