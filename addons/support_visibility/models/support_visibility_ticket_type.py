from odoo import fields, models

from ..policies import priority as priorities


class SupportVisibilityTicketType(models.Model):
    """What kind of work a ticket is (a question, an incident, a change), and what follows from it."""

    _name = "support_visibility.ticket_type"
    _description = "Ticket Type"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="The word other systems use for it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    team_id = fields.Many2one(
        "support_visibility.team",
        "Handled by",
        index="btree_not_null",
        help="New tickets of this type go to this team, unless another is given. Empty: as their category says.",
    )
    category_id = fields.Many2one(
        "support_visibility.category",
        index="btree_not_null",
        help="Category of new tickets of this type, unless another is given.",
    )
    priority = fields.Selection(
        priorities.PRIORITIES,
        help="Priority of new tickets of this type, unless one is given. Empty: from impact and urgency.",
    )
    skill_ids = fields.Many2many(
        "support_visibility.skill",
        string="Needs",
        help="Where a team gives out tickets by skill: only people with all of these get one.",
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "Another type has this code.")
