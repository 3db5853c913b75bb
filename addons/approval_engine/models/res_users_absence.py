from odoo import api, fields, models

from ..const import SEATS_CRON
from ..policies import absence

AWAY = frozenset({"out_of_office_from", "out_of_office_to"})


class ResUsers(models.Model):
    """Who is away: as people say in their preferences, and what other apps know."""

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users.filtered("out_of_office_from")._approval_absence_changed()
        return users

    def write(self, vals):
        result = super().write(vals)
        if AWAY.intersection(vals):
            self._approval_absence_changed()
        return result

    def _approval_absence_changed(self):
        self._approval_wake(user.out_of_office_from for user in self.sudo())

    @api.model
    def _approval_wake(self, starts):
        """Look at what waits for who is away: now, and when each absence begins.

        :param starts: naive UTC, or False
        """
        waker = self.env["event_hub.waker"]
        waker._wake(SEATS_CRON)
        now = fields.Datetime.now()
        for start in set(starts):
            if start and start > now:
                waker._wake_at(SEATS_CRON, start)

    def _approval_periods(self):
        """When these users are away, as far as this database knows. Extended where an app knows more.

        :return: {user: [(from, to)]}, naive UTC; ``to`` None: until further notice
        """
        return {
            user: [(user.out_of_office_from, user.out_of_office_to or None)]
            for user in self.sudo()
            if user.out_of_office_from
        }

    @api.model
    def _approval_maybe_away(self):
        """:return: all who may be away now, in sudo. Extended together with ``_approval_periods``."""
        now = fields.Datetime.now()
        return self.sudo().search(
            [
                ("out_of_office_from", "<=", now),
                "|",
                ("out_of_office_to", "=", False),
                ("out_of_office_to", ">", now),
            ]
        )

    def _approval_away(self):
        """:return: {user: until when, None: nobody knows} of those who are away now"""
        now = fields.Datetime.now()
        found = {
            user: absence.until(periods, now)
            for user, periods in self._approval_periods().items()
        }
        return {
            user.with_env(self.env): back
            for user, back in found.items()
            if back is not False
        }

    @api.model
    def _approval_all_away(self):
        return self.browse(
            user.id for user in self._approval_maybe_away()._approval_away()
        )
