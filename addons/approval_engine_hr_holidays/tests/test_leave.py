from datetime import timedelta

from odoo import Command, fields
from odoo.tests import freeze_time, tagged

from odoo.addons.approval_engine.tests.common import ApprovalCase

MONDAY = "2026-03-02 10:00:00"


@tagged("post_install", "-at_install")
class TestLeave(ApprovalCase):
    """Fred alone decides; lena is above him, and he is on leave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lena = cls._person("lena")
        cls.fred.approval_manager_id = cls.lena
        cls.employee = cls.env["hr.employee"].create(
            {"name": "Fred", "user_id": cls.fred.id, "tz": "UTC"}
        )
        cls.kinds = {
            what: cls.env["hr.leave.type"].create(
                {
                    "name": what,
                    "requires_allocation": False,
                    "leave_validation_type": "no_validation",
                    "time_type": what,
                }
            )
            for what in ("leave", "other")
        }
        cls.kind = cls.env["approval_engine.type"].create(
            {"code": "toy_leave", "name": "Toy Leave"}
        )
        cls._policy(
            cls.kind, [{"name": "Finance", "user_ids": [Command.set(cls.fred.ids)]}]
        )

    def _leave(self, what="leave", first="2026-03-02", last="2026-03-04"):
        leave = self.env["hr.leave"].create(
            {
                "employee_id": self.employee.id,
                "holiday_status_id": self.kinds[what].id,
                "request_date_from": first,
                "request_date_to": last,
            }
        )
        self.assertEqual(leave.state, "validate")
        return leave

    def _asked(self, request):
        with self.enter_registry_test_mode():
            self.env.ref("approval_engine.ir_cron_seats").method_direct_trigger()
        self.env.invalidate_all()
        return request.sudo().assignment_ids.user_id

    @freeze_time(MONDAY)
    def test_while_on_approved_leave_the_manager_is_asked_as_well(self):
        leave = self._leave()
        self.assertEqual(self.fred._approval_away(), {self.fred: leave.date_to})
        request = self._submitted(self.kind)
        self.assertEqual(self._asked(request), self.fred | self.lena)
        self.assertNotIn(leave.holiday_status_id.name, str(request.route_data))

    @freeze_time(MONDAY)
    def test_leave_that_is_not_approved_or_counts_as_work_is_none(self):
        self._leave("other")
        self.assertFalse(self.fred._approval_away())
        self._leave(first="2026-03-09", last="2026-03-10")
        self.assertFalse(self.fred._approval_away())
        request = self._submitted(self.kind)
        self.assertEqual(self._asked(request), self.fred)

    @freeze_time(MONDAY)
    def test_when_leave_begins_what_waits_is_looked_at(self):
        leave = self._leave(first="2026-03-09", last="2026-03-10")
        cron = self.env.ref("approval_engine.ir_cron_seats")
        calls = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(leave.date_from, calls.mapped("call_at"))

    @freeze_time(MONDAY)
    def test_leave_and_out_of_office_one_after_the_other_are_one_absence(self):
        leave = self._leave()
        back = leave.date_to + timedelta(days=5)
        self.fred.write(
            {"out_of_office_from": fields.Datetime.now(), "out_of_office_to": back}
        )
        self.assertEqual(self.fred._approval_away(), {self.fred: back})
