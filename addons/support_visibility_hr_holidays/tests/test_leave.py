from odoo.tests import freeze_time, tagged

from odoo.addons.support_visibility.tests.common import TicketCase

MONDAY = "2026-03-02 10:00:00"


@tagged("post_install", "-at_install")
class TestLeave(TicketCase):
    """The agent takes leave; the colleague is there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee_of_agent = cls.env["hr.employee"].create(
            {"name": "Agent", "user_id": cls.agent.id, "tz": "UTC"}
        )
        cls.kinds = {
            what: cls.env["hr.leave.type"].create(
                {
                    "name": f"sv {what}",
                    "requires_allocation": False,
                    "leave_validation_type": "no_validation",
                    "time_type": what,
                }
            )
            for what in ("leave", "other")
        }
        cls.team.member_ids = cls.agent + cls.colleague
        cls.team.assignment = "round_robin"

    def _leave(self, what="leave"):
        leave = self.env["hr.leave"].create(
            {
                "employee_id": self.employee_of_agent.id,
                "holiday_status_id": self.kinds[what].id,
                "request_date_from": "2026-03-02",
                "request_date_to": "2026-03-03",
            }
        )
        self.assertEqual(leave.state, "validate")
        return leave

    def _takers(self):
        return {self._ticket().user_id for _turn in range(2)}

    def test_who_is_on_approved_leave_gets_nothing_until_the_end(self):
        with freeze_time(MONDAY):
            self._leave()
            self.assertEqual(self._takers(), {self.colleague})
            row = self.env["support_visibility.agent"].create(
                {"user_id": self.agent.id}
            )
            self.assertFalse(row.is_here)
        with freeze_time("2026-03-04 10:00:00"):
            self.assertEqual(self._takers(), {self.agent, self.colleague})

    @freeze_time(MONDAY)
    def test_leave_that_counts_as_work_or_was_taken_back_is_none(self):
        work = self._leave("other")
        self.assertEqual(self._takers(), {self.agent, self.colleague})
        work.action_refuse()
        leave = self._leave()
        self.assertEqual(self._takers(), {self.colleague})
        leave.action_refuse()
        self.assertEqual(self._takers(), {self.agent, self.colleague})
