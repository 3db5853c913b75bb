from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.event_hub.fields import LooseMany2one

from ..policies.openings import added_up

# So far beyond what is asked that a calendar with long holidays is open on both sides of it.
MARGIN = timedelta(days=400)


class ProcessIntelligenceOpening(models.Model):
    """When a working calendar is open, with the seconds that were open before. Derived from the calendar.

    The business time between two moments is the difference of two readings, each one look into an index.
    """

    _name = "process_intelligence.opening"
    _inherit = ["event_hub.guarded"]
    _description = "Opening of a Calendar"
    _log_access = False
    _rec_name = "starts"

    calendar_id = LooseMany2one("resource.calendar", required=True, readonly=True)
    starts = fields.Datetime(required=True, readonly=True)
    ends = fields.Datetime(required=True, readonly=True)
    before = fields.Float("Open Seconds Before", required=True, readonly=True)

    _time_idx = models.UniqueIndex("(calendar_id, starts) INCLUDE (ends, before)")

    @api.model
    def _cover(self, calendar, first, last):
        """Have the openings of ``calendar`` from before ``first`` to after ``last`` (naive UTC).

        What was open before an opening may change by that; differences between two moments do not.

        :return: whether they were not there yet
        """
        [[begin, end]] = self.env.execute_query(
            SQL(
                """
                SELECT min(starts), max(ends) FROM process_intelligence_opening WHERE calendar_id = %s
                """,
                calendar.id,
            )
        )
        missing = not begin or begin > first or end < last
        if missing:
            begin, end = min(begin or first, first), max(end or last, last)
            found = self._intervals(calendar, begin - MARGIN, end + MARGIN)
            self._replace(calendar, added_up(found))
        return missing

    @api.model
    def _forget(self, calendars):
        """Have the openings of ``calendars`` read anew, and with them the processes that count by them."""
        if not calendars:
            return
        self.env.cr.execute(
            SQL(
                "DELETE FROM process_intelligence_opening WHERE calendar_id = ANY(%s)",
                calendars.ids,
            )
        )
        definitions = self.env["process_intelligence.definition"].sudo()
        definitions.with_context(active_test=False).search(
            [("calendar_id", "in", calendars.ids)]
        )._mark_stale()

    def _intervals(self, calendar, begin, end):
        """:return: ``(start, end)`` in naive UTC, in order"""
        # Whoever asks first does so for everybody: his own rights must not leave a holiday out.
        found = calendar.sudo()._work_intervals_batch(
            pytz.utc.localize(begin),
            pytz.utc.localize(end),
            domain=_holidays(calendar.sudo()),
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
            # Where somebody else did the same meanwhile, this has the request tried again, not fail.
            "INSERT INTO process_intelligence_opening (calendar_id, starts, ends, before) VALUES %s"
            " ON CONFLICT DO NOTHING",
            [(calendar.id, *opening) for opening in openings],
        )


def _holidays(calendar):
    """Domain of the days off that close a calendar; one of a company knows no holidays of others."""
    domain = Domain("time_type", "=", "leave")
    if calendar.company_id:
        domain &= Domain("company_id", "in", [calendar.company_id.id, False])
    return list(domain)


def _naive(moment):
    return moment.astimezone(pytz.utc).replace(tzinfo=None)
