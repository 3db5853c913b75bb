from odoo import api, fields, models

from ..policies.incidents.life import SEVERITIES


class SupportVisibilityIncidentSay(models.TransientModel):
    """Words about an incident: to customers, for the timeline, or why its severity changes."""

    _name = "support_visibility.incident_say"
    _description = "Say Something About an Incident"

    incident_id = fields.Many2one(
        "support_visibility.incident",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    what = fields.Selection(
        [("update", "Tell Customers"), ("note", "Note"), ("severity", "Severity")],
        required=True,
        default="note",
    )
    severity = fields.Selection(SEVERITIES)
    text = fields.Text("Words", required=True)
    reach = fields.Char(compute="_compute_reach")

    @api.depends("incident_id")
    def _compute_reach(self):
        for wizard in self:
            tickets = wizard.incident_id._tickets_to_answer()
            wizard.reach = self.env._(
                "Goes as an answer to %(tickets)s open tickets of %(accounts)s accounts.",
                tickets=len(tickets),
                accounts=len(tickets.account_id),
            )

    def action_say(self):
        self.ensure_one()
        if self.what == "update":
            self.incident_id.action_update(self.text)
        elif self.what == "severity":
            self.incident_id.action_change_severity(self.severity or "", self.text)
        else:
            self.incident_id.action_note(self.text)
        return True
