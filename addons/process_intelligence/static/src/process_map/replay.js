import { Component, onMounted, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";

import { count } from "./format";

const { DateTime } = luxon;
const NAMESPACE = "http://www.w3.org/2000/svg";
const WHOLE_MS = 30_000; // for the whole time at usual speed
const POINTS = 48; // a path is walked in straight pieces between so many points
const JUMP_MS = 1000; // where people want no movement
const RADIUS = 4.5;

export const SPEEDS = [[0.5, "½×"], [1, "1×"], [2, "2×"], [4, "4×"]];

/**
 * Where a case is at a moment.
 *
 * @param {[number, number][]} track `[index of the activity, seconds]` of its steps, in order
 * @param {number} at seconds
 * @returns {{from: number, to: number, share: number}|null} on the way between two activities; null before its first
 *     step and from its last on
 */
export function placeAt(track, at) {
    if (at < track[0][1] || at >= track.at(-1)[1]) {
        return null;
    }
    let [low, high] = [0, track.length - 1];
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (track[middle][1] <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const [[from, began], [to, ended]] = [track[low], track[high]];
    return { from, to, share: (at - began) / (ended - began) };
}

/** Cases move over the map as they did: play, pause, speed and a time line to go to any moment. */
export class Replay extends Component {
    static template = "process_intelligence.Replay";
    static props = {
        answer: Object, // of `replay`
        drawing: Object, // of `layout`
        stage: Object, // ref of the group the map is drawn in
        onClose: Function,
    };

    setup() {
        Object.assign(this, { count, speeds: SPEEDS });
        this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
        this.state = useState({ playing: !this.calm, at: 0, speed: 1, shown: 0 });
        onMounted(() => {
            this.group = document.createElementNS(NAMESPACE, "g");
            this.group.setAttribute("class", "o_process_tokens");
            this.group.dataset.picture = "no";
            this.props.stage.el.append(this.group);
            this.measure(this.props.drawing);
            this.paint();
            this.last = performance.now();
            this.frame = requestAnimationFrame((now) => this.tick(now));
        });
        onWillUpdateProps((next) => {
            if (next.drawing !== this.props.drawing) {
                this.measure(next.drawing);
            }
        });
        onWillUnmount(() => {
            cancelAnimationFrame(this.frame);
            this.group.remove();
        });
    }

    get seconds() {
        return this.props.answer.seconds;
    }

    get moment() {
        return formatDateTime(DateTime.fromISO(this.props.answer.first).plus({ seconds: this.state.at }));
    }

    /** Points along each path; where a path is hidden, the straight line between its ends. */
    measure(drawing) {
        this.places = new Map(drawing.nodes.map((node) => [node.id, node]));
        this.paths = new Map(
            drawing.edges.map((edge) => {
                const path = document.createElementNS(NAMESPACE, "path");
                path.setAttribute("d", edge.path);
                const length = path.getTotalLength();
                return [edge.id, Array.from({ length: POINTS + 1 }, (_item, index) => path.getPointAtLength((length * index) / POINTS))];
            })
        );
    }

    pointOf({ from, to, share }) {
        const { names } = this.props.answer;
        const points = this.paths.get(JSON.stringify([names[from], names[to]]));
        if (points) {
            const place = share * POINTS;
            const index = Math.min(POINTS - 1, Math.floor(place));
            return between(points[index], points[index + 1], place - index);
        }
        const [source, target] = [this.places.get(names[from]), this.places.get(names[to])];
        return source && target ? between(source, target, share) : null;
    }

    tick(now) {
        const passed = now - this.last;
        if (this.state.playing && (!this.calm || passed >= JUMP_MS)) {
            this.state.at = Math.min(this.seconds, this.state.at + (passed / WHOLE_MS) * this.state.speed * this.seconds);
            this.state.playing = this.state.at < this.seconds;
            this.paint();
        }
        if (!this.state.playing || !this.calm || passed >= JUMP_MS) {
            this.last = now;
        }
        this.frame = requestAnimationFrame((next) => this.tick(next));
    }

    paint() {
        const tokens = [];
        for (const track of this.props.answer.tracks) {
            const place = placeAt(track, this.state.at);
            const point = place && this.pointOf(place);
            if (point) {
                tokens.push(point);
            }
        }
        while (this.group.childElementCount < tokens.length) {
            const circle = document.createElementNS(NAMESPACE, "circle");
            circle.setAttribute("r", RADIUS);
            this.group.append(circle);
        }
        [...this.group.children].forEach((circle, index) => {
            const point = tokens[index];
            circle.setAttribute("visibility", point ? "visible" : "hidden");
            if (point) {
                circle.setAttribute("cx", point.x);
                circle.setAttribute("cy", point.y);
            }
        });
        this.state.shown = tokens.length;
    }

    toggle() {
        if (this.state.at >= this.seconds) {
            this.state.at = 0;
        }
        this.state.playing = !this.state.playing;
    }

    onScrub(ev) {
        this.state.at = Number(ev.target.value);
        this.paint();
    }

    onSpeed(ev) {
        this.state.speed = Number(ev.target.value);
    }
}

function between(a, b, share) {
    return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}
