import { Component, onMounted, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { omit } from "@web/core/utils/objects";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { count, duration, exactDuration, percent } from "./format";
import { MapView } from "./map_view";
import { CLOCKS, FREQUENCIES, TIMES, isUsual, measured, measureOf, textOf } from "./measure";
import { SelectionPanel } from "./selection_panel";
import { tabs } from "./tabs";

const PERIOD_MODES = [
    ["intersecting", _t("active between")],
    ["contained", _t("started and ended between")],
    ["started", _t("started between")],
    ["ended", _t("ended between")],
];

const FIRST_TAB = "variants";

const CHIPS = {
    has: _t("with"),
    has_not: _t("without"),
    follows: _t("with"),
    not_follows: _t("without"),
    variants: _t("way"),
    start: _t("starts with"),
    end: _t("ends with"),
};

/** "Process" app: the map of one process, the ways its cases went, and the answer in words. */
export class ProcessMapAction extends Component {
    static template = "process_intelligence.ProcessMapAction";
    static components = { Layout, MapView, SelectionPanel };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.periodModes = PERIOD_MODES;
        this.measures = { frequency: FREQUENCIES, time: TIMES, clock: CLOCKS };
        Object.assign(this, { count, duration, exactDuration, percent });
        this.state = useState({
            ready: false,
            loading: false,
            definitions: [],
            definitionId: null,
            filters: {},
            periodMode: "intersecting",
            measure: measureOf(router.current.measure),
            past: [], // filters before, for undo
            answer: null,
            statistics: null,
            map: null,
            selected: null,
            tab: router.current.tab || FIRST_TAB,
            ...this.props.state,
        });
        useSetupAction({ getLocalState: () => this.localState });
        onWillStart(() => this.start());
        onMounted(() => {
            this.mounted = true;
            this.pushLink();
        });
    }

    /** A link to this page opens this process with these filters and measures. */
    pushLink() {
        const { definitionId, filters, measure, tab } = this.state;
        router.pushState({
            process: definitionId || undefined,
            filters: textOfFilters(filters),
            measure: textOf(measure),
            tab: tab === FIRST_TAB ? undefined : tab,
        });
    }

    /** @returns {string} the address of this page, with these filters on this tab */
    linkOf(filters = this.state.filters, tab = this.state.tab) {
        const { definitionId, measure } = this.state;
        const values = { process: definitionId, filters: textOfFilters(filters), measure: textOf(measure), tab };
        const asked = Object.entries(values).filter(([_key, value]) => value !== undefined);
        return `${browser.location.origin}/odoo/process-map?${new URLSearchParams(asked)}`;
    }

    openTab(id) {
        this.state.tab = id;
        this.pushLink();
    }

    get localState() {
        const { definitionId, filters, measure, past, selected, tab } = this.state;
        return { definitionId, filters, measure, past, selected, tab };
    }

    async start() {
        const [isManager, definitions] = await Promise.all([
            user.hasGroup("process_intelligence.group_process_manager"),
            this.orm.searchRead("process_intelligence.definition", [], ["name", "source", "calendar_id"]),
        ]);
        this.isManager = isManager;
        this.state.definitions = definitions;
        const params = this.props.action.params || {};
        const wanted = this.state.definitionId || params.definition_id || router.current.process;
        const first = definitions.find((definition) => definition.id === wanted) || definitions[0];
        const linked = !this.props.state && first && first.id === router.current.process;
        if (first) {
            await (linked ? this.openLink(first.id) : this.open(first.id));
        }
        this.state.ready = true;
    }

    /** Filters of a link may name what the server does not know: it says so, and all cases are shown. */
    async openLink(definitionId) {
        Object.assign(this.state, { definitionId, filters: filtersOf(router.current.filters) });
        try {
            await this.load();
        } catch (error) {
            if (!(error instanceof RPCError) || !this.isFiltered) {
                throw error;
            }
            this.notification.add(error.data?.message || error.message, { type: "warning" });
            this.state.filters = {};
            await this.load();
        }
    }

    async open(definitionId) {
        if (definitionId !== this.state.definitionId) {
            Object.assign(this.state, { definitionId, filters: {}, past: [], selected: null });
        }
        if (!this.definition.calendar_id) {
            this.state.measure = { ...this.state.measure, clock: "seconds" };
        }
        if (this.mounted) {
            this.pushLink();
        }
        await this.load();
    }

    async load() {
        this.state.loading = true;
        const { filters, measure, selected } = this.state;
        const full = !isUsual(measure) || Boolean(selected);
        try {
            const asked = [this.question("explore", { filters, limit: 1 })];
            if (full) {
                asked.push(this.question("statistics", { filters }));
            }
            const [answer, statistics] = await this.keepLast.add(Promise.all(asked));
            Object.assign(this.state, { answer, statistics: statistics || null });
            this.state.map = measured(answer.map, this.state.statistics, this.state.measure);
        } finally {
            this.state.loading = false;
        }
    }

    question(method, kwargs) {
        return this.orm.call("process_intelligence.definition", method, [[this.state.definitionId]], kwargs);
    }

    // ------------------------------------------------------------------ what is shown

    get definition() {
        return this.state.definitions.find((definition) => definition.id === this.state.definitionId);
    }

    get isFiltered() {
        return Object.keys(this.state.filters).length > 0;
    }

    get hasCases() {
        return this.state.answer.map.cases > 0;
    }

    get slowest() {
        return this.state.answer.summary.slowest;
    }

    get period() {
        return this.state.filters.period || { mode: this.state.periodMode, from: "", to: "" };
    }

    get bounds() {
        const { first, last } = this.state.answer.summary;
        return { from: first ? first.slice(0, 10) : "", to: last ? last.slice(0, 10) : "" };
    }

    get chips() {
        const { attributes = {}, throughput_s: took } = this.state.filters;
        const chips = Object.entries(CHIPS).flatMap(([key, word]) =>
            (this.state.filters[key] || []).map((value, index) => ({
                id: `${key}-${index}`,
                label: `${word} ${Array.isArray(value) ? value.join(" → ") : value}`,
                remove: () => this.removeFilter(key, index),
            }))
        );
        for (const [name, values] of Object.entries(attributes)) {
            chips.push({
                id: `attribute-${name}`,
                label: `${name}: ${[values].flat().map((value) => value ?? _t("none")).join(", ")}`,
                remove: () => this.removeAttribute(name),
            });
        }
        if (took) {
            chips.push({ id: "took", label: tookWords(took), remove: () => this.ask(omit(this.state.filters, "throughput_s")) });
        }
        return chips;
    }

    get tabs() {
        return tabs
            .getEntries()
            .map(([id, tab]) => ({ id, ...tab }))
            .filter((tab) => !tab.isShown || tab.isShown(this.definition, this.state.answer))
            .toSorted((a, b) => Boolean(a.explore) - Boolean(b.explore)); // stable: sequence within
    }

    get tab() {
        return this.tabs.find((tab) => tab.id === this.state.tab) || this.tabs[0];
    }

    get timeLabel() {
        const { time, clock } = this.state.measure;
        return `${wordOf(CLOCKS, clock)}, ${wordOf(TIMES, time)}`;
    }

    get selectedFigures() {
        const { statistics, selected } = this.state;
        return statistics?.transitions.find((item) => this.keyOf(item) === selected) ||
            statistics?.activities.find((item) => item.name === selected) || null;
    }

    keyOf(step) {
        return JSON.stringify([step.source, step.target]);
    }

    // ------------------------------------------------------------------ asking

    onDefinition(ev) {
        this.open(Number(ev.target.value));
    }

    onPeriod(key, ev) {
        const period = { ...this.period, [key]: ev.target.value };
        this.state.periodMode = period.mode; // remembered until there are dates to apply it to
        const filters = omit(this.state.filters, "period");
        this.ask(period.from || period.to ? { ...filters, period } : filters);
    }

    addFilter(key, value) {
        const values = this.state.filters[key] || [];
        const known = values.some((item) => JSON.stringify(item) === JSON.stringify(value));
        this.ask(known ? this.state.filters : { ...this.state.filters, [key]: [...values, value] });
    }

    removeFilter(key, index) {
        const values = this.state.filters[key].filter((_value, position) => position !== index);
        const filters = omit(this.state.filters, key);
        this.ask(values.length ? { ...filters, [key]: values } : filters);
    }

    removeAttribute(name) {
        const attributes = omit(this.state.filters.attributes, name);
        const filters = omit(this.state.filters, "attributes");
        this.ask(Object.keys(attributes).length ? { ...filters, attributes } : filters);
    }

    clearFilters() {
        this.ask({});
    }

    ask(filters) {
        if (JSON.stringify(filters) !== JSON.stringify(this.state.filters)) {
            this.state.past = [...this.state.past, this.state.filters];
        }
        return this.show(filters);
    }

    undo() {
        const filters = this.state.past.at(-1);
        this.state.past = this.state.past.slice(0, -1);
        return this.show(filters);
    }

    show(filters) {
        this.state.filters = filters;
        this.pushLink();
        return this.load();
    }

    onMeasure(key, ev) {
        this.state.measure = { ...this.state.measure, [key]: ev.target.value };
        this.pushLink();
        return this.load();
    }

    async select(key) {
        this.state.selected = key;
        if (key && !this.state.statistics) {
            const { definitionId, filters } = this.state;
            const statistics = await this.question("statistics", { filters });
            if (definitionId === this.state.definitionId && filters === this.state.filters) {
                this.state.statistics = statistics;
            }
        }
    }

    // ------------------------------------------------------------------ elsewhere

    /** The records behind a figure: those of the filters, of one more condition, or of other filters. */
    async seeCases(wanted, value) {
        const filters = { ...(wanted instanceof Object ? wanted : this.state.filters) };
        if (typeof wanted === "string") {
            filters[wanted] = [...(filters[wanted] || []), value];
        }
        const action = await this.orm.call("process_intelligence.definition", "open_cases", [[this.state.definitionId]], {
            filters,
        });
        return this.action.doAction(action);
    }

    importCsv() {
        return this.action.doAction("process_intelligence.process_intelligence_import_wizard_action");
    }

    discover() {
        return this.action.doAction("process_intelligence.process_intelligence_discovery_action");
    }

    showProcesses() {
        return this.action.doAction("process_intelligence.process_intelligence_definition_action");
    }
}

/** @returns {string|undefined} filters as a link tells them */
function textOfFilters(filters) {
    return Object.keys(filters).length ? JSON.stringify(filters) : undefined;
}

/** @returns {Object} the filters of a link; none where it was cut */
function filtersOf(text) {
    try {
        const filters = JSON.parse(text || "{}");
        return filters && typeof filters === "object" && !Array.isArray(filters) ? filters : {};
    } catch (error) {
        if (error instanceof SyntaxError) {
            return {};
        }
        throw error;
    }
}

function wordOf(list, key) {
    return list.find((item) => item[0] === key)[1];
}

function tookWords([low, high]) {
    if (high === null) {
        return _t("took %s or longer", duration(low));
    }
    return low ? _t("took %(low)s to %(high)s", { low: duration(low), high: duration(high) }) : _t("took up to %s", duration(high));
}

registry.category("actions").add("process_intelligence.process_map", ProcessMapAction);
