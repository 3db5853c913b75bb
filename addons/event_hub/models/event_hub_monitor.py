import os
from datetime import datetime, timezone

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from odoo import api, models
from odoo.tools import SQL

from ..const import CRON_PROCESS, DEGRADED_AFTER_SECONDS
from ..tools import counters

QUEUES = {
    # queue: (model, states that wait, column of its age)
    "messages": ("event_hub.message", ("received", "failed"), "received_at"),
    "messages_parked": ("event_hub.message", ("parked", "dead"), "received_at"),
}


class EventHubMonitor(models.AbstractModel):
    """Is work flowing? Depth and age of each queue, for the health and metrics pages."""

    _name = "event_hub.monitor"
    _description = "Watches the queues"

    # ------------------------------------------------------------------- queues

    @api.model
    def _queues(self):
        """:return: ``{queue: (model name, waiting states, age column)}``; extend by super()"""
        return dict(QUEUES)

    @api.model
    def _measure(self):
        """:return: ``{queue: (depth, age of the oldest in seconds)}``, one query per queue"""
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        measured = {}
        for queue, (model_name, states, age_column) in self._queues().items():
            self.env[model_name].flush_model()
            self.env.cr.execute(
                SQL(
                    "SELECT count(*), min(%s) FROM %s WHERE state IN %s",
                    SQL.identifier(age_column),
                    SQL.identifier(self.env[model_name]._table),
                    tuple(states),
                )
            )
            depth, oldest = self.env.cr.fetchone()
            measured[queue] = (
                depth,
                max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
            )
        return measured

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
        for queue, (_depth, age) in self._measure().items():
            if queue in QUEUES and queue != "messages":
                continue  # waits for a person, not for us
            late = age > DEGRADED_AFTER_SECONDS
            checks[queue] = (
                not late,
                f"The oldest waits longer than {DEGRADED_AFTER_SECONDS} s."
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

    # ------------------------------------------------------------------ metrics

    @api.model
    def _metrics(self):
        """:return: bytes in Prometheus' text format"""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Snapshot(self._families()))
        return generate_latest(registry)

    @api.model
    def _families(self):
        """:return: list of metric families; extend by super()"""
        depth = GaugeMetricFamily("hub_queue_depth", "Rows that wait", labels=["queue"])
        age = GaugeMetricFamily(
            "hub_queue_oldest_age_seconds",
            "Age of the oldest row that waits",
            labels=["queue"],
        )
        for queue, (count, seconds) in self._measure().items():
            depth.add_metric([queue], count)
            age.add_metric([queue], seconds)
        answers = CounterMetricFamily(
            "hub_door_answers",
            "Answers of the door by this server process",
            labels=["source", "answer", "process"],
        )
        for (source, answer), count in counters.answers(self.env.cr.dbname).items():
            answers.add_metric([source, answer, str(os.getpid())], count)
        health = GaugeMetricFamily(
            "hub_check_ok", "1 if the health check holds", labels=["check"]
        )
        for name, check in self._health()["checks"].items():
            health.add_metric([name], int(check["ok"]))
        return [depth, age, answers, health]


class _Snapshot:
    """What prometheus-client collects from: families that are there already."""

    def __init__(self, families):
        self.families = families

    def collect(self):
        return self.families
