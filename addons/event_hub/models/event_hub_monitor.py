from dataclasses import dataclass
from datetime import datetime, timezone

import psycopg2

from odoo import api, models, sql_db
from odoo.tools import SQL

from .. import const

JOBS = """
    SELECT cron.id, cron.cron_name, cron.active, cron.failure_count,
           EXTRACT(EPOCH FROM now() AT TIME ZONE 'UTC' - LEAST(cron.nextcall, (
               SELECT min(call_at) FROM ir_cron_trigger WHERE cron_id = cron.id)))
      FROM ir_cron cron
     WHERE cron.id = ANY(%s)
"""


@dataclass(frozen=True)
class Queue:
    """Rows that wait. ``due`` is the column that says since when we should have acted, if it is on us."""

    model: str
    states: tuple[str, ...]
    age: str
    due: str | None = None
    tells: bool = False  # those its rows are about are told one by one


QUEUES = {
    "messages": Queue(
        "event_hub.message", ("received", "failed"), "received_at", "next_try_at"
    ),
    "messages_parked": Queue("event_hub.message", ("parked", "dead"), "received_at"),
    "runs": Queue("event_hub.run", ("pending", "failed"), "planned_at", "next_try_at"),
    "runs_dead": Queue("event_hub.run", ("dead",), "planned_at"),
    "deliveries": Queue(
        "event_hub.delivery", ("pending",), "planned_at", "next_try_at"
    ),
    "deliveries_dead": Queue("event_hub.delivery", ("dead",), "planned_at"),
    "clashes": Queue("event_hub.clash", ("open",), "heard_at", tells=True),
}


class EventHubMonitor(models.AbstractModel):
    """Is work flowing? Depth and age of each queue, for the health and metrics pages."""

    _name = "event_hub.monitor"
    _description = "Watches the queues"

    # ------------------------------------------------------------------- queues

    @api.model
    def _queues(self):
        """:return: ``{queue: Queue}``; extend by super()"""
        return dict(QUEUES)

    @api.model
    def _measure(self):
        """:return: ``{queue: (depth, age, lateness)}`` of the oldest in seconds, one query per queue"""
        return {
            name: self._measure_queue(queue) for name, queue in self._queues().items()
        }

    def _measure_queue(self, queue):
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        model = self.env[queue.model]
        model.flush_model()
        due = SQL.identifier(queue.due) if queue.due else SQL("NULL::timestamp")
        # One part a state: an index of some states serves each, but not a list of them.
        rows = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS age, %s AS due FROM %s WHERE state = %s",
                SQL.identifier(queue.age),
                due,
                SQL.identifier(model._table),
                state,
            )
            for state in queue.states
        )
        self.env.cr.execute(
            SQL("SELECT count(*), min(age), min(due) FROM (%s) waiting", rows)
        )
        depth, oldest, first_due = self.env.cr.fetchone()
        return depth, *(
            max(0.0, (now - moment).total_seconds()) if moment else 0.0
            for moment in (oldest, first_due)
        )

    # ------------------------------------------------------------------- health

    @api.model
    def _health(self):
        """:return: ``{"status", "checks": {name: {"ok", "reason"}}}``, without business figures"""
        checks = {"database": (True, ""), **self._health_checks()}
        ok = all(good for good, _reason in checks.values())
        return {
            "status": "ok" if ok else "degraded",
            "checks": {
                name: {"ok": good, "reason": reason}
                for name, (good, reason) in checks.items()
            },
        }

    @api.model
    def _health_checks(self):
        """:return: ``{name: (ok, reason)}``; extend by super()"""
        checks = {"wake_ups": self._check_wake_ups(), **self._check_jobs()}
        for queue, (_depth, _age, lateness) in self._measure().items():
            late = lateness > const.DEGRADED_AFTER_SECONDS
            checks[queue] = (
                not late,
                f"The oldest is due for more than {const.DEGRADED_AFTER_SECONDS} s."
                if late
                else "",
            )
        return checks

    # --------------------------------------------------------------- background jobs

    @api.model
    def _jobs(self):
        """:return: ``{check: external ids of its Scheduled Actions}``; extend by super()"""
        return {
            "worker": const.CRONS_PROCESS,
            "reactions": ("event_hub.ir_cron_react",),
            "sender": ("event_hub.ir_cron_deliver",),
            "alerts": ("event_hub.ir_cron_check_alerts",),
            "retention": ("event_hub.ir_cron_purge",),
            "replays": ("event_hub.ir_cron_replay",),
        }

    @api.model
    def _check_jobs(self):
        """Are the Scheduled Actions on, well, and run when they should? One query for all of them."""
        jobs = self._jobs()
        crons = {
            xmlid: self.env.ref(xmlid, raise_if_not_found=False)
            for xmlids in jobs.values()
            for xmlid in xmlids
        }
        found = {cron.id for cron in crons.values() if cron}
        self.env["ir.cron"].flush_model()
        self.env.cr.execute(JOBS, [list(found)])
        problems = {
            row[0]: self._job_problem(*row[1:]) for row in self.env.cr.fetchall()
        }
        gone = "A Scheduled Action was deleted: update the addon."
        checks = {}
        for check, xmlids in jobs.items():
            of_check = [problems.get(crons[x].id) if crons[x] else gone for x in xmlids]
            reason = next(filter(None, of_check), "")
            checks[check] = (not reason, reason)
        return checks

    @staticmethod
    def _job_problem(name, active, failures, overdue):
        """:param overdue: seconds since it should have run"""
        if not active:
            return f"The Scheduled Action “{name}” is switched off."
        if failures:
            return f"The Scheduled Action “{name}” failed in its last run; the server's log tells why."
        if overdue > const.DEGRADED_AFTER_SECONDS:
            return (
                f"The Scheduled Action “{name}” is due for more than {const.DEGRADED_AFTER_SECONDS} s: "
                "no worker runs it (max_cron_threads)."
            )
        return None

    @api.model
    def _check_wake_ups(self):
        try:
            with sql_db.db_connect("postgres").cursor() as cr:
                cr.execute("SELECT 1")
        except psycopg2.Error:
            return (
                False,
                "The database role may not connect to the database postgres, so jobs start up to 60 s late. "
                "Grant it CONNECT.",
            )
        return True, ""
