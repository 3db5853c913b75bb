from datetime import timedelta

from odoo import Command, fields
from odoo.tests import freeze_time, tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestAbsence(ApprovalCase):
    """Fred and fay are finance; lena is fred's manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lena = cls._person("lena")
        cls.fred.approval_manager_id = cls.lena
        cls.now = fields.Datetime.now()

    def _away(self, *users, start=-1, hours=48):
        for user in users:
            user.sudo().write(
                {
                    "out_of_office_from": self.now + timedelta(hours=start),
                    "out_of_office_to": self.now + timedelta(hours=hours)
                    if hours
                    else False,
                }
            )

    def _look(self):
        with self.enter_registry_test_mode():
            self.env.ref("approval_engine.ir_cron_seats").method_direct_trigger()
        self.env.invalidate_all()

    def _asked(self, request):
        pending = request.sudo().assignment_ids.filtered(lambda s: s.state == "pending")
        return set(pending.user_id)

    def test_while_one_of_them_is_there_nobody_else_is_asked(self):
        self._away(self.fred)
        request = self._submitted()
        self._look()
        self.assertEqual(self._asked(request), {self.fred, self.fay})

    def test_where_all_are_away_their_managers_are_asked_as_well(self):
        self._away(self.fred, self.fay)
        request = self._submitted()
        self._look()
        # fay has no manager, so the owner of the policy is asked in her place
        self.assertEqual(
            self._asked(request), {self.fred, self.fay, self.lena, self.max}
        )
        seat = request.sudo().assignment_ids.filtered(lambda s: s.user_id == self.lena)
        self.assertEqual(seat.why, "escalated")
        self.assertIn("as Fred is away until", seat.detail)
        self.assertIn("approval.escalated", self._events(request))
        self._look()
        self.assertEqual(self._events(request).count("approval.escalated"), 1)
        self._approve(request, self.lena)
        self.assertEqual(request.state, "executed")

    def test_who_is_away_may_still_decide(self):
        self._away(self.fred, self.fay)
        request = self._submitted()
        self._look()
        self._approve(request, self.fred)
        self.assertEqual(request.state, "executed")

    def test_an_absence_that_begins_later_is_noticed_then(self):
        request = self._submitted()
        self._away(self.fred, self.fay, start=5)
        self._look()
        self.assertEqual(self._asked(request), {self.fred, self.fay})
        cron = self.env.ref("approval_engine.ir_cron_seats")
        calls = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        start = self.now + timedelta(hours=5)
        self.assertIn(start.replace(microsecond=0), calls.mapped("call_at"))
        with freeze_time(start + timedelta(minutes=1)):
            self._look()
            self.assertIn(self.lena, self._asked(request))

    def test_a_stand_in_who_is_there_is_enough(self):
        self._away(self.fred, self.fay)
        self.env["approval_engine.delegation"].with_user(self.fred).create(
            {
                "user_id": self.fred.id,
                "delegate_id": self.olaf.id,
                "date_from": self.now - timedelta(hours=1),
                "date_to": self.now + timedelta(days=3),
                "reason": "Holiday",
            }
        )
        request = self._submitted()
        self._look()
        self.assertEqual(self._asked(request), {self.fred, self.fay})
        self._away(self.olaf)
        self._look()
        self.assertIn(self.lena, self._asked(request))

    def test_nobody_is_asked_about_their_own(self):
        self._away(self.fred, self.fay)
        request = self._submitted(user=self.lena)
        self._look()
        self.assertEqual(self._asked(request), {self.fred, self.fay, self.max})

    def test_without_anybody_else_the_request_waits_and_says_who_is_away(self):
        self._away(self.fred, self.fay, self.max, hours=None)
        self.fred.approval_manager_id = False
        request = self._submitted()
        self._look()
        self.assertEqual(self._asked(request), {self.fred, self.fay})
        people = request.route_data[0]["people"]
        self.assertEqual([person["away"] for person in people], ["away", "away"])

    def test_the_route_says_until_when_somebody_is_away(self):
        self._away(self.fred)
        request = self._submitted()
        shown = {p["name"]: p["away"] for p in request.route_data[0]["people"]}
        self.assertRegex(shown["Fred"], "away until")
        self.assertEqual(shown["Fay"], "")

    def test_of_those_asked_in_turn_one_who_is_there_comes_first(self):
        for pick in ("turn", "least"):
            kind = self.env["approval_engine.type"].create(
                {"code": f"toy_{pick}", "name": pick}
            )
            self._policy(
                kind,
                [
                    {
                        "name": "One",
                        "user_ids": [Command.set((self.fred | self.fay).ids)],
                        "pick": pick,
                        "pick_count": 1,
                    }
                ],
            )
            self._away(self.fred)
            self._away(self.fay, hours=-1, start=-2)
            for _request in range(2):
                self.assertEqual(self._asked(self._submitted(kind)), {self.fay})
