from odoo import models

from ..policies.personas import BY_LOGIN


class ResUsers(models.Model):
    _inherit = "res.users"

    def _notify_security_setting_update(
        self, subject, content, mail_values=None, **kwargs
    ):
        """The personas' addresses are invented: a new password of theirs is news for nobody."""
        others = self.filtered(lambda user: user.login not in BY_LOGIN)
        return super(ResUsers, others)._notify_security_setting_update(
            subject, content, mail_values=mail_values, **kwargs
        )
