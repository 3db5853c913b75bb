import { Component, onMounted, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { count, duration, exactDuration, percent } from "./format";
import { TIMES } from "./measure";
import { PlaceDetail } from "./place_detail";

/** The figures of the chosen activity or path, and what can be done with it. */
export class SelectionPanel extends Component {
    static template = "process_intelligence.SelectionPanel";
    static components = { PlaceDetail };
    static props = {
        definitionId: Number,
        filters: Object,
        answer: Object, // of `explore`
        kind: [String, Boolean], // what is done at the activity, or at the start of the path
        map: Object,
        selected: String, // name of an activity, or JSON of [source, target]
        figures: { type: [Object, { value: null }] }, // its statistics, once they are there
        onSelect: Function,
        onClose: Function,
        onFilter: Function, // (key, value)
        onAsk: Function,
        onCases: Function, // (extra filters)
    };

    setup() {
        this.panel = useRef("panel");
        // On a phone it stands below the map: whoever chose something wants to see it.
        onMounted(() => this.panel.el.scrollIntoView({ block: "nearest" }));
        Object.assign(this, { count, duration, exactDuration, percent, times: TIMES });
    }

    get path() {
        return this.props.map.transitions.find((item) => keyOf(item) === this.props.selected);
    }

    get activity() {
        return this.props.map.activities.find((item) => item.name === this.props.selected);
    }

    get neighbours() {
        const { transitions } = this.props.map;
        const { name } = this.activity;
        return [
            { title: _t("Comes after"), end: "source", items: transitions.filter((item) => item.target === name).slice(0, 5) },
            { title: _t("Goes on to"), end: "target", items: transitions.filter((item) => item.source === name).slice(0, 5) },
        ];
    }

    keyOf(item) {
        return keyOf(item);
    }

    get filters() {
        return this.path
            ? { with: ["follows", [this.path.source, this.path.target]], without: ["not_follows", [this.path.source, this.path.target]] }
            : { with: ["has", this.activity.name], without: ["has_not", this.activity.name] };
    }
}

function keyOf(transition) {
    return JSON.stringify([transition.source, transition.target]);
}
