from odoo import models


class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "support_visibility.calendar_part"]

    def _sla_calendars(self):
        return self.calendar_id
