from odoo import fields, models


class SupportVisibilityEntitlementLevel(models.Model):
    """How good the support is that a customer bought. Promises can depend on it."""

    _name = "support_visibility.entitlement_level"
    _description = "Support Level"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The best comes first.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
