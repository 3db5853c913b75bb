import json
import math

from odoo import models
from odoo.exceptions import ValidationError

from odoo.addons.event_hub.policies.arguments import ANY, MAYBE_OBJECT, OBJECT
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..policies import causes as policy
from ..policies.filters import MAX_SECONDS
from ..tools import causes_words, questions_rules
from ..tools import questions_causes as ask

#: Kinds of outcomes, and what each says beside its kind.
OUTCOMES = {"slow": ("seconds",), "rework": (), "activity": ("name",), "rule": ("id",)}


class ProcessIntelligenceAskingCauses(models.AbstractModel):
    """What goes together with an outcome and was known before it."""

    _name = "process_intelligence.asking_causes"
    _inherit = [
        "process_intelligence.asking_rules",
        "process_intelligence.asking_work",
    ]
    _description = "Causes in a Process"

    @takes(filters=MAYBE_OBJECT, outcome=OBJECT, steps=ANY)
    def causes(self, filters, outcome, steps=1):
        """What was known of cases before an outcome and goes together with it.

        Only finished cases are looked at, and of each only what its first ``steps`` steps carried: values of
        attributes, who did them (``resource``), the first activity, and for more than one step the activities among
        them. Cases in which the outcome had come by then, and shorter ones, are left out, so nothing is looked at
        that an outcome could have written (a landmark analysis, Anderson et al., 1983). An attribute that most of
        its cases carry only later is refused. A value is tested when at least ``least`` cases have it and as many
        have not: Fisher's exact test, or the z-test where both margins are large, adjusted over all tests of the
        answer (Benjamini and Hochberg), so that at most 5 % of what is significant is there by chance. An attribute
        of more than ten different numbers is looked at in the quarters of its cases too (``range``).

        :param filters: see ``policies/filters.py``
        :param outcome: ``{"kind": "slow", "seconds": above which, default the 90th percentile}`` (throughput),
            ``{"kind": "rework"}`` (a step is done again), ``{"kind": "activity", "name"}`` (it happens) or
            ``{"kind": "rule", "id"}`` (it is broken)
        :param steps: 1 to 50; 1 for slow
        :return: ``{"outcome", "seconds" (limit of slow, else false), "steps", "cases", "hits", "share", "left_out",
            "running", "least", "tests", "causes": [{"kind" (attribute, range, start, has), "name", "value" (of a range
            ``120–480``), "low", "high" (limits of a range, included; else false), "cases", "hits",
            "share_with", "share_without", "lift" (share with it by share of all), "risk_difference", "risk_low",
            "risk_high" (95 %, Newcombe), "effect" (Cohen's h), "p", "adjusted_p", "significant", "suspect" (false, or
            why it may be a copy of the outcome), "filters" (false: a range of too many values), "sentence"}],
            "refused": [{"name", "cases", "known_in_time", "reason"}]}``; significant ones first, the strongest first
        :raises ValidationError: unknown filter key, outcome, activity or bad value
        """
        definition = self._one()
        parsed, relations = definition._parsed(filters), definition._relations()
        steps = definition._checked_steps(steps, outcome)
        seconds, told = definition._outcome(outcome, parsed, relations)
        query = ask.known_before(
            told, definition._rows(), definition._finished(), steps, policy.LEAST
        )
        definition._take_memory()
        rows = definition._answer(query, relations)
        answer = definition._told_causes(rows, relations.names)
        return {"outcome": outcome, "seconds": seconds, "steps": steps, **answer}

    def _told_causes(self, rows, names):
        by_kind = {}
        for what, *row in rows:
            by_kind.setdefault(what, []).append(row)
        [[_n, _v, cases, hits]] = by_kind["all"]
        answer = policy.causes(
            policy.Case(
                cases, hits, by_kind["left_out"][0][2], by_kind["running"][0][2]
            ),
            _counts(by_kind, names),
            _known(by_kind),
        )
        for row in answer["causes"]:
            row["sentence"] = causes_words.cause(self.env, row)
            row["suspect"] = row["suspect"] and causes_words.suspect(self.env)
        for row in answer["refused"]:
            row["reason"] = causes_words.refused(self.env, row)
        return answer

    # ------------------------------------------------------------------ the outcome

    def _outcome(self, outcome, filters, relations):
        """:return: ``(seconds or false, ask.Outcome)``"""
        kind = outcome.get("kind")
        if not isinstance(kind, str) or kind not in OUTCOMES:
            raise self._bad_outcome("kind", kind, ", ".join(OUTCOMES))
        for part in outcome:
            if part not in ("kind", *OUTCOMES[kind]):
                raise self._unknown_part(part, kind)
        return getattr(self, f"_outcome_{kind}")(outcome, filters, relations)

    def _outcome_slow(self, outcome, filters, relations):
        seconds = outcome.get("seconds")
        if seconds is None:
            [[seconds]] = self._answer(
                ask.slow_limit(relations, filters, self._finished(), const.SLOW_ABOVE),
                relations,
            )
            seconds = seconds or 0.0
        elif not _is_seconds(seconds):
            raise self._bad_outcome(
                "seconds", seconds, self.env._("a number of seconds from 0 on")
            )
        return seconds, ask.slow(relations, filters, seconds)

    def _outcome_rework(self, _outcome, filters, relations):
        return False, ask.rework(relations, filters)

    def _outcome_activity(self, outcome, filters, relations):
        name = outcome.get("name")
        if not isinstance(name, str) or not name:
            raise self._bad_outcome(
                "name", name, self.env._("an activity of this process")
            )
        # A name that no event carries happens nowhere, just as one whose events are all hidden.
        return False, ask.activity(relations, filters, relations.names.id_of(name) or 0)

    def _outcome_rule(self, outcome, filters, relations):
        rule_id = outcome.get("id")
        rules = self.env["process_intelligence.rule"]
        if isinstance(rule_id, bool) or not isinstance(rule_id, int):
            rule_id = 0
        if not 0 < rule_id < 2**31 or not rules.browse(rule_id).exists():
            raise self._bad_outcome(
                "id", outcome.get("id"), self.env._("the id of a rule of this process")
            )
        rule = self._own_rule(rule_id)
        judged = questions_rules.judged(
            relations,
            filters,
            rule._spec(relations.names),
            self.calendar_id.id,
            self._judged_at(rule),
        )
        return False, ask.broken(relations, filters, judged)

    def _checked_steps(self, steps, outcome):
        most = 1 if outcome.get("kind") == "slow" else policy.MOST_STEPS
        if (
            isinstance(steps, bool)
            or not isinstance(steps, int)
            or not 1 <= steps <= most
        ):
            raise ValidationError(
                self.env._(
                    "steps must be a whole number from 1 to %(most)s for this outcome, not %(value)s.",
                    most=most,
                    value=json.dumps(steps, default=str),
                )
            )
        return steps

    def _unknown_part(self, part, kind):
        return ValidationError(
            self.env._(
                "outcome: %(part)s is no part of the kind %(kind)s. It takes: %(parts)s.",
                part=json.dumps(part)[:80],
                kind=kind,
                parts=", ".join(("kind", *OUTCOMES[kind])),
            )
        )

    def _bad_outcome(self, part, value, expected):
        return ValidationError(
            self.env._(
                "outcome: its %(part)s cannot be %(value)s. Expected: %(expected)s.",
                part=part,
                value=json.dumps(value, default=str),
                expected=expected,
            )
        )


def _is_seconds(value):
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and 0 <= value <= MAX_SECONDS
    )


def _counts(by_kind, names):
    for name, value, cases, hits in by_kind.get(policy.ATTRIBUTE, ()):
        yield policy.Count(policy.ATTRIBUTE, name, value, cases, hits)
    for name, value, cases, hits in by_kind.get(policy.RANGE, ()):
        low, high, values = json.loads(value)
        words = f"{low}–{high}"
        yield policy.Count(
            policy.RANGE, name, words, cases, hits, low, high, tuple(values or ())
        )
    for kind in (policy.START, policy.HAS):
        for _name, value, cases, hits in by_kind.get(kind, ()):
            yield policy.Count(kind, "", names.of(int(value)), cases, hits)


def _known(by_kind):
    in_time = {name: cases for name, _v, cases, _h in by_kind.get("in_time", ())}
    return [
        policy.Known(name, cases, in_time.get(name, 0))
        for name, _value, cases, _hits in by_kind.get("ever", ())
    ]
