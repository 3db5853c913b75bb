"""Kill switches, and what people did against a rule."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_governance import GovernedCase


@tagged("post_install", "-at_install")
class TestPause(GovernedCase):
    def test_a_paused_rule_waits_and_goes_on_when_resumed(self):
        rule, other = self.rule(), self.rule()
        self.as_admin(rule).action_pause("It writes to the wrong people")
        self.assertEqual(rule.paused_by_id, self.admin)
        self.assertEqual(rule.paused_reason, "It writes to the wrong people")
        self.assertTrue(rule.paused_at)
        partner = self.partners(1)
        self.event(partner)
        self.react()
        self.assertEqual(
            (self.runs(rule).state, self.runs(other).state), ("pending", "done")
        )
        self.assertFalse(self.runs(rule).started_at)
        self.as_admin(rule).action_resume()
        self.react()
        self.assertEqual(self.runs(rule).state, "done")
        self.assertFalse(rule.paused or rule.paused_reason)

    def test_what_waits_can_be_skipped_by_choice_with_a_reason(self):
        rule = self.rule()
        self.as_admin(rule).action_pause("Wrong")
        self.event(self.partners(1))
        self.as_admin(rule).action_skip_waiting("Nobody wants them")
        self.as_admin(rule).action_resume()
        self.react()
        run = self.runs(rule)
        self.assertEqual(run.state, "skipped")
        self.assertIn("Nobody wants them", run.error)
        self.assertIn(self.admin.name, run.error)

    def test_the_switch_for_all_holds_every_rule(self):
        rules = self.env["base.automation"].with_user(self.admin)
        rule = self.rule()
        rules.action_pause_all("Something is wrong")
        self.event(self.partners(1))
        self.react()
        self.assertEqual(self.runs(rule).state, "pending")
        self.assertIn("Something is wrong", rule.all_paused)
        self.assertIn(self.admin.name, rule.all_paused)
        rules.action_resume_all()
        rule.invalidate_recordset()
        self.assertFalse(rule.all_paused)
        self.react()
        self.assertEqual(self.runs(rule).state, "done")

    def test_a_switch_pressed_after_the_batch_was_chosen_still_counts(self):
        rule = self.rule()
        self.event(self.partners(1))
        runs = self.env["event_hub.run"]
        batches = runs._due_batches()
        self.assertEqual(batches, [self.runs(rule).ids])
        self.as_admin(rule).action_pause("Now")
        self.env.flush_all()
        self.assertFalse(runs._lock_due(batches[0]))
        self.as_admin(rule).action_resume()
        self.as_admin(rule).action_pause_all("Now")
        self.env.flush_all()
        self.assertFalse(runs._lock_due(batches[0]))

    def test_runs_of_a_paused_rule_do_not_stand_in_the_way_of_others(self):
        held, other = self.rule("pass"), self.rule("pass", event_pattern="other.*")
        self.as_admin(held).action_pause("Wait")
        with self.env.cr.savepoint():
            for partner in self.partners(6):
                self.event(partner)
        self.event(self.partners(1), type="other.happened")
        self.patch(
            __import__(
                "odoo.addons.event_hub.models.event_hub_run", fromlist=["FETCH"]
            ),
            "FETCH",
            5,
        )
        self.react()
        self.assertEqual(self.runs(other).state, "done")

    def test_only_hub_administrators_press_the_switches_and_only_with_a_reason(self):
        rule = self.rule()
        rules = self.env["base.automation"]
        for attempt in (
            lambda: rule.with_user(self.reader).action_pause("x"),
            lambda: rule.with_user(self.reader).action_resume(),
            lambda: rule.with_user(self.reader).action_skip_waiting("x"),
            lambda: rules.with_user(self.reader).action_pause_all("x"),
            lambda: rules.with_user(self.reader).action_resume_all(),
        ):
            with self.assertRaises(AccessError):
                attempt()
        for attempt in (
            lambda: self.as_admin(rule).action_pause(" "),
            lambda: self.as_admin(rule).action_pause_all(None),
            lambda: rule.write({"paused": True}),
            lambda: rule.sudo().write({"paused_reason": "x"}),
        ):
            with self.assertRaises(UserError):
                attempt()

    def test_a_rule_is_not_born_paused_or_resumed_by_a_copy(self):
        rule = self.rule(paused=True)
        self.assertFalse(rule.paused)


@tagged("post_install", "-at_install")
class TestOverride(GovernedCase):
    def test_a_person_marks_what_was_done_otherwise(self):
        rule = self.rule()
        self.event(self.partners(1))
        self.react()
        run = self.runs(rule)
        run.with_user(self.reader).action_mark_override("Undone: wrong customer")
        self.assertEqual(run.override_user_id, self.reader)
        self.assertEqual(run.override_reason, "Undone: wrong customer")
        self.assertLessEqual(run.overridden_at, fields.Datetime.now())

    def test_only_done_runs_with_a_reason_and_by_no_other_way(self):
        rule = self.governed()
        self.event(self.partners(1))
        self.react()
        run = self.runs(rule)
        with self.assertRaisesRegex(UserError, "has done"):
            run.action_mark_override("x")
        with self.assertRaisesRegex(UserError, "in a sentence"):
            run.action_mark_override("")
        with self.assertRaises(UserError):
            run.write({"override_reason": "x"})
        with self.assertRaises(AccessError):
            run.with_user(self.actor).action_mark_override("x")

    def test_the_reason_form_calls_what_is_listed_and_nothing_else(self):
        rule = self.rule()
        wizard = self.env["event_hub.reason"].with_user(self.admin)
        context = {"active_model": rule._name, "active_ids": rule.ids}
        wizard.with_context(**context).create(
            {"method": "action_pause", "reason": "Look at it"}
        ).action_confirm()
        self.assertTrue(rule.paused)
        for method in ("unlink", "action_resume", "_write_gated"):
            with self.assertRaises(UserError):
                wizard.with_context(**context).create(
                    {"method": method, "reason": "x"}
                ).action_confirm()
