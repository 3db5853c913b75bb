# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from odoo import models
from odoo.exceptions import AccessError, UserError

from ..policies.cloudevents import BadEnvelope, BadJson


class EventHubMessage(models.Model):
    """From a message that is stuck to the place where its cause is mended."""

    _inherit = "event_hub.message"

    def action_open_type(self):
        """:return: action that opens the event type that sets this message aside; a new one is filled in from it

        :raise UserError: if no type does
        """
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._("Only an Event Hub administrator can define event types.")
            )
        self.check_access("read")
        types = self.env["event_hub.event_type"]
        heard = self._data_heard()
        known = types.with_context(active_test=False).search(
            [("code", "in", list(heard))]
        )
        action = {
            "type": "ir.actions.act_window",
            "res_model": "event_hub.event_type",
            "views": [(False, "form")],
        }
        missing = [code for code in heard if code not in known.mapped("code")]
        if missing:
            return {
                **action,
                "name": self.env._("New Event Type"),
                "context": self._defaults_of_type(missing[0], heard[missing[0]]),
            }
        if not known:
            raise UserError(
                self.env._("Nothing in this message names an event type any more.")
            )
        return {**action, "res_id": known[:1].id}

    def _data_heard(self):
        """:return: ``{event type: data}`` of the events in this message, the first of each type"""
        alone = self.sudo().with_prefetch()
        try:
            items = self.env["event_hub.processor"]._items(alone)
        except (BadJson, BadEnvelope):  # its mapping has changed, or it was purged
            return {}
        heard = {}
        for item in items:
            if item.event:
                heard.setdefault(item.event.type, item.event.data)
        return heard

    def _defaults_of_type(self, code, data):
        words = code.replace(".", " ").replace("_", " ").strip()
        return {
            "default_code": code,
            "default_name": words[:1].upper() + words[1:],
            "default_activity": words[:1].upper() + words[1:],
            "default_sample": data or False,
            "default_system_of_record": self.source_id.name,
        }
