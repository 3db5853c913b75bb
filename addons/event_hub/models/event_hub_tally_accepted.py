# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from datetime import datetime, timedelta, timezone

from odoo import api, models
from odoo.tools import SQL

from .event_hub_tally import ACCEPTED, COUNTED, DOOR

SETTLED = timedelta(
    minutes=3
)  # from its receipt until a message's transaction has begun to write
OLDEST_WRITER = """
    SELECT min(xact_start) AT TIME ZONE 'UTC' FROM pg_stat_activity
     WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""
EVER = datetime(2000, 1, 1)
STORED = """
    SELECT source.code, source.company_id, {minute} AS minute, count(*)
      FROM event_hub_message message JOIN event_hub_source source ON source.id = message.source_id
     WHERE message.received_at >= %s AND message.received_at < %s
  GROUP BY 1, 2, 3
"""


class EventHubTally(models.Model):
    """What the door accepted is counted from what it stored: exact, whatever is killed.

    Up to a mark the count is in rows, one per minute and source; after it the messages are
    counted as they lie. The mark moves once a minute.
    """

    _inherit = "event_hub.tally"

    @api.model
    def _totals(self):
        totals = super()._totals()
        totals[DOOR].pop(("", COUNTED), None)
        until = _utc_now() + timedelta(days=1)
        for code, _company, _minute, count in self._stored(
            self._counted_until(), until, "NULL::timestamp"
        ):
            known, seconds = totals[DOOR].get((code, ACCEPTED), (0, 0.0))
            totals[DOOR][code, ACCEPTED] = known + count, seconds
        return totals

    @api.model
    def _count_accepted(self):
        """Move the mark: what was stored up to three minutes ago becomes rows, each message in one of them.

        It stays behind every transaction that still writes: what that stores is seen after its commit only.
        """
        until = (self._all_seen_until() - SETTLED).replace(second=0, microsecond=0)
        # What the look found committed has to be seen, so what is read now begins after it.
        with self.env.registry.cursor() as cr:
            return self.with_env(self.env(cr=cr))._move_mark(until)

    def _move_mark(self, until):
        """:param until: naive UTC; this transaction sees all that was stored before"""
        since = self._counted_until()
        if until <= since:
            return True
        rows = [
            (minute, DOOR, code, ACCEPTED, company, count, 0.0)
            for code, company, minute, count in self._stored(
                since, until, "date_trunc('minute', received_at)"
            )
        ]
        self.env.cr.execute(
            "DELETE FROM event_hub_tally WHERE metric = %s AND outcome = %s",
            [DOOR, COUNTED],
        )
        self._insert_rows([*rows, (until, DOOR, "", COUNTED, None, 0, 0.0)])
        return True

    def _all_seen_until(self):
        """:return: naive UTC: what was written in transactions that began before is committed, or undone

        Whoever begins to read after this sees it.
        """
        # PostgreSQL would tell what it told earlier in this transaction.
        self.env.cr.execute("SELECT pg_stat_clear_snapshot()")
        self.env.cr.execute(OLDEST_WRITER)
        (oldest,) = self.env.cr.fetchone()
        return min(_utc_now(), oldest or datetime.max)

    def _counted_until(self):
        """:return: the mark, naive UTC; long ago before there is one"""
        self.env.cr.execute(
            "SELECT max(minute) FROM event_hub_tally WHERE metric = %s AND outcome = %s",
            [DOOR, COUNTED],
        )
        (mark,) = self.env.cr.fetchone()
        return mark or EVER

    def _stored(self, since, until, minute):
        """:return: rows of ``(code of the source, company id, minute, count)``"""
        self.env["event_hub.message"].flush_model(["received_at"])
        return self.env.execute_query(
            SQL(STORED.format(minute=minute), since, until)  # pylint: disable=sql-injection
        )


def _utc_now():
    return datetime.now(timezone.utc).replace(tzinfo=None)
