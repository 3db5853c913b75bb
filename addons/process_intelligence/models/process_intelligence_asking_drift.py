from dataclasses import replace
from datetime import timedelta

from odoo import models
from odoo.exceptions import ValidationError

from odoo.addons.event_hub.policies.arguments import MAYBE_OBJECT
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..policies import comparing
from ..policies.filters import Period
from ..tools import questions
from .process_intelligence_asking import _iso
from .process_intelligence_asking_guide import _told

MICROSECOND = timedelta(microseconds=1)


class ProcessIntelligenceAskingDrift(models.AbstractModel):
    """What has changed in a process since last month, and what breaks its rules, in words."""

    _name = "process_intelligence.asking_drift"
    _inherit = [
        "process_intelligence.asking_compare",
        "process_intelligence.asking_rules",
        "process_intelligence.asking_guide",
    ]
    _description = "Drift of a Process"

    @takes(filters=MAYBE_OBJECT)
    def changes(self, filters=None):
        """What finished cases of the last 30 days do otherwise than those of the 30 days before.

        Counted back from the last step of all; a case belongs to the time of its last step. Tested as ``compare``
        tests; told is what differs with at least a small effect (0.2), and each frozen norm that is left more often.

        :param filters: see ``policies/filters.py``, without ``period``
        :return: ``{"until" (or false), "recent", "before" (filters of both times), "cases": {"one" (recent), "two"},
            "changes": [{"kind" (share, time), "effect", "adjusted_p", "sentence", "activity", "source", "target"}],
            "norms": [{"rule_id", "name", "recent", "before", "points", "significant", "sentence"}], "drifted"}``;
            the largest effect first
        :raises ValidationError: unknown filter key, bad value, a period
        """
        definition = self._one()
        parsed, relations = definition._parsed(filters), definition._relations()
        if parsed.period:
            raise ValidationError(
                self.env._(
                    "filters: changes compares the last 30 days with those before. Leave the filter period out."
                )
            )
        return definition._changes(filters or {}, parsed, relations)

    def _changes(self, filters, parsed, relations):
        [[_median, _first, until]] = self._answer(
            questions.span(relations, parsed, self._finished()), relations
        )
        norms = self._norm_changes(parsed, relations)
        if not until:
            return _unchanged(norms)
        recent, before = _months(until)
        answer = self._compared(
            replace(parsed, period=recent),
            replace(parsed, period=before),
            relations,
            within=self._finished(),
        )
        found = [_change(kind, row) for kind, row in comparing.worth_telling(answer)]
        return {
            "until": _iso(until),
            "recent": {**filters, "period": _loose(recent)},
            "before": {**filters, "period": _loose(before)},
            "cases": answer["cases"],
            "changes": found,
            "norms": norms,
            "drifted": bool(found) or any(norm["significant"] for norm in norms),
        }

    def _norm_changes(self, filters, relations):
        rules = self.env["process_intelligence.rule"].search(
            [("definition_id", "=", self.id), ("kind", "=", "norm")]
        )
        return [
            {
                "rule_id": rule.id,
                "name": rule.name,
                **self._drift(rule, filters, relations),
            }
            for rule in rules
            if not rule._problem()
        ]

    # ------------------------------------------------------------------ in words

    def _guide_parts(self, filters):
        return [
            *super()._guide_parts(filters),
            *self._guide_policy(filters),
            *self._guide_drift(filters),
        ]

    def _guide_policy(self, filters):
        """What breaks policy: the rules that most cases break."""
        judged = [row for row in self.conformance(filters) if not row["problem"]]
        broken = [row for row in judged if row["violated"]]
        broken.sort(key=lambda row: (-row["violated"], row["rule_id"]))
        if judged and not broken:
            sentence = self.env._("No case breaks a rule.")
            return [_told("policy", sentence, 0, "conformance", filters)]
        return [
            self._guide_broken(row, filters) for row in broken[: const.GUIDE_SENTENCES]
        ]

    def _guide_broken(self, row, filters):
        sentence = self.env._(
            "Cases that break the rule “%(rule)s”: %(violated)s of %(applies)s.",
            rule=row["name"],
            violated=row["violated"],
            applies=row["applies"],
        )
        part = _told("policy", sentence, row["violated"], "open_violations", filters)
        part["link"]["arguments"]["rule_id"] = row["rule_id"]
        return part

    def _guide_drift(self, filters):
        # A period that somebody asked for cuts the months off, so there is nothing to compare.
        if filters.get("period"):
            return []
        found = self.changes(filters)
        parts = [
            self._guide_changed(row, found)
            for row in found["changes"][: const.GUIDE_SENTENCES]
        ]
        for norm in found["norms"]:
            if norm["significant"]:
                parts.append(
                    _told(
                        "drift",
                        norm["sentence"],
                        norm["points"],
                        "conformance",
                        filters,
                    )
                )
        return parts

    def _guide_changed(self, row, found):
        sentence = self.env._(
            "The last 30 days against the 30 before: %(change)s", change=row["sentence"]
        )
        part = _told("drift", sentence, row["effect"], "compare", found["recent"])
        part["link"]["arguments"]["other"] = found["before"]
        return part


def _months(until):
    """:return: the 30 days up to ``until``, the 30 days before; by the last step of a case"""
    month = timedelta(days=30)
    return (
        Period("ended", until - month + MICROSECOND, until),
        Period("ended", until - 2 * month + MICROSECOND, until - month),
    )


def _loose(period):
    return {"mode": period.mode, "from": _iso(period.start), "to": _iso(period.end)}


def _unchanged(norms):
    return {
        "until": False,
        "recent": False,
        "before": False,
        "cases": {"one": 0, "two": 0},
        "changes": [],
        "norms": norms,
        "drifted": any(norm["significant"] for norm in norms),
    }


def _change(kind, row):
    test = row[kind]
    return {
        "kind": kind.removesuffix("_test"),
        "effect": test["effect"],
        "adjusted_p": test["adjusted_p"],
        "sentence": test["sentence"],
        "activity": row.get("name", False),
        "source": row.get("source", False),
        "target": row.get("target", False),
    }
