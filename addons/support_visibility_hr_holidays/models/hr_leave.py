from odoo import api, models

from odoo.addons.support_visibility.const import ASSIGN_CRON

MATTERS = frozenset({"state", "date_from", "date_to", "employee_id"})


class HrLeave(models.Model):
    _inherit = "hr.leave"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        self.env["event_hub.waker"]._wake(ASSIGN_CRON)
        return leaves

    def write(self, vals):
        result = super().write(vals)
        if MATTERS.intersection(vals):  # somebody may be back earlier
            self.env["event_hub.waker"]._wake(ASSIGN_CRON)
        return result
