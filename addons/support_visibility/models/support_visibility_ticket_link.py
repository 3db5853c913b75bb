from odoo import fields, models

KINDS = [
    ("relates", "Relates to"),
    ("duplicates", "Is a Duplicate of"),
    ("follows", "Follows"),
    ("split_from", "Was Split from"),
]


class SupportVisibilityTicketLink(models.Model):
    """Two tickets that have to do with each other. Made and taken off by methods of the ticket."""

    _name = "support_visibility.ticket_link"
    _description = "Ticket Link"
    _inherit = ["event_hub.guarded"]
    _order = "id desc"

    ticket_id = fields.Many2one(
        "support_visibility.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(KINDS, required=True, readonly=True, default="relates")
    other_id = fields.Many2one(
        "support_visibility.ticket",
        "Ticket There",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    other_state = fields.Selection(related="other_id.state", string="State There")
    other_user_id = fields.Many2one(related="other_id.user_id", string="Agent There")

    _once_uniq = models.Constraint(
        "UNIQUE(ticket_id, other_id, kind)", "These tickets are linked already."
    )
    _not_itself = models.Constraint(
        "CHECK(ticket_id != other_id)", "A ticket cannot be linked to itself."
    )
