from collections import Counter

from odoo import models
from odoo.exceptions import ValidationError

from odoo.addons.event_hub.policies.arguments import ANY, MAYBE_OBJECT, TEXT
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..tools import questions_replay as ask
from .process_intelligence_asking import _iso


class ProcessIntelligenceAskingDots(models.AbstractModel):
    """Every step of some cases as a dot: one line for each case."""

    _name = "process_intelligence.asking_dots"
    _inherit = ["process_intelligence.asking_cases"]
    _description = "Dotted Chart of a Process"

    @takes(filters=MAYBE_OBJECT, limit=ANY, by=TEXT)
    def dots(self, filters=None, limit=const.DOTS_CASES, by="start"):
        """The moments of the steps of some cases, one line for each case.

        Of more cases than ``limit`` (at most 1,000) every so many-th is taken, in the order told. Of a case the first
        200 steps are told.

        :param by: ``start`` (who began first) or ``duration`` (the longest first)
        :return: ``{"cases" (told), "total", "cut" (cases with further steps), "first" (moment, ISO 8601, or false),
            "seconds" (from it to the last step told), "longest" (seconds of a case told), "names": [activity] (most
            frequent first), "lines": [{"case" (key), "name", "dots": [[index in names, seconds since first], …]}]}``
        :raises ValidationError: unknown filter key, bad value, bad limit or order
        """
        definition = self._one()
        parsed = definition._parsed(filters)
        limit = min(definition._checked_limit(limit), const.MOST_DOTS_CASES)
        relations = definition._relations()
        query = ask.tracks(
            relations, parsed, limit, const.REPLAY_STEPS, definition._checked_order(by)
        )
        rows = definition._answer(query, relations)
        counts = Counter(id_ for row in rows for id_ in row[2])
        names = {id_: relations.names.of(id_) for id_ in counts}
        order = sorted(counts, key=lambda id_: (-counts[id_], names[id_]))
        return {
            "cases": len(rows),
            "total": rows[0][0] if rows else 0,
            "cut": sum(row[1] > len(row[2]) for row in rows),
            **definition._dotted(rows, {id_: n for n, id_ in enumerate(order)}),
            "names": [names[id_] for id_ in order],
        }

    def _checked_order(self, by):
        if by not in ask.ORDERS:
            raise ValidationError(
                self.env._(
                    "by must be one of %(orders)s, not %(value)s.",
                    orders=", ".join(ask.ORDERS),
                    value=by,
                )
            )
        return by

    def _dotted(self, rows, place):
        if not rows:
            return {"first": False, "seconds": 0, "longest": 0, "lines": []}
        first = min(row[3][0] for row in rows)
        titles = self._case_titles(row[4] for row in rows)
        lines = [
            {
                "case": key,
                "name": titles[key],
                "dots": [
                    [place[id_], (at - first).total_seconds()]
                    for id_, at in zip(ids, times, strict=True)
                ],
            }
            for _total, _length, ids, times, key in rows
        ]
        ends = [(line["dots"][0][1], line["dots"][-1][1]) for line in lines]
        return {
            "first": _iso(first),
            "seconds": max(end for _start, end in ends),
            "longest": max(end - start for start, end in ends),
            "lines": lines,
        }

    @takes(case_key=TEXT)
    def open_case(self, case_key):
        """:return: a window action on one case: its record, or its imported events
        :raises ValidationError: no such case that the user may see
        """
        definition = self._one()
        definition.case_steps(case_key)
        return definition._cases_action([case_key], 1)
