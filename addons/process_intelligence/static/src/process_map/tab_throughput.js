import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { count, duration, exactDuration, percent } from "./format";
import { tabProps, tabs, useQuestion } from "./tabs";

const JUST_BELOW = 1e-6; // s; moments are told to the microsecond, and bounds of filters are included

/** How long cases took; a bar keeps its cases. */
export class ThroughputTab extends Component {
    static template = "process_intelligence.ThroughputTab";
    static props = tabProps;

    setup() {
        Object.assign(this, { count, duration, exactDuration, percent });
        this.question = useQuestion("throughput", (props) => ({ filters: props.filters }));
    }

    get figures() {
        const { answer } = this.question;
        return [
            [_t("Shortest"), answer.min], [_t("Half within"), answer.median], [_t("9 of 10 within"), answer.p90],
            [_t("95 of 100 within"), answer.p95], [_t("Longest"), answer.max], [_t("On average"), answer.mean],
        ];
    }

    get bars() {
        const { bins, cases } = this.question.answer;
        const most = Math.max(1, ...bins.map((bin) => bin.count));
        return bins.map((bin) => ({ ...bin, height: (100 * bin.count) / most, title: this.titleOf(bin, cases) }));
    }

    titleOf(bin, cases) {
        const values = {
            from: duration(bin.from), to: duration(bin.to || 0), count: count(bin.count), share: percent(bin.count, cases),
        };
        return bin.to
            ? _t("%(from)s to %(to)s: %(count)s cases (%(share)s)", values)
            : _t("%(from)s or longer: %(count)s cases (%(share)s)", values);
    }

    keep(bin) {
        const upTo = bin.to ? bin.to - JUST_BELOW : null;
        this.props.onAsk({ ...this.props.filters, throughput_s: [bin.from, upTo] });
    }
}

tabs.add("throughput", { label: _t("How long cases take"), Component: ThroughputTab, explore: true }, { sequence: 40 });
