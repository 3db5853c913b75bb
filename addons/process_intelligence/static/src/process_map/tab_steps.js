import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { count, duration, exactDuration } from "./format";
import { pathKey, tabProps, tabs } from "./tabs";

/** Every move with its time, the slowest first. */
export class StepsTab extends Component {
    static template = "process_intelligence.StepsTab";
    static props = tabProps;

    setup() {
        Object.assign(this, { count, duration, exactDuration });
    }

    get steps() {
        return this.props.answer.map.transitions.toSorted((a, b) => b.p50_seconds - a.p50_seconds);
    }

    keyOf(step) {
        return pathKey(step.source, step.target);
    }
}

tabs.add("steps", { label: _t("Time between steps"), Component: StepsTab, explore: true }, { sequence: 20 });
