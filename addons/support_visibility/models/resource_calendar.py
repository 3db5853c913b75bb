from odoo import models

from odoo.addons.event_hub.tools import caches

from ..policies.sla.hours import Line, working_time


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["resource.calendar", "support_visibility.calendar_part"]

    def _sla_calendars(self):
        return self

    def _sla_working_time(self):
        """:return: when this calendar is open, as its lines and its closing days say now"""
        self.ensure_one()
        return self._sla_working_time_of(self.id)

    @caches.remembered("calendar_id")
    def _sla_working_time_of(self, calendar_id):
        calendar = self.sudo().browse(calendar_id)
        lines = calendar.attendance_ids.filtered(
            lambda line: not line.display_type and line.day_period != "lunch"
        )
        two_weeks = calendar.two_weeks_calendar
        return working_time(
            calendar.tz,
            [
                Line(
                    int(line.dayofweek),
                    line.hour_from,
                    line.hour_to,
                    line.week_type or None if two_weeks else None,
                )
                for line in lines
            ],
            calendar._sla_leaves().mapped(
                lambda leave: (leave.date_from, leave.date_to)
            ),
        )

    def _sla_leaves(self):
        """:return: closing days of the calendar and those of its company, not the leaves of persons"""
        return (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "=", False),
                    ("time_type", "=", "leave"),
                    "|",
                    ("calendar_id", "=", self.id),
                    # a closing day without a calendar is one for all calendars of its company
                    "&",
                    ("calendar_id", "=", False),
                    ("company_id", "=", self.company_id.id or 0),
                ]
            )
        )

    def _sla_changed(self):
        """Forget the hours, and have open clocks that count by them read anew."""
        if not self:
            return
        caches.forget(self.env)
        for calendar in (
            self.sudo().env["support_visibility.sla_clock"]._calendars_in_use(self)
        ):
            self.env["support_visibility.sla_reread"]._ask(
                self.env._(
                    "Working hours %(calendar)s were changed", calendar=calendar.name
                ),
                calendar=calendar,
            )
