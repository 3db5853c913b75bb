import { useFocusView } from "@event_hub/focus_view/focus_view";
import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Figure, openFigure } from "./figure";

const { DateTime } = luxon;

export const STATUS = {
    healthy: { mark: "●", class: "text-success", word: _t("has room") },
    watch: { mark: "◐", class: "text-warning-emphasis", word: _t("nearly full") },
    at_risk: { mark: "▲", class: "text-warning-emphasis", word: _t("full") },
    critical: { mark: "◆", class: "text-danger", word: _t("too many") },
};

const PERIODS = [
    ["today", _t("Today")],
    ["week", _t("7 days")],
    ["month", _t("30 days")],
];

export function moment(iso) {
    return deserializeDateTime(iso.replace("T", " ").replace("Z", ""));
}

/** "Today": what a support manager needs to know first, and the records behind each number. */
export class SupportManager extends Component {
    static template = "support_visibility.Manager";
    static components = { Layout, Figure };
    static props = { ...standardActionServiceProps };

    setup() {
        useFocusView();
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.periods = PERIODS;
        this.status = STATUS;
        this.state = useState({ teamId: false, period: "today", seen: null, loading: true, ...this.props.state });
        useSetupAction({ getLocalState: () => ({ teamId: this.state.teamId, period: this.state.period }) });
        onWillStart(() => {
            this.load(); // the page stands at once, with a skeleton
        });
    }

    async load() {
        this.state.loading = true;
        try {
            this.state.seen = await this.keepLast.add(
                this.orm.call("support_visibility.manager", "overview", [], {
                    team_id: this.state.teamId || null,
                    period: this.state.period,
                })
            );
        } finally {
            this.state.loading = false;
        }
    }

    onTeam(ev) {
        this.state.teamId = parseInt(ev.target.value) || false;
        return this.load();
    }

    onPeriod(period) {
        this.state.period = period;
        return this.load();
    }

    get tiles() {
        const seen = this.state.seen;
        return [
            { figure: seen.broken, mark: "◆", class: "text-danger" },
            { figure: seen.soon, mark: "▲", class: "text-warning-emphasis" },
            { figure: seen.ahead, mark: "◐", class: "text-info-emphasis" },
            { figure: seen.unassigned, mark: "○", class: "text-warning-emphasis" },
            { figure: seen.open, mark: "●", class: "text-body" },
        ];
    }

    get isEmpty() {
        const seen = this.state.seen;
        return !seen.open.count && !seen.broken.count && !seen.handoffs.count;
    }

    get when() {
        return PERIODS.find(([key]) => key === this.state.period)[1];
    }

    at(iso) {
        return formatDateTime(moment(iso), { format: "HH:mm" });
    }

    exact(iso) {
        return formatDateTime(moment(iso), { showSeconds: false });
    }

    left(iso) {
        const minutes = Math.max(0, Math.round(moment(iso).diff(DateTime.now(), "minutes").minutes));
        return _t("in %(h)s h %(m)s", { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, "0") });
    }

    /** Width of a bar, in percent of the longest of its kind. */
    share(figure, figures) {
        const most = Math.max(1, ...figures.map((each) => each.count));
        return Math.round((100 * figure.count) / most);
    }

    open(figure) {
        return openFigure(this.action, figure);
    }

    openClock(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "support_visibility.ticket",
            res_id: row.ticket_id,
            views: [[false, "form"]],
        });
    }

    openBoard(team) {
        return this.action.doAction("support_visibility.support_visibility_ticket_action_board", {
            additionalContext: team.id
                ? { search_default_team_id: team.id, default_team_id: team.id, search_default_open: 1 }
                : { search_default_no_team: 1, search_default_open: 1 },
        });
    }


    openQuestions() {
        return this.action.doAction("support_visibility.support_visibility_questions_action");
    }

    newTicket() {
        return this.action.doAction("support_visibility.support_visibility_ticket_action", {
            viewType: "form",
        });
    }
}

registry.category("actions").add("support_visibility.manager", SupportManager);
