import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { attributeWord } from "./chips";
import { count, duration, exactDuration, percent } from "./format";
import { useQuestion } from "./tabs";
import { who } from "./who";

/** The chosen activity or path from inside: how long it takes, the usual ways through it, and who is there. */
export class PlaceDetail extends Component {
    static template = "process_intelligence.PlaceDetail";
    static props = {
        definitionId: Number,
        filters: Object,
        answer: Object,
        activity: String,
        next: { type: [String, { value: null }] },
        kind: [String, Boolean], // work, wait, or not known
        onFilter: Function,
        onAsk: Function,
    };

    setup() {
        Object.assign(this, { count, duration, exactDuration, percent, attributeWord, who });
        this.question = useQuestion("place", (props) => ({
            filters: props.filters, activity: props.activity, next_activity: props.next,
        }));
    }

    get timeWord() {
        const known = { work: _t("Time worked on it"), wait: _t("Time waiting") };
        return known[this.props.kind] || (this.props.next ? _t("Time between the steps") : _t("Time until the next step"));
    }

    get bars() {
        const { bins } = this.question.answer;
        const most = Math.max(1, ...bins.map((bin) => bin.count));
        return bins.map((bin) => {
            const values = { from: duration(bin.from), to: duration(bin.to || 0), count: count(bin.count) };
            const title = bin.to ? _t("%(from)s to %(to)s: %(count)s times", values) : _t("%(from)s or longer: %(count)s times", values);
            return { ...bin, title, height: (100 * bin.count) / most };
        });
    }

    get toldPeople() {
        return this.question.answer.people.filter((person) => person.name);
    }

    keepWay(path) {
        this.props.onAsk({ ...this.props.filters, variants: [path] });
    }

    keepPerson(name) {
        const attributes = { ...this.props.filters.attributes, resource: [name] };
        this.props.onAsk({ ...this.props.filters, attributes });
    }
}
