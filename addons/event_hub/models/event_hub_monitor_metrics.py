from datetime import datetime, timezone

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)

from odoo import api, models

from .. import const
from ..policies import delivery as delivery_policy
from ..policies import event_run, lanes, states
from ..tools import histogram
from ..tools.short_cache import ShortCache
from .event_hub_tally import DELIVERY, DOOR, LATENCY, MESSAGE, OVERRIDE, RUN
from .event_hub_tally_hooks import RETRIED

CACHE_SECONDS = 5  # scrape no more often than this
_cache = ShortCache(CACHE_SECONDS)

TAKEN = ("accepted", "duplicate")  # answers of the door that refuse nothing
# Series are there from the start: rate() does not see the step from nothing to one.
REASONS = (
    "bad_envelope",
    "bad_json",
    "bad_signature",
    "conflict",
    "forbidden_address",
    "method_not_allowed",
    "rate_limited",
    "stale",
    "too_large",
    "unsupported_type",
)
MESSAGE_OUTCOMES = (states.PROCESSED, states.FAILED, states.PARKED, states.DEAD)
RUN_OUTCOMES = (
    event_run.DONE,
    event_run.OBSERVED,
    event_run.SKIPPED,
    RETRIED,
    event_run.DEAD,
)
DELIVERY_OUTCOMES = (delivery_policy.DELIVERED, RETRIED, delivery_policy.DEAD)
OVERRIDES = ("message_replayed", "run_retried", "delivery_retried")
# queue: (metric of the tally, outcome of a failed try that is repeated)
QUEUES = {
    "messages": (MESSAGE, states.FAILED),
    "runs": (RUN, RETRIED),
    "deliveries": (DELIVERY, RETRIED),
}


class EventHubMonitor(models.AbstractModel):
    """The metrics page. Its counters come from the database, so any server process answers for all."""

    _inherit = "event_hub.monitor"

    @api.model
    def _metrics(self):
        """:return: bytes in Prometheus' text format, at most five seconds old"""
        return _cache.get(self.env.cr.dbname, self._write_metrics)

    def _write_metrics(self):
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Snapshot(self._families()))
        return generate_latest(registry)

    @api.model
    def _families(self):
        """:return: list of metric families; extend by super()"""
        self.env["event_hub.tally"]._flush_answers()
        totals = self.env["event_hub.tally"]._totals()
        return [
            self._info_family(),
            *self._queue_families(),
            *self._door_families(totals[DOOR]),
            *self._message_families(totals[MESSAGE], totals[LATENCY]),
            self._run_family(totals[RUN]),
            *self._endpoint_families(totals[DELIVERY]),
            *self._failure_families(totals),
            self._override_family(totals[OVERRIDE]),
            self._check_family(),
            self._alert_family(),
            *self._sla_families(),
        ]

    @api.model
    def _sla_families(self):
        """:return: list of metric families about promises at risk"""
        family = GaugeMetricFamily(
            "hub_sla_risk",
            "Promises that will be broken within the hour, or are",
            labels=["promise", "state"],
        )
        for promise, (at_risk, broken) in sorted(self._promises().items()):
            family.add_metric([promise, "at_risk"], at_risk)
            family.add_metric([promise, "broken"], broken)
        return [family]

    @api.model
    def _promises(self):
        """What was promised to people or systems; extend by super().

        :return: ``{promise: (how many will be broken within the hour, how many are)}``
        """
        late = [measured[2] for measured in self._measure().values()]
        return {
            # Each queue works off what is due at once; five minutes late is a promise broken.
            "hub_queues": (
                sum(0 < s <= const.DEGRADED_AFTER_SECONDS for s in late),
                sum(s > const.DEGRADED_AFTER_SECONDS for s in late),
            ),
        }

    # -------------------------------------------------------------------- families

    @staticmethod
    def _info_family():
        info = GaugeMetricFamily("hub_info", "Always 1", labels=["version"])
        info.add_metric([const.VERSION], 1)
        return info

    def _queue_families(self):
        depth = GaugeMetricFamily("hub_queue_depth", "Rows that wait", labels=["queue"])
        age = GaugeMetricFamily(
            "hub_queue_oldest_age_seconds",
            "Age of the oldest row that waits",
            labels=["queue"],
        )
        late = GaugeMetricFamily(
            "hub_queue_lateness_seconds",
            "For how long the first row that waits is due",
            labels=["queue"],
        )
        for queue, (count, seconds, lateness) in self._measure().items():
            depth.add_metric([queue], count)
            age.add_metric([queue], seconds)
            late.add_metric([queue], lateness)
        return [depth, age, late, *self._lane_families()]

    def _lane_families(self):
        depth = GaugeMetricFamily(
            "hub_lane_depth", "Messages that wait, by lane", labels=["lane"]
        )
        age = GaugeMetricFamily(
            "hub_lane_oldest_age_seconds",
            "Age of the oldest message that waits, by lane",
            labels=["lane"],
        )
        for lane, (count, seconds) in self._measure_lanes().items():
            name = "several" if lane == lanes.SEVERAL else str(lane)
            depth.add_metric([name], count)
            age.add_metric([name], seconds)
        return [depth, age]

    @api.model
    def _measure_lanes(self):
        """:return: ``{lane: (depth, age of the oldest in seconds)}``, also of lanes where nothing waits"""
        messages = self.env["event_hub.message"].sudo()
        measured = dict.fromkeys([*range(lanes.LANES), lanes.SEVERAL], (0, 0.0))
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        for lane, count, oldest in messages._read_group(
            [("state", "in", (states.RECEIVED, states.FAILED))],
            ["lane"],
            ["__count", "received_at:min"],
        ):
            age = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
            measured[lane] = count, age
        return measured

    def _door_families(self, totals):
        received = CounterMetricFamily(
            "hub_received", "Messages durably stored", labels=["source"]
        )
        again = CounterMetricFamily(
            "hub_duplicates", "Messages that were known already", labels=["source"]
        )
        refused = CounterMetricFamily(
            "hub_refused", "Requests the door refused", labels=["source", "reason"]
        )
        codes = self._source_codes()
        known = [(code, answer) for code in codes for answer in (*TAKEN, *REASONS)]
        for (source, answer), count in _with_zeros(
            totals, [*known, ("", "unknown_source")]
        ):
            if answer in TAKEN:
                (received if answer == "accepted" else again).add_metric(
                    [source], count
                )
            else:
                refused.add_metric([source, answer], count)
        return [received, again, refused]

    def _message_families(self, totals, waits):
        codes = self._source_codes()
        outcomes = CounterMetricFamily(
            "hub_messages",
            "What became of messages, one per try",
            labels=["source", "outcome"],
        )
        known = [(code, outcome) for code in codes for outcome in MESSAGE_OUTCOMES]
        for place, count in _with_zeros(totals, known):
            outcomes.add_metric(list(place), count)
        seconds = HistogramMetricFamily(
            "hub_processing_seconds",
            "From received at the door to processed",
            labels=["source"],
        )
        for source in sorted({*codes, *(source for source, _le in waits)}):
            own = {le: n for (code, le), n in waits.items() if code == source}
            counts = {le: count for le, (count, _seconds) in own.items()}
            total = sum(seconds for _count, seconds in own.values())
            seconds.add_metric([source], histogram.cumulative(counts), total)
        return [outcomes, seconds]

    def _run_family(self, totals):
        family = CounterMetricFamily(
            "hub_runs",
            "What became of automation runs, one per try",
            labels=["rule_id", "rule", "outcome"],
        )
        rules = self.env["base.automation"].sudo().with_context(active_test=False)
        counted = [
            "|",
            ("trigger", "=", "on_business_event"),
            ("governed", "=", True),
        ]
        names = _names(rules.search(counted))
        known = [(id_, outcome) for id_ in names for outcome in RUN_OUTCOMES]
        for (id_, outcome), count in _with_zeros(totals, known):
            family.add_metric([id_, names.get(id_, ""), outcome], count)
        return family

    def _endpoint_families(self, totals):
        family = CounterMetricFamily(
            "hub_deliveries",
            "What became of deliveries, one per try",
            labels=["endpoint_id", "endpoint", "outcome"],
        )
        live = GaugeMetricFamily(
            "hub_endpoint_live",
            "1 if the endpoint is sent to",
            labels=["endpoint_id", "endpoint"],
        )
        endpoints = self.env["event_hub.endpoint"].sudo()
        every = endpoints.search([("active", "in", (True, False))])
        names = _names(every)
        known = [(id_, outcome) for id_ in names for outcome in DELIVERY_OUTCOMES]
        for (id_, outcome), count in _with_zeros(totals, known):
            family.add_metric([id_, names.get(id_, ""), outcome], count)
        for endpoint in every.filtered("active"):
            live.add_metric(
                [str(endpoint.id), endpoint.name], int(endpoint.state == "live")
            )
        return [family, live]

    @staticmethod
    def _failure_families(totals):
        retries = CounterMetricFamily(
            "hub_retries", "Failed tries that are repeated", labels=["queue"]
        )
        dead = CounterMetricFamily(
            "hub_dead", "Given up after the last try", labels=["queue"]
        )
        for queue, (metric, retried) in QUEUES.items():
            by_outcome = {retried: 0, "dead": 0}
            for (_key, outcome), (count, _seconds) in totals[metric].items():
                by_outcome[outcome] = by_outcome.get(outcome, 0) + count
            retries.add_metric([queue], by_outcome[retried])
            dead.add_metric([queue], by_outcome["dead"])
        return [retries, dead]

    def _override_family(self, totals):
        family = CounterMetricFamily(
            "hub_manual_overrides",
            "What people did by hand that automations do",
            labels=["kind"],
        )
        by_kind = dict.fromkeys(OVERRIDES, 0)
        for (_key, kind), (count, _seconds) in totals.items():
            by_kind[kind] = by_kind.get(kind, 0) + count
        by_kind["run_overridden"] = (
            self.env["event_hub.run"]
            .sudo()
            .search_count([("overridden_at", "!=", False)])
        )
        for kind, count in sorted(by_kind.items()):
            family.add_metric([kind], count)
        return family

    def _check_family(self):
        family = GaugeMetricFamily(
            "hub_check_ok", "1 if the health check holds", labels=["check"]
        )
        for name, check in self._health()["checks"].items():
            family.add_metric([name], int(check["ok"]))
        return family

    def _alert_family(self):
        family = GaugeMetricFamily(
            "hub_alert_firing",
            "1 while the alert of a queue fires inside Odoo",
            labels=["queue"],
        )
        for alert in (
            self.env["event_hub.alert"]
            .sudo()
            .search_fetch([("active", "=", True)], ["queue", "state"])
        ):
            family.add_metric([alert.queue], int(alert.state == "firing"))
        return family

    def _source_codes(self):
        sources = self.env["event_hub.source"].sudo()
        return sources.search_fetch([], ["code"]).mapped("code")


class _Snapshot:
    """What prometheus-client collects from: families that are there already."""

    def __init__(self, families):
        self.families = families

    def collect(self):
        return self.families


def _with_zeros(totals, known):
    """:return: sorted ``[((key, outcome), count)]``, also of ``known`` ones that never happened"""
    counts = dict.fromkeys(known, 0)
    counts.update({place: count for place, (count, _seconds) in totals.items()})
    return sorted(counts.items())


def _names(records):
    """:return: ``{id as text: name}``"""
    return {str(record.id): record.display_name for record in records}
