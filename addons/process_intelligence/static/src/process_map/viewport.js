const MAX_SCALE = 6;
const MIN_SCALE = 0.1;
const GLIDE_MS = 180;

/**
 * Where a drawing stands in its box, and how large: zoom, pan and pinch.
 *
 * It paints by itself, so that moving the map draws nothing anew.
 */
export class Viewport {
    /**
     * @param {() => DOMRect} boxOf px
     * @param {(transform: string) => void} paint
     */
    constructor(boxOf, paint) {
        Object.assign(this, { boxOf, paint, x: 0, y: 0, scale: 1, moved: 0 });
        this.pointers = new Map();
        this.watchers = new Set(); // called whenever it moved
    }

    /** @param {{x: number, y: number, scale: number}} place */
    jump(place) {
        cancelAnimationFrame(this.frame);
        Object.assign(this, place);
        this.paint(`translate(${this.x} ${this.y}) scale(${this.scale})`);
        for (const watcher of this.watchers) {
            watcher();
        }
    }

    /** The same in a short movement; at once for people who want none. */
    glide(place) {
        if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
            return this.jump(place);
        }
        const from = { x: this.x, y: this.y, scale: this.scale };
        const to = { ...from, ...place };
        const began = performance.now();
        const step = (now) => {
            const done = Math.min(1, Math.max(0, (now - began) / GLIDE_MS));
            const eased = 1 - (1 - done) ** 3;
            const between = (key) => from[key] + (to[key] - from[key]) * eased;
            this.jump({ x: between("x"), y: between("y"), scale: between("scale") });
            if (done < 1) {
                this.frame = requestAnimationFrame(step);
            }
        };
        cancelAnimationFrame(this.frame);
        this.frame = requestAnimationFrame(step);
    }

    stop() {
        cancelAnimationFrame(this.frame);
    }

    /** Zoom so that the point (px from the top left of the box) stays where it is. */
    zoomed(factor, x, y) {
        const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, this.scale * factor));
        const by = scale / this.scale;
        return { scale, x: x - (x - this.x) * by, y: y - (y - this.y) * by };
    }

    zoomFromMiddle(factor) {
        const { width, height } = this.boxOf();
        this.glide(this.zoomed(factor, width / 2, height / 2));
    }

    pan(x, y) {
        this.glide({ x: this.x + x, y: this.y + y });
    }

    /** Bring a point of the drawing to the middle of the box, at once. */
    centre(x, y) {
        const { width, height } = this.boxOf();
        this.jump({ x: width / 2 - x * this.scale, y: height / 2 - y * this.scale });
    }

    /** Bring a point of the drawing to the middle of the box, at least this large. */
    goTo(x, y, least) {
        const { width, height } = this.boxOf();
        const scale = Math.max(this.scale, least);
        this.glide({ scale, x: width / 2 - x * scale, y: height / 2 - y * scale });
    }

    /** Bring a point of the drawing into the box, with room around it. */
    reveal(x, y, room) {
        const { width, height } = this.boxOf();
        const inside = (at, size) => Math.min(Math.max(at, Math.min(room, size / 2)), Math.max(size - room, size / 2));
        const [left, top] = [this.x + x * this.scale, this.y + y * this.scale];
        const [toLeft, toTop] = [inside(left, width), inside(top, height)];
        if (toLeft !== left || toTop !== top) {
            this.pan(toLeft - left, toTop - top);
        }
    }

    onWheel(ev) {
        const box = this.boxOf();
        this.jump(this.zoomed(Math.exp(-ev.deltaY / 400), ev.clientX - box.left, ev.clientY - box.top));
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
            this.jump({ x: this.x + here.x - before.x, y: this.y + here.y - before.y });
        } else {
            this.pinch(ev.pointerId, before, here);
        }
        this.pointers.set(ev.pointerId, here);
    }

    /** Two fingers zoom and move at once: what lies in the middle between them stays there. */
    pinch(id, before, here) {
        const other = [...this.pointers].find(([pointerId]) => pointerId !== id)[1];
        const box = this.boxOf();
        const apart = (point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
        const middle = { x: (before.x + other.x) / 2 - box.left, y: (before.y + other.y) / 2 - box.top };
        const { scale, x, y } = this.zoomed(apart(here) / apart(before), middle.x, middle.y);
        this.jump({ scale, x: x + (here.x - before.x) / 2, y: y + (here.y - before.y) / 2 });
    }

    onPointerUp(ev) {
        this.pointers.delete(ev.pointerId);
    }
}
