from odoo import api, fields, models
from odoo.exceptions import UserError


class ApprovalEngineAuthorityAsk(models.TransientModel):
    """Asks whose manager or limit is to change."""

    _name = "approval_engine.authority_ask"
    _description = "Manager and Limit"

    user_id = fields.Many2one(
        "res.users", "Person", required=True, domain=[("share", "=", False)]
    )
    currency_id = fields.Many2one(related="user_id.company_id.currency_id")
    manager_id = fields.Many2one(
        "res.users",
        "Manager for Approvals",
        domain=[("share", "=", False)],
        help="Empty: stays as it is.",
    )
    limit_changes = fields.Boolean("Change the Limit")
    limit = fields.Monetary(help="Up to which amount they decide as a manager.")

    @api.onchange("user_id")
    def _onchange_user_id(self):
        self.manager_id = self.user_id.sudo().approval_manager_id
        self.limit = self.user_id.sudo().approval_limit

    def action_set(self):
        self.ensure_one()
        manager, limit = self.manager_id, self.limit if self.limit_changes else None
        if manager == self.user_id.sudo().approval_manager_id:
            manager = manager.browse()
        if not manager and limit is None:
            raise UserError(self.env._("Nothing is changed."))
        self.user_id.set_approval_authority(manager.id or None, limit)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
