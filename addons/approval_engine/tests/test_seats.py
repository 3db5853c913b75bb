from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestSeats(ApprovalCase):
    """Who may no longer decide loses the seat; somebody else is asked, and it is said why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance = cls.env["res.groups"].create({"name": "Toy Finance"})
        (cls.fred | cls.fay).write({"group_ids": [Command.link(cls.finance.id)]})
        cls.group_type = cls.env["approval_engine.type"].create(
            {"code": "toy_group", "name": "Toy Group"}
        )
        cls._policy(cls.group_type, [{"name": "Finance", "group_id": cls.finance.id}])

    def _sweep(self):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref("approval_engine.ir_cron_seats").method_direct_trigger()
        self.env.invalidate_all()

    def _asked_now(self, request):
        return request.assignment_ids.filtered(lambda a: a.state == "pending").user_id

    def _last_line(self, request):
        return str(request.message_ids.sorted("id")[-1:].body)

    def test_every_way_of_losing_the_right_closes_the_seat(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        losses = {
            "archived": lambda user: user.action_archive(),
            "no access to Approvals any more": lambda user: user.write(
                {"group_ids": [Command.set(self.env.ref("base.group_user").ids)]}
            ),
            "not in .* any more": lambda user: user.write(
                {"company_ids": [Command.set(other.ids)], "company_id": other.id}
            ),
        }
        for number, (why, lose) in enumerate(losses.items()):
            with self.subTest(why=why):
                user = self._person(f"leaver{number}")
                kind = self.env["approval_engine.type"].create(
                    {"code": f"toy_{number}", "name": f"Toy {number}"}
                )
                people = [Command.set((user | self.fay).ids)]
                self._policy(kind, [{"name": "Finance", "user_ids": people}])
                request = self._submitted(kind)
                lose(user)
                self._sweep()
                self.assertEqual(self._asked_now(request), self.fay)
                self.assertRegex(
                    self._last_line(request),
                    f"Finance: {user.name} can no longer decide .{why}",
                )
                self.assertIn("approval.reseated", self._events(request))

    def test_leaving_the_group_of_the_step_is_enough(self):
        request = self._submitted(self.group_type)
        self.finance.user_ids -= self.fred
        with self.assertRaisesRegex(AccessError, "no longer decide"):
            self._approve(request, self.fred)
        self._sweep()
        self.assertEqual(self._asked_now(request), self.fay)
        with self.assertRaises(AccessError):
            self._approve(request, self.fred)
        self._approve(request, self.fay)
        self.assertEqual(request.state, "executed")

    def test_the_route_is_resolved_anew(self):
        request = self._submitted(self.group_type)
        self.finance.user_ids = self.cleo
        self._sweep()
        self.assertEqual(self._asked_now(request), self.cleo)
        self.assertIn("Cleo is asked instead", self._last_line(request))

    def test_a_step_left_with_nobody_goes_to_the_owner_with_an_activity(self):
        request = self._submitted(self.group_type)
        self.finance.user_ids = False
        self._sweep()
        self.assertEqual(self._asked_now(request), self.max)
        self.assertEqual(request.activity_ids.user_id, self.max)
        self.assertIn("nobody else is left", request.activity_ids.summary)
        self._sweep()
        self.assertEqual(len(request.activity_ids), 1, "said once")
        self._approve(request, self.max)
        self.assertEqual(request.state, "executed")

    def test_with_no_owner_either_it_waits_and_a_manager_is_told(self):
        request = self._submitted(self.group_type)
        self.finance.user_ids = False
        self.max.action_archive()
        self._sweep()
        self.assertEqual((request.state, self._asked_now(request).ids), ("pending", []))
        self.assertIn("not enough people are left", self._last_line(request))
        managers = self.env.ref("approval_engine.group_approval_manager")
        self.assertLessEqual(request.activity_ids.user_id, managers.all_user_ids)
        self.assertTrue(request.activity_ids.user_id.active)
        self.finance.user_ids = self.fay
        self._sweep()
        self.assertEqual(self._asked_now(request), self.fay, "as soon as somebody may")

    def test_a_later_step_is_mended_before_its_turn(self):
        request = self._submitted(amount=5000)
        self.max.group_ids -= self.env.ref("approval_engine.group_approval_manager")
        self.max.group_ids -= self.env.ref("approval_engine.group_approval_user")
        self._sweep()
        self.assertFalse(
            request.assignment_ids.filtered(
                lambda a: a.user_id == self.max and a.state == "waiting"
            )
        )
        self.assertTrue(request.activity_ids)

    def test_a_sweep_leaves_alone_what_is_well_or_decided(self):
        well = self._submitted()
        done = self._approve(self._submitted(), self.fred)
        lines = (well | done).message_ids
        self._sweep()
        self.fred.action_archive()
        self._sweep()
        self.assertEqual(done.message_ids, lines & done.message_ids)
        self.assertEqual(self._asked_now(well), self.fay)

    def test_the_sweep_costs_no_more_with_more_requests(self):
        for _index in range(3):
            self._submitted(self.group_type)
        Request = self.env["approval_engine.request"].sudo()

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Request._with_lost_seats()
            return self.env.cr.sql_log_count - before

        few = queries()
        for _index in range(10):
            self._submitted(self.group_type)
        self.assertLessEqual(queries(), few)
