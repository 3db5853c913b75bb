from odoo import api, models


class SupportVisibilityTeam(models.Model):
    """Articles have pages of their own."""

    _inherit = "support_visibility.team"

    @api.model
    def _reserved_slugs(self):
        return {*super()._reserved_slugs(), "articles"}
