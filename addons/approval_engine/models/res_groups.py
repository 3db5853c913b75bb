from odoo import models

from ..const import SEATS_CRON

# who is in a group, and in those it implies
MEMBERS = frozenset({"user_ids", "implied_ids", "implied_by_ids"})


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        result = super().write(vals)
        if MEMBERS.intersection(vals):
            self.env["event_hub.waker"]._wake(SEATS_CRON)
            self.env["approval_engine.authority"]._follow()
        return result
