import { useFocusView } from "@event_hub/focus_view/focus_view";
import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";
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

import { attributeWord, chipsOf, valueWord } from "./chips";
import { FindingList } from "./finding_list";
import { count, duration, exactDuration, percent } from "./format";
import { addressOf, filtersOf, slidersOf, textOfFilters, textOfSliders } from "./link";
import { MapView } from "./map_view";
import { CLOCKS, FREQUENCIES, TIMES, isUsual, measured, measureOf, staysOf, textOf, wordOf } from "./measure";
import { PERIOD_MODES, timeBefore } from "./period";
import { pictureWords } from "./picture_words";
import { SavedAnalyses } from "./saved";
import { SelectionPanel } from "./selection_panel";
import { TabStrip, reveal } from "./tab_strip";
import { tabs } from "./tabs";

const FIRST_TAB = "variants";

/** "Process" app: the map of one process, the ways its cases went, and the answer in words. */
export class ProcessMapAction extends Component {
    static template = "process_intelligence.ProcessMapAction";
    static components = { FindingList, Layout, MapView, SavedAnalyses, SelectionPanel, TabStrip };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        useFocusView(".o_process_question select, .o_process_empty button");
        this.tabsRef = useRef("tabs");
        this.stageRef = useRef("stage");
        this.keepLast = new KeepLast();
        this.keepLastDetails = new KeepLast();
        this.attributeValues = {}; // by name, of the process
        this.display = { controlPanel: {} };
        this.periodModes = PERIOD_MODES;
        this.measures = { frequency: FREQUENCIES, time: TIMES, clock: CLOCKS };
        Object.assign(this, { count, duration, exactDuration, percent, attributeWord, valueWord });
        this.state = useState({
            ready: false,
            loading: false,
            definitions: [],
            definitionId: null,
            filters: {},
            periodMode: "intersecting",
            measure: measureOf(router.current.measure),
            sliders: { [router.current.process]: slidersOf(router.current.shown) }, // of the map, by process
            past: [], // filters before, for undo
            answer: null,
            statistics: null,
            stays: null,
            findings: null,
            segments: [],
            other: null, // filters of the slice to compare with
            map: null,
            selected: null,
            tab: this.props.action.params?.tab || router.current.tab || FIRST_TAB,
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
        router.pushState(this.linkValues);
    }

    get linkValues() {
        const { definitionId, filters, measure, other, tab } = this.state;
        return {
            process: definitionId || undefined,
            filters: textOfFilters(filters),
            measure: textOf(measure),
            shown: textOfSliders(this.sliders),
            tab: tab === FIRST_TAB ? undefined : tab,
            other: other ? JSON.stringify(other) : undefined,
        };
    }

    /** @returns {string} the address of this page, with these filters on this tab */
    linkOf(filters = this.state.filters, tab = this.state.tab) {
        return addressOf({ ...this.linkValues, filters: textOfFilters(filters), tab });
    }

    openTab(id) {
        this.state.tab = id;
        this.pushLink();
    }

    /** Open a tab from above it: it stands below the map. */
    showTab(id) {
        this.openTab(id);
        reveal(this.tabsRef, `[data-tab="${id}"]`);
    }

    /** Select from below the map. */
    showOnMap(key) {
        reveal(this.stageRef);
        return this.select(key);
    }

    get localState() {
        const { definitionId, filters, measure, other, past, selected, sliders, tab } = this.state;
        return { definitionId, filters, measure, other, past, selected, sliders, tab };
    }

    async start() {
        this.mayRead = await user.hasGroup("process_intelligence.group_process_reader");
        if (this.mayRead) {
            await this.startReading();
        }
        this.state.ready = true;
    }

    async startReading() {
        const [isManager, mayKeep, definitions] = await Promise.all([
            user.hasGroup("process_intelligence.group_process_manager"),
            user.hasGroup("process_intelligence.group_process_user"),
            this.orm.searchRead("process_intelligence.definition", [], ["name", "source", "calendar_id"]),
        ]);
        this.isManager = isManager;
        this.mayKeep = mayKeep;
        this.state.definitions = definitions;
        const params = this.props.action.params || {};
        const wanted = this.state.definitionId || params.definition_id || router.current.process;
        const first = definitions.find((definition) => definition.id === wanted) || definitions[0];
        const linked = !this.props.state && first && first.id === router.current.process;
        if (params.saved && !this.props.state) {
            await this.openSaved(params.saved);
        } else if (first && linked) {
            await this.openLink(first.id);
        } else if (first) {
            await this.open(first.id, params.filters);
            if (!wanted && !this.hasCases) {
                await this.openAnyWithCases();
            }
        }
    }

    /** Nobody begins with an empty page while another process has cases that he may see. */
    async openAnyWithCases() {
        const ids = this.state.definitions.map((definition) => definition.id);
        const counted = await this.orm.read("process_intelligence.definition", ids, ["case_count"]);
        const full = counted.find((definition) => definition.case_count);
        if (full) {
            await this.open(full.id);
        }
    }

    /** Filters of a link may name what the server does not know: it says so, and all cases are shown. */
    async openLink(definitionId) {
        const other = router.current.other ? filtersOf(router.current.other) : null;
        Object.assign(this.state, { definitionId, other, filters: filtersOf(router.current.filters) });
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

    async open(definitionId, filters = {}, other = null) {
        if (definitionId !== this.state.definitionId) {
            this.attributeValues = {};
            Object.assign(this.state, {
                definitionId, filters, other, past: [], selected: null, stays: null, findings: null, segments: [],
            });
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
        this.loadDetails();
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

    /** What stands around the map comes when it comes; the map does not wait for it. */
    async loadDetails() {
        const { filters } = this.state;
        const asked = ["stays", "guide", "segments"].map((method) => this.question(method, { filters }));
        let answers;
        try {
            answers = await this.keepLastDetails.add(Promise.all(asked));
        } catch (error) {
            if (error instanceof RPCError && textOfFilters(filters)) {
                return; // the map asks with the same filters and says what is wrong with them
            }
            throw error;
        }
        const [stays, findings, segments] = answers;
        for (const { name, values } of segments) {
            // A filter leaves only its own values; those before it are what can be compared.
            const known = this.attributeValues[name] || [];
            this.attributeValues[name] = [...new Set([...known, ...values.map((item) => item.value)])];
        }
        Object.assign(this.state, { stays, findings, segments });
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
        return chipsOf(this.state.filters);
    }

    get stays() {
        return staysOf(this.state.stays, this.state.measure);
    }

    get selectedKind() {
        const { selected } = this.state;
        const path = this.state.answer.map.transitions.find((item) => this.keyOf(item) === selected);
        return this.stays?.[path ? path.source : selected]?.kind || false;
    }

    /** Attributes that part the cases: not those where each case has a value of its own. */
    get segments() {
        return this.state.segments.filter(({ values }) => values.length > 1 && values[0].cases > 1);
    }

    /** Slices that this one can be compared with: `[text of filters, label]`. */
    get comparisons() {
        const { filters } = this.state;
        const found = this.isFiltered ? [["{}", _t("all cases")]] : [];
        const before = timeBefore(this.period);
        if (before) {
            found.push([JSON.stringify({ ...filters, period: before }), _t("the same time before")]);
        }
        for (const name of Object.keys(filters.attributes || {})) {
            const chosen = [filters.attributes[name]].flat();
            const values = this.attributeValues[name] || [];
            for (const value of values.filter((item) => !chosen.includes(item))) {
                const attributes = { ...filters.attributes, [name]: [value] };
                found.push([JSON.stringify({ ...filters, attributes }), `${attributeWord(name)}: ${valueWord(value, name)}`]);
            }
        }
        return found;
    }

    get textOfOther() {
        return this.state.other && JSON.stringify(this.state.other);
    }

    textOfSegment(name, value) {
        return JSON.stringify([name, value]);
    }

    get canCompare() {
        return tabs.contains("compare") && this.comparisons.length > 0;
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

    onSegment(ev) {
        const [name, value] = JSON.parse(ev.target.value);
        ev.target.value = ""; // it is a chip now
        const { attributes = {} } = this.state.filters;
        const values = [attributes[name] ?? []].flat();
        this.ask({ ...this.state.filters, attributes: { ...attributes, [name]: [...values, value] } });
    }

    /** @param {Object|null} other filters of the slice to compare with */
    compareWith(other) {
        this.state.other = other;
        if (other) {
            this.showTab("compare");
        } else {
            this.pushLink();
        }
    }

    onCompare(ev) {
        this.compareWith(ev.target.value ? JSON.parse(ev.target.value) : null);
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

    /** Where the reader put the sliders of the map of this process; they stay there, whatever is asked. */
    get sliders() {
        return this.state.sliders[this.state.definitionId] || slidersOf();
    }

    onSlide(sliders) {
        this.state.sliders = { ...this.state.sliders, [this.state.definitionId]: sliders };
        this.pushLink();
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

    /** What a picture of the map says above it. */
    get pictureWords() {
        const { map, total_cases: total } = this.state.answer;
        const chips = this.chips.map((chip) => chip.label);
        return pictureWords(this.definition.name, map, total, chips, this.state.filters.period, this.timeLabel);
    }

    replay() {
        return this.question("replay", { filters: this.state.filters });
    }

    // ------------------------------------------------------------------ saved analyses

    get savedValues() {
        const { filters, other, measure, tab } = this.state;
        return { filters, other: other || false, measure: textOf(measure) || false, shown: textOfSliders(this.sliders) || false, tab };
    }

    openSaved({ definition_id: [definitionId], filters, other, measure, shown, tab }) {
        this.state.sliders = { ...this.state.sliders, [definitionId]: slidersOf(shown) };
        Object.assign(this.state, { other: other || null, measure: measureOf(measure), tab: tab || FIRST_TAB });
        if (definitionId === this.state.definitionId) {
            return this.ask(filters || {});
        }
        return this.open(definitionId, filters || {}, other || null);
    }

    async share() {
        await browser.navigator.clipboard.writeText(this.linkOf());
        this.notification.add(_t("The link is in the clipboard."), { type: "success" });
    }

    importFile() {
        return this.action.doAction("process_intelligence.process_intelligence_import_wizard_action");
    }

    discover() {
        return this.action.doAction("process_intelligence.process_intelligence_discovery_action");
    }

    showProcesses() {
        return this.action.doAction("process_intelligence.process_intelligence_definition_action");
    }
}

registry.category("actions").add("process_intelligence.process_map", ProcessMapAction);
