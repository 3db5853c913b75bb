from collections import Counter, defaultdict
from statistics import median

from odoo import api, models
from odoo.exceptions import MissingError

from odoo.addons.process_intelligence.const import MAX_CASES_OPENED

from ..policies.seeing import log_words
from ..tools import log_questions
from .support_visibility_questions_desk import LEAST, SHOWN

EVENT = "process_intelligence.log_event"
FIELDS = (
    *("case", "seconds", "type", "reason", "is_broken", "segment", "asked", "passed"),
    *("again", "held"),
)


class SupportVisibilityQuestionsLog(models.AbstractModel):
    """Answers from the imported logs of a process, as far as the asking user may see them.

    The words of a log are those of another system: ``policies/seeing/log_words.py`` says which are understood.
    """

    _name = "support_visibility.questions_log"
    _description = "Questions about a Log"

    @api.model
    def _answers(self, definition_id, since, until):
        """:param since, until: cases that began since then, as they stood at ``until``; None: no bound
        :return: ``{key: {"answer", "figures", "missing"}}``
        :raises AccessError: no right to read the process
        """
        definition = self.env["process_intelligence.definition"].browse(definition_id)
        if not definition.exists():
            raise MissingError(self.env._("This process is not there any more."))
        definition.check_access("read")
        rows = definition._rows()
        words = self._words(rows)
        facts = [
            dict(zip(FIELDS, row, strict=True))
            for row in self.env.execute_query(
                log_questions.facts(rows, words, since, until)
            )
        ]
        standing = self.env.execute_query(
            log_questions.standing(rows, words["ended"], since, until)
        )
        ask = (definition, facts, words)
        return {
            "cycle": self._cycle(*ask),
            "escalations": self._escalations(*ask),
            "breaches": self._breaches(*ask),
            "friction": self._friction(*ask),
            "stalled": self._standing(definition, facts, standing),
        }

    @api.model
    def _words(self, rows):
        activities, columns, _events = self.env.execute_query(
            log_questions.names(rows)
        )[0]
        activities, columns = activities or [], columns or []
        roles = {role: log_words.column(role, columns) for role in log_words.COLUMNS}
        return {
            **roles,
            "solved": log_words.solved(activities),
            "ended": log_words.ended(activities),
            "facts": log_words.waits_for_facts(activities),
            "no": sorted(log_words.NO),
        }

    @api.model
    def _figure(self, definition, label, value, unit, cases):
        """:param cases: keys; the figure opens their events, by case, of as many cases as one list shows"""
        shown = sorted(cases)[:MAX_CASES_OPENED]
        view = self.env["support_visibility.manager"]
        domain = [("definition_id", "=", definition.id), ("case_key", "in", shown)]
        return view._figure(
            len(cases),
            label,
            EVENT,
            domain,
            value=value,
            unit=unit,
            context={"search_default_by_case": 1},
        )

    # ------------------------------------------------------------------ cycle

    @api.model
    def _cycle(self, definition, facts, words):
        done = [case for case in facts if case["seconds"] is not None]
        missing = []
        if not words["solved"]:
            missing.append(
                self.env._(
                    "Solution: no activity says that a case is resolved or closed."
                )
            )
        if not words["type"]:
            missing.append(
                self.env._(
                    "Type: the log has no column type or category. Import it with one."
                )
            )
        by_type = defaultdict(list)
        for case in done:
            by_type[case["type"] or ""].append(case)
        by_type.pop("", None)
        told = {key: found for key, found in by_type.items() if len(found) >= LEAST}
        figures = [
            self._figure(
                definition, key, _hours(found), "h", [c["case"] for c in found]
            )
            for key, found in (told or by_type).items()
        ]
        figures.sort(
            key=lambda figure: (-figure["value"], -figure["count"], figure["label"])
        )
        return {
            "answer": self._cycle_words(figures, done),
            "figures": figures[:SHOWN],
            "missing": missing,
        }

    def _cycle_words(self, figures, done):
        if not done:
            return self.env._("The log shows no solved case.")
        usual = self.env._(
            "Of all %(all)s solved cases, half took more than %(usual)s h.",
            all=len(done),
            usual=_hours(done),
        )
        if not figures:
            return usual
        first = figures[0]
        said = self.env._(
            "%(type)s: half of its %(count)s solved cases took more than %(hours)s h.",
            type=first["label"],
            count=first["count"],
            hours=first["value"],
        )
        return f"{said} {usual}"

    # ------------------------------------------------------------------ escalations

    @api.model
    def _escalations(self, definition, facts, words):
        if words["reason"]:
            return self._by_reason(definition, facts)
        asked = [case["case"] for case in facts if case["asked"]]
        passed = [case["case"] for case in facts if case["passed"]]
        figures = []
        if words["facts"]:
            label = self.env._("Waited for facts (%s)", ", ".join(words["facts"]))
            figures.append(self._figure(definition, label, len(asked), "", asked))
        if words["group"]:
            label = self.env._("Went to another group (%s)", words["group"])
            figures.append(self._figure(definition, label, len(passed), "", passed))
        missing = [
            self.env._(
                "Reasons: the log has no column that says why a case was escalated (reason_class)."
            )
        ]
        if not words["group"]:
            missing.append(
                self.env._("Groups: the log has no column assignment_group or team.")
            )
        said = self.env._("The log does not say why cases were escalated.")
        if figures:
            near = self.env._("What it has that comes nearest:")
            told = "; ".join(
                self.env._("%(label)s: %(n)s cases", label=f["label"], n=f["count"])
                for f in figures
            )
            said = f"{said} {near} {told}."
        return {"answer": said, "figures": figures, "missing": missing}

    @api.model
    def _by_reason(self, definition, facts):
        by_reason = defaultdict(list)
        for case in facts:
            if case["reason"]:
                by_reason[case["reason"]].append(case["case"])
        figures = [
            self._figure(definition, key, len(cases), "", cases)
            for key, cases in sorted(
                by_reason.items(), key=lambda i: (-len(i[1]), i[0])
            )
        ]
        total = sum(figure["count"] for figure in figures)
        if not total:
            return {
                "answer": self.env._("No case of the log has a reason."),
                "figures": [],
                "missing": [],
            }
        counts = Counter({log_words.key(f["label"]): f["count"] for f in figures})
        return {
            "answer": self.env._(
                "Of %(all)s cases with a reason %(data)s came from missing data, %(depth)s from technical depth.",
                all=total,
                data=counts["missingdata"],
                depth=counts["technicaldepth"],
            ),
            "figures": figures,
            "missing": [],
        }

    # ------------------------------------------------------------------ breaches

    @api.model
    def _breaches(self, definition, facts, words):
        if not words["promise"]:
            return {
                "answer": self.env._("The log does not say which promises were kept."),
                "figures": [],
                "missing": [
                    self.env._(
                        "Promises: the log has no column made_sla. Import it with one."
                    )
                ],
            }
        broken = [case for case in facts if case["is_broken"]]
        by_step = defaultdict(list)
        for case in broken:
            by_step[case["held"] or ""].append(case["case"])
        figures = [
            self._figure(
                definition,
                step or self.env._("No step took any time"),
                len(cases),
                "",
                cases,
            )
            for step, cases in sorted(by_step.items(), key=lambda i: (-len(i[1]), i[0]))
        ]
        return {
            "answer": self._breach_words(figures, broken, facts),
            "figures": figures[:SHOWN],
            "missing": [
                self.env._(
                    "When: %(column)s says that a promise was broken, not at which moment. So each broken case counts "
                    "for the step that held it longest.",
                    column=words["promise"],
                )
            ],
        }

    def _breach_words(self, figures, broken, facts):
        if not broken:
            return self.env._("No case of the log broke its promise.")
        first = figures[0]
        return self.env._(
            "%(broken)s of %(all)s cases broke their promise; %(count)s of them (%(share)s %%) spent most of their "
            "time in %(step)s.",
            broken=len(broken),
            all=len(facts),
            count=first["count"],
            share=round(100 * first["count"] / len(broken)),
            step=first["label"],
        )

    # ------------------------------------------------------------------ friction

    @api.model
    def _friction(self, definition, facts, words):
        missing = [
            self.env._(
                "Onboarding: this log is of one process; milestones are not in it."
            ),
            self.env._(
                "Renewal: this log is of one process; subscriptions are not in it."
            ),
        ]
        rework = [case for case in facts if case["again"]]
        if not words["segment"]:
            missing.insert(
                0, self.env._("Segments: the log has no column segment, tier or plan.")
            )
            return {
                "answer": self.env._(
                    "The log knows no segments. In all of it %(n)s of %(all)s cases came back to a step they had left.",
                    n=len(rework),
                    all=len(facts),
                ),
                "figures": [
                    self._figure(
                        definition,
                        self.env._("Came back to a step"),
                        len(rework),
                        "",
                        [case["case"] for case in rework],
                    )
                ],
                "missing": missing,
            }
        return self._by_segment(definition, facts, missing)

    @api.model
    def _by_segment(self, definition, facts, missing):
        sizes = Counter(case["segment"] for case in facts if case["segment"])
        again = defaultdict(list)
        for case in facts:
            if case["segment"] and case["again"]:
                again[case["segment"]].append(case["case"])
        order = sorted(sizes, key=lambda name: (-len(again[name]) / sizes[name], name))
        figures = [
            self._figure(
                definition,
                name,
                round(100 * len(again[name]) / sizes[name], 1),
                self.env._("%% of %(n)s cases", n=sizes[name]),
                again[name],
            )
            for name in order[:SHOWN]
        ]
        said = self.env._("No case names its segment.")
        if figures:
            said = self.env._(
                "In support alone, %(segment)s: %(n)s of %(all)s cases came back to a step they had left.",
                segment=figures[0]["label"],
                n=figures[0]["count"],
                all=sizes[figures[0]["label"]],
            )
        return {"answer": said, "figures": figures, "missing": missing}

    # ------------------------------------------------------------------ stalled

    @api.model
    def _standing(self, definition, facts, standing):
        by_step = defaultdict(list)
        for case, step, waited, usual in standing:
            by_step[step].append((case, waited, usual))
        figures = [
            self._figure(
                definition,
                self.env._(
                    "%(step)s for more than %(hours)s h",
                    step=step,
                    hours=round(found[0][2] / 3600, 1),
                ),
                len(found),
                "",
                [case for case, _waited, _usual in found],
            )
            for step, found in sorted(by_step.items(), key=lambda i: (-len(i[1]), i[0]))
        ]
        if not standing:
            answer = self.env._(
                "None of %(all)s cases: at the end of the log each is over, or has not stood for longer than is usual.",
                all=len(facts),
            )
        else:
            answer = self.env._(
                "%(n)s of %(all)s cases have stood for longer than nine of ten ever did; most: %(label)s (%(of)s).",
                n=len(standing),
                all=len(facts),
                label=figures[0]["label"],
                of=figures[0]["count"],
            )
        return {"answer": answer, "figures": figures, "missing": []}


def _hours(cases):
    return round(median(case["seconds"] for case in cases) / 3600, 1)
