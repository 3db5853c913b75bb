from dataclasses import replace

from odoo import models
from odoo.tools import SQL

from odoo.addons.event_hub.policies.arguments import (
    ANY,
    MAYBE_OBJECT,
    MAYBE_TEXT,
    TEXT,
)
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..policies import throughput
from ..tools import questions_cases
from ..tools import questions_screen as ask
from .process_intelligence_asking_cases import _rounded


class ProcessIntelligenceAskingScreen(models.AbstractModel):
    """What the map screen tells beside the map: stays, one place of it in detail, and what cases can be parted by."""

    _name = "process_intelligence.asking_screen"
    _inherit = ["process_intelligence.asking"]
    _description = "Details of a Process Map"

    @takes(filters=MAYBE_OBJECT)
    def stays(self, filters=None):
        """How long cases stay at each activity: the time until their next step.

        ``kind`` tells what they do there, where a manager said so: ``work`` or ``wait``.

        :param filters: see ``policies/filters.py``
        :return: ``[{"name", "count" (moves on), "median_seconds", "business_median_seconds" (false without a
            calendar), "kind" (or false)}]``, most frequent first; activities that nothing follows are missing
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed, relations = definition._parsed(filters), definition._relations()
        rows = definition._answer(ask.stays(relations, parsed), relations)
        # Whoever may read the process may know what its steps mean; the list of activities is the managers'.
        kinds = {a.id: a.kind for a in definition.sudo().activity_ids}
        told = [
            {
                "name": relations.names.of(activity),
                "count": count,
                "median_seconds": _rounded(median),
                "business_median_seconds": _rounded(open_median),
                "kind": kinds.get(activity) or False,
            }
            for activity, count, median, open_median in rows
        ]
        return sorted(told, key=lambda stay: (-stay["count"], stay["name"]))

    @takes(filters=MAYBE_OBJECT, activity=TEXT, next_activity=MAYBE_TEXT)
    def place(self, filters=None, activity="", next_activity=None):
        """One activity of the map in detail, or one path from it to ``next_activity``.

        ``people`` are those who did the activity; of a path those who did the step at its end.

        :return: ``{"moves", "median_seconds", "p90_seconds", "p95_seconds", "bins": [{"from", "to", "count"}] (of the
            time to the next step, the last bin open, its ``to`` false), "ways": [{"path", "count", "share",
            "median_seconds" (false where it still runs)}] (the three most frequent through here; share of the cases
            that come here), "cases", "people": [{"name" (false: not told), "count"}] (at most eight),
            "people_total"}``; all empty where no chosen case comes
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed, relations = definition._parsed(filters), definition._relations()
        where, narrowed = _at(relations.names, parsed, activity, next_activity)
        rows = definition._answer(
            questions_cases.ways(
                relations, narrowed, definition._finished(), const.PLACE_WAYS
            ),
            relations,
        )
        cases = int(rows[0][4]) if rows else 0
        return {
            **definition._place_times(parsed, relations, where),
            "ways": [
                {
                    "path": relations.names.ways(path),
                    "count": count,
                    "share": count / cases,
                    "median_seconds": _rounded(median),
                }
                for path, count, median, *_rest in rows
            ],
            "cases": cases,
            **definition._place_people(parsed, relations, where, bool(next_activity)),
        }

    def _place_times(self, filters, relations, where):
        [[moves, low, high, percentiles]] = self._answer(
            ask.spread(relations, filters, where), relations
        )
        lower, median, upper, p90, p95 = percentiles or [0.0] * 5
        edges = throughput.edges(moves, low or 0.0, high or 0.0, lower, upper)
        counts = (
            dict(self._answer(ask.bins(relations, filters, where, edges), relations))
            if edges
            else {}
        )
        return {
            "moves": moves,
            "median_seconds": _rounded(median),
            "p90_seconds": _rounded(p90),
            "p95_seconds": _rounded(p95),
            "bins": throughput.bins(edges, counts),
        }

    def _place_people(self, filters, relations, where, is_path):
        who = SQL("next_resource") if is_path else SQL("resource")
        query = ask.people(relations, filters, where, who, const.PLACE_PEOPLE)
        rows = self._answer(query, relations)
        return {
            "people": [
                {"name": name or False, "count": count} for name, count, _all in rows
            ],
            "people_total": rows[0][2] if rows else 0,
        }

    @takes(filters=MAYBE_OBJECT, limit=ANY)
    def segments(self, filters=None, limit=20):
        """What the cases can be parted by: attributes of their events, with their values.

        :param limit: values of each attribute at most
        :return: ``[{"name", "total" (different values), "values": [{"value" (text, or null: none), "cases"}]}]``,
            attributes by name, values most frequent first; as ``filters.attributes`` takes them
        :raises ValidationError: unknown filter key, bad value, bad limit
        """
        definition = self._one()
        parsed, limit = definition._parsed(filters), self._checked_limit(limit)
        relations = definition._relations()
        found = {}
        for name, value, cases, total in definition._answer(
            ask.segments(relations, parsed, limit), relations
        ):
            attribute = found.setdefault(
                name, {"name": name, "total": total, "values": []}
            )
            attribute["values"].append({"value": value, "cases": cases})
        return list(found.values())


def _at(names, filters, activity, next_activity):
    """:return: condition on steps that they are at a place, and the filters with the cases that come there"""
    # A name that no event carries is nowhere, just as one whose events are all hidden.
    where = SQL("activity = %s", names.id_of(activity) or 0)
    if not next_activity:
        return where, replace(filters, has=(*filters.has, activity))
    where = SQL("%s AND next_activity = %s", where, names.id_of(next_activity) or 0)
    pair = (activity, next_activity)
    return where, replace(filters, follows=(*filters.follows, pair))
