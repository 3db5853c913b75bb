"""Observe before acting, charters, and how governed rules begin."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_governance import GovernedCase


@tagged("post_install", "-at_install")
class TestObserve(GovernedCase):
    def test_an_observing_rule_says_what_it_would_have_done_and_does_nothing(self):
        rule = self.governed()
        partner = self.partners(1)
        self.event(partner)
        self.react()
        run = self.runs(rule)
        self.assertEqual((run.state, run.error), ("observed", False))
        for part in ("Test action", f"Contact {partner.id}", self.actor.name):
            self.assertIn(part, run.note)
        self.assertNotIn(partner.name, run.note)
        self.assertFalse(partner.comment)
        self.assertEqual(run.run_as_id, self.actor)

    def test_its_actions_are_not_even_tried(self):
        rule = self.governed(code="raise Exception('it ran')")
        self.event(self.partners(1))
        self.react()
        self.assertEqual(self.runs(rule).state, "observed")

    def test_conditions_and_periods_count_as_if_it_acted(self):
        rule = self.governed(
            throttle_hours=24, filter_domain="[('name', '!=', 'Partner 1')]"
        )
        one, two = self.partners(2)
        for partner in (one, two, one):
            self.event(partner)
        self.react()
        self.assertEqual(
            self.runs(rule).mapped("state"), ["observed", "skipped", "skipped"]
        )

    def test_it_says_so_when_nobody_could_have_run_it(self):
        rule = self.governed()
        (self.actor + self.owner).active = False
        self.event(self.partners(1))
        self.react()
        run = self.runs(rule)
        self.assertEqual(run.state, "observed")
        self.assertIn("Would have failed. Nobody may run this", run.note)

    def test_switched_to_act_it_does_it_and_a_period_observed_holds_nothing_back(self):
        rule = self.governed(throttle_hours=24)
        partner = self.partners(1)
        self.event(partner)
        self.react()
        self.as_admin(rule).action_switch_to_act()
        self.event(partner)
        self.react()
        self.assertEqual(self.runs(rule).mapped("state"), ["observed", "done"])
        self.assertIn("seen", partner.comment)
        self.as_admin(rule).action_switch_to_observe()
        self.assertEqual(rule.mode, "observe")

    def test_only_hub_administrators_switch(self):
        rule = self.governed()
        for method in (
            "action_switch_to_act",
            "action_switch_to_observe",
            "action_switch_on",
            "action_govern",
        ):
            with self.assertRaises(AccessError):
                getattr(rule.with_user(self.reader), method)()
        self.assertEqual(rule.mode, "observe")

    def test_hub_administrators_govern_and_switch_on_without_writing_rules(self):
        rule = self.as_admin(self.rule())
        rule.action_govern()
        self.assertFalse(rule.active)
        self.complete(rule)
        rule.action_switch_on()
        self.assertEqual((rule.active, rule.mode), (True, "observe"))
        with self.assertRaises(AccessError):
            rule.write({"name": "Mine"})

    def test_rules_of_users_act_from_the_start_and_need_no_charter(self):
        rule = self.rule()
        self.assertEqual((rule.mode, rule.governed), ("act", False))
        self.assertFalse(rule.charter_id)


@tagged("post_install", "-at_install")
class TestCharterGate(GovernedCase):
    def test_a_rule_that_becomes_governed_is_off_observes_and_has_a_charter(self):
        rule = self.governed(complete=False)
        self.assertEqual((rule.active, rule.mode), (False, "observe"))
        charter = rule.charter_id
        self.assertEqual(charter.owner_id, self.owner)
        self.assertIn("test.*", charter.starts)
        self.assertIn("Test action", charter.does)
        self.assertIn("res.partner", charter.data_used)
        for gap in ("purpose is missing", "approval path is missing"):
            self.assertIn(gap, charter.gaps)

    def test_no_way_of_writing_switches_it_on_while_there_is_a_gap(self):
        rule = self.governed(complete=False)
        root = self.env.ref("base.user_admin")
        asroot = rule.with_user(root)
        flags = {"install_mode": True, "import_file": True, "default_mode": "act"}
        xmlid = rule.export_data(["id"])["datas"][0][0]
        for attempt in (
            lambda: asroot.write({"active": True}),
            lambda: asroot.with_context(**flags).write({"active": True}),
            lambda: asroot.action_unarchive(),
            lambda: self.as_admin(rule).action_switch_on(),
            lambda: asroot.write({"active": True, "governed": True}),
            lambda: rule.sudo().write({"active": True}),
            lambda: asroot.action_switch_to_act(),
            lambda: asroot.write({"mode": "act"}),
            lambda: asroot.with_context(**flags).write({"mode": "act"}),
            lambda: asroot.write({"governed": False}),
            lambda: asroot.write({"trigger": "on_create", "active": True}),
            lambda: asroot.write({"trigger": "on_change"}),
            lambda: asroot.charter_id.write({"automation_id": self.rule().id}),
        ):
            with self.assertRaises(UserError):
                attempt()
        for field, value in (
            ("active", "True"),
            ("mode", "act"),
            ("governed", "False"),
        ):
            answer = asroot.load(["id", field], [[xmlid, value]])
            self.assertFalse(answer["ids"], field)
        self.env.invalidate_all()
        self.assertEqual(
            (rule.active, rule.mode, rule.governed), (False, "observe", True)
        )

    def test_none_is_born_active_or_acting(self):
        model_id = self.env["ir.model"]._get_id("res.partner")
        values = {
            "name": "Born",
            "model_id": model_id,
            "trigger": "on_business_event",
            "event_pattern": "test.*",
            "active": True,
            "mode": "act",
        }
        rules = self.env["base.automation"]
        born = rules.create({**values, "governed": True})
        born += rules.with_context(default_governed=True).create(values)
        born += born[0].copy()
        for rule in born:
            with self.subTest(rule=rule):
                self.assertTrue(rule.governed)
                self.assertEqual((rule.active, rule.mode), (False, "observe"))
        self.assertEqual(len(born.charter_ids), 3)

    def test_a_rule_that_is_on_keeps_its_charter_and_an_action(self):
        rule = self.governed()
        for vals in (
            {"approval_path": False},
            {"purpose": ""},
            {"owner_id": False},
            {"review_at": "2020-01-01"},
        ):
            with (
                self.assertRaisesRegex(ValidationError, "cannot be left on"),
                self.env.cr.savepoint(),
            ):
                rule.charter_id.write(vals)
        actions = rule.action_server_ids
        for number, attempt in enumerate(
            (
                lambda: actions.unlink(),
                lambda: rule.write({"action_server_ids": [Command.clear()]}),
                lambda: actions.write({"base_automation_id": False}),
            )
        ):
            with (
                self.subTest(number),
                self.assertRaisesRegex(ValidationError, "at least one action"),
                self.env.cr.savepoint(),
            ):
                attempt()
        for attempt in (rule.unlink, rule.charter_id.unlink):
            with self.assertRaises(UserError):
                attempt()

    def test_a_gap_that_opened_by_itself_can_be_mended_step_by_step(self):
        rule = self.governed()
        self.as_admin(rule).action_switch_to_act()
        self.owner.active = False
        self.env.invalidate_all()
        self.assertIn("has been archived", rule.charter_gaps)
        rule.charter_id.purpose = "Still the same"
        self.assertTrue(rule.active)
        with self.assertRaises(ValidationError):
            self.as_admin(rule).action_switch_to_act()
        rule.charter_id.owner_id = self.admin
        self.assertFalse(rule.charter_gaps)

    def test_release_is_for_hub_administrators_with_a_reason_that_stays(self):
        rule = self.governed()
        with self.assertRaises(AccessError):
            rule.with_user(self.reader).action_release("I want it")
        with self.assertRaisesRegex(UserError, "Say why"):
            self.as_admin(rule).action_release("  ")
        self.as_admin(rule).action_release("A trial that is over")
        self.assertFalse(rule.governed)
        last = self.env["event_hub.rule_version"].search(
            [("automation_id", "=", rule.id)], limit=1
        )
        self.assertIn("A trial that is over", last.diff)
        self.assertEqual(last.user_id, self.admin)

    def test_charters_are_found_by_whether_they_are_complete(self):
        whole, open_ = self.governed(), self.governed(complete=False)
        charters = whole.charter_id + open_.charter_id
        table = self.env["event_hub.charter"]
        mine = [("id", "in", charters.ids)]
        self.assertEqual(
            table.search([*mine, ("complete", "=", True)]), whole.charter_id
        )
        self.assertEqual(
            table.search([*mine, ("complete", "=", False)]), open_.charter_id
        )


@tagged("post_install", "-at_install")
class TestShipped(GovernedCase):
    def test_a_shipped_rule_is_put_in_force_with_a_whole_charter(self):
        rule = self.rule()
        self.env["ir.model.data"].create(
            {
                "name": "shipped",
                "module": "hub_test",
                "model": rule._name,
                "res_id": rule.id,
            }
        )
        rules = self.env["base.automation"]
        charter = {
            "purpose": "x",
            "approval_path": "none",
            "approval_reason": "y",
        }
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            rules._put_in_force("hub_test.shipped", {"purpose": "x"})
        self.assertTrue(rules._put_in_force("hub_test.shipped", charter))
        self.assertEqual(
            (rule.governed, rule.mode, rule.active, rule.charter_gaps),
            (True, "act", True, False),
        )
        last = self.env["event_hub.rule_version"].search(
            [("automation_id", "=", rule.id)], limit=1
        )
        self.assertEqual(last.snapshot["mode"], "act")
        rule.charter_id.purpose = "Changed by a person"
        self.assertFalse(rules._put_in_force("hub_test.shipped", charter))
        self.assertEqual(rule.charter_id.purpose, "Changed by a person")
        self.assertFalse(rules._put_in_force("hub_test.deleted_by_somebody", charter))
        partner = self.partners(1)
        self.event(partner)
        self.react()
        self.assertIn("seen", partner.comment)
