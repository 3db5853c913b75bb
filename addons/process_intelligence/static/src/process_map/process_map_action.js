import { Component, onMounted, onWillStart, useState } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
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
import { SelectionPanel } from "./selection_panel";
import { VariantList } from "./variant_list";

const VARIANTS = 500; // ways fetched at once

const PERIOD_MODES = [
    ["intersecting", _t("active between")],
    ["contained", _t("started and ended between")],
    ["started", _t("started between")],
    ["ended", _t("ended between")],
];

const CHIPS = {
    has: _t("with"),
    has_not: _t("without"),
    follows: _t("with"),
    not_follows: _t("without"),
    variants: _t("way"),
};

/** "Process" app: the map of one process, the ways its cases went, and the answer in words. */
export class ProcessMapAction extends Component {
    static template = "process_intelligence.ProcessMapAction";
    static components = { Layout, MapView, SelectionPanel, VariantList };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.periodModes = PERIOD_MODES;
        Object.assign(this, { count, duration, exactDuration, percent });
        this.state = useState({
            ready: false,
            loading: false,
            definitions: [],
            definitionId: null,
            filters: {},
            periodMode: "intersecting",
            answer: null,
            variants: [],
            variantCount: 0,
            selected: null,
            tab: "variants",
            ...this.props.state,
        });
        useSetupAction({ getLocalState: () => this.localState });
        onWillStart(() => this.start());
        onMounted(() => {
            this.mounted = true;
            this.pushLink();
        });
    }

    /** A link to this page opens this process. */
    pushLink() {
        router.pushState({ process: this.state.definitionId || undefined });
    }

    get localState() {
        const { definitionId, filters, selected, tab } = this.state;
        return { definitionId, filters, selected, tab };
    }

    async start() {
        const [isManager, definitions] = await Promise.all([
            user.hasGroup("process_intelligence.group_process_manager"),
            this.orm.searchRead("process_intelligence.definition", [], ["name", "source"]),
        ]);
        this.isManager = isManager;
        this.state.definitions = definitions;
        const params = this.props.action.params || {};
        const wanted = this.state.definitionId || params.definition_id || router.current.process;
        const first = definitions.find((definition) => definition.id === wanted) || definitions[0];
        if (first) {
            await this.open(first.id);
        }
        this.state.ready = true;
    }

    async open(definitionId) {
        if (definitionId !== this.state.definitionId) {
            Object.assign(this.state, { definitionId, filters: {}, selected: null });
        }
        if (this.mounted) {
            this.pushLink();
        }
        await this.load();
    }

    async load() {
        this.state.loading = true;
        try {
            const { filters } = this.state;
            const answer = await this.keepLast.add(
                this.orm.call("process_intelligence.definition", "explore", [[this.state.definitionId]], {
                    filters, limit: VARIANTS,
                })
            );
            this.state.answer = answer;
            if (!filters.variants || !this.state.variants.length) {
                // A chosen way stays in the list among the others, so that one more can be chosen.
                this.state.variants = answer.variants;
                this.state.variantCount = answer.variant_count;
                this.variantCases = answer.map.cases;
            }
        } finally {
            this.state.loading = false;
        }
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
        return Object.entries(CHIPS).flatMap(([key, word]) =>
            (this.state.filters[key] || []).map((value, index) => ({
                id: `${key}-${index}`,
                label: `${word} ${Array.isArray(value) ? value.join(" → ") : value}`,
                remove: () => this.removeFilter(key, index),
            }))
        );
    }

    get chosenVariants() {
        return (this.state.filters.variants || []).map((path) => JSON.stringify(path));
    }

    get slowSteps() {
        return this.state.answer.map.transitions.toSorted((a, b) => b.p50_seconds - a.p50_seconds);
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

    toggleVariant(path) {
        const index = this.chosenVariants.indexOf(JSON.stringify(path));
        if (index === -1) {
            this.addFilter("variants", [...path]);
        } else {
            this.removeFilter("variants", index);
        }
    }

    clearFilters() {
        this.ask({});
    }

    ask(filters) {
        this.state.filters = filters;
        return this.load();
    }

    select(key) {
        this.state.selected = key;
    }

    // ------------------------------------------------------------------ elsewhere

    /** The records behind a figure: those of the filters, and of one more condition if given. */
    async seeCases(key, value) {
        const filters = { ...this.state.filters };
        if (key) {
            filters[key] = [...(filters[key] || []), value];
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

registry.category("actions").add("process_intelligence.process_map", ProcessMapAction);
