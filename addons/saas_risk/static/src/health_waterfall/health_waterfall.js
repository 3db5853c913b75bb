import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const BOUNDS = { floor: _t("Not below 0"), ceiling: _t("Not above 100") };

/**
 * Turn the lines of an assessment into bars on a scale of 0 to 100.
 * Sums run in hundredths, so that what a person adds up is what is shown.
 *
 * @param {{signal: string, points: number, words: string, model: string|false, id: number|false}[]} lines
 * @returns {{bars: Object[], total: string}}
 */
export function computeBars(lines) {
    let running = 0;
    const bars = lines.map((line, index) => {
        const points = Math.round(line.points * 100);
        const before = running;
        running += points;
        const from = clamp(Math.min(before, running));
        const to = clamp(Math.max(before, running));
        return {
            key: index,
            words: line.words || BOUNDS[line.signal] || line.signal,
            points: index && points > 0 ? `+${hundredths(points)}` : hundredths(points),
            left: from / 100,
            width: Math.max((to - from) / 100, 0.5),
            kind: index === 0 ? "base" : points < 0 ? "down" : "up",
            model: line.model,
            id: line.id,
        };
    });
    return { bars, total: hundredths(running), totalWidth: clamp(running) / 100 };
}

function clamp(value) {
    return Math.min(Math.max(value, 0), 10000);
}

function hundredths(value) {
    return (value / 100).toFixed(2).replace("-", "−");
}

export class HealthWaterfall extends Component {
    static template = "saas_risk.HealthWaterfall";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get lines() {
        return this.props.record.data[this.props.name] || [];
    }

    get chart() {
        return computeBars(this.lines);
    }

    open(bar) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: bar.model,
            res_id: bar.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("saas_risk_health_waterfall", {
    component: HealthWaterfall,
    supportedTypes: ["json"],
});
