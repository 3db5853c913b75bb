from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made._forget_openings()
        return made

    def write(self, vals):
        self._forget_openings()  # of the calendar that it leaves
        done = super().write(vals)
        self._forget_openings()
        return done

    @api.ondelete(at_uninstall=False)
    def _forget_openings_of_gone(self):
        self._forget_openings()

    def _forget_openings(self):
        """Holidays of everybody; those of one calendar; those of single people change no process."""
        holidays = self.filtered(lambda leave: not leave.resource_id)
        calendars = holidays.calendar_id
        if holidays.filtered(lambda leave: not leave.calendar_id):
            calendars |= self.env["process_intelligence.definition"].sudo()._calendars()
        self.env["process_intelligence.opening"]._forget(calendars)
