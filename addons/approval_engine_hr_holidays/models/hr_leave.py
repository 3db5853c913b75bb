from odoo import api, models

MATTERS = frozenset({"state", "date_from", "date_to", "employee_id"})


class HrLeave(models.Model):
    _inherit = "hr.leave"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._approval_absence_changed()
        return leaves

    def write(self, vals):
        result = super().write(vals)
        if MATTERS.intersection(vals):
            self._approval_absence_changed()
        return result

    def _approval_absence_changed(self):
        """Look at what waits for those who are on leave, now and when their leave begins."""
        approved = self.sudo().filtered(lambda leave: leave.state == "validate")
        users = approved.employee_id.user_id
        if users:
            users._approval_wake(approved.mapped("date_from"))
