from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_datetime

from odoo.addons.base.models.res_partner import _tz_get

from ..policies.quiet.hours import (
    daily,
    is_endless,
    loud_at,
    next_quiet,
    outside,
)
from ..tools.clock import utcnow

HOURS, OUTSIDE = "hours", "outside"
DAYS = [f"quiet_day_{number}" for number in range(7)]  # 0 = Monday
SOON = timedelta(days=6)  # until then the name of a weekday is enough


class SupportVisibilityTeamQuiet(models.Model):
    """When what a team's tickets have to say can wait."""

    _inherit = "support_visibility.team"  # pylint: disable=consider-merging-classes-inherited

    quiet_mode = fields.Selection(
        [(HOURS, "At These Hours"), (OUTSIDE, "Outside Working Hours")],
        "Quiet",
        help="What escalation chains have to say about the team's tickets waits until the quiet time is over, and "
        "comes as one message. A ticket of severity 1 does not wait. What people set for themselves (Configuration, "
        "Agents) wins. Empty: never quiet.",
    )
    quiet_from = fields.Float(default=20.0)
    quiet_until = fields.Float(
        default=8.0,
        help="Earlier than the beginning: of the next day. 24:00 is midnight.",
    )
    quiet_tz = fields.Selection(
        _tz_get,
        "Quiet Time Zone",
        help="Empty: the zone of the working hours of the team, else of the company.",
    )
    quiet_day_0 = fields.Boolean("Monday", default=True)
    quiet_day_1 = fields.Boolean("Tuesday", default=True)
    quiet_day_2 = fields.Boolean("Wednesday", default=True)
    quiet_day_3 = fields.Boolean("Thursday", default=True)
    quiet_day_4 = fields.Boolean("Friday", default=True)
    quiet_day_5 = fields.Boolean("Saturday", default=True)
    quiet_day_6 = fields.Boolean("Sunday", default=True)
    quiet_text = fields.Char("Quiet Hours", compute="_compute_quiet_text")

    _quiet_of_a_day = models.Constraint(
        "CHECK(quiet_from >= 0 AND quiet_from < 24 AND quiet_until >= 0 AND quiet_until <= 24)",
        "Quiet hours of a team are times of the day: from 0:00 to 23:59, until 24:00 at the latest.",
    )

    @api.depends(
        "quiet_mode", "quiet_from", "quiet_until", "quiet_tz", "calendar_id", *DAYS
    )
    def _compute_quiet_text(self):
        now = utcnow()
        rules = self._quiet_rules()
        for team in self:
            key = team._origin.id or team.id
            team.quiet_text = (
                self._quiet_words(rules[key], now)
                if key in rules
                else self.env._("never quiet")
            )

    @api.constrains("quiet_mode", "quiet_from", "quiet_until", "calendar_id", *DAYS)
    def _check_quiet(self):
        for team in self:
            problem = team._quiet_problem()
            if problem:
                raise ValidationError(
                    self.env._("%(team)s: %(problem)s", team=team.name, problem=problem)
                )

    def _quiet_problem(self):
        """:return: what is wrong with the quiet hours, and the way out; "" for nothing"""
        if self.quiet_mode == OUTSIDE and not self.calendar_id:
            return self.env._(
                "to be quiet outside working hours the team needs some. Choose Working Hours, or set Quiet to At These "
                "Hours."
            )
        if self.quiet_mode != HOURS:
            return ""
        if self.quiet_from == self.quiet_until or not any(self[day] for day in DAYS):
            return self.env._(
                "these quiet hours never come. Choose two different times (0:00 to 24:00 is the whole day) and a "
                "weekday, or empty Quiet."
            )
        if is_endless(self._quiet_rule(), utcnow()):
            return self.env._(
                "these quiet hours never end. Leave out a weekday, or choose a shorter time."
            )
        return ""

    def _quiet_rules(self):
        """:return: ``{team id: Quiet}`` of those that have quiet hours"""
        return {
            team._origin.id or team.id: team._quiet_rule()
            for team in self.sudo()
            if team.quiet_mode == HOURS or (team.quiet_mode and team.calendar_id)
        }

    def _quiet_rule(self):
        self.ensure_one()
        if self.quiet_mode == OUTSIDE:
            return outside(self.calendar_id._origin._sla_working_time())
        days = [number for number, day in enumerate(DAYS) if self[day]]
        return daily(self.quiet_from, self.quiet_until, self._quiet_zone(), days)

    def _quiet_zone(self):
        company = self.company_id or self.env.company
        return (
            self.quiet_tz
            or self.calendar_id.tz
            or company.resource_calendar_id.tz
            or "UTC"
        )

    @api.model
    def _quiet_words(self, rule, now):
        """:param now: naive UTC
        :return: such as "quiet until Tue 08:00", in the reader's zone
        """
        loud = loud_at(rule, now)
        if loud > now:
            return self.env._("quiet until %(when)s", when=self._quiet_time(loud, now))
        begin = next_quiet(rule, now)
        if not begin:
            return self.env._("never quiet")
        return self.env._(
            "not quiet now, next from %(when)s", when=self._quiet_time(begin, now)
        )

    @api.model
    def _quiet_time(self, moment, now):
        shown = "EEE HH:mm" if moment - now < SOON else "EEE d MMM HH:mm"
        tz = self.env.user.tz or "UTC"
        return format_datetime(self.env, moment, tz=tz, dt_format=shown)
