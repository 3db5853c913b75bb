from odoo import api, models


class ApprovalEngineAuthority(models.Model):
    """The groups of the role matrix give authority, too."""

    _inherit = "approval_engine.authority"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _watched(self):
        lines = (
            self.env["approval_engine.matrix"]
            .sudo()
            .search([("group_id", "!=", False)])
        )
        return super()._watched() | lines.group_id
