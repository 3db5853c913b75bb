"""A mark ends at the one gate through which each state moves."""
# pylint: disable=consider-merging-classes-inherited

from odoo import models

from ..policies import delivery as delivery_policy
from ..policies import event_run, states


class EventHubMessage(models.Model):
    _inherit = "event_hub.message"

    def _set_state(self, target, **values):
        stuck = (
            self.filtered(lambda m: m.state in (states.PARKED, states.DEAD)).ids
            if target == states.RECEIVED
            else []
        )
        moved = super()._set_state(target, **values)
        self.env["event_hub.exception_mark"].sudo()._forget("message", stuck)
        return moved


class EventHubRun(models.Model):
    _inherit = "event_hub.run"

    def _set_state(self, state, **vals):
        dead = (
            self.filtered(lambda run: run.state == event_run.DEAD)
            if state == event_run.PENDING
            else self.browse()
        )
        moved = super()._set_state(state, **vals)
        self.env["event_hub.exception_mark"].sudo()._forget("run", dead.ids)
        self.env["event_hub.exception"]._close_questions(dead.automation_id)
        return moved


class EventHubDelivery(models.Model):
    _inherit = "event_hub.delivery"

    def _set_state(self, state, **vals):
        dead = (
            self.filtered(lambda delivery: delivery.state == delivery_policy.DEAD)
            if state == delivery_policy.PENDING
            else self.browse()
        )
        moved = super()._set_state(state, **vals)
        self.env["event_hub.exception_mark"].sudo()._forget("delivery", dead.ids)
        self.env["event_hub.exception"]._close_questions(dead.endpoint_id)
        return moved


class EventHubSource(models.Model):
    _inherit = "event_hub.source"

    def _compute_message_waiting_count(self):
        """What somebody has discarded waits for nobody."""
        result = super()._compute_message_waiting_count()
        counts = self.env["event_hub.exception"]._discarded_messages(self)
        for source in self:
            source.message_waiting_count -= counts.get(source.id, 0)
        return result
