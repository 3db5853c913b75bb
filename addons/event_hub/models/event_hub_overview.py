from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..policies import delivery as delivery_policy
from ..policies import event_run, lanes, overview, states
from ..tools.short_cache import ShortCache
from .event_hub_monitor_metrics import TAKEN
from .event_hub_tally import ACCEPTED, COUNTED, DOOR

COUNT_TO = 10_000  # beyond, a number is told as "more than"
LISTED = 10  # rows of a table; the rest is behind its link
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
        return [("company_id", "in", [*self.env.companies.ids, False])]

    def _since(self, now, period):
        return fields.Datetime.to_string(now - PERIODS[period])

    # ----------------------------------------------------------------------- rates

    def _rates(self, now):
        """:return: rows of ``{"label", "kind", "hour": number, "day": number}``"""
        accepted, processed = self.env._("Accepted"), self.env._("Processed")
        return [
            self._message_row(now, accepted, "good", "received_at"),
            self._message_row(now, processed, "good", "processed_at"),
            *self._door_rows(now),
        ]

    def _message_row(self, now, label, kind, moment):
        return {
            "label": label,
            "kind": kind,
            **{
                period: self._number(
                    "event_hub.message",
                    [(moment, ">=", self._since(now, period))],
                    label,
                )
                for period in PERIODS
            },
        }

    def _door_rows(self, now):
        """Duplicates, and what the door refused, by reason; counted per minute as nothing of it is stored."""
        counts = {}
        for period in PERIODS:
            domain = self._door_domain(now, period)
            for answer, count in self.env["event_hub.tally"]._read_group(
                domain, ["outcome"], ["count:sum"]
            ):
                if answer not in (ACCEPTED, COUNTED):
                    counts.setdefault(answer, {})[period] = count
        labels = self._answer_labels()
        rows = []
        for answer, by_period in sorted(counts.items()):
            label = labels.get(answer, answer)
            kind = "neutral" if answer in TAKEN else "bad"
            row = {"label": label, "kind": kind}
            for period in PERIODS:
                domain = [
                    *self._door_domain(now, period),
                    ("outcome", "=", answer),
                ]
                row[period] = {
                    **self._told(0, "event_hub.tally", domain, label),
                    "value": by_period.get(period, 0),
                }
            rows.append(row)
        return rows

    def _door_domain(self, now, period):
        return [("metric", "=", DOOR), ("minute", ">=", self._since(now, period))]

    def _answer_labels(self):
        return {
            "duplicate": self.env._("Known already"),
            "bad_envelope": self.env._("Refused: no valid event"),
            "bad_json": self.env._("Refused: no valid JSON"),
            "bad_signature": self.env._("Refused: wrong signature"),
            "conflict": self.env._("Refused: other content under a known id"),
            "forbidden_address": self.env._("Refused: address not allowed"),
            "method_not_allowed": self.env._("Refused: not a POST"),
            "rate_limited": self.env._("Refused: too many at once"),
            "stale": self.env._("Refused: too old or ahead of time"),
            "too_large": self.env._("Refused: too large"),
            "unknown_source": self.env._("Refused: no such source"),
            "unsupported_type": self.env._("Refused: not JSON"),
        }

    # ---------------------------------------------------------------------- queues

    def _queue_label(self, queue):
        return {
            "messages": self.env._("Messages to understand"),
            "messages_parked": self.env._("Messages that wait for a person"),
            "clashes": self.env._("Ids used again for other content"),
            "runs": self.env._("Automations to run"),
            "runs_dead": self.env._("Automations given up"),
            "deliveries": self.env._("Deliveries to send"),
            "deliveries_dead": self.env._("Deliveries given up"),
        }.get(queue, queue)

    def _queues(self, measured):
        """:return: rows of ``{"label", "depth": number, "oldest", "late"}``"""
        rows = []
        for name, queue in self.env["event_hub.monitor"]._queues().items():
            label = self._queue_label(name)
            number = self._number(
                queue.model, [("state", "in", list(queue.states))], label
            )
            _depth, oldest, late = measured[name]
            rows.append(
                {
                    "label": label,
                    "depth": number,
                    "oldest": oldest if number["value"] else 0,
                    "late": late > overview.LATE_AFTER_SECONDS,
                    "lane": False,
                }
            )
            if name == "messages" and number["value"]:
                rows += self._lanes(queue)
        return rows

    def _lanes(self, queue):
        """:return: rows as of a queue, one per lane in which messages wait"""
        measured = self.env["event_hub.monitor"]._measure_lanes()
        rows = []
        for lane, (depth, oldest) in measured.items():
            label = (
                self.env._("about several lanes")
                if lane == lanes.SEVERAL
                else self.env._("lane %(lane)s", lane=lane + 1)
            )
            domain = [("state", "in", list(queue.states)), ("lane", "=", lane)]
            if depth:
                rows.append(
                    {
                        "label": label,
                        "depth": self._number(queue.model, domain, label),
                        "oldest": oldest,
                        "late": False,
                        "lane": True,
                    }
                )
        return rows

    # -------------------------------------------------------------------- failures

    def _failures(self, now):
        """What failed and still does, by where it came from and why; the most first."""
        rows = [
            *self._failing_messages(),
            *self._failing(
                "event_hub.run",
                [("state", "in", (event_run.FAILED, event_run.DEAD))],
                "automation_id",
                self.env._("Automation"),
            ),
            *self._failing(
                "event_hub.delivery",
                [
                    "|",
                    ("state", "=", delivery_policy.DEAD),
                    "&",
                    ("state", "=", delivery_policy.PENDING),
                    ("attempts", ">", 0),
                ],
                "endpoint_id",
                self.env._("Endpoint"),
            ),
        ]
        return sorted(rows, key=lambda row: -row["number"]["value"])[:LISTED]

    def _failing_messages(self):
        records = self.env["event_hub.message"]
        may_open = records.has_access("read")
        base = [("state", "in", (states.FAILED, states.PARKED, states.DEAD))]
        if not may_open:
            base += self._own_companies(records)
        reasons = dict(records._fields["error_code"]._description_selection(self.env))
        return [
            self._failure(
                source.sudo().name,
                reasons.get(code, code or ""),
                count,
                "event_hub.message" if may_open else False,
                [*base, ("source_id", "=", source.id), ("error_code", "=", code)],
            )
            for source, code, count in (
                records if may_open else records.sudo()
            )._read_group(base, ["source_id", "error_code"], ["__count"])
        ]

    def _failing(self, model, domain, field, kind):
        return [
            self._failure(
                record.exists().display_name or kind,
                kind,
                count,
                model,
                [*domain, (field, "=", record.id)],
            )
            for record, count in self.env[model]._read_group(
                domain, [field], ["__count"]
            )
        ]

    def _failure(self, of, reason, count, model, domain):
        name = f"{of}: {reason}"
        return {
            "of": of,
            "reason": reason,
            "number": self._told(count, model, domain, name),
        }

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
        """What waits for a person: all of it, and what the reader owns; ``oldest`` in seconds."""
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
        ]
        value = sum(part["value"] for part in parts)
        return {
            "all": self._told(value, False, [], self.env._("Waits for a person")),
            "parts": [part for part in parts if part["value"]],
        }

    # ----------------------------------------------------------------- automations

    def _automations(self, now):
        """:return: per rule that ran in the last day ``{"rule", "id", "done", "failed", "success", "overrides"}``"""
        since = self._since(now, DAY)
        base = [("planned_at", ">=", since)]
        counts = {}
        for rule, state, count in self.env["event_hub.run"]._read_group(
            base, ["automation_id", "state"], ["__count"]
        ):
            counts.setdefault(rule, {})[state] = count
        overrides = self._overrides(since)
        rows = [
            self._automation(rule, by_state, base, overrides.get(rule, 0), since)
            for rule, by_state in counts.items()
        ]
        return sorted(rows, key=lambda row: (-row["failed"]["value"], row["rule"]))

    def _automation(self, rule, by_state, base, overrides, since):
        name = rule.exists().sudo().name or self.env._("A deleted rule")
        own = [*base, ("automation_id", "=", rule.id)]

        def number(label, *chosen):
            domain = [*own, ("state", "in", chosen)]
            count = sum(by_state.get(state, 0) for state in chosen)
            return self._told(count, "event_hub.run", domain, f"{name}: {label}")

        done = number(self.env._("done"), event_run.DONE)
        failed = number(self.env._("failed"), event_run.FAILED, event_run.DEAD)
        return {
            "rule": name,
            "id": rule.id if rule.exists() else False,
            "done": done,
            "failed": failed,
            "skipped": number(self.env._("skipped"), event_run.SKIPPED),
            "success": overview.success(done["value"], failed["value"]),
            "overrides": self._told(
                overrides,
                "event_hub.run",
                [("automation_id", "=", rule.id), ("overridden_at", ">=", since)],
                f"{name}: {self.env._('overridden')}",
            ),
        }

    def _overrides(self, since):
        """:return: ``{rule: how often a person decided against what it did}``"""
        return dict(
            self.env["event_hub.run"]._read_group(
                [("overridden_at", ">=", since)], ["automation_id"], ["__count"]
            )
        )

    # ------------------------------------------------------------------- endpoints

    def _endpoints(self, now):
        """:return: per endpoint of the last day ``{"name", "id", "state", "delivered", "waiting", "dead", ...}``"""
        since = self._since(now, DAY)
        base = Domain("planned_at", ">=", since)
        counts, slowest = {}, {}
        for endpoint, state, count, took in self.env["event_hub.delivery"]._read_group(
            base, ["endpoint_id", "state"], ["__count", "duration_ms:max"]
        ):
            counts[endpoint.id, state] = count
            slowest[endpoint.id] = max(slowest.get(endpoint.id, 0), took or 0)
        return [
            self._endpoint(endpoint, counts, slowest.get(endpoint.id, 0), list(base))
            for endpoint in self.env["event_hub.endpoint"].search([], limit=LISTED)
        ]

    def _endpoint(self, endpoint, counts, slowest, base):
        def number(label, state):
            domain = [
                *base,
                ("endpoint_id", "=", endpoint.id),
                ("state", "=", state),
            ]
            count = counts.get((endpoint.id, state), 0)
            name = f"{endpoint.name}: {label}"
            return self._told(count, "event_hub.delivery", domain, name)

        return {
            "name": endpoint.name,
            "id": endpoint.id,
            "state": endpoint.state,
            "reason": endpoint.disabled_reason or "",
            "delivered": number(self.env._("delivered"), delivery_policy.DELIVERED),
            "waiting": number(self.env._("waiting"), delivery_policy.PENDING),
            "dead": number(self.env._("given up"), delivery_policy.DEAD),
            "slowest_ms": slowest,
        }
