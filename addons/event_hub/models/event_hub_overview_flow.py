# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from odoo import models

from ..policies import lanes, overview
from .event_hub_monitor_metrics import TAKEN
from .event_hub_overview import PERIODS
from .event_hub_tally import ACCEPTED, COUNTED, DOOR


class EventHubOverview(models.AbstractModel):
    """What comes in, and what waits to be worked off."""

    _inherit = "event_hub.overview"

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
