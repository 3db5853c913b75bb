from odoo import models
from odoo.exceptions import ValidationError

from odoo.addons.event_hub.policies.arguments import ANY, MAYBE_OBJECT, TEXT, WHOLE
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import throughput, work
from ..tools import questions_cases
from .process_intelligence_asking import _iso


class ProcessIntelligenceAskingCases(models.AbstractModel):
    """Questions about the single cases of a process."""

    _name = "process_intelligence.asking_cases"
    _inherit = ["process_intelligence.asking"]
    _description = "Questions about the Cases of a Process"

    @takes(filters=MAYBE_OBJECT, limit=ANY)
    def ways(self, filters=None, limit=100):
        """The different ways that cases went, with what they took.

        :param filters: see ``policies/filters.py``
        :return: ``{"ways": [{"path": [activity], "count": cases, "share", "median_seconds"}], "total", "cases"}``,
            most frequent first; ``share`` is of all cases, 0 to 1; the median of a way that still runs is false;
            ``total`` counts the different ways
        :raises ValidationError: unknown filter key, bad value, bad limit
        """
        definition = self._one()
        parsed, limit = definition._parsed(filters), self._checked_limit(limit)
        relations = definition._relations()
        rows = definition._answer(
            questions_cases.ways(relations, parsed, definition._finished(), limit),
            relations,
        )
        found = [
            {
                "path": relations.names.ways(path),
                "count": count,
                "share": count / int(cases),
                "median_seconds": work.rounded(median),
            }
            for path, count, median, _total, cases in rows
        ]
        found.sort(key=lambda way: (-way["count"], way["path"]))
        return {
            "ways": found,
            "total": rows[0][3] if rows else 0,
            "cases": int(rows[0][4]) if rows else 0,
        }

    @takes(filters=MAYBE_OBJECT, limit=ANY, offset=WHOLE)
    def cases(self, filters=None, limit=100, offset=0):
        """The single cases, the longest first; of the same length by their key.

        :param filters: see ``policies/filters.py``
        :return: ``[{"case": key, "name", "first", "last", "steps", "seconds", "path": [activity]}]``; ``name`` is
            that of the record, for cases of the ledger; moments are ISO 8601 in UTC
        :raises ValidationError: unknown filter key, bad value, bad limit
        """
        definition = self._one()
        parsed, limit = definition._parsed(filters), self._checked_limit(limit)
        relations = definition._relations()
        rows = definition._answer(
            questions_cases.cases(relations, parsed, limit, offset), relations
        )
        titles = definition._case_titles(row[0] for row in rows)
        return [
            {
                "case": key,
                "name": titles[key],
                "first": _iso(first),
                "last": _iso(last),
                "steps": length,
                "seconds": round(seconds, 6),
                "path": relations.names.ways(path),
            }
            for key, _model, _id, first, last, length, seconds, path in rows
        ]

    @takes(case_key=TEXT)
    def case_steps(self, case_key):
        """The steps of one case, in order.

        :param case_key: as ``cases`` tells it
        :return: ``[{"activity", "at", "resource", "seconds", "business_seconds"}]``; both times run to the next
            step and are false at the last one, that in business time also without a working calendar
        :raises ValidationError: no such case that the user may see
        """
        definition = self._one()
        relations = definition._relations()
        rows = definition._answer(
            questions_cases.case_steps(relations, case_key), relations
        )
        if not rows:
            raise ValidationError(
                self.env._(
                    "case_key: %(process)s has no case %(key)s that you may see. Ask cases for those there are.",
                    process=definition.name,
                    key=case_key,
                )
            )
        return [
            {
                "activity": relations.names.of(activity),
                "at": _iso(moment),
                "resource": resource or False,
                "seconds": _rounded(seconds),
                "business_seconds": _rounded(open_seconds),
            }
            for activity, moment, resource, seconds, open_seconds in rows
        ]

    @takes(filters=MAYBE_OBJECT)
    def throughput(self, filters=None):
        """How long finished cases took from their first step to their last.

        :param filters: see ``policies/filters.py``
        :return: ``{"cases", "mean", "min", "max", "median", "p90", "p95", "bins": [{"from", "to", "count"}]}``,
            seconds; a bin holds its lower edge, ``to`` is false in the last one, which is open
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed = definition._parsed(filters)
        relations = definition._relations()
        [[count, mean, low, high, percentiles]] = definition._answer(
            questions_cases.spread(relations, parsed, definition._finished()), relations
        )
        lower, median, upper, p90, p95 = percentiles or [0.0] * 5
        figures = {"mean": mean, "min": low, "max": high, "median": median, "p90": p90}
        edges = throughput.edges(count, low or 0.0, high or 0.0, lower, upper)
        return {
            "cases": count,
            **{name: round(value or 0.0, 6) for name, value in figures.items()},
            "p95": round(p95, 6),
            "bins": definition._bins(parsed, relations, edges),
        }

    def _bins(self, filters, relations, edges):
        if not edges:
            return []
        counts = dict(
            self._answer(
                questions_cases.bins(relations, filters, self._finished(), edges),
                relations,
            )
        )
        return throughput.bins(edges, counts)


def _rounded(seconds):
    return False if seconds is None else round(seconds, 6)
