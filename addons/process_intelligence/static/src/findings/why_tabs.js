import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { attributeWord, valueWord } from "../process_map/chips";
import { count, duration, percent } from "../process_map/format";
import { pathKey, tabs } from "../process_map/tabs";
import { FindingTab, number, share, words } from "./finding_tab";

const MORE = "text-primary";
const LESS = "text-warning-emphasis";

/** What was known of cases before they went wrong. */
export class CausesTab extends FindingTab {
    static method = "causes";

    setup() {
        this.chosen = useState({ outcome: "slow" });
        super.setup();
    }

    kwargs(props) {
        const [kind, name] = this.chosen.outcome.split(/:(.*)/s);
        return { filters: props.filters, outcome: name ? { kind, name } : { kind } };
    }

    get choice() {
        const steps = this.props.answer.map.activities.map(({ name }) => [`activity:${name}`, _t("have “%s”", name)]);
        return {
            label: _t("Why some cases"),
            options: [["slow", _t("take longest")], ["rework", _t("do something again")], ...steps],
            value: this.chosen.outcome,
            onChange: (value) => {
                this.chosen.outcome = value;
                this.ask(this.props);
            },
        };
    }

    get found() {
        return this.answer.causes.filter((cause) => cause.significant);
    }

    get sentence() {
        const { cases, hits, share: part, seconds } = this.answer;
        const told = { cases: count(cases), hits: count(hits), share: percent(part || 0, 1) };
        const start = seconds
            ? _t("%(hits)s of %(cases)s finished cases (%(share)s) took longer than %(limit)s.", { ...told, limit: duration(seconds) })
            : _t("It comes to %(hits)s of %(cases)s finished cases (%(share)s).", told);
        const [first] = this.found;
        return first ? `${start} ${first.sentence}` : `${start} ${_t("Nothing that was known before tells them apart.")}`;
    }

    get sections() {
        return [{
            columns: [_t("Known before"), _t("Cases"), _t("With it"), _t("Without"), _t("Times as often"), _t("An accident?")],
            empty: _t("No value known in time is carried by enough cases, and missing on as many, to be tested."),
            rows: this.answer.causes.slice(0, 30).map((cause) => ({
                key: JSON.stringify([cause.kind, cause.name, cause.value]),
                cells: [
                    { text: this.nameOf(cause), title: cause.sentence }, number(cause.cases), share(cause.share_with),
                    share(cause.share_without), { text: cause.lift ? cause.lift.toFixed(2) : "", end: true },
                    { ...this.sureness(cause), end: true, tone: cause.significant ? "fw-bold" : "text-muted" },
                ],
                actions: cause.filters ? [{ label: _t("Only these"), run: () => this.props.onAsk(cause.filters) }] : [],
            })),
        }];
    }

    nameOf({ kind, name, value }) {
        if (kind === "attribute" || kind === "range") {
            return `${attributeWord(name)}: ${valueWord(value ?? null, name)}`;
        }
        return kind === "start" ? _t("starts with %s", value || name) : _t("has %s", value || name);
    }

    sureness({ adjusted_p: p, significant }) {
        if (p === false) {
            return { text: _t("too few to tell") };
        }
        return {
            text: significant ? _t("hardly") : _t("perhaps"),
            title: _t("p %s, adjusted for all that was compared here (Benjamini and Hochberg)", p < 0.001 ? "< 0.001" : `= ${p.toFixed(3)}`),
        };
    }

    get notes() {
        return [
            ...this.answer.refused.map((item) => item.reason),
            ...this.answer.causes.filter((cause) => cause.suspect).map((cause) => cause.suspect),
            ...(this.answer.left_out ? [_t("%s cases are left out: it had come before anything was known.", count(this.answer.left_out))] : []),
        ];
    }
}

/** What could be automated. */
export class OpportunitiesTab extends FindingTab {
    static method = "opportunities";

    get sentence() {
        const [first] = this.answer.opportunities;
        return first ? first.sentence : _t("No step by people is waited for often and always goes the same way.");
    }

    get sections() {
        return [{
            columns: [_t("Step"), _t("Times"), _t("People"), _t("Hours waited"), _t("Then mostly"), _t("Always alike")],
            empty: _t("A step is listed when people did it at least five times, cases wait for it, and what comes next is mostly the same."),
            rows: this.answer.opportunities.map((item) => ({
                key: item.activity,
                select: item.activity,
                cells: [
                    { text: item.activity, title: item.sentence }, number(item.steps), number(item.people),
                    number(Math.round(item.hours)), words(item.next || _t("the end")), share(item.regularity),
                ],
                actions: [
                    this.onMap(item.activity),
                    this.cases(item.filters),
                    ...(this.props.isManager ? [{ label: _t("Draft automation"), run: () => this.draft(item) }] : []),
                ],
            })),
        }];
    }

    draft(item) {
        return this.run("action_draft_opportunity", [item.activity]);
    }
}

/** Two slices side by side. */
export class CompareTab extends FindingTab {
    static method = "compare";

    kwargs(props) {
        return { filters: props.filters, other: props.other || {} };
    }

    get isEverything() {
        return !Object.keys(this.props.filters).length && !this.props.other;
    }

    get sentence() {
        const { cases, sentences } = this.answer;
        if (this.isEverything) {
            return _t("Choose some cases above, by a period or a segment, to compare them with the others.");
        }
        const start = _t("%(one)s cases here, %(two)s to compare with.", { one: count(cases.one), two: count(cases.two) });
        return `${start} ${sentences[0] || _t("No difference is more than an accident.")}`;
    }

    get sections() {
        if (this.isEverything) {
            return [];
        }
        const empty = _t("Nothing to compare.");
        return [
            {
                title: _t("Steps"),
                columns: [_t("Step"), _t("Cases here"), _t("There"), _t("Difference")],
                empty,
                rows: this.answer.activities.slice(0, 25).map((item) => ({
                    key: item.name,
                    select: item.name,
                    cells: [words(item.name), share(item.share.one), share(item.share.two), difference(item.share_test)],
                    actions: [this.onMap(item.name)],
                })),
            },
            {
                title: _t("Time between steps"),
                columns: [_t("From"), _t("To"), _t("Here"), _t("There"), _t("Difference")],
                empty,
                rows: this.answer.transitions.slice(0, 25).map((item) => ({
                    key: pathKey(item.source, item.target),
                    select: pathKey(item.source, item.target),
                    cells: [
                        words(item.source), words(item.target), spent(item.median_seconds.one),
                        spent(item.median_seconds.two), difference(item.time_test, _t("slower"), _t("faster")),
                    ],
                    actions: [this.onMap(item.source, item.target)],
                })),
            },
        ];
    }

    get notes() {
        return this.answer.sentences.slice(1, 8);
    }
}

function spent(seconds) {
    return { text: seconds === false ? "" : duration(seconds), end: true };
}

/** A word, an arrow and a colour: each tells it without the others. */
function difference({ differs, effect, sentence }, more = _t("more"), less = _t("fewer")) {
    if (!differs) {
        return { text: _t("alike"), tone: "text-muted" };
    }
    return effect > 0
        ? { text: `▲ ${more}`, tone: MORE, title: sentence || "" }
        : { text: `▼ ${less}`, tone: LESS, title: sentence || "" };
}

tabs.add("causes", { label: _t("Causes"), Component: CausesTab }, { sequence: 17 });
tabs.add("opportunities", { label: _t("Opportunities"), Component: OpportunitiesTab }, { sequence: 18 });
tabs.add("compare", { label: _t("Compare"), Component: CompareTab }, { sequence: 19 });
