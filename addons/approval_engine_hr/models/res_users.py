from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _approval_manager(self):
        """The one set for approvals, else the nearest manager with a login in the chart of employees."""
        return super()._approval_manager() or self._employees_manager()

    def _employees_manager(self):
        """:return: the user, in sudo; of the employee in the company at work, may be empty"""
        user = self.sudo()
        employee = user.employee_id or user.employee_ids[:1]
        seen, manager = employee, employee.parent_id
        while manager and manager not in seen:
            if manager.user_id.active and manager.user_id != user:
                return manager.user_id
            seen, manager = seen | manager, manager.parent_id
        return user.browse()
