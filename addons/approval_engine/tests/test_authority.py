"""Who joins a group that decides has a say once a second person agreed."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_activation import MANAGER, PolicyCase


@tagged("post_install", "-at_install")
class TestAuthority(PolicyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["res.groups"].create({"name": "Deal Desk"})
        cls.fred.group_ids = [Command.link(cls.group.id)]
        cls.choice_policy.action_retire()
        cls.policy = cls._policy(
            cls.choice_type, [{"name": "Deal Desk", "group_id": cls.group.id}]
        )
        cls.boss = cls._person("boss", "base.group_erp_manager")
        cls.table = cls.env["approval_engine.authority"]

    def joins(self, user, by=None):
        user.with_user(by or self.boss).group_ids = [Command.link(self.group.id)]
        return self.row(user)

    def row(self, user, group=None):
        return self.table.search(
            [
                ("group_id", "=", (group or self.group).id),
                ("user_id", "=", user.id),
                ("state", "!=", "ended"),
            ]
        )

    def asked(self, request):
        return request.sudo().assignment_ids.user_id

    def test_members_of_the_day_of_activation_are_agreed_on(self):
        self.assertEqual(self.row(self.fred).state, "confirmed")
        request = self._submitted(self.choice_type)
        self.assertEqual(self.asked(request), self.fred)

    def test_who_joins_later_decides_once_a_manager_agreed(self):
        row = self.joins(self.fay)
        self.assertEqual((row.state, row.asked_by_id), ("waiting", self.boss))
        self.assertIn(self.fay, self.group.all_user_ids)
        request = self._submitted(self.choice_type)
        self.assertEqual(self.asked(request), self.fred)
        self.assertIs(row.with_user(self.mona).action_confirm(), True)
        self.assertEqual((row.state, row.decided_by_id), ("confirmed", self.mona))
        self.assertEqual(
            self.asked(self._submitted(self.choice_type)), self.fred | self.fay
        )

    def test_neither_who_added_nor_who_was_added_agrees(self):
        row = self.joins(self.mona, by=self.env.ref("base.user_admin"))
        with self.assertRaisesRegex(AccessError, "not they themselves"):
            row.with_user(self.mona).action_confirm()
        self.max.group_ids = [Command.link(self.env.ref("base.group_erp_manager").id)]
        row = self.joins(self.fay, by=self.max)
        with self.assertRaisesRegex(AccessError, "not who added them"):
            row.with_user(self.max).action_confirm()
        for nobody in (self.fay, self.ria, self.audrey, self.boss):
            with self.assertRaises(AccessError):
                row.with_user(nobody).action_confirm()
        self.assertEqual(row.state, "waiting")

    def test_who_was_refused_stays_a_member_without_a_say(self):
        row = self.joins(self.fay)
        row.with_user(self.mona).action_refuse()
        self.assertEqual(self.asked(self._submitted(self.choice_type)), self.fred)
        row.with_user(self.max).action_confirm()
        self.assertEqual(row.state, "confirmed")

    def test_who_left_and_comes_back_waits_again(self):
        first = self.row(self.fred)
        self.fred.with_user(self.boss).group_ids = [Command.unlink(self.group.id)]
        self.assertEqual(first.state, "ended")
        self.assertEqual(self.joins(self.fred).state, "waiting")

    def test_a_group_that_implies_it_gives_no_say_either(self):
        outer = self.env["res.groups"].create({"name": "Outer"})
        self.fay.group_ids = [Command.link(outer.id)]
        outer.with_user(self.boss).implied_ids = [Command.link(self.group.id)]
        self.assertEqual(self.row(self.fay).state, "waiting")

    def test_a_new_manager_is_no_second_person_before_somebody_agreed(self):
        self.olaf.with_user(self.boss).group_ids = [
            Command.link(self.env.ref(MANAGER).id)
        ]
        policy = self.draft_policy()
        policy.action_activate()
        with self.assertRaisesRegex(AccessError, "nobody has agreed"):
            policy.with_user(self.olaf).action_activate()
        row = self.row(self.olaf, self.env.ref(MANAGER))
        row.with_user(self.mona).action_confirm()
        policy.with_user(self.olaf).action_activate()
        self.assertEqual(policy.state, "active")

    def test_where_no_second_manager_is_left_it_counts_at_once_as_an_exception(self):
        self.alone(self.max)
        self.max.group_ids = [Command.link(self.env.ref("base.group_erp_manager").id)]
        row = self.joins(self.fay, by=self.max)
        self.assertEqual(row.state, "confirmed")
        self.assertIn("approval.audit_exception", self.told(row))

    def test_the_system_and_who_has_left_are_no_second_person(self):
        managers = self.env.ref(MANAGER)
        robot = self.env.ref("base.user_root")
        gone = self._person("gone", MANAGER)
        robot.group_ids = [Command.link(managers.id)]
        gone.active = False
        everybody = self.table.with_context(active_test=False)
        everybody._follow()
        counted = everybody._confirmed(managers)
        self.assertFalse(counted & (robot | gone))
        self.assertFalse(self.row(robot, managers))
        self.alone(self.max)
        self.max.group_ids = [Command.link(self.env.ref("base.group_erp_manager").id)]
        self.assertEqual(self.joins(self.fay, by=self.max).state, "confirmed")

    def test_the_record_is_written_by_nobody(self):
        row = self.joins(self.fay)
        for user in (self.mona, self.boss, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"state": "confirmed"})
            with self.assertRaises(UserError):
                row.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.table.with_user(user).create(
                    {"group_id": self.group.id, "user_id": self.olaf.id}
                )
        with self.assertRaises(AccessError):
            row.sudo().write({"state": "confirmed"})

    def test_groups_that_decide_nothing_are_left_alone(self):
        other = self.env["res.groups"].create({"name": "Tennis"})
        self.fay.with_user(self.boss).group_ids = [Command.link(other.id)]
        self.assertFalse(self.row(self.fay, other))
