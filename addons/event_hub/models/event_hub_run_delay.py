# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from .event_hub_run import CRON

NEXT_TRY = 6  # place of ``next_try_at`` in a row of ``_plan``


class EventHubRun(models.Model):
    """Runs that are due later have a stored trigger, so that they are punctual without any polling."""

    _inherit = "event_hub.run"

    def _wake_for(self, rows):
        """Wake the worker: at once for what is due, by stored triggers for what is due later."""
        now = fields.Datetime.now()
        due = {row[NEXT_TRY] for row in rows if row[NEXT_TRY]}
        later = {moment for moment in due if moment > now}
        if due - later:
            self._wake()
        self._trigger_at(later)

    def _trigger_at(self, moments):
        """One trigger for each minute in which something falls due, however many events ask for it."""
        if not moments:
            return
        minutes = {
            (moment + timedelta(seconds=59)).replace(second=0) for moment in moments
        }
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ir_cron_trigger (cron_id, call_at)
                     SELECT %(cron)s, due.at FROM unnest(%(minutes)s::timestamp[]) due (at)
                      WHERE NOT EXISTS (SELECT FROM ir_cron_trigger old
                                         WHERE old.cron_id = %(cron)s AND old.call_at = due.at)
                """,
                cron=self.env.ref(CRON).id,
                minutes=sorted(minutes),
            )
        )
