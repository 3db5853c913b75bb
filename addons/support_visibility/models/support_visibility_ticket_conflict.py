from odoo import api, fields, models

from .support_visibility_conflict import OPEN


class SupportVisibilityTicket(models.Model):
    """What was changed on both sides."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    conflict_ids = fields.One2many(
        "support_visibility.conflict",
        "ticket_id",
        "Changed on Both Sides",
        readonly=True,
    )
    conflict_count = fields.Integer(compute="_compute_conflicts")
    conflict_text = fields.Char(compute="_compute_conflicts")

    @api.depends("conflict_ids.state")
    def _compute_conflicts(self):
        waiting = (
            self.env["support_visibility.conflict"]
            .sudo()
            .search([("ticket_id", "in", self.ids), ("state", "=", OPEN)])
            .grouped("ticket_id")
        )
        for ticket in self:
            conflicts = waiting.get(ticket._origin.sudo(), ())
            ticket.conflict_count = len(conflicts)
            ticket.conflict_text = ", ".join(c.label for c in conflicts)

    def action_open_conflicts(self):
        """Open what was changed on both sides of this ticket, to choose."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_visibility.support_visibility_conflict_action"
        )
        return action | {"domain": [("ticket_id", "=", self.id)]}
