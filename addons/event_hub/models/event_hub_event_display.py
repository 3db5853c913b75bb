# One concern a file.
# pylint: disable=consider-merging-classes-inherited
import json

from odoo import fields, models
from odoo.exceptions import UserError


class EventHubEvent(models.Model):
    """How an event is shown, and where it leads."""

    _inherit = "event_hub.event"

    case_name = fields.Char("Case Record", compute="_compute_case_name")
    attributes_pretty = fields.Text(
        "Attributes (pretty)", compute="_compute_attributes_pretty"
    )
    chain_ids = fields.Many2many(
        "event_hub.event", string="Whole Story", compute="_compute_chain"
    )
    chain_count = fields.Integer("Events of the Story", compute="_compute_chain")

    _case_idx = models.Index("(case_model, case_id)")

    # ----------------------------------------------------------------- computes

    def _compute_attributes_pretty(self):
        for event in self:
            attributes = event.attributes
            event.attributes_pretty = (
                json.dumps(attributes, indent=2, ensure_ascii=False)
                if attributes
                else False
            )

    def _compute_case_name(self):
        """Name of each case that is still there and that the reader may see, one read per model."""
        self.case_name = False
        for model_name, events in self.grouped("case_model").items():
            if not model_name or model_name not in self.env:
                continue
            model = self.env[model_name]
            if model.has_access("read"):
                cases = (
                    model.browse(events.mapped("case_id"))
                    .exists()
                    ._filtered_access("read")
                )
                names = {case.id: case.display_name for case in cases}
                for event in events:
                    event.case_name = names.get(event.case_id, False)

    def _compute_chain(self):
        """Everything with the same correlation that the reader may see, in order."""
        story = self.search(
            [("correlation", "in", self.mapped("correlation"))], order="occurred_at, id"
        )
        by_correlation = story.grouped("correlation")
        for event in self:
            event.chain_ids = by_correlation.get(event.correlation, self.browse())
            event.chain_count = len(event.chain_ids)

    # ------------------------------------------------------------------- actions

    def action_open_case(self):
        """:return: action that opens the record this event is a step of"""
        self.ensure_one()
        if not self.case_model or self.case_model not in self.env:
            raise UserError(
                self.env._(
                    "The event %(event)s has no case that could be opened.",
                    event=self.activity,
                )
            )
        self.env[self.case_model].check_access(
            "read"
        )  # before it tells whether the record exists
        case = self.env[self.case_model].browse(self.case_id).exists()
        if not case:
            raise UserError(
                self.env._("The case of %(event)s was deleted.", event=self.activity)
            )
        case.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": case._name,
            "res_id": case.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_open_story(self):
        """:return: action that opens the ledger on everything of the same story"""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_event_action"
        )
        action["domain"] = [("correlation", "in", self.mapped("correlation"))]
        action["context"] = {}
        return action

    def action_open_message(self):
        """:return: action that opens the message this event came with"""
        self.ensure_one()
        message = self.message_id.exists()
        if not message:
            raise UserError(
                self.env._(
                    "The event %(event)s did not come in as a message.",
                    event=self.activity,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": message._name,
            "res_id": message.id,
            "views": [(False, "form")],
            "target": "current",
        }
