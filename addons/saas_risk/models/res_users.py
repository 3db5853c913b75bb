from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _risk_fallback_owner(self):
        """:return: who gets to-dos of accounts without owner: the first active risk manager of the
        company, else the administrator"""
        managers = self.env.ref("saas_risk.group_risk_manager").sudo().all_user_ids
        able = managers.filtered(
            lambda u: u.active and not u.share and self.env.company in u.company_ids
        )
        return able.sorted("id")[:1] or self.env.ref("base.user_admin")
