from odoo import models

from odoo.addons.event_hub.policies.arguments import ANY, MAYBE_OBJECT
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..tools import questions_replay as ask
from .process_intelligence_asking import _iso


class ProcessIntelligenceAskingReplay(models.AbstractModel):
    """How cases moved, moment by moment."""

    _name = "process_intelligence.asking_replay"
    _inherit = ["process_intelligence.asking"]
    _description = "Replay of a Process"

    @takes(filters=MAYBE_OBJECT, limit=ANY)
    def replay(self, filters=None, limit=const.REPLAY_CASES):
        """The moments of the steps of some cases, to be shown one after the other.

        Of more cases than ``limit`` (at most 500) every so many-th is taken, in the order of their first steps. Of a
        case the first 200 steps are told.

        :return: ``{"cases" (told), "total", "cut" (cases with further steps), "first" (moment, ISO 8601, or false),
            "seconds" (from the first step told to the last), "names": [activity], "tracks": [[[index in names,
            seconds since first], …]]}``, a track for each case, its steps in order
        :raises ValidationError: unknown filter key, bad value, bad limit
        """
        definition = self._one()
        parsed = definition._parsed(filters)
        limit = min(definition._checked_limit(limit), const.REPLAY_CASES)
        relations = definition._relations()
        rows = definition._answer(
            ask.tracks(relations, parsed, limit, const.REPLAY_STEPS), relations
        )
        if not rows:
            return {
                **{"cases": 0, "total": 0, "cut": 0, "first": False, "seconds": 0},
                **{"names": [], "tracks": []},
            }
        first = min(times[0] for _total, _length, _ids, times, _key in rows)
        used = sorted(
            {id_ for _total, _length, ids, _times, _key in rows for id_ in ids}
        )
        place = {id_: index for index, id_ in enumerate(used)}
        tracks = [
            [
                [place[id_], (at - first).total_seconds()]
                for id_, at in zip(ids, times, strict=True)
            ]
            for _total, _length, ids, times, _key in rows
        ]
        return {
            "cases": len(rows),
            "total": rows[0][0],
            "cut": sum(length > len(ids) for _total, length, ids, _times, _key in rows),
            "first": _iso(first),
            "seconds": max(track[-1][1] for track in tracks),
            "names": [relations.names.of(id_) for id_ in used],
            "tracks": tracks,
        }
