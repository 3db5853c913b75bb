import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const STATES = {
    running: { mark: "●", class: "text-success", word: _t("running") },
    late: { mark: "▲", class: "text-warning", word: _t("running out") },
    paused: { mark: "◐", class: "text-muted", word: _t("stands still") },
    met: { mark: "✔", class: "text-success", word: _t("kept") },
    breached: { mark: "◆", class: "text-danger", word: _t("broken") },
};

/** The promises of a ticket: how much time each has left, and why its deadline is what it is. */
export class SlaClocks extends Component {
    static template = "support_visibility.SlaClocks";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ clocks: [], open: false });
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps((next) => this.load(next.record));
    }

    async load(record) {
        this.state.clocks = record.resId
            ? await this.orm.call(record.resModel, "sla_explain", [[record.resId]])
            : [];
    }

    look(clock) {
        const used = clock.running_s / clock.target_s;
        return STATES[clock.state === "running" && used >= 0.75 ? "late" : clock.state];
    }

    percent(clock) {
        return Math.min(100, Math.round((100 * clock.running_s) / clock.target_s));
    }

    moment(iso) {
        const moment = deserializeDateTime(iso.replace("T", " ").replace("Z", ""));
        return formatDateTime(moment, { showSeconds: false });
    }

    sentence(clock) {
        if (clock.state === "breached") {
            return _t("was due %s", this.moment(clock.breached_at));
        }
        if (clock.state === "met") {
            return _t("done %s", this.moment(clock.stopped_at));
        }
        return clock.due_at ? _t("due %s", this.moment(clock.due_at)) : "";
    }

    left(clock) {
        const seconds = clock.target_s - clock.running_s;
        const minutes = Math.floor(Math.abs(seconds) / 60);
        const words = `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
        return seconds < 0 ? _t("%s over", words) : _t("%s left", words);
    }

    toggle(clock) {
        this.state.open = this.state.open === clock.id ? false : clock.id;
    }
}

registry.category("view_widgets").add("support_visibility_sla", { component: SlaClocks });
