from odoo import api, models


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

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
        self.env["process_intelligence.opening"]._forget(self.calendar_id)
