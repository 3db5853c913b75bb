import logging
import time

import psycopg2

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html

from ..policies import governance
from .event_hub_job_run import DONE, FAILED, HELD, IDLE

_logger = logging.getLogger(__name__)

GOVERNED = """
    SELECT job.id, job.paused, cron.failure_count
      FROM event_hub_job job JOIN ir_cron cron ON cron.id = job.cron_id
     WHERE job.cron_id = %s
"""
SNAPSHOT = (
    ("cron_name", "name"),
    ("active", "on"),
    ("interval_number", "every"),
    ("interval_type", "unit"),
    ("priority", "priority"),
)


class IrCron(models.Model):
    """A governed Scheduled Action: its turns are counted, its pause holds, its changes are told."""

    _inherit = "ir.cron"

    # ----------------------------------------------------------------------- turns

    def _callback(self, cron_name, server_action_id):
        governed = self._governed()
        if not governed:
            return super()._callback(cron_name, server_action_id)
        job_id, paused, failures = governed
        if paused:
            return self._tell_turn(job_id, HELD)
        started = time.monotonic()
        try:
            result = super()._callback(cron_name, server_action_id)
        except Exception as error:
            took = time.monotonic() - started
            self._tell_turn(job_id, FAILED, seconds=took, problem=error)
            raise
        items = self._items_of_turn()
        took = time.monotonic() - started
        self._tell_turn(job_id, DONE if items else IDLE, items, took, failures=failures)
        return result

    def _governed(self):
        """:return: ``(job id, paused, failures in a row)``, None if nobody answers for it"""
        rows = self.env.execute_query(SQL(GOVERNED, self.id))
        return rows[0] if rows else None

    def _items_of_turn(self):
        """:return: how many records the turn said it dealt with"""
        progress_id = self.env.context.get("ir_cron_progress_id")
        progress = self.env["ir.cron.progress"].sudo().browse(progress_id or ())
        return progress.done

    def _tell_turn(
        self, job_id, outcome, items=0, seconds=0.0, problem=None, failures=0
    ):
        """Note a turn in a transaction of its own. That this is not possible is no failure of the turn."""
        job = self.env["event_hub.job"].sudo().browse(job_id)
        words = f"{type(problem).__name__}: {problem}"[:2000] if problem else None
        try:
            job.run_ids._tell(job_id, outcome, items, seconds, words)
            if problem:
                job._tell_failure(type(problem).__name__)
            elif failures:
                job._tell_recovery()
            self._commit_progress()
        except psycopg2.Error as error:
            self.env.cr.rollback()
            _logger.warning(
                "A turn of Scheduled Action %s was not noted: %s", self.id, error
            )
        return True

    def method_direct_trigger(self):
        jobs = self.env["event_hub.job"].sudo().search([("cron_id", "in", self.ids)])
        held = jobs.filtered("paused")
        if held:
            raise UserError(
                self.env._(
                    "%(name)s is paused by %(user)s: %(reason)s. Resume it first: Operations > Automation > Scheduled"
                    " Actions.",
                    name=held[0].name,
                    user=held[0].paused_by_id.name or "?",
                    reason=held[0].paused_reason or "?",
                )
            )
        return super().method_direct_trigger()

    # --------------------------------------------------------------------- changes

    def write(self, vals):
        jobs = self.env["event_hub.job"].sudo().search([("cron_id", "in", self.ids)])
        if not jobs:
            return super().write(vals)
        before = {job: job.cron_id._governed_snapshot() for job in jobs}
        if vals.get("active"):
            jobs.filtered(lambda job: not job.is_on)._check_no_gap()
        result = super().write(vals)
        for job, old in before.items():
            found = governance.changes(old, job.cron_id._governed_snapshot())
            if found:
                job.message_post(body=plaintext2html(governance.diff_text(found)))
        return result

    def _how_often(self):
        """:return: such as *Every day* or *Every 5 minutes*"""
        number, unit = self.interval_number, self.interval_type
        if number == 1:
            return {
                "minutes": self.env._("Every minute"),
                "hours": self.env._("Every hour"),
                "days": self.env._("Every day"),
                "weeks": self.env._("Every week"),
                "months": self.env._("Every month"),
            }.get(unit, "")
        return {
            "minutes": self.env._("Every %(number)s minutes", number=number),
            "hours": self.env._("Every %(number)s hours", number=number),
            "days": self.env._("Every %(number)s days", number=number),
            "weeks": self.env._("Every %(number)s weeks", number=number),
            "months": self.env._("Every %(number)s months", number=number),
        }.get(unit, "")

    def _governed_snapshot(self):
        """:return: ``{name: value}``: what decides when it runs, as whom, and what it does"""
        values = {label: self[name] for name, label in SNAPSHOT}
        return {**values, "runs as": self.user_id.login, "does": self.code or ""}
