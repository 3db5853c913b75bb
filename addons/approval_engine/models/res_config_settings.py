from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """How long approvals are kept."""

    _inherit = "res.config.settings"

    approval_retention_years = fields.Integer(
        related="company_id.approval_retention_years", readonly=False
    )
