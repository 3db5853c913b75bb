from odoo import fields, models


class SupportVisibilityRelease(models.Model):
    """A version that reached customers, as the release system told it."""

    _name = "support_visibility.release"
    _description = "Release"
    _inherit = ["event_hub.guarded"]
    _order = "published_at desc, id desc"

    name = fields.Char("Version", required=True, readonly=True)
    published_at = fields.Datetime(required=True, readonly=True, index=True)
    components = fields.Char(readonly=True)
    url = fields.Char("Link", readonly=True)
    source_id = fields.Many2one("event_hub.source", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )

    _once_uniq = models.Constraint(
        "UNIQUE(company_id, name, published_at)", "This release is known."
    )
