"""What is told to OpenTelemetry and the log, at the one gate through which each state moves."""
# One file tells all that is told, though the models are extended elsewhere too.
# pylint: disable=consider-merging-classes-inherited

from datetime import datetime, timedelta, timezone

from odoo import api, models

from ..policies import delivery as delivery_policy
from ..policies import event_run, states
from ..tools import otel

BUFFER = "event_hub.telemetry"  # key in the cursor's precommit data: spans not yet told


class EventHubTelemetry(models.AbstractModel):
    _name = "event_hub.telemetry"
    _description = "Tells OpenTelemetry"

    @api.model
    def _tell(self, name, correlation, started, ended, error="", **attributes):
        """Tell of one step once this transaction is committed; nothing if OpenTelemetry is not set up."""
        if not otel.is_on():
            return False
        precommit = self.env.cr.precommit
        if BUFFER not in precommit.data:
            precommit.data[BUFFER] = []
            precommit.add(self._hand_over)
        facts = {f"hub.{key}": value for key, value in attributes.items() if value}
        facts["db.name"] = self.env.cr.dbname
        precommit.data[BUFFER].append(
            (name, correlation, {"started": started, "ended": ended}, facts, error)
        )
        return True

    def _hand_over(self):
        """A hook before the commit goes with its savepoint; one after it would not."""
        spans = self.env.cr.precommit.data.pop(BUFFER, [])

        def export():
            for name, correlation, times, facts, error in spans:
                otel.record(name, correlation, attributes=facts, error=error, **times)

        self.env.cr.postcommit.add(export)


class EventHubMessage(models.Model):
    _inherit = "event_hub.message"

    def _set_state(self, target, **values):
        moved = super()._set_state(target, **values)
        if target != states.RECEIVED and otel.is_on():
            now = _now()
            bad = "" if target == states.PROCESSED else target
            for message in self:
                self.env["event_hub.telemetry"]._tell(
                    "hub.process",
                    message.correlation,
                    message.received_at or now,
                    now,
                    error=bad and f"{bad} {message.error_code or ''}".strip(),
                    source=message.source_id.code,
                    message=message.id,
                    state=target,
                )
        return moved


class EventHubRun(models.Model):
    _inherit = "event_hub.run"

    def _set_state(self, state, **vals):
        moved = super()._set_state(state, **vals)
        if state not in (event_run.PENDING, event_run.SKIPPED) and otel.is_on():
            now = _now()
            for run in moved:
                self.env["event_hub.telemetry"]._tell(
                    "hub.react",
                    run.correlation,
                    run.planned_at or now,
                    now,
                    error="" if state == event_run.DONE else state,
                    rule=run.automation_id.id,
                    run=run.id,
                    state=state,
                )
        return moved


class EventHubDelivery(models.Model):
    _inherit = "event_hub.delivery"

    def _set_state(self, state, **vals):
        moved = super()._set_state(state, **vals)
        if "duration_ms" in vals and otel.is_on():
            now = _now()
            for delivery in moved:
                self.env["event_hub.telemetry"]._tell(
                    "hub.deliver",
                    delivery.correlation,
                    now - timedelta(milliseconds=delivery.duration_ms or 0),
                    now,
                    error="" if state == delivery_policy.DELIVERED else state,
                    endpoint=delivery.endpoint_id.id,
                    delivery=delivery.id,
                    webhook_id=delivery.webhook_id,
                    status=delivery.response_status,
                    attempt=delivery.attempts,
                )
        return moved


def _now():
    return datetime.now(timezone.utc).replace(tzinfo=None)
