from dataclasses import dataclass
from datetime import datetime, timezone

from odoo import api, models
from odoo.tools import SQL

from ..const import CRON_PROCESS, DEGRADED_AFTER_SECONDS


@dataclass(frozen=True)
class Queue:
    """Rows that wait. ``due`` is the column that says since when we should have acted, if it is on us."""

    model: str
    states: tuple[str, ...]
    age: str
    due: str | None = None


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
        due = SQL("min(%s)", SQL.identifier(queue.due)) if queue.due else SQL("NULL")
        self.env.cr.execute(
            SQL(
                "SELECT count(*), min(%s), %s FROM %s WHERE state IN %s",
                SQL.identifier(queue.age),
                due,
                SQL.identifier(model._table),
                queue.states,
            )
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
        checks = {"worker": self._check_job(CRON_PROCESS)}
        for queue, (_depth, _age, lateness) in self._measure().items():
            late = lateness > DEGRADED_AFTER_SECONDS
            checks[queue] = (
                not late,
                f"The oldest is due for more than {DEGRADED_AFTER_SECONDS} s."
                if late
                else "",
            )
        return checks

    @api.model
    def _check_job(self, xmlid):
        cron = self.env.ref(xmlid, raise_if_not_found=False)
        if not cron or not cron.sudo().active:
            return (
                False,
                "The Scheduled Action that understands messages is switched off.",
            )
        return True, ""
