/**
 * The lines of a drawing: each with its `path` (SVG), the `tip` and `angle` of its arrow, and the `track` of points
 * along which its label may stand.
 */

const CORNER = 12; // px
const STEP_OUT = 15; // px that a line goes on before it turns
const BEND = 0.12; // of its length: so that there and back are two lines
const MOST_BEND = 60;
const LABEL_LINE = 18; // px that a label takes, with air
const LANE = 5; // px between lines that would else lie on one another

/**
 * @param {Object} edge with `lane` (0 if left out) of those along the same way; with `points` of the layout, with `channel` (where it changes the row), or with neither
 * @param {Map<string, Object>} places nodes by id
 * @param {"TB"|"LR"} direction
 */
export function drawEdge(edge, places, direction) {
    const [from, to] = [places.get(edge.source), places.get(edge.target)];
    if (edge.source === edge.target) {
        return { ...edge, ...loop(from, edge, direction) };
    }
    if (edge.channel !== undefined) {
        return { ...edge, ...turned(from, to, edge.channel, direction, (edge.lane || 0) * LANE) };
    }
    if (!edge.points || !edge.points.length) {
        return { ...edge, ...direct(from, to) };
    }
    const { points } = edge;
    return { ...edge, path: smooth(points), tip: points.at(-1), angle: angleOf(points), track: points.length > 2 ? trackOf(points) : points };
}

/**
 * A loop below the node, or beside it when the drawing runs downwards. Several of one node (`slot` of `slots`) stand
 * beside one another, each with its own figure.
 */
function loop(node, { x, width = 0, slot = 0, slots = 1 }, direction) {
    const at = slot - (slots - 1) / 2;
    if (direction === "LR") {
        const bottom = node.y + node.height / 2;
        const half = slots > 1 ? 8 : 14;
        const middle = node.x + (at * Math.max(0, node.width - 36)) / Math.max(1, slots - 1);
        const deep = bottom + 42 + slot * LABEL_LINE; // figures one below the other: they are wider than their loops
        const [left, right] = [middle - half, middle + half];
        return {
            path: `M${left},${bottom} C${left - 16},${deep} ${right + 16},${deep} ${right},${bottom}`,
            tip: { x: right, y: bottom },
            angle: -112,
            x: middle,
            y: deep - 2,
            track: slots > 1 ? [{ x: middle, y: deep - 6 }, { x: node.x, y: deep - 6 }] : [{ x: middle, y: deep - 6 }],
        };
    }
    const side = node.x + node.width / 2;
    const half = slots > 1 ? 6 : 11;
    const y = node.y + at * LABEL_LINE;
    const [top, bottom, far] = [y - half, y + half, side + (slots > 1 ? 24 : 30)];
    const near = side + 26 + width / 2;
    const away = Math.max((slots === 1 && x) || 0, near); // where dagre left room, if there is none beside it
    const spread = slots > 1 ? 2 : 16;
    return {
        path: `M${side},${top} C${far},${top - spread} ${far},${bottom + spread} ${side},${bottom}`,
        tip: { x: side, y: bottom },
        angle: slots > 1 ? 165 : 155,
        x: near,
        y,
        track: away > near ? [{ x: near, y }, { x: away, y }] : [{ x: near, y }],
    };
}

/** A slight bow from border to border. */
function direct(from, to) {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = Math.max(1, Math.hypot(dx, dy));
    const bend = Math.min(MOST_BEND, length * BEND);
    const control = { x: (from.x + to.x) / 2 - (dy / length) * bend, y: (from.y + to.y) / 2 + (dx / length) * bend };
    const [start, tip] = [borderOf(from, control), borderOf(to, control)];
    const track = [0, 0.25, 0.5, 0.75, 1].map((share) => onBow(start, control, tip, share));
    return { path: `M${point(start)} Q${point(control)} ${point(tip)}`, tip, angle: angleOf([control, tip]), track, ...track[2] };
}

/** Where the way from the middle of a box to a point leaves it. */
function borderOf(node, { x, y }) {
    const [dx, dy] = [x - node.x, y - node.y];
    const share = Math.min(1, node.width / 2 / Math.max(0.01, Math.abs(dx)), node.height / 2 / Math.max(0.01, Math.abs(dy)));
    return { x: node.x + dx * share, y: node.y + dy * share };
}

/** From the end of a row along the gap between the rows to where it goes on. */
function turned(from, to, channel, direction, shift) {
    const along = direction === "LR" ? { at: "x", aside: "y", size: "width" } : { at: "y", aside: "x", size: "height" };
    const make = (at, aside) => ({ [along.at]: at, [along.aside]: aside });
    const begin = from[along.at] + from[along.size] / 2;
    const end = to[along.at] - to[along.size] / 2;
    const points = [
        make(begin, from[along.aside] + shift),
        make(begin + STEP_OUT + shift, from[along.aside] + shift),
        make(begin + STEP_OUT + shift, channel + shift),
        make(end - STEP_OUT - 4 - shift, channel + shift),
        make(end - STEP_OUT - 4 - shift, to[along.aside] + shift),
        make(end, to[along.aside] + shift),
    ];
    const track = points.slice(2, 4);
    const middle = { x: (track[0].x + track[1].x) / 2, y: (track[0].y + track[1].y) / 2 };
    return { path: rounded(points), tip: points.at(-1), angle: angleOf(points), track, ...middle };
}

function rounded(points) {
    let path = `M${point(points[0])}`;
    for (let i = 1; i < points.length - 1; i++) {
        const [before, here, after] = points.slice(i - 1, i + 2);
        path += ` L${point(towards(here, before))} Q${point(here)} ${point(towards(here, after))}`;
    }
    return `${path} L${point(points.at(-1))}`;
}

function towards(here, other) {
    const length = Math.max(0.01, Math.hypot(other.x - here.x, other.y - here.y));
    const share = Math.min(CORNER, length / 2) / length;
    return { x: here.x + (other.x - here.x) * share, y: here.y + (other.y - here.y) * share };
}

/** A curve through the middle of each pair of bends. */
function smooth(points) {
    const [first, ...rest] = points;
    const bows = bowsOf(points).map(([, control, end]) => ` Q${point(control)} ${point(end)}`);
    return rest.length === 1 ? `M${point(first)} L${point(rest[0])}` : `M${point(first)}${bows.join("")}`;
}

/** Its pieces: begin, control and end of each. */
function bowsOf([first, ...rest]) {
    const bows = [];
    let begin = first;
    for (let i = 0; i < rest.length - 1; i++) {
        const end = i === rest.length - 2 ? rest[i + 1] : { x: (rest[i].x + rest[i + 1].x) / 2, y: (rest[i].y + rest[i + 1].y) / 2 };
        bows.push([begin, rest[i], end]);
        begin = end;
    }
    return bows;
}

function trackOf(points) {
    return [points[0], ...bowsOf(points).flatMap((bow) => [0.25, 0.5, 0.75, 1].map((share) => onBow(...bow, share)))];
}

function onBow(begin, control, end, share) {
    const [a, b, c] = [(1 - share) ** 2, 2 * share * (1 - share), share ** 2];
    return { x: a * begin.x + b * control.x + c * end.x, y: a * begin.y + b * control.y + c * end.y };
}

/** @returns {{x: number, y: number}} at this share (0 to 1) of the way along a track */
export function pointAt(track, share) {
    const lengths = track.slice(1).map((to, index) => Math.hypot(to.x - track[index].x, to.y - track[index].y));
    let left = share * lengths.reduce((sum, length) => sum + length, 0);
    for (const [index, length] of lengths.entries()) {
        if (left <= length && length) {
            const [from, to] = [track[index], track[index + 1]];
            return { x: from.x + ((to.x - from.x) * left) / length, y: from.y + ((to.y - from.y) * left) / length };
        }
        left -= length;
    }
    return track.at(-1);
}

function point({ x, y }) {
    return `${x.toFixed(1)},${y.toFixed(1)}`;
}

/** Degrees of the last stretch, for the arrow head. */
function angleOf(points) {
    const [before, last] = points.slice(-2);
    return (Math.atan2(last.y - before.y, last.x - before.x) * 180) / Math.PI;
}
