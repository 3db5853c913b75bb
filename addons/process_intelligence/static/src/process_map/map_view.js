import { Component, markRaw, onMounted, onWillRender, onWillStart, onWillUnmount, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { AutoComplete } from "@web/core/autocomplete/autocomplete";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { downloadFile } from "@web/core/network/download";
import { useService } from "@web/core/utils/hooks";

import { PACES, count, duration, paceOf } from "./format";
import { END, READABLE, START, follow, layout, neighbour, simplify, toGraph } from "./graph";
import { isLegible, labelsAt, levelOf, namesAt, numbersOf } from "./labels";
import { Overview } from "./overview";
import { toFile, toSvg } from "./picture";
import { Replay } from "./replay";
import { Viewport } from "./viewport";

const SHORT_LABELS = 30; // a map with more activities leaves room for how often only
const ROOM_PER_EDGE = 50; // px of width; a map with more paths starts with the frequent ones only
const MANY_NODES = 100; // a map with more activities starts with the frequent ones only
const MAX_FIT = 1.35;
const ZOOM_STEP = 1.25;
const PAN_STEP = 60; // px per arrow key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ROOM = 90; // px that stay free around what the keyboard goes to
const PICTURES = [["png", _t("Image (PNG)")], ["svg", _t("Drawing (SVG)")], ["pdf", _t("Page (PDF)")]];
const CLICK_SLACK = 5; // px that a click may move before it is a drag
const SETTLE_MS = 70; // that a zoom stands still before the words follow it
const OTHER_ROOM = 1.6; // times as wide or narrow: then it is laid out anew
const MOST_FOUND = 12; // activities listed at once

/** The directly-follows map: zoomable, with sliders; every node and path can be chosen by mouse and keyboard. */
export class MapView extends Component {
    static template = "process_intelligence.MapView";
    static components = { AutoComplete, Dropdown, DropdownItem, Overview, Replay };
    static props = {
        map: Object, // as `measured` gives it
        timeLabel: String,
        stays: { type: [Object, { value: null }], optional: true }, // by activity { time (s), kind }, once they are there
        words: Function, // what a picture of it says: { title, lines }
        replay: { type: Function, optional: true }, // asks for the answer of `replay`
        sliders: { type: Object, optional: true }, // { activities, paths }: percent that the reader chose, or null
        onSlide: { type: Function, optional: true }, // (the same, once a slider is let go)
        slots: { type: Object, optional: true },
        selected: { type: [String, { value: null }] },
        onSelect: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        this.paces = PACES;
        this.count = count;
        this.notification = useService("notification");
        this.pictures = PICTURES;
        this.stage = useRef("stage");
        this.chosen = {}; // of the sliders
        this.find = useRef("find");
        // level: the zoom that the words are made for; hovered, focused: what is looked at
        this.state = useState({ activities: 100, paths: 100, drawing: null, replay: null, level: 1, hovered: null, focused: null });
        this.viewport = new Viewport(
            () => this.canvas.el?.getBoundingClientRect() || { left: 0, top: 0, ...this.box },
            (transform) => this.paint(transform)
        );
        onWillRender(() => this.prepare());
        onWillStart(async () => {
            await loadBundle("process_intelligence.dagre");
            this.open(this.props.map);
        });
        onWillUpdateProps((next) => {
            if (next.map !== this.props.map) {
                this.state.replay = null;
                this.open(next.map, next.sliders);
                this.show();
            }
        });
        onMounted(() => {
            this.open(this.props.map); // again, as only now the room is known
            this.show();
            this.resize = new ResizeObserver(() => this.onResize());
            this.resize.observe(this.canvas.el);
        });
        onWillUnmount(() => {
            this.resize?.disconnect();
            clearTimeout(this.settling);
            this.viewport.stop();
        });
    }

    // ------------------------------------------------------------------ what is drawn

    /** Sliders stay where the reader put them; else as much is shown as there is room for. */
    open(map, sliders = this.props.sliders) {
        this.chosen = sliders || this.chosen;
        const { activities, paths } = this.chosen;
        this.graph = this.graphOf(map);
        this.busiest = Math.max(1, ...this.graph.edges.filter(({ kind }) => kind === "step").map(({ value }) => value));
        const some = Math.min(100, Math.round((100 * MANY_NODES) / Math.max(1, this.graph.nodes.length)));
        this.state.activities = activities ?? some;
        const room = Math.max(8, this.box.width / ROOM_PER_EDGE);
        this.state.paths = paths ?? Math.min(100, Math.round((100 * room) / Math.max(1, this.graph.edges.length)));
        this.draw();
    }

    graphOf(map) {
        return toGraph(map);
    }

    simplified() {
        return simplify(this.graph, this.state.activities / 100, this.state.paths / 100);
    }

    draw() {
        const shown = this.simplified();
        const label = (edge) => (shown.nodes.length > SHORT_LABELS ? this.shortLabel(edge) : this.label(edge));
        const drawings = ["TB", "LR"].map((direction) => layout(shown, label, direction, window.dagre, this.box));
        // The direction that fits the screen larger is the one people can read; best of all in one row.
        const rank = (drawing) => this.scaleOf(drawing) + (drawing.rows === 1 && this.scaleOf(drawing) >= READABLE ? MAX_FIT : 0);
        this.state.drawing = markRaw(rank(drawings[0]) >= rank(drawings[1]) ? drawings[0] : drawings[1]);
        Object.assign(this.state, { hovered: null, focused: null });
        this.drawnWidth = this.box.width;
        this.shownActivities = shown.nodes.length;
        this.shownPaths = shown.edges.filter((edge) => edge.kind === "step").length;
        this.allPaths = this.graph.edges.filter((edge) => edge.kind === "step").length;
    }

    /** Once for each time it is drawn: what is looked at, and the words that have room. */
    prepare() {
        const { drawing, hovered, focused, level } = this.state;
        this.near = this.nearOf(hovered || focused || this.props.selected);
        this.names = this.namesNow(drawing, level);
        const texts = (edge) => [this.label(edge), this.shortLabel(edge)];
        this.labels = labelsAt(drawing, texts, level, this.near && this.near.paths, this.names);
    }

    /** What has no room for its name has a number, told below; a look at something changes no number. */
    namesNow(drawing, level) {
        const usual = namesAt(drawing, level);
        this.numbered = numbersOf(usual);
        if (!usual || !this.near) {
            return usual;
        }
        const names = namesAt(drawing, level, [...this.near.nodes]);
        for (const [id, { number }] of names) {
            if (number && !usual.get(id).number) {
                names.delete(id);
            }
        }
        return names;
    }

    /** An activity with its paths and where they lead, or a path with its ends; null for nothing. */
    nearOf(key) {
        const { nodes, edges } = this.state.drawing;
        if (!key || ![...nodes, ...edges].some(({ id }) => id === key)) {
            return null;
        }
        const touching = edges.filter(({ id, source, target }) => [id, source, target].includes(key));
        const ends = touching.flatMap(({ source, target }) => [source, target]);
        const first = nodes.some(({ id }) => id === key) ? [key] : [];
        return { paths: new Set(touching.map(({ id }) => id)), nodes: new Set([...first, ...ends]) };
    }

    paint(transform) {
        this.stage.el?.setAttribute("transform", transform);
        if (levelOf(this.viewport.scale) !== this.state.level) {
            clearTimeout(this.settling);
            this.settling = setTimeout(() => this.settle(), SETTLE_MS);
        }
    }

    settle() {
        clearTimeout(this.settling);
        this.state.level = levelOf(this.viewport.scale);
    }

    get legend() {
        return "process_intelligence.MapLegend";
    }

    get canvasLabel() {
        return _t("Process map. Enter goes to its first step, from there arrow keys along the paths; Enter opens a step, Escape closes it. On the map itself arrow keys move it, plus and minus zoom, 0 fits it, slash finds a step.");
    }

    shortLabel(edge) {
        return count(edge.kind === "step" ? edge.value : edge.count);
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

    /** CSS; what the style sheet says where there is none. */
    dash() {
        return undefined;
    }

    strokeWidth(edge) {
        return edge.kind === "step" ? 1.2 + 6 * Math.sqrt(edge.value / this.busiest) : 1.2;
    }

    arrow(edge) {
        const size = 5 + this.strokeWidth(edge) * 1.3;
        return `0,0 ${-size * 1.3},${-size / 2} ${-size * 1.3},${size / 2}`;
    }

    stayOf(node) {
        return this.props.stays?.[node.name];
    }

    /** The colour of how long cases stay; none where nothing follows. */
    nodeColor(node) {
        const stay = this.stayOf(node);
        return stay && stay.time !== null ? paceOf(stay.time).color : "transparent";
    }

    nodeFigures(node) {
        const stay = this.stayOf(node);
        return stay && stay.time !== null ? `${count(node.value)} · ${duration(stay.time)}` : count(node.value);
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
        const stay = this.stayOf(node);
        const values = { name: node.name, count: count(node.count), time: stay?.time ? duration(stay.time) : "" };
        if (!values.time) {
            return _t("%(name)s: %(count)s times", values);
        }
        return {
            work: _t("%(name)s: %(count)s times, half worked on within %(time)s", values),
            wait: _t("%(name)s: %(count)s times, half wait up to %(time)s", values),
        }[stay.kind] || _t("%(name)s: %(count)s times, half go on within %(time)s", values);
    }

    get endpoints() {
        return this.state.drawing.nodes.filter((node) => this.isEndpoint(node));
    }

    get activities() {
        return this.state.drawing.nodes.filter((node) => !this.isEndpoint(node));
    }

    nameOf(node) {
        return this.names ? this.names.get(node.id) : { size: 13, lines: node.lines, aside: 0 };
    }

    /** From the top of the box: names stand in its middle where they stand alone. */
    nameTop(node, { size, lines }) {
        return this.names ? node.height / 2 - (lines.length / 2 + 0.22) * size * 1.1 : 3;
    }

    // ------------------------------------------------------------------ sliders and choice

    onSlide(which, ev) {
        this.state[which] = Number(ev.target.value);
        this.draw();
        this.show();
    }

    onSlid(which, ev) {
        this.chosen = { ...this.chosen, [which]: Number(ev.target.value) };
        this.props.onSlide?.(this.chosen);
    }

    /** @param {string} name typed @returns {Object[]} what it may mean, the beginning of a name first */
    foundFor(name) {
        const wanted = name.toLocaleLowerCase();
        const at = ({ id }) => id.toLocaleLowerCase().indexOf(wanted);
        return this.graph.nodes
            .filter((node) => at(node) >= 0)
            .toSorted((a, b) => Math.min(1, at(a)) - Math.min(1, at(b)))
            .slice(0, MOST_FOUND)
            .map(({ id }) => ({ label: id, onSelect: () => this.reveal(id) }));
    }

    get findSources() {
        return [{ options: (name) => this.foundFor(name) }];
    }

    /** Go to an activity, even to one that the sliders hide. */
    async reveal(id) {
        if (!this.activities.some((node) => node.id === id)) {
            const index = this.graph.nodes.findIndex((node) => node.id === id);
            this.state.activities = Math.ceil((100 * (index + 1)) / this.graph.nodes.length);
            this.draw();
        }
        const { x, y } = this.state.drawing.nodes.find((node) => node.id === id);
        this.viewport.goTo(x, y, READABLE);
        await new Promise((resolve) => requestAnimationFrame(resolve)); // it may have to be drawn first
        this.goTo(id);
        this.state.focused = id;
    }

    onHover(key, ev) {
        if (ev.pointerType === "mouse" && !this.viewport.pointers.size) {
            this.state.hovered = key;
        }
    }

    onItemClick(key) {
        if (!(this.viewport.moved > CLICK_SLACK)) {
            this.choose(key);
        }
    }

    choose(key) {
        this.props.onSelect(this.props.selected === key ? null : key);
    }

    /** Arrows go along the paths, Enter opens; with Shift the arrows move the map. */
    onItemKey(ev, key) {
        if (ev.key === "Enter" || ev.key === " ") {
            this.choose(key);
        } else if (ARROWS[ev.key] && !ev.shiftKey) {
            const { drawing } = this.state;
            this.goTo(neighbour(drawing, key, ARROWS[ev.key]) || follow(drawing, key, ARROWS[ev.key]));
        } else if (ev.key === "Escape" && !this.props.selected) {
            this.canvas.el.focus();
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    goTo(id) {
        if (id !== null) {
            this.canvas.el.querySelector(`[data-name="${CSS.escape(id)}"]`).focus({ preventScroll: true });
        }
    }

    onItemFocus(node, ev) {
        this.state.focused = ev.target.matches(":focus-visible") ? node.id : null; // a click looks by choosing
        if (!this.viewport.pointers.size) {
            this.viewport.reveal(node.x, node.y, ROOM);
        }
    }

    // ------------------------------------------------------------------ pictures and replay

    /** The map as it is shown: this choice of activities and paths, whole. */
    async savePicture(kind) {
        const looks = getComputedStyle(this.canvas.el.closest(".o_process_map_view"));
        const words = this.props.words();
        Object.assign(this.state, { level: 1, hovered: null, focused: null }); // on paper there is no zoom
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        const svg = toSvg(this.stage.el, this.state.drawing, { ...words, ground: looks.backgroundColor, ink: looks.color });
        this.settle();
        const file = await toFile(svg, kind);
        await downloadFile(file, `${words.title}.${kind}`, file.type);
    }

    async toggleReplay() {
        if (this.state.replay) {
            this.state.replay = null;
            return;
        }
        const answer = await this.props.replay();
        if (answer.seconds) {
            this.state.replay = markRaw(answer);
        } else {
            this.notification.add(_t("Nothing moves here: each case has one moment only."), { type: "info" });
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

    /** A panel beside the map makes it narrower: activities keep their places unless the room is quite another. */
    onResize() {
        const { width } = this.box;
        if (width === this.shownWidth) {
            return;
        }
        const change = Math.max(width, this.drawnWidth) / Math.min(width, this.drawnWidth);
        if (change > OTHER_ROOM) {
            this.draw();
            this.show();
        } else if (this.isPlaced) {
            this.show();
        } else {
            this.shownWidth = width;
            const chosen = this.state.drawing.nodes.find(({ id }) => id === this.props.selected);
            if (chosen) {
                this.viewport.reveal(chosen.x, chosen.y, ROOM);
            }
        }
    }

    /** Whether it stands where it was put, and nobody moved it since. */
    get isPlaced() {
        return Object.entries(this.placed).every(([key, value]) => Math.abs(this.viewport[key] - value) < 0.01);
    }

    /** All of it where that can be read, else its beginning in a size that can. */
    show() {
        this.shownWidth = this.box.width;
        const { drawing } = this.state;
        const whole = this.scaleOf(drawing);
        this.placed = this.placeFor(isLegible(drawing, whole) ? whole : Math.max(READABLE, whole));
        this.viewport.jump(this.placed);
        this.settle();
    }

    fit() {
        this.placed = this.placeFor(this.scaleOf(this.state.drawing));
        this.viewport.glide(this.placed);
    }

    placeFor(scale) {
        const { drawing } = this.state;
        const { width, height } = this.box;
        const start = drawing.nodes.find((node) => node.id === START);
        const along = (room, size, at) =>
            size * scale <= room ? (room - size * scale) / 2 : Math.min(8, Math.max(room - size * scale, room / 2 - at * scale));
        return { scale, x: along(width, drawing.width, start.x), y: along(height, drawing.height, start.y) };
    }

    zoomIn() {
        this.viewport.zoomFromMiddle(ZOOM_STEP);
    }

    zoomOut() {
        this.viewport.zoomFromMiddle(1 / ZOOM_STEP);
    }

    /** The wheel scrolls the page until the map is the one in use. */
    onWheel(ev) {
        if (ev.ctrlKey || ev.metaKey || this.canvas.el.contains(document.activeElement)) {
            ev.preventDefault();
            this.viewport.onWheel(ev);
        }
    }

    onKey(ev) {
        if (ARROWS[ev.key]) {
            const [right, down] = ARROWS[ev.key];
            this.viewport.pan(-right * PAN_STEP, -down * PAN_STEP);
        } else if (ev.key === "+" || ev.key === "=") {
            this.zoomIn();
        } else if (ev.key === "-") {
            this.zoomOut();
        } else if (ev.key === "0") {
            this.fit();
        } else if (ev.key === "/") {
            this.find.el.querySelector("input").focus();
        } else if (ev.key === "Enter") {
            this.goTo(this.activities[0].id);
        } else if (ev.key === "Escape" && this.props.selected) {
            this.props.onSelect(null);
        } else {
            return;
        }
        ev.preventDefault();
    }
}
