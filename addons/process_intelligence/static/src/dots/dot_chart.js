import { Component, onMounted, onPatched, onWillUnmount, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { duration } from "../process_map/format";
import { INKS, OTHERS, inkOf, shape } from "./inks";

const LEFT = 8;
const FOOT = 24; // px for the axis
const LEAST_LINE = 2; // px between two cases
const MOST_LINE = 22;
const HEIGHT = 420;
const NEAR = 12; // px from a dot that still mean it
const TICKS_APART = 110; // px

/** A canvas of dots: pointing at one tells it, a click opens its case, arrow keys walk from dot to dot. */
export class DotChart extends Component {
    static template = "process_intelligence.DotChart";
    static props = {
        answer: Object, // of `dots`
        axis: String, // date, or since (the start of the case)
        onOpen: Function, // with the key of a case
    };

    setup() {
        this.canvas = useRef("canvas");
        this.state = useState({ told: "", width: 0, at: null });
        this.observer = new ResizeObserver(() => this.measure());
        onMounted(() => {
            this.observer.observe(this.canvas.el.parentElement);
            this.measure();
        });
        onPatched(() => this.paint());
        onWillUpdateProps((next) => {
            if (next.answer !== this.props.answer) {
                this.choose(null); // the dot may be another one
            }
        });
        onWillUnmount(() => this.observer.disconnect());
    }

    measure() {
        const width = this.canvas.el?.parentElement.clientWidth || 0;
        if (width !== this.state.width) {
            this.state.width = width;
        }
    }

    get legend() {
        const { names } = this.props.answer;
        const told = names.slice(0, INKS.length).map((name, index) => ({ ...INKS[index], name }));
        return names.length > told.length ? [...told, { ...OTHERS, name: _t("other steps") }] : told;
    }

    shapeOf(item) {
        return shape(item.shape, 0, 0, 4.5);
    }

    get step() {
        return Math.min(MOST_LINE, Math.max(LEAST_LINE, (HEIGHT - FOOT) / this.props.answer.lines.length));
    }

    get height() {
        return Math.round(this.step * this.props.answer.lines.length + FOOT + 8);
    }

    get span() {
        const { answer, axis } = this.props;
        return Math.max(1, axis === "date" ? answer.seconds : answer.longest);
    }

    secondsOf(line, dot) {
        return this.props.axis === "date" ? dot[1] : dot[1] - line.dots[0][1];
    }

    xOf(seconds) {
        return LEFT + (seconds / this.span) * (this.state.width - 2 * LEFT);
    }

    yOf(row) {
        return 6 + this.step * (row + 0.5);
    }

    // ------------------------------------------------------------------ drawing

    paint() {
        const canvas = this.canvas.el;
        if (!canvas || !this.state.width) {
            return;
        }
        const ratio = window.devicePixelRatio || 1;
        Object.assign(canvas, { width: this.state.width * ratio, height: this.height * ratio });
        const ctx = canvas.getContext("2d");
        ctx.scale(ratio, ratio);
        const style = getComputedStyle(canvas);
        this.paintAxis(ctx, style);
        const size = Math.min(4, Math.max(1.6, this.step / 2));
        this.props.answer.lines.forEach((line, row) => this.paintLine(ctx, line, row, size));
        this.paintChosen(ctx, style.color);
    }

    paintAxis(ctx, style) {
        const foot = this.height - FOOT;
        ctx.font = `12px ${style.fontFamily}`;
        ctx.fillStyle = style.color;
        const ticks = Math.max(1, Math.floor(this.state.width / TICKS_APART));
        for (let n = 0; n <= ticks; n++) {
            const seconds = (this.span * n) / ticks;
            const x = this.xOf(seconds);
            ctx.strokeStyle = "rgba(128, 128, 128, 0.25)";
            ctx.beginPath();
            ctx.moveTo(x, 0);
            ctx.lineTo(x, foot);
            ctx.stroke();
            ctx.textAlign = n === 0 ? "left" : n === ticks ? "right" : "center";
            ctx.fillText(this.tick(seconds), x, foot + 16);
        }
    }

    tick(seconds) {
        if (this.props.axis === "since") {
            return seconds ? duration(seconds) : _t("start");
        }
        const moment = this.moment(seconds);
        return this.span < 3 * 86_400 ? formatDateTime(moment, { format: "HH:mm" }) : formatDate(moment);
    }

    moment(seconds) {
        return deserializeDateTime(this.props.answer.first.slice(0, 19).replace("T", " ")).plus({ seconds });
    }

    paintLine(ctx, line, row, size) {
        const y = this.yOf(row);
        ctx.strokeStyle = "rgba(128, 128, 128, 0.3)";
        ctx.beginPath();
        ctx.moveTo(this.xOf(this.secondsOf(line, line.dots[0])), y);
        ctx.lineTo(this.xOf(this.secondsOf(line, line.dots.at(-1))), y);
        ctx.stroke();
        for (const dot of line.dots) {
            const ink = inkOf(dot[0]);
            ctx.fillStyle = ink.color;
            ctx.fill(figureOf(ink, this.xOf(this.secondsOf(line, dot)), y, size));
        }
    }

    paintChosen(ctx, color) {
        const { at } = this.state;
        const line = at && this.props.answer.lines[at.row];
        const dot = line?.dots[at.index];
        if (dot) {
            ctx.strokeStyle = color;
            ctx.lineWidth = 2;
            ctx.beginPath();
            ctx.arc(this.xOf(this.secondsOf(line, dot)), this.yOf(at.row), 8, 0, 2 * Math.PI);
            ctx.stroke();
        }
    }

    /** Beside the dot, on the side where there is more room. */
    get tipStyle() {
        const { at, width } = this.state;
        const line = this.props.answer.lines[at.row];
        const x = this.xOf(this.secondsOf(line, line.dots[at.index]));
        const across = x < width / 2 ? `left: ${x + 12}px` : `right: ${width - x + 12}px`;
        return `${across}; top: ${Math.max(0, this.yOf(at.row) - 14)}px`;
    }

    // ------------------------------------------------------------------ pointing, keys

    /** @returns {{row: number, index: number}|null} the dot nearest to the pointer */
    near(ev) {
        const box = this.canvas.el.getBoundingClientRect();
        const [x, y] = [ev.clientX - box.left, ev.clientY - box.top];
        const reach = Math.ceil(NEAR / this.step);
        const middle = Math.floor((y - 6) / this.step);
        const { lines } = this.props.answer;
        let best = null;
        let least = NEAR ** 2;
        for (let row = Math.max(0, middle - reach); row <= Math.min(lines.length - 1, middle + reach); row++) {
            lines[row].dots.forEach((dot, index) => {
                const away = (this.xOf(this.secondsOf(lines[row], dot)) - x) ** 2 + (this.yOf(row) - y) ** 2;
                if (away < least) {
                    least = away;
                    best = { row, index };
                }
            });
        }
        return best;
    }

    onMove(ev) {
        this.choose(this.near(ev));
    }

    choose(at) {
        if (at?.row !== this.state.at?.row || at?.index !== this.state.at?.index) {
            Object.assign(this.state, { at, told: at ? this.wordsOf(at) : "" });
        }
    }

    wordsOf({ row, index }) {
        const line = this.props.answer.lines[row];
        const [name, seconds] = line.dots[index];
        const words = {
            case: line.name,
            step: this.props.answer.names[name],
            moment: formatDateTime(this.moment(seconds)),
            after: duration(seconds - line.dots[0][1]),
        };
        return seconds - line.dots[0][1] < 1
            ? _t("%(case)s: %(step)s, %(moment)s, at its start", words)
            : _t("%(case)s: %(step)s, %(moment)s, %(after)s after its start", words);
    }

    onClick(ev) {
        const at = this.near(ev);
        if (at) {
            this.props.onOpen(this.props.answer.lines[at.row].case);
        }
    }

    onKey(ev) {
        const { lines } = this.props.answer;
        const at = this.state.at || { row: 0, index: -1 };
        const moves = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
        if (ev.key in moves) {
            const [down, right] = moves[ev.key];
            const row = Math.min(lines.length - 1, Math.max(0, at.row + down));
            const index = Math.min(lines[row].dots.length - 1, Math.max(0, at.index + right));
            this.choose({ row, index });
        } else if (ev.key === "Enter" && this.state.at) {
            this.props.onOpen(lines[at.row].case);
        } else if (ev.key === "Escape") {
            this.choose(null);
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }
}

function figureOf(ink, x, y, size) {
    return new Path2D(shape(ink.shape, x, y, size));
}
