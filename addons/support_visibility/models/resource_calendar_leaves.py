from odoo import models


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "support_visibility.calendar_part"]

    def _sla_calendars(self):
        """A closing day of one calendar, or of all calendars of its company; a person's leave closes nothing."""
        closing = self.filtered(lambda leave: not leave.resource_id)
        everywhere = closing.filtered(lambda leave: not leave.calendar_id)
        calendars = closing.calendar_id
        if everywhere:
            calendars |= calendars.sudo().search(
                [("company_id", "in", everywhere.company_id.ids)]
            )
        return calendars
