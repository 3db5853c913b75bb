import { _t } from "@web/core/l10n/translation";

import { count, duration, percent } from "../process_map/format";
import { pathKey, tabs } from "../process_map/tabs";
import { who } from "../process_map/who";
import { FindingTab, number, share, time, words } from "./finding_tab";

/** Where time is lost: above what the step itself usually takes. */
export class BottlenecksTab extends FindingTab {
    static method = "bottlenecks";

    get moves() {
        return this.answer.moves.filter((move) => move.lost_seconds > 0);
    }

    get sentence() {
        const [worst] = this.moves;
        return worst
            ? _t("%(lost)s are lost above the usual time of each step; %(share)s of it between %(source)s and %(target)s.", {
                  lost: duration(this.answer.lost_seconds), share: percent(worst.share, 1),
                  source: worst.source, target: worst.target,
              })
            : _t("No step takes longer than it usually does.");
    }

    get sections() {
        return [{
            columns: [_t("From"), _t("To"), _t("Times"), _t("Usually"), _t("Lost"), _t("Of all lost")],
            empty: _t("Time is lost as soon as one case waits longer than half of the others at the same place."),
            rows: this.moves.slice(0, 25).map((move) => ({
                key: pathKey(move.source, move.target),
                select: pathKey(move.source, move.target),
                cells: [
                    words(move.source), words(move.target), number(move.count), time(move.median_seconds),
                    time(move.lost_seconds), share(move.share),
                ],
                actions: [
                    this.onMap(move.source, move.target),
                    this.cases("follows", [move.source, move.target]),
                    ...this.rule({
                        kind: "within", activity: move.source, other: move.target,
                        within_seconds: Math.max(60, Math.round(move.median_seconds)),
                    }),
                ],
            })),
        }];
    }

    get notes() {
        return this.answer.business_lost_seconds === false
            ? []
            : [_t("In working hours: %s.", duration(this.answer.business_lost_seconds))];
    }
}

/** What is done again. */
export class ReworkTab extends FindingTab {
    static method = "rework";

    get sentence() {
        const { cases, share: part, repeats, first_pass_yield: yielded } = this.answer;
        if (!cases) {
            return _t("Nothing is done twice in a case.");
        }
        const told = { cases: count(cases), share: percent(part, 1), repeats: count(repeats) };
        return yielded === false
            ? _t("%(cases)s cases (%(share)s) do something again, %(repeats)s times in all.", told)
            : _t("%(cases)s cases (%(share)s) do something again, %(repeats)s times in all; %(yield)s of the finished ones go through without.", {
                  ...told, yield: percent(yielded, 1),
              });
    }

    get sections() {
        return [{
            columns: [_t("Step"), _t("Cases"), _t("Again"), _t("At once"), _t("Later"), _t("Time after it")],
            empty: _t("Steps that a case does more than once are listed here."),
            rows: this.answer.activities.filter((item) => item.repeats).map((item) => ({
                key: item.name,
                select: item.name,
                cells: [
                    words(item.name), number(item.cases), number(item.repeats), number(item.self_loops),
                    number(item.returns), time(item.seconds),
                ],
                actions: [
                    this.onMap(item.name),
                    this.cases("has", item.name),
                    ...this.rule({ kind: "exactly", activity: item.name }),
                ],
            })),
        }];
    }
}

/** Who hands work to whom, and who hands it back. */
export class HandoffsTab extends FindingTab {
    static method = "handoffs";

    get sentence() {
        const { handovers, kept, ping_pong: back } = this.answer;
        return handovers
            ? _t("Work changes hands %(handovers)s times and stays in one hand %(kept)s times; %(back)s times it comes straight back (%(cases)s cases).", {
                  handovers: count(handovers), kept: count(kept), back: count(back.count), cases: count(back.cases),
              })
            : _t("Work never changes hands, as far as the events tell who did what.");
    }

    get sections() {
        const empty = _t("Nobody, as far as the events tell.");
        return [
            {
                title: _t("Who hands to whom"),
                columns: [_t("From"), _t("To"), _t("Times"), _t("Cases"), _t("Half within")],
                empty,
                rows: this.answer.network.map((pair) => ({
                    key: pathKey(pair.source, pair.target),
                    cells: [
                        words(who(pair.source)), words(who(pair.target)), number(pair.count), number(pair.cases),
                        time(pair.median_seconds),
                    ],
                    actions: [],
                })),
            },
            {
                title: _t("Ping-pong"),
                columns: [_t("One"), _t("The other"), _t("Times"), _t("Cases")],
                empty: _t("Nothing comes straight back."),
                rows: this.answer.ping_pong.pairs.map((pair) => ({
                    key: pathKey(pair.first, pair.other),
                    cells: [words(who(pair.first)), words(who(pair.other)), number(pair.count), number(pair.cases)],
                    actions: [],
                })),
            },
        ];
    }

    get notes() {
        return this.answer.unknown ? [_t("%s moves do not tell who did one of their steps.", count(this.answer.unknown))] : [];
    }
}

/** How much is done by machines. */
export class AutomationTab extends FindingTab {
    static method = "automation";

    get sentence() {
        const { rate, people, machine } = this.answer;
        return rate === false
            ? _t("The events do not tell who did the steps.")
            : _t("%(rate)s of the steps are done by machines: %(machine)s of %(all)s.", {
                  rate: percent(rate, 1), machine: count(machine), all: count(people + machine),
              });
    }

    get sections() {
        return [{
            columns: [_t("Step"), _t("Times"), _t("By people"), _t("By machines"), _t("Nobody told"), _t("Automated")],
            empty: _t("There are no steps."),
            rows: this.answer.activities.map((item) => ({
                key: item.name,
                select: item.name,
                cells: [
                    words(item.name), number(item.steps), number(item.people), number(item.machine),
                    number(item.unknown), share(item.rate),
                ],
                actions: [this.onMap(item.name), this.cases("has", item.name)],
            })),
        }];
    }
}

tabs.add("bottlenecks", { label: _t("Bottlenecks"), Component: BottlenecksTab }, { sequence: 12 });
tabs.add("rework", { label: _t("Rework"), Component: ReworkTab }, { sequence: 13 });
tabs.add("handoffs", { label: _t("Handoffs"), Component: HandoffsTab }, { sequence: 14 });
tabs.add("automation", { label: _t("Automation"), Component: AutomationTab, explore: true }, { sequence: 50 });
