import { Component, onMounted, onPatched, onWillUnmount, useRef } from "@odoo/owl";

const SIDE = { width: 190, height: 110 }; // px at most
const SMALL = 0.26; // of the map at most, where that is small
const SLACK = 4; // px of the map that may be outside before the overview shows

/** The whole map in small, with a frame around what is shown: press or drag to go elsewhere. */
export class Overview extends Component {
    static template = "process_intelligence.MapOverview";
    static props = { drawing: Object, viewport: Object };

    setup() {
        this.root = useRef("root");
        this.frame = useRef("frame");
        const follow = () => this.follow();
        onMounted(() => {
            this.props.viewport.watchers.add(follow);
            follow();
        });
        onPatched(follow);
        onWillUnmount(() => this.props.viewport.watchers.delete(follow));
    }

    get size() {
        const { drawing, viewport } = this.props;
        const box = viewport.boxOf();
        const [width, height] = [Math.min(SIDE.width, box.width * SMALL), Math.min(SIDE.height, box.height * SMALL)];
        const scale = Math.min(width / drawing.width, height / drawing.height) || 0.01;
        return { scale, width: drawing.width * scale, height: drawing.height * scale };
    }

    follow() {
        const { drawing, viewport } = this.props;
        if (!this.root.el) {
            return;
        }
        const box = viewport.boxOf();
        const { x, y, scale } = viewport;
        const right = x + drawing.width * scale;
        const bottom = y + drawing.height * scale;
        const all = x >= -SLACK && y >= -SLACK && right <= box.width + SLACK && bottom <= box.height + SLACK;
        this.root.el.classList.toggle("d-none", all);
        const [left, top] = [Math.max(0, -x / scale), Math.max(0, -y / scale)];
        const values = {
            x: left,
            y: top,
            width: Math.max(0, Math.min(drawing.width, (box.width - x) / scale) - left),
            height: Math.max(0, Math.min(drawing.height, (box.height - y) / scale) - top),
        };
        for (const [key, value] of Object.entries(values)) {
            this.frame.el.setAttribute(key, value);
        }
    }

    onPress(ev) {
        ev.preventDefault();
        this.root.el.setPointerCapture(ev.pointerId);
        this.pressed = true;
        this.goTo(ev);
    }

    onMove(ev) {
        if (this.pressed) {
            this.goTo(ev);
        }
    }

    onRelease() {
        this.pressed = false;
    }

    goTo(ev) {
        const own = this.root.el.getBoundingClientRect();
        const { viewport } = this.props;
        const { scale } = this.size;
        viewport.centre((ev.clientX - own.left) / scale, (ev.clientY - own.top) / scale);
    }
}
