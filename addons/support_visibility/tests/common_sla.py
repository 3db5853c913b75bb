from datetime import datetime, timedelta

from odoo.tests import freeze_time

from .common import TicketCase

MONDAY = datetime(2026, 3, 2)


def at(hours):
    return MONDAY + timedelta(hours=hours)


class SlaCase(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policies = cls.env["support_visibility.sla_policy"]
        cls.policies.search([]).active = False
        cls.clocks = cls.env["support_visibility.sla_clock"]
        cls.office = cls.env["resource.calendar"].create(
            {
                "name": "SV Office",
                "tz": "UTC",
                "attendance_ids": [(5,)]
                + [
                    (0, 0, cls._line(day, *hours))
                    for day in range(5)
                    for hours in ((9, 12), (13, 17))
                ],
            }
        )
        cls.response = cls._policy("first_response", 60)
        cls.resolution = cls._policy("resolution", 480)

    @classmethod
    def _line(cls, day, begin, end):
        return {
            "name": f"{day} {begin}",
            "dayofweek": str(day),
            "hour_from": begin,
            "hour_to": end,
            "day_period": "morning" if begin < 12 else "afternoon",
        }

    @classmethod
    def _policy(cls, kind, minutes, **vals):
        return cls.policies.create(
            {
                "name": f"SV {kind}",
                "kind": kind,
                "target_minutes": minutes,
                "calendar_id": cls.office.id,
                **vals,
            }
        )

    def _opened(self, hours=9, **vals):
        with freeze_time(at(hours)):
            return self._ticket(**vals)

    def _clock(self, ticket, kind="resolution"):
        self.env.flush_all()
        return self.clocks.search(
            [("ticket_id", "=", ticket.id), ("kind", "=", kind)],
            order="id desc",
            limit=1,
        )

    def _answer(self, ticket, hours, user=None, **vals):
        with freeze_time(at(hours)):
            ticket.with_user(user or self.agent).message_post(
                body="We look into it",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                **vals,
            )

    def _look(self, hours):
        with freeze_time(at(hours)), self.enter_registry_test_mode():
            self.env.flush_all()
            self.env.ref("support_visibility.ir_cron_sla_sweep").method_direct_trigger()

    def _read_again(self, hours):
        with freeze_time(at(hours)), self.enter_registry_test_mode():
            self.env.flush_all()
            self.env.ref(
                "support_visibility.ir_cron_sla_reread"
            ).method_direct_trigger()
