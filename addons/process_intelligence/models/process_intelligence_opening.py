from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.event_hub.fields import LooseMany2one

from ..policies.openings import Opening, added_up

AHEAD = timedelta(
    days=400
)  # beyond the last event, so that new ones need no new hours for a year
BEHIND = timedelta(days=35)


class ProcessIntelligenceOpening(models.Model):
    """When a working calendar is open, with the seconds that were open before. Derived from the calendar.

    The business time between two moments is the difference of two readings, each one look into an index.
    """

    _name = "process_intelligence.opening"
    _description = "Opening of a Calendar"
    _log_access = False
    _rec_name = "starts"

    calendar_id = LooseMany2one("resource.calendar", required=True, readonly=True)
    starts = fields.Datetime(required=True, readonly=True)
    ends = fields.Datetime(required=True, readonly=True)
    before = fields.Float("Open Seconds Before", required=True, readonly=True)

    _time_idx = models.Index("(calendar_id, starts) INCLUDE (ends, before)")

    @api.model
    def _cover(self, calendar, first, last):
        """Have the openings of ``calendar`` from before ``first`` to after ``last`` (naive UTC), as it is now.

        :return: whether they differ from those that were there, within what these covered
        """
        known = self._known(calendar)
        begin, end = first - BEHIND, last + AHEAD
        if known:
            begin = min(begin, known[0].starts)
            end = max(end, known[-1].ends)
        fresh = added_up(self._intervals(calendar, begin, end))
        if fresh == known:
            return False
        self._replace(calendar, fresh)
        return bool(known) and not _agree(known, fresh)

    def _known(self, calendar):
        self.env.cr.execute(
            SQL(
                "SELECT starts, ends, before FROM process_intelligence_opening WHERE calendar_id = %s ORDER BY starts",
                calendar.id,
            )
        )
        return [Opening(*row) for row in self.env.cr.fetchall()]

    def _intervals(self, calendar, begin, end):
        """:return: ``(start, end)`` in naive UTC, in order"""
        found = calendar._work_intervals_batch(
            pytz.utc.localize(begin), pytz.utc.localize(end)
        )[False]
        return [(_naive(start), _naive(stop)) for start, stop, _meta in found]

    def _replace(self, calendar, openings):
        cr = self.env.cr
        cr.execute(
            SQL(
                "DELETE FROM process_intelligence_opening WHERE calendar_id = %s",
                calendar.id,
            )
        )
        cr.execute_values(
            "INSERT INTO process_intelligence_opening (calendar_id, starts, ends, before) VALUES %s",
            [(calendar.id, *opening) for opening in openings],
        )


def _naive(moment):
    return moment.astimezone(pytz.utc).replace(tzinfo=None)


def _agree(known, fresh):
    """Whether it is open as it was, from the first to the last moment that was known before."""
    begin, end = known[0].starts, known[-1].ends
    clipped = [
        (max(opening.starts, begin), min(opening.ends, end))
        for opening in fresh
        if opening.starts < end and opening.ends > begin
    ]
    return clipped == [(opening.starts, opening.ends) for opening in known]
