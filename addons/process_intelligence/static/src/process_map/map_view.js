import { Component, onMounted, onWillStart, onWillUnmount, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";

import { PACES, count, duration, paceOf } from "./format";
import { END, START, labelWidth, layout, simplify, toGraph } from "./graph";

const ROOM_PER_EDGE = 50; // px of width; a map with more paths starts with the frequent ones only
const MANY_NODES = 30;
const MAX_FIT = 1.35;
const READABLE = 0.62; // smaller than this, the labels are not
const ZOOM_STEP = 1.25;
const PAN_STEP = 60; // px per arrow key
const CLICK_SLACK = 5; // px that a click may move before it is a drag

/** The directly-follows map: zoomable, with sliders; every node and path can be chosen by mouse and keyboard. */
export class MapView extends Component {
    static template = "process_intelligence.MapView";
    static props = {
        map: Object, // as `measured` gives it
        timeLabel: String,
        selected: { type: [String, { value: null }] },
        onSelect: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        this.paces = PACES;
        this.count = count;
        this.labelWidth = labelWidth;
        this.state = useState({ activities: 100, paths: 100, x: 0, y: 0, scale: 1, drawing: null });
        this.pointers = new Map();
        onWillStart(async () => {
            await loadBundle("process_intelligence.dagre");
            this.open(this.props.map);
        });
        onWillUpdateProps((next) => {
            if (next.map !== this.props.map) {
                this.open(next.map);
                this.show();
            }
        });
        onMounted(() => {
            this.open(this.props.map); // again, as only now the room is known
            this.show();
            this.resize = new ResizeObserver(() => this.onResize());
            this.resize.observe(this.canvas.el);
        });
        onWillUnmount(() => this.resize?.disconnect());
    }

    // ------------------------------------------------------------------ what is drawn

    open(map) {
        this.graph = toGraph(map);
        this.busiest = Math.max(1, ...map.transitions.map((transition) => transition.value));
        this.state.activities = this.graph.nodes.length > MANY_NODES ? 50 : 100;
        const room = Math.max(8, this.box.width / ROOM_PER_EDGE);
        this.state.paths = Math.min(100, Math.round((100 * room) / Math.max(1, this.graph.edges.length)));
        this.draw();
    }

    draw() {
        const shown = simplify(this.graph, this.state.activities / 100, this.state.paths / 100);
        const label = (edge) => this.label(edge);
        const drawings = ["TB", "LR"].map((direction) => layout(shown, label, direction, window.dagre));
        // The direction that fits the screen larger is the one people can read.
        this.state.drawing = this.scaleOf(drawings[0]) >= this.scaleOf(drawings[1]) ? drawings[0] : drawings[1];
        this.shownActivities = shown.nodes.length;
        this.shownPaths = shown.edges.filter((edge) => edge.kind === "step").length;
        this.allPaths = this.graph.edges.filter((edge) => edge.kind === "step").length;
    }

    label(edge) {
        if (edge.kind !== "step") {
            return count(edge.count);
        }
        return edge.time === null ? count(edge.value) : `${count(edge.value)} · ${duration(edge.time)}`;
    }

    color(edge) {
        return edge.kind === "step" && edge.time !== null ? paceOf(edge.time).color : "currentColor";
    }

    strokeWidth(edge) {
        return edge.kind === "step" ? 1.2 + 6 * Math.sqrt(edge.value / this.busiest) : 1.2;
    }

    arrow(edge) {
        const size = 5 + this.strokeWidth(edge) * 1.3;
        return `0,0 ${-size * 1.3},${-size / 2} ${-size * 1.3},${size / 2}`;
    }

    shade(node) {
        const most = this.graph.nodes[0].count;
        return 0.06 + 0.34 * (node.count / most);
    }

    isEndpoint(node) {
        return node.id === START || node.id === END;
    }

    endpointTitle(node) {
        return node.id === START ? _t("Cases start here") : _t("Cases end here");
    }

    edgeTitle(edge) {
        return _t("%(source)s, then %(target)s: %(figures)s (%(label)s)", {
            source: edge.source, target: edge.target, figures: this.label(edge), label: this.props.timeLabel,
        });
    }

    nodeTitle(node) {
        return _t("%(name)s: %(count)s times", { name: node.name, count: count(node.count) });
    }

    get endpoints() {
        return this.state.drawing.nodes.filter((node) => this.isEndpoint(node));
    }

    get activities() {
        return this.state.drawing.nodes.filter((node) => !this.isEndpoint(node));
    }

    isDimmed(key, ends) {
        const { selected } = this.props;
        return selected && selected !== key && !ends.includes(selected) && !this.touchesSelected(key);
    }

    /** A node stays clear when the chosen path starts or ends there. */
    touchesSelected(key) {
        const edge = this.state.drawing.edges.find((candidate) => candidate.id === this.props.selected);
        return Boolean(edge) && (edge.source === key || edge.target === key);
    }

    // ------------------------------------------------------------------ sliders and choice

    onSlide(which, ev) {
        this.state[which] = Number(ev.target.value);
        this.draw();
        this.show();
    }

    onItemClick(key) {
        if (!(this.moved > CLICK_SLACK)) {
            this.choose(key);
        }
    }

    choose(key) {
        this.props.onSelect(this.props.selected === key ? null : key);
    }

    onItemKey(ev, key) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.preventDefault();
            this.choose(key);
        }
    }

    // ------------------------------------------------------------------ zoom and pan

    get box() {
        const el = this.canvas.el;
        return el && el.clientWidth ? { width: el.clientWidth, height: el.clientHeight } : { width: 1000, height: 480 };
    }

    scaleOf(drawing) {
        return Math.min(MAX_FIT, this.box.width / drawing.width, this.box.height / drawing.height);
    }

    onResize() {
        if (this.box.width !== this.shownWidth) {
            this.draw();
            this.show();
        }
    }

    /** All of it where that can be read, else its beginning in a size that can. */
    show() {
        this.shownWidth = this.box.width;
        this.place(Math.max(READABLE, this.scaleOf(this.state.drawing)));
    }

    fit() {
        this.place(this.scaleOf(this.state.drawing));
    }

    place(scale) {
        const { drawing } = this.state;
        const { width, height } = this.box;
        const start = drawing.nodes.find((node) => node.id === START);
        const along = (room, size, at) =>
            size * scale <= room ? (room - size * scale) / 2 : Math.min(8, Math.max(room - size * scale, room / 2 - at * scale));
        Object.assign(this.state, {
            scale, x: along(width, drawing.width, start.x), y: along(height, drawing.height, start.y),
        });
    }

    /** Zoom so that the point (px from the top left of the canvas) stays where it is. */
    zoom(factor, x = this.box.width / 2, y = this.box.height / 2) {
        const scale = Math.min(6, Math.max(0.1, this.state.scale * factor));
        const by = scale / this.state.scale;
        Object.assign(this.state, { scale, x: x - (x - this.state.x) * by, y: y - (y - this.state.y) * by });
    }

    zoomIn() {
        this.zoom(ZOOM_STEP);
    }

    zoomOut() {
        this.zoom(1 / ZOOM_STEP);
    }

    onWheel(ev) {
        if (ev.ctrlKey || ev.metaKey) {
            ev.preventDefault();
            const box = this.canvas.el.getBoundingClientRect();
            this.zoom(Math.exp(-ev.deltaY / 300), ev.clientX - box.left, ev.clientY - box.top);
        }
    }

    onKey(ev) {
        const moves = {
            ArrowLeft: [PAN_STEP, 0], ArrowRight: [-PAN_STEP, 0], ArrowUp: [0, PAN_STEP], ArrowDown: [0, -PAN_STEP],
        };
        if (moves[ev.key]) {
            this.state.x += moves[ev.key][0];
            this.state.y += moves[ev.key][1];
        } else if (ev.key === "+" || ev.key === "=") {
            this.zoomIn();
        } else if (ev.key === "-") {
            this.zoomOut();
        } else if (ev.key === "0") {
            this.fit();
        } else if (ev.key === "Escape" && this.props.selected) {
            this.props.onSelect(null);
        } else {
            return;
        }
        ev.preventDefault();
    }

    onPointerDown(ev) {
        this.pointers.set(ev.pointerId, { x: ev.clientX, y: ev.clientY });
        this.moved = 0;
    }

    onPointerMove(ev) {
        const before = this.pointers.get(ev.pointerId);
        if (!before) {
            return;
        }
        const here = { x: ev.clientX, y: ev.clientY };
        this.moved += Math.hypot(here.x - before.x, here.y - before.y);
        if (this.pointers.size === 1) {
            this.state.x += here.x - before.x;
            this.state.y += here.y - before.y;
        } else {
            this.pinch(ev.pointerId, before, here);
        }
        this.pointers.set(ev.pointerId, here);
    }

    pinch(id, before, here) {
        const other = [...this.pointers].find(([pointerId]) => pointerId !== id)[1];
        const box = this.canvas.el.getBoundingClientRect();
        const apart = (point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
        this.zoom(apart(here) / apart(before), other.x - box.left, other.y - box.top);
    }

    onPointerUp(ev) {
        this.pointers.delete(ev.pointerId);
    }
}
