from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestPolicyVersions(ApprovalCase):
    def test_an_active_policy_is_frozen(self):
        policy = self.credit_policy.with_user(self.max)
        for values in (
            {"deadline_hours": 1},
            {"owner_id": self.olaf.id},
            {"step_ids": [Command.clear()]},
            {"type_id": self.choice_type.id},
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "Make a new version"),
            ):
                policy.write(values)
        step = policy.step_ids[0]
        for call in (
            lambda: step.write({"amount_from": 5}),
            step.unlink,
            lambda: step.write({"user_ids": [Command.clear()]}),
            lambda: step.create({"policy_id": policy.id, "name": "x"}),
        ):
            with self.assertRaisesRegex(UserError, "Make a new version"):
                call()

    def test_a_new_version_replaces_the_old_one(self):
        self.assertTrue(self.credit_policy.with_user(self.max).action_new_version())
        draft = self.env["approval_engine.policy"].search(
            [("previous_id", "=", self.credit_policy.id)]
        )
        self.assertEqual(
            (draft.state, draft.version, len(draft.step_ids)), ("draft", 2, 2)
        )
        draft.write({"deadline_hours": 4})
        draft.action_activate()
        self.assertEqual((self.credit_policy.state, draft.state), ("retired", "active"))

    def test_requests_keep_the_policy_they_were_made_under(self):
        request = self._submitted()
        draft = self.credit_policy._new_version()
        draft.action_activate()
        self.assertEqual(request.policy_id, self.credit_policy)
        self.assertEqual(request.policy_snapshot["version"], 1)
        self._approve(request, self.fred)
        self.assertEqual(request.state, "executed")

    def test_the_state_is_not_written_directly(self):
        draft = self.credit_policy._new_version()
        for policy in (draft, draft.sudo()):
            with self.assertRaises(AccessError):
                policy.write({"state": "active"})
        born = self.env["approval_engine.policy"].create(
            {"name": "x", "type_id": self.credit_type.id, "state": "active"}
        )
        self.assertEqual(born.state, "draft")

    def test_a_policy_in_force_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "Retire it"):
            self.credit_policy.unlink()
        self.assertTrue(self.credit_policy._new_version().unlink())

    def test_an_empty_policy_is_not_activated(self):
        empty = self.env["approval_engine.policy"].create(
            {"name": "Empty", "type_id": self.credit_type.id}
        )
        with self.assertRaisesRegex(UserError, "no step"):
            empty.action_activate()

    def test_only_managers_design_policies(self):
        for user in (self.ria, self.audrey):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.credit_policy.with_user(user).action_retire()

    def test_steps_that_make_no_sense_are_refused(self):
        draft = self.credit_policy._new_version()
        for values in (
            {"mode": "quorum", "quorum": 0},
            {"amount_from": 10, "amount_to": 5},
            {"amount_from": -1},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                draft.step_ids[0].write(values)

    def test_the_company_s_own_policy_comes_before_the_common_one(self):
        common = self._policy(
            self.credit_type,
            [{"name": "Common", "user_ids": [Command.set(self.cleo.ids)]}],
            company_id=False,
        )
        self.assertEqual(self._submitted().policy_id, self.credit_policy)
        self.credit_policy.action_retire()
        self.assertEqual(self._submitted().policy_id, common)

    def test_a_policy_reads_as_a_sentence(self):
        self.assertIn(
            "needs one of Finance (Fay, Fred), then Manager (Max) (above",
            self.credit_policy.sentence,
        )

    def test_a_type_runs_only_methods_meant_for_it(self):
        for effect, model in (
            ("unlink", "res.partner"),
            ("_approval_effect_none", "res.partner"),
            ("_approval_effect_x", "no.model"),
        ):
            with self.subTest(effect=effect), self.assertRaises(ValidationError):
                self.credit_type.write({"effect": effect, "subject_model": model})

    def test_deadlines_count_working_time_where_the_policy_has_one(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Office", "tz": "Europe/Berlin"}
        )
        self.credit_policy.action_retire()
        policy = self._policy(
            self.credit_type,
            [{"name": "Finance", "user_ids": [Command.set(self.fred.ids)]}],
            calendar_id=calendar.id,
            deadline_hours=8,
        )
        friday_evening = datetime(2026, 11, 20, 20)
        due = policy._due_at(friday_evening)
        self.assertEqual(due.strftime("%A %H:%M"), "Monday 16:00")
