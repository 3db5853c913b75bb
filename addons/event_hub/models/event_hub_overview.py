from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..policies import delivery as delivery_policy
from ..policies import event_run, overview, states
from ..tools.short_cache import ShortCache

COUNT_TO = 10_000  # beyond, a number is told as "more than"
_cache = ShortCache(3)  # seconds; every open screen asks each five

HOUR, DAY = "hour", "day"
PERIODS = {HOUR: timedelta(hours=1), DAY: timedelta(days=1)}


class EventHubOverview(models.AbstractModel):
    """The figures of Operations > Overview, each with the records that make it."""

    _name = "event_hub.overview"
    _description = "Operations Overview"

    @api.model
    def figures(self):
        """What the screen shows, at most three seconds old, within the reader's companies and rights.

        A number is ``{"value", "more", "model", "domain", "name"}``: ``model`` and ``domain`` open
        exactly its records; ``model`` is False where the reader may not open them, and ``more`` says
        that there are more than ``value``. Times are naive UTC, ages in seconds.

        :return: ``{"as_of", "state", "late", "exceptions", "rates", "queues", "failures", "automations",
            "endpoints", "alerts", "checks"}``
        :raise AccessError: to whom is no user of the event hub
        """
        if not self.env.user.has_group("event_hub.group_hub_user"):
            raise AccessError(
                self.env._("Only users of the Event Hub see how it does.")
            )
        key = (
            self.env.cr.dbname,
            self.env.uid,
            tuple(self.env.companies.ids),
            self.env.lang,
        )
        return _cache.get(key, self._figures)

    def _figures(self):
        now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
        measured = self.env["event_hub.monitor"].sudo()._measure()
        health = self.env["event_hub.monitor"].sudo()._health()["checks"]
        exceptions = self._exceptions(now)
        state = overview.judge(
            heard=bool(self.env["event_hub.message"].sudo().search([], limit=1)),
            lateness=[(name, late) for name, (_d, _a, late) in measured.items()],
            exceptions=exceptions["all"]["value"],
            failing_checks=sum(not check["ok"] for check in health.values()),
        )
        return {
            "as_of": fields.Datetime.to_string(now),
            "state": state.code,
            "late": [self._queue_label(queue) for queue in state.late],
            "exceptions": exceptions,
            "rates": self._rates(now),
            "queues": self._queues(measured),
            "failures": self._failures(now),
            "automations": self._automations(now),
            "endpoints": self._endpoints(now),
            "alerts": self._alerts(),
            "checks": [
                {"name": name, "reason": check["reason"]}
                for name, check in health.items()
                if not check["ok"]
            ],
        }

    # --------------------------------------------------------------------- numbers

    def _number(self, model, domain, name):
        """:return: how many records of ``model`` the reader's companies have, and how to open them"""
        records = self.env[model]
        may_open = records.has_access("read")
        if not may_open:
            records, domain = records.sudo(), domain + self._own_companies(records)
        count = records.search_count(domain, limit=COUNT_TO + 1)
        return self._told(count, model if may_open else False, domain, name)

    def _told(self, count, model, domain, name):
        return {
            "value": min(count, COUNT_TO),
            "more": count > COUNT_TO,
            "model": model,
            "domain": domain if model else [],
            "name": name,
        }

    def _own_companies(self, records):
        if "company_id" not in records._fields:  # one for all companies
            return []
        return [("company_id", "in", [*self.env.companies.ids, False])]

    def _since(self, now, period):
        return fields.Datetime.to_string(now - PERIODS[period])

    def _alerts(self):
        """:return: the alerts that fire ``[{"id", "name", "since", "owner"}]``"""
        return [
            {
                "id": alert.id,
                "name": alert.name,
                "since": fields.Datetime.to_string(alert.since),
                "owner": alert.owner_id.sudo().name or "",
            }
            for alert in self.env["event_hub.alert"].search([("state", "=", "firing")])
        ]

    # ------------------------------------------------------------------ exceptions

    def _exceptions(self, now):
        """What waits for a person: ``all`` of it, what of that is ``open`` to the reader, and its ``parts``."""
        parts = [
            self._number(
                "event_hub.message",
                [("state", "in", (states.PARKED, states.DEAD))],
                self.env._("Messages that wait for a person"),
            ),
            self._number(
                "event_hub.run",
                [("state", "=", event_run.DEAD)],
                self.env._("Automations given up"),
            ),
            self._number(
                "event_hub.delivery",
                [("state", "=", delivery_policy.DEAD)],
                self.env._("Deliveries given up"),
            ),
            self._number(
                "event_hub.conflict",
                [("state", "=", "open")],
                self.env._("Field conflicts"),
            ),
            self._number(
                "event_hub.clash",
                [("state", "=", "open")],
                self.env._("Ids used again for other content"),
            ),
        ]
        waits = self.env._("Waits for a person")
        value = sum(part["value"] for part in parts)
        readable = sum(part["value"] for part in parts if part["model"])
        return {
            "all": self._told(value, False, [], waits),
            "open": self._told(readable, False, [], waits),
            "parts": [part for part in parts if part["value"]],
        }
