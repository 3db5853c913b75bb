from odoo import models

from ..policies.personas import BY_LOGIN, PERSONAS
from ..tools import gate


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client who can be played, where the demo is open and its user is one of them."""
        info = super().session_info()
        if gate.is_open() and self.env.user.login in BY_LOGIN:
            info["saas_demo"] = {
                "login": self.env.user.login,
                "personas": [
                    {"login": p.login, "name": p.name, "role": p.role} for p in PERSONAS
                ],
            }
        return info
