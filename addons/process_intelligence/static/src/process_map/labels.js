/**
 * Which words a drawing shows at a zoom, and how large: words that would be too small to read or lie over others are
 * left out, the frequent ones first served. All sizes are px of the drawing; a zoom multiplies them.
 */

import { pointAt } from "./edges";
import { READABLE } from "./graph";
import { charsOf, wrap } from "./words";

const LABEL_SIZE = 11; // px at full size
const LEAST = 9.5; // px on the screen
const LEAST_NAME = 10;
const NAME_SIZE = 13;
const CHAR_SHARE = 0.585; // of the font size: a mean character
const BOLD_SHARE = 0.6;
const WRAPS = [[14, 3], [10, 3], [20, 2]]; // characters of a line, lines: tried in this order
const LEGIBLE_SHARE = 0.95;
const PLACES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8]; // along the path
const ALONG = Array.from({ length: 21 }, (_item, index) => index / 20); // shares of a line

/** @returns {number} a zoom that stands for those near it, so that words do not change with each turn of the wheel */
export function levelOf(scale) {
    return 1.12 ** Math.round(Math.log(scale) / Math.log(1.12));
}

function sizeAt(scale) {
    return Math.max(LABEL_SIZE, LEAST / scale);
}

function boxOf({ x, y }, width, height) {
    return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function overlap(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/**
 * @param {Object} drawing of `layout`
 * @param {(edge: Object) => string[]} textsOf the words of a path, longest first
 * @param {number} scale
 * @param {Set<string>|null} near ids of the paths that are looked at: only those, and each
 * @param {Map|null} names of `namesAt`
 * @returns {Object[]} `{edge, text, x, y, width, size}`; no two overlap, none covers an activity, but those of `near` may
 */
export function labelsAt(drawing, textsOf, scale, near = null, names = null) {
    const size = sizeAt(scale);
    const taken = drawing.nodes.map((node) => boxOf(node, node.width + 4, node.height + 4));
    taken.push(...[...(names || new Map()).values()].map((name) => name.box));
    const labels = [];
    for (const edge of drawing.edges.toSorted((a, b) => b.count - a.count)) {
        if (near ? !near.has(edge.id) : scale < 1 && edge.light) {
            continue;
        }
        const texts = textsOf(edge);
        const found = placeFor(edge, texts, size, taken) || (near && { text: texts[0], point: pointAt(edge.track, 0.5) });
        if (found) {
            const width = widthOf(found.text, size);
            taken.push(boxOf(found.point, width + 2, size * 1.45));
            labels.push({ edge, size, width, text: found.text, ...found.point });
        }
    }
    return labels;
}

function widthOf(text, size) {
    return text.length * size * CHAR_SHARE + size * 0.7;
}

function placeFor(edge, texts, size, taken) {
    // Where the layout left room; on its line, as a curve cuts its bends.
    const kept = edge.points && edge.x !== undefined ? [nearest(edge.track, edge)] : [];
    for (const text of texts) {
        const width = widthOf(text, size);
        const points = edge.track.length > 1 ? PLACES.map((share) => pointAt(edge.track, share)) : edge.track;
        const point = [...kept, ...points].find((at) => {
            const box = boxOf(at, width, size * 1.45);
            return !taken.some((other) => overlap(box, other));
        });
        if (point) {
            return { text, point };
        }
    }
    return null;
}

function nearest(track, { x, y }) {
    const away = (at) => Math.hypot(at.x - x, at.y - y);
    return ALONG.map((share) => pointAt(track, share)).reduce((best, at) => (away(at) < away(best) ? at : best));
}

/**
 * The names of activities at a zoom where their boxes are too small for them: larger than the boxes if need be.
 *
 * @param {string[]} first ids of the activities that are looked at; the first of all has its name in any case
 * @returns {Map<string, {size: number, lines: string[], whole: Boolean, box: Object, aside: number}>|null} null where the
 *     boxes are large enough; what has no room for its name, not even cut, or for one that tells it from others, has a
 *     `number`; `aside`: px from the middle of its box
 */
export function namesAt(drawing, scale, first = []) {
    if (scale >= READABLE * 0.94) {
        return null;
    }
    const size = Math.max(NAME_SIZE, LEAST_NAME / scale);
    const names = new Map();
    const boxes = new Map(drawing.nodes.map((node) => [node, boxOf(node, node.width, node.height)]));
    const taken = [];
    const rank = ({ id }) => (first.includes(id) ? first.indexOf(id) : first.length);
    const nodes = drawing.nodes.filter(({ name }) => name !== undefined).toSorted((a, b) => rank(a) - rank(b) || b.count - a.count);
    for (const node of nodes) {
        const narrow = [Math.max(6, Math.floor(node.width / (size * BOLD_SHARE))), 2];
        const name = [...WRAPS, narrow].map(([chars, most]) => nameOf(drawing, node, wrap(node.name, chars, most), size)).find(({ box }) => {
            const hides = drawing.nodes.some((other) => other !== node && overlap(box, boxes.get(other)));
            return node.id === first[0] || (!hides && !taken.some((other) => overlap(box, other)));
        });
        if (name) {
            taken.push(name.box);
            names.set(node.id, name);
        }
    }
    return withNumbers(drawing, names, size, first);
}

/** @returns {{id: string, number: number}[]} what has a number in place of a name, in the order of the numbers */
export function numbersOf(names) {
    const found = [...(names || [])].filter(([, { number }]) => number).map(([id, { number }]) => ({ id, number }));
    return found.toSorted((a, b) => a.number - b.number);
}

/** Activities without a name, and those whose names were cut to the same words, get the number of their place. */
function withNumbers(drawing, names, size, first) {
    const inOrder = drawing.nodes.filter(({ name }) => name !== undefined).toSorted((a, b) => lineAt(a) - lineAt(b) || a.x - b.x);
    const told = [...names].map(([id, { lines, whole }]) => [id, whole ? null : lines.join(" ")]);
    const cut = new Map(told);
    const texts = told.map(([, text]) => text);
    const isUnclear = (id) => {
        const text = cut.get(id);
        return !first.includes(id) && (!names.has(id) || (text && texts.filter((other) => other === text).length > 1));
    };
    for (const [index, node] of inOrder.entries()) {
        if (isUnclear(node.id)) {
            const number = index + 1;
            const box = boxOf(node, String(number).length * size * BOLD_SHARE, size * 1.1);
            names.set(node.id, { size, box, number, lines: [String(number)], aside: 0, whole: false });
        }
    }
    return names;
}

/** Boxes side by side are read as one line, though they may be of different heights. */
function lineAt({ y }) {
    return Math.round(y / 40);
}

/** In the middle of its activity, but not beyond the drawing. */
function nameOf(drawing, node, lines, size) {
    const width = Math.max(...lines.map(charsOf)) * size * BOLD_SHARE;
    const x = Math.max(Math.min(node.x, drawing.width - width / 2), Math.min(width, drawing.width) / 2);
    const box = boxOf({ x, y: node.y }, width, lines.length * size * 1.1);
    return { size, lines, box, aside: x - node.x, whole: !lines.some((line) => line.endsWith("…")) };
}

/** @returns {Boolean} whether nearly all activities have their name at this zoom */
export function isLegible(drawing, scale) {
    const names = namesAt(drawing, levelOf(scale));
    const whole = names && [...names.values()].filter((name) => name.whole).length;
    return !names || whole >= (drawing.nodes.length - 2) * LEGIBLE_SHARE;
}
