import { Component, useEffect, useRef } from "@odoo/owl";

import { count } from "./format";

const WAYS = { ArrowRight: 1, ArrowLeft: -1 };

/** The names of the tabs in one line; the arrow keys go along it, and the open one is always in sight. */
export class TabStrip extends Component {
    static template = "process_intelligence.TabStrip";
    static props = {
        tabs: Array, // of tabs.js, with their ids
        openId: String,
        answer: Object, // of `explore`
        onOpen: Function, // (id)
    };

    setup() {
        this.count = count;
        this.strip = useRef("strip");
        useEffect(() => this.bringIntoSight(), () => [this.props.openId]);
    }

    /** Along the line only: the page stays where it is. */
    bringIntoSight() {
        const strip = this.strip.el;
        const { left, right } = strip.querySelector(".nav-link.active").getBoundingClientRect();
        const bounds = strip.getBoundingClientRect();
        if (left < bounds.left || right > bounds.right) {
            strip.scrollLeft += left - bounds.left - (bounds.width - (right - left)) / 2;
        }
    }

    onKey(ev) {
        const names = [...this.strip.el.querySelectorAll("[role=tab]")];
        const at = names.indexOf(ev.target);
        const next = { Home: 0, End: names.length - 1 }[ev.key] ?? at + (WAYS[ev.key] || NaN);
        if (names[next]) {
            ev.preventDefault();
            names[next].focus();
        }
    }
}

/**
 * Bring into sight what a click elsewhere on the page has changed, once it is there.
 *
 * @param {{el: HTMLElement}} ref
 * @param {string} [wanted] what in it the keyboard goes on from
 */
export function reveal(ref, wanted) {
    requestAnimationFrame(() => {
        ref.el?.scrollIntoView({ block: "start" });
        if (wanted) {
            ref.el?.querySelector(wanted)?.focus({ preventScroll: true });
        }
    });
}
