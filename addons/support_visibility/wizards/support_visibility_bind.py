from odoo import api, fields, models

from ..models.support_visibility_ticket_link import KINDS


class SupportVisibilityBind(models.TransientModel):
    """Link a ticket to another one, or to an issue of the engineers."""

    _name = "support_visibility.bind"
    _description = "Link a Ticket"

    ticket_ids = fields.Many2many(
        "support_visibility.ticket",
        string="Tickets",
        required=True,
        default=lambda self: self.env.context.get("active_ids", []),
    )
    what = fields.Selection(
        [("ticket", "Another ticket"), ("issue", "An engineering issue")],
        required=True,
        default="ticket",
    )
    other_id = fields.Many2one("support_visibility.ticket", "Ticket")
    kind = fields.Selection(KINDS[:3], "How", default="relates")
    link = fields.Char("Web Address", help="GitHub, GitLab, Jira or another tracker.")

    @api.onchange("what")
    def _onchange_what(self):
        self.link = self.other_id = False

    def action_bind(self):
        self.ensure_one()
        if self.what == "issue":
            self.ticket_ids.action_link_issue(self.link or "")
        else:
            self.ticket_ids.action_link(self.other_id.id, self.kind)
        return True
