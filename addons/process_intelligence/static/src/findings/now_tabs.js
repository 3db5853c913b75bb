import { _t } from "@web/core/l10n/translation";

import { count } from "../process_map/format";
import { tabs } from "../process_map/tabs";
import { FindingTab, number, share, time, words } from "./finding_tab";

const SEVERITIES = { low: _t("low"), medium: _t("medium"), high: _t("high"), critical: _t("critical") };

/** How well the cases keep to the rules of the process. */
export class ConformanceTab extends FindingTab {
    static method = "conformance";

    get broken() {
        return this.answer.filter((rule) => rule.violated);
    }

    get sentence() {
        if (!this.answer.length) {
            return _t("This process has no rules yet.");
        }
        const all = count(this.answer.length);
        return this.broken.length
            ? _t("Rules that are broken: %(broken)s of %(all)s.", { broken: count(this.broken.length), all })
            : _t("All %s rules are kept.", all);
    }

    get lead() {
        const run = () =>
            this.action.doAction({
                type: "ir.actions.act_window",
                res_model: "process_intelligence.rule",
                views: [[false, "form"]],
                context: { default_definition_id: this.props.definitionId },
            });
        return { label: _t("Make a rule"), run };
    }

    get sections() {
        return [{
            columns: [_t("Rule"), _t("Severity"), _t("Owner"), _t("Applies to"), _t("Broken"), _t("Kept")],
            empty: _t("Say what must, may not or has to happen in time: make a rule from a bottleneck, a repeat or a path."),
            rows: this.answer.map((rule) => ({
                key: rule.rule_id,
                cells: [
                    { text: rule.name, title: rule.meaning || rule.sentence },
                    words(SEVERITIES[rule.severity] || rule.severity || ""),
                    words(rule.owner || ""), number(rule.applies), number(rule.violated), share(rule.ok_share),
                ],
                actions: rule.violated ? [this.violations(rule)] : [],
            })),
        }];
    }

    violations(rule) {
        const run = () => this.run("open_violations", [rule.rule_id], { filters: this.props.filters });
        return { label: _t("See cases"), run };
    }

    get notes() {
        return this.answer.flatMap((rule) => [
            ...(rule.problem ? [`${rule.name}: ${rule.problem}`] : []),
            ...(rule.drift && rule.drift.sentence ? [`${rule.name}: ${rule.drift.sentence}`] : []),
        ]);
    }
}

/** Cases that wait longer than nearly all did at their step. */
export class StalledTab extends FindingTab {
    static method = "stalled";

    get sentence() {
        const { stalled, running } = this.answer;
        return stalled
            ? _t("%(stalled)s of %(running)s running cases wait longer than 95 of 100 did at the same step.", {
                  stalled: count(stalled), running: count(running),
              })
            : _t("None of %s running cases waits unusually long.", count(running));
    }

    get sections() {
        return [{
            columns: [_t("Case"), _t("Waits after"), _t("For"), _t("95 of 100 waited less than"), _t("Known from")],
            empty: _t("A case is listed once it waits longer than 95 of 100 did that went on from the same step."),
            rows: this.answer.cases.slice(0, 100).map((item) => ({
                key: item.case,
                cells: [
                    { text: item.name, title: item.sentence }, words(item.activity),
                    time(item.waited_seconds), time(item.limit_seconds), number(item.history),
                ],
                actions: [...this.record(item.case), this.onMap(item.activity), this.only("end", item.activity)],
            })),
        }];
    }
}

/** Rare ways, unusual durations, days with many beginnings. */
export class AnomaliesTab extends FindingTab {
    static method = "anomalies";

    get sentence() {
        const { rare_way_count: ways, duration_count: durations, surge_count: surges } = this.answer;
        const found = [
            ways && _t("%s rare ways", count(ways)),
            durations && _t("%s cases of unusual duration", count(durations)),
            surges && _t("%s days on which unusually many cases began", count(surges)),
        ].filter(Boolean);
        return found.length ? `${found.join(", ")}.` : _t("Nothing is unusual.");
    }

    get sections() {
        return [
            {
                title: _t("Rare ways"),
                columns: [_t("Way"), _t("Cases"), _t("Share")],
                empty: _t("No way is rarer than one case in a hundred."),
                rows: this.answer.rare_ways.map((way) => ({
                    key: JSON.stringify(way.path),
                    cells: [{ text: way.path.join(" → "), title: way.sentence }, number(way.count), share(way.share)],
                    actions: [this.only("variants", way.path)],
                })),
            },
            {
                title: _t("Unusual durations"),
                columns: [_t("Case"), _t("Took"), _t("Usually")],
                empty: _t("All finished cases took about as long as the others."),
                rows: this.answer.durations.map((item) => ({
                    key: item.case,
                    cells: [{ text: item.name, title: item.sentence }, time(item.seconds), time(item.usual_seconds)],
                    actions: this.record(item.case),
                })),
            },
            {
                title: _t("Days with many beginnings"),
                columns: [_t("Day (UTC)"), _t("Began"), _t("Usually")],
                empty: _t("Cases began as evenly as ever."),
                rows: this.answer.surges.map((item) => ({
                    key: item.day,
                    cells: [{ text: item.day, title: item.sentence }, number(item.count), number(Math.round(item.usual))],
                    actions: [{ label: _t("Only these"), run: () => this.day(item.day) }],
                })),
            },
        ];
    }

    day(day) {
        const period = { mode: "started", from: day, to: day };
        return this.props.onAsk({ ...this.props.filters, period });
    }
}

/** What costs the most. */
export class CostTab extends FindingTab {
    static method = "cost";

    money(value) {
        const { currency } = this.answer;
        return new Intl.NumberFormat(undefined, { style: "currency", currency }).format(value);
    }

    get sentence() {
        const { total, per_case: each, cases } = this.answer;
        return total
            ? _t("%(cases)s cases cost %(total)s, %(each)s each on average.", {
                  cases: count(cases), total: this.money(total), each: this.money(each),
              })
            : _t("No activity of this process has a price yet. Managers set prices under Activities.");
    }

    get lead() {
        const run = () =>
            this.action.doAction("process_intelligence.process_intelligence_activity_action", {
                additionalContext: { search_default_definition_id: this.props.definitionId },
            });
        return { label: _t("Set prices"), run };
    }

    get sections() {
        return [{
            columns: [_t("Step"), _t("Times"), _t("Time after it"), _t("Cost"), _t("Of all cost")],
            empty: _t("A step costs what its price says: per step, per hour after it, or both."),
            rows: this.answer.activities.filter((item) => item.cost).map((item) => ({
                key: item.name,
                select: item.name,
                cells: [
                    words(item.name), number(item.count), time(item.seconds),
                    { text: this.money(item.cost), end: true }, share(item.share),
                ],
                actions: [this.onMap(item.name), this.cases("has", item.name)],
            })),
        }];
    }
}

tabs.add("conformance", { label: _t("Rules"), Component: ConformanceTab }, { sequence: 15 });
tabs.add("stalled", { label: _t("Stalled now"), Component: StalledTab }, { sequence: 16 });
tabs.add("anomalies", { label: _t("Unusual"), Component: AnomaliesTab, explore: true }, { sequence: 52 });
tabs.add("cost", { label: _t("Cost"), Component: CostTab, explore: true }, { sequence: 54 });

