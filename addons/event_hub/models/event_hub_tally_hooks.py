"""What is counted, at the one gate through which each state moves."""
# One file tells all that is counted, though messages are extended elsewhere too.
# pylint: disable=consider-merging-classes-inherited

from datetime import datetime, timezone

from odoo import models

from ..policies import delivery as delivery_policy
from ..policies import event_run, states
from ..tools import histogram
from .event_hub_tally import DELIVERY, LATENCY, MESSAGE, RUN

RETRIED = "retried"  # a try failed and another one is due


class EventHubMessage(models.Model):
    _inherit = "event_hub.message"

    _received_idx = models.Index("(received_at)")
    _processed_idx = models.Index("(processed_at) WHERE processed_at IS NOT NULL")

    def _set_state(self, target, **values):
        before = {message.id: message.state for message in self}
        waited = self._waited() if target == states.PROCESSED else []
        moved = super()._set_state(target, **values)
        tally = self.env["event_hub.tally"]
        for source, messages in self.grouped("source_id").items():
            if target == states.RECEIVED:
                by_hand = messages.filtered(lambda m: before[m.id] != states.RECEIVED)
                tally._override("message_replayed", source, len(by_hand))
                continue
            tally._add(MESSAGE, source.code, target, source.company_id, len(messages))
        for source, seconds in waited:
            bucket = histogram.bucket(seconds)
            tally._add(LATENCY, source.code, bucket, source.company_id, 1, seconds)
        return moved

    def _waited(self):
        """:return: ``(source, seconds since it came in)`` of each, those left out that a person replayed"""
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        return [
            (message.source_id, max(0.0, (now - message.received_at).total_seconds()))
            for message in self
            if message.received_at and not message._was_replayed()
        ]

    def _was_replayed(self):
        """A replay makes it due again without a try: later than it came in."""
        due = self.next_try_at
        return (
            self.state == states.RECEIVED
            and bool(due)
            and (due - self.received_at).total_seconds() > 1
        )


class EventHubRun(models.Model):
    _inherit = "event_hub.run"

    _planned_idx = models.Index("(planned_at)")
    _overridden_at_idx = models.Index("(overridden_at) WHERE overridden_at IS NOT NULL")

    def _set_state(self, state, **vals):
        moved = super()._set_state(state, **vals)
        tally = self.env["event_hub.tally"]
        for (rule, company), runs in _grouped(moved, "automation_id").items():
            if state == event_run.PENDING:
                tally._override("run_retried", rule, len(runs))
            else:
                outcome = RETRIED if state == event_run.FAILED else state
                tally._add(RUN, rule.id, outcome, company, len(runs))
        return moved


class EventHubDelivery(models.Model):
    _inherit = "event_hub.delivery"

    _planned_idx = models.Index("(planned_at)")

    def _set_state(self, state, **vals):
        dead = self.filtered(lambda delivery: delivery.state == delivery_policy.DEAD)
        moved = super()._set_state(state, **vals)
        tally = self.env["event_hub.tally"]
        for (endpoint, company), deliveries in _grouped(moved, "endpoint_id").items():
            by_hand = len(deliveries & dead) if state == delivery_policy.PENDING else 0
            if by_hand:
                tally._override("delivery_retried", endpoint, by_hand)
            if len(deliveries) > by_hand:
                outcome = RETRIED if state == delivery_policy.PENDING else state
                count = len(deliveries) - by_hand
                tally._add(DELIVERY, endpoint.id, outcome, company, count)
        return moved


def _grouped(records, field):
    """:return: ``{(related record, company): records}``"""
    return records.grouped(lambda record: (record[field], record.company_id))
