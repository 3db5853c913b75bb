from odoo import fields, models


class SupportVisibilityBreachReason(models.Model):
    """Why promises are broken, in words that can be counted."""

    _name = "support_visibility.breach_reason"
    _description = "Reason of a Broken Promise"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another reason of a broken promise has this code."
    )
