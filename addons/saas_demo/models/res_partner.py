from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _demo_plan_call(self):
        """What the demo company's own rule does: a call for whoever owns the account.

        :raises UserError: an account has no owner
        """
        for account in self.sudo():
            if not account.account_owner_id:
                raise UserError(
                    self.env._(
                        "%(account)s has no account owner who could call. Enter one on the account, then retry.",
                        account=account.name,
                    )
                )
            account.activity_schedule(
                "mail.mail_activity_data_call",
                fields.Date.today() + timedelta(days=1),
                summary=self.env._("Call: the account is critical"),
                user_id=account.account_owner_id.id,
            )
        return True
