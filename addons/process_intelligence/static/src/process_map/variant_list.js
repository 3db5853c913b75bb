import { Component, useState } from "@odoo/owl";

import { count, duration, exactDuration, percent } from "./format";

const FIRST = 25;
const MORE = 100;

/** The ways that cases went, most frequent first, as chevrons. */
export class VariantList extends Component {
    static template = "process_intelligence.VariantList";
    static props = {
        variants: Array,
        cases: Number,
        total: Number,
        chosen: Array, // paths as JSON
        onToggle: Function,
    };

    setup() {
        this.state = useState({ shown: FIRST });
        Object.assign(this, { count, duration, exactDuration });
    }

    get rows() {
        let sum = 0;
        return this.props.variants.slice(0, this.state.shown).map((variant, index) => {
            sum += variant.count;
            const key = JSON.stringify(variant.path);
            return {
                ...variant,
                key,
                rank: index + 1,
                chosen: this.props.chosen.includes(key),
                share: percent(variant.count, this.props.cases),
                width: (100 * variant.count) / this.props.cases,
                cumulative: percent(sum, this.props.cases),
                steps: shorten(variant.path),
            };
        });
    }

    get hasMore() {
        return this.state.shown < this.props.variants.length;
    }

    showMore() {
        this.state.shown += MORE;
    }
}

/** Repeats in a row become one chevron with their number. */
function shorten(path) {
    const steps = [];
    for (const name of path) {
        const last = steps.at(-1);
        if (last && last.name === name) {
            last.times += 1;
        } else {
            steps.push({ name, times: 1 });
        }
    }
    return steps;
}
