from odoo import fields, models


class SupportVisibilityTrait(models.Model):
    """A value of a ticket that policies can ask for: a priority, a severity, a tier.

    Fixed rows: they let a policy name several values of one selection, with labels in the reader's language.
    """

    _name = "support_visibility.trait"
    _description = "Ticket Trait"
    _order = "kind, sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("priority", "Priority"), ("severity", "Severity"), ("tier", "Tier")],
        required=True,
        index=True,
    )
    code = fields.Char(required=True, help="The value of the ticket's field.")
    sequence = fields.Integer(default=10)

    _code_uniq = models.Constraint(
        "UNIQUE(kind, code)", "This value of the ticket is there already."
    )
