"""Two people put a policy in force; which policy a request then falls under."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ApprovalCase

MANAGER = "approval_engine.group_approval_manager"


class PolicyCase(ApprovalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mona = cls._person("mona", MANAGER)
        cls.today = fields.Date.context_today(cls.env.user)

    def draft_policy(self, user=None, **values):
        step = {"name": "Cleo", "user_ids": [Command.set(self.cleo.ids)]}
        return (
            self.env["approval_engine.policy"]
            .with_user(user or self.max)
            .create(
                {
                    "name": "Credits",
                    "type_id": self.credit_type.id,
                    "owner_id": self.max.id,
                    "step_ids": [Command.create(step)],
                    **values,
                }
            )
        )

    def in_force(self, **values):
        policy = self.draft_policy(**values)
        policy.action_activate()
        policy.with_user(self.mona).action_activate()
        return policy

    def alone(self, manager):
        """Leave no other approval manager."""
        group = self.env.ref(MANAGER)
        others = self.env["approval_engine.authority"]._confirmed(group) - manager
        for other in others:
            other.with_context(active_test=False).group_ids = [
                Command.unlink(group.id),
            ]

    def told(self, policy):
        self.env["event_hub.event"]._flush_emitted()
        return (
            self.env["event_hub.event"]
            .search(
                [("case_model", "=", policy._name), ("case_id", "=", policy.id)],
                order="id",
            )
            .mapped("type")
        )


@tagged("post_install", "-at_install")
class TestTwoPeople(PolicyCase):
    def test_one_proposes_and_another_puts_in_force(self):
        policy = self.draft_policy()
        self.assertIs(policy.action_activate(), True)
        self.assertEqual((policy.state, policy.proposed_by_id), ("proposed", self.max))
        self.assertFalse(policy.can_agree)
        self.assertEqual(self.credit_policy.state, "active")
        self.assertTrue(policy.with_user(self.mona).can_agree)
        policy.with_user(self.mona).action_activate()
        self.assertEqual((policy.state, policy.activated_by_id), ("active", self.mona))
        self.assertEqual(self.credit_policy.state, "retired")
        self.assertEqual(
            self.told(policy), ["approval.policy_proposed", "approval.policy_activated"]
        )

    def test_who_proposed_it_does_not_agree_as_well(self):
        policy = self.draft_policy()
        policy.action_activate()
        with self.assertRaisesRegex(AccessError, "Mona can"):
            policy.action_activate()
        self.assertEqual(policy.state, "proposed")

    def test_sudo_of_a_person_is_still_that_person(self):
        policy = self.draft_policy()
        policy.sudo().action_activate()
        self.assertEqual(policy.state, "proposed")
        with self.assertRaises(AccessError):
            policy.sudo().action_activate()

    def test_the_other_one_is_told(self):
        policy = self.draft_policy()
        last = self.env["mail.message"].search([], order="id desc", limit=1)
        policy.action_activate()
        sent = self.env["mail.message"].search([("id", ">", last.id)])
        self.assertIn(self.mona.partner_id, sent.partner_ids)

    def mock_mail(self):
        from contextlib import contextmanager

        @contextmanager
        def watching():
            before = self.env["mail.message"].search([], order="id desc", limit=1).id
            yield (
                lambda: (
                    self.env["mail.message"].search([("id", ">", before)]).partner_ids
                )
            )

        return watching()

    def test_what_was_proposed_is_frozen_until_it_is_sent_back(self):
        policy = self.draft_policy()
        policy.action_activate()
        for change in ({"deadline_hours": 1}, {"condition": "[]"}, {"step_ids": []}):
            with self.assertRaisesRegex(UserError, "waits for a second person"):
                policy.write(change)
        with self.assertRaises(UserError):
            policy.step_ids.write({"name": "Somebody else"})
        policy.with_user(self.mona).action_send_back()
        self.assertEqual((policy.state, policy.proposed_by_id.id), ("draft", False))
        policy.deadline_hours = 1

    def test_what_was_changed_after_it_came_back_needs_two_again(self):
        policy = self.draft_policy()
        policy.action_activate()
        policy.with_user(self.mona).action_send_back()
        policy.with_user(self.mona).action_activate()
        self.assertEqual(policy.state, "proposed")
        policy.action_activate()
        self.assertEqual(policy.state, "active")

    def test_a_single_manager_may_and_the_audit_knows(self):
        self.alone(self.max)
        policy = self.draft_policy()
        policy.action_activate()
        self.assertEqual(policy.state, "active")
        self.assertEqual(
            self.told(policy), ["approval.policy_activated", "approval.audit_exception"]
        )
        self.assertIn("exception", policy.message_ids[0].body)

    def test_neither_an_approver_nor_an_auditor_activates(self):
        policy = self.draft_policy()
        for user in (self.cleo, self.audrey, self.ria):
            for method in ("action_activate", "action_send_back", "action_retire"):
                with self.assertRaises(AccessError):
                    getattr(policy.with_user(user), method)()

    def test_neither_values_nor_context_make_one_proposed(self):
        born = self.draft_policy(
            state="proposed", proposed_by_id=self.mona.id, activated_by_id=self.mona.id
        )
        self.assertEqual((born.state, born.proposed_by_id.id), ("draft", False))
        flagged = self.env["approval_engine.policy"].with_context(
            default_state="active", default_proposed_by_id=self.mona.id
        )
        born = flagged.with_user(self.max).create(
            {"name": "Flagged", "type_id": self.choice_type.id}
        )
        self.assertEqual((born.state, born.proposed_by_id.id), ("draft", False))
        for values in ({"proposed_by_id": self.mona.id}, {"state": "active"}):
            with self.assertRaises(AccessError):
                born.write(values)


@tagged("post_install", "-at_install")
class TestChoice(PolicyCase):
    def submitted_under(self, **values):
        return self._submitted(**values).policy_id

    def test_a_condition_is_asked_before_the_common_policy(self):
        special = self.in_force(condition="[('amount', '>', 500)]")
        self.assertEqual(self.credit_policy.state, "active")
        self.assertEqual(self.submitted_under(amount=501), special)
        self.assertEqual(self.submitted_under(amount=500), self.credit_policy)

    def test_of_two_conditions_the_lower_number_is_asked_first(self):
        second = self.in_force(condition="[('amount', '>', 500)]", sequence=20)
        first = self.in_force(condition="[('amount', '>', 600)]", sequence=10)
        self.assertEqual(self.submitted_under(amount=700), first)
        self.assertEqual(self.submitted_under(amount=550), second)

    def test_a_condition_follows_the_account(self):
        self.account.account_tier = "strategic"
        special = self.in_force(
            condition="[('partner_id.account_tier', '=', 'strategic')]"
        )
        self.assertEqual(self.submitted_under(), special)
        self.account.account_tier = "standard"
        self.assertEqual(self.submitted_under(), self.credit_policy)

    def test_a_condition_is_no_code_and_knows_the_fields(self):
        for wrong in (
            "[('amount', '>', uid)]",
            "[('nothing', '=', 1)]",
            "lambda: 1",
            "amount > 5",
            "[('amount', 'is bigger', 5)]",
            "[" * 3000,
        ):
            with self.assertRaisesRegex(ValidationError, "Only If"):
                self.draft_policy(condition=wrong)

    def test_a_version_for_later_ends_the_one_before_on_its_eve(self):
        later = self.in_force(date_from=self.today + timedelta(days=3))
        self.assertEqual((later.state, self.credit_policy.state), ("active", "active"))
        self.assertEqual(self.credit_policy.date_to, self.today + timedelta(days=2))
        self.assertEqual(self.submitted_under(), self.credit_policy)

    def test_one_whose_last_day_is_over_decides_nothing_and_retires(self):
        self.credit_policy._write_guarded({"date_to": self.today - timedelta(days=1)})
        with self.assertRaisesRegex(UserError, "No policy says"):
            self._submitted()
        self.env["approval_engine.policy"]._cron_periods()
        self.assertEqual(self.credit_policy.state, "retired")

    def test_one_that_is_over_is_not_put_in_force(self):
        late = self.draft_policy(date_to=self.today - timedelta(days=1))
        with self.assertRaisesRegex(UserError, "ended on"):
            late.action_activate()
        with self.assertRaisesRegex(ValidationError, "is before"):
            late.date_from = self.today

    def test_a_running_request_keeps_its_version(self):
        request = self._submitted()
        self.in_force()
        self.assertEqual(request.policy_id, self.credit_policy)
        self._approve(request, self.fred)
        self.assertEqual(request.state, "executed")

    def test_the_form_shows_what_waits_for_a_second_person(self):
        policy = self.draft_policy()
        policy.action_activate()
        with Form(policy.with_user(self.mona)) as form:
            self.assertEqual(form.state, "proposed")
