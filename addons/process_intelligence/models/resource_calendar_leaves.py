from odoo import models


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "process_intelligence.calendar_part"]

    def _calendars_of_processes(self):
        """Holidays of everybody; those of one calendar; those of single people change no process."""
        holidays = self.filtered(lambda leave: not leave.resource_id)
        calendars = holidays.calendar_id
        if holidays.filtered(lambda leave: not leave.calendar_id):
            calendars |= self.env["process_intelligence.definition"].sudo()._calendars()
        return calendars
