from odoo import api, models


class SupportVisibilityCalendarPart(models.AbstractModel):
    """For what working hours are made of: any change has the clocks that count by them read anew."""

    _name = "support_visibility.calendar_part"
    _description = "Part of Working Hours"

    def _sla_calendars(self):
        """:return: the calendars whose hours these records are part of"""
        raise NotImplementedError()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._sla_calendars()._sla_changed()
        return records

    def write(self, vals):
        before = self._sla_calendars()
        result = super().write(vals)
        (before | self._sla_calendars())._sla_changed()
        return result

    def unlink(self):
        calendars = self._sla_calendars()
        result = super().unlink()
        calendars.exists()._sla_changed()
        return result
