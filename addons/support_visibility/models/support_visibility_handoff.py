from odoo import fields, models

from odoo.addons.event_hub.fields import LooseMany2one


class SupportVisibilityHandoff(models.Model):
    """A ticket passed from one hand to another: the raw material for finding waits."""

    _name = "support_visibility.handoff"
    _description = "Ticket Handoff"
    _inherit = ["event_hub.append_only"]
    _order = "at desc, id desc"
    _log_access = False

    ticket_id = LooseMany2one(
        "support_visibility.ticket", required=True, index=True, readonly=True
    )
    company_id = LooseMany2one("res.company", required=True, readonly=True, index=True)
    at = fields.Datetime("When", required=True, readonly=True)
    from_user_id = LooseMany2one(
        "res.users", "From", readonly=True, help="Empty: nobody had it."
    )
    to_user_id = LooseMany2one(
        "res.users", "To", readonly=True, help="Empty: back to the queue."
    )
    from_team_id = LooseMany2one("support_visibility.team", "From Team", readonly=True)
    to_team_id = LooseMany2one("support_visibility.team", "To Team", readonly=True)
    by_user_id = LooseMany2one("res.users", "By", readonly=True)
    reason = fields.Char("Why", readonly=True)
    waiting_seconds = fields.Integer(
        "Seconds Before",
        readonly=True,
        aggregator="avg",
        help="How long the ticket had been where it came from, with a person or in a queue.",
    )
    waiting_hours = fields.Float("Hours Before", compute="_compute_waiting_hours")

    _at_idx = models.Index("(at)")

    def _compute_waiting_hours(self):
        for handoff in self:
            handoff.waiting_hours = handoff.waiting_seconds / 3600
