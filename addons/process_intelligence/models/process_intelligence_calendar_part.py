from odoo import api, models


class ProcessIntelligenceCalendarPart(models.AbstractModel):
    """For what working hours are made of: any change has business time worked out anew."""

    _name = "process_intelligence.calendar_part"
    _description = "Part of Working Hours of Processes"

    def _calendars_of_processes(self):
        """:return: the calendars whose hours these records are part of"""
        return self.calendar_id

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
        self.env["process_intelligence.opening"]._forget(self._calendars_of_processes())
