import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const { DateTime } = luxon;
const TYPING_MS = 300;

export const PERIODS = [
    { id: "", label: _t("Any time") },
    { id: "1", label: _t("Last day"), days: 1 },
    { id: "7", label: _t("Last 7 days"), days: 7 },
    { id: "30", label: _t("Last 30 days"), days: 30 },
    { id: "365", label: _t("Last year"), days: 365 },
];

/**
 * Everything that happened to one record, the latest first: what, who, by which rule, and the
 * record it happened to. Times are in the reader's zone, the exact instant on hover.
 */
export class HubTimeline extends Component {
    static template = "event_hub.Timeline";
    static props = {
        resModel: String,
        resId: { type: [Number, Boolean], optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.periods = PERIODS;
        this.state = useState({
            lines: [],
            next: false,
            kinds: [],
            loading: true,
            failed: false,
            search: "",
            kind: "",
            period: "",
            story: false,
        });
        this.searchSoon = useDebounced(() => this.load(this.props), TYPING_MS);
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((next) => {
            if (next.resId !== this.props.resId || next.resModel !== this.props.resModel) {
                Object.assign(this.state, { search: "", kind: "", period: "", story: false });
                return this.load(next);
            }
        });
    }

    // -------------------------------------------------------------------- asking

    get filters() {
        const { search, kind, period, story } = this.state;
        const days = PERIODS.find((known) => known.id === period).days;
        return {
            ...(search ? { search } : {}),
            ...(kind ? { kinds: [kind] } : {}),
            ...(days ? { from: DateTime.utc().minus({ days }).toISO() } : {}),
            ...(story ? { story } : {}),
        };
    }

    async load({ resModel, resId }, before = false) {
        if (!resId) {
            Object.assign(this.state, { lines: [], next: false, kinds: [], loading: false });
            return;
        }
        this.state.loading = true;
        this.state.failed = false;
        try {
            const answer = await this.keepLast.add(
                this.orm.silent.call("event_hub.event", "timeline", [resModel, resId], {
                    filters: this.filters,
                    before,
                })
            );
            this.state.lines = before ? [...this.state.lines, ...answer.events] : answer.events;
            this.state.next = answer.next;
            if (!before) {
                this.state.kinds = answer.kinds;
            }
        } catch (error) {
            this.state.failed = error.data?.message || _t("The server does not answer.");
        } finally {
            this.state.loading = false;
        }
    }

    reload() {
        return this.load(this.props);
    }

    more() {
        return this.load(this.props, this.state.next);
    }

    onSearch(ev) {
        this.state.search = ev.target.value.trim();
        this.searchSoon();
    }

    onChoose(name, value) {
        this.state[name] = value;
        this.reload();
    }

    // ------------------------------------------------------------------- showing

    /** Lines by day, in the reader's zone. */
    get days() {
        const days = [];
        for (const line of this.state.lines) {
            const at = DateTime.fromISO(line.at).setZone("default");
            const key = at.toISODate();
            if (days.at(-1)?.key !== key) {
                days.push({ key, label: this.dayLabel(at), lines: [] });
            }
            days.at(-1).lines.push({
                ...line,
                time: at.toFormat("HH:mm"),
                exact: `${at.toFormat("yyyy-MM-dd HH:mm:ss.SSS ZZZZ")} (${line.at})`,
            });
        }
        return days;
    }

    dayLabel(at) {
        const days = DateTime.now().startOf("day").diff(at.startOf("day"), "days").days;
        const date = at.toLocaleString(DateTime.DATE_FULL);
        if (Math.round(days) === 0) {
            return _t("Today, %s", date);
        }
        return Math.round(days) === 1 ? _t("Yesterday, %s", date) : date;
    }

    get isFiltered() {
        const { search, kind, period } = this.state;
        return Boolean(search || kind || period);
    }

    /** Icon and word for who did it. */
    doer(line) {
        if (line.source) {
            return { icon: "fa-plug", word: _t("Connected system") };
        }
        return line.actor === "system"
            ? { icon: "fa-cog", word: _t("The system itself") }
            : { icon: "fa-user", word: _t("Person") };
    }

    get isAccount() {
        return this.props.resModel === "res.partner";
    }

    // ------------------------------------------------------------------- opening

    open(model, id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

/** The timeline on any form, in one line: <widget name="event_hub_timeline"/> */
export class HubTimelineWidget extends Component {
    static template = "event_hub.TimelineWidget";
    static components = { HubTimeline };
    static props = { ...standardWidgetProps };
}

registry.category("view_widgets").add("event_hub_timeline", { component: HubTimelineWidget });
