"""Observe before acting, kill switches, charters and versions."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common_outbox import HubCase


class GovernedCase(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "hub_boss", "event_hub.group_hub_admin")
        cls.reader = new_test_user(cls.env, "hub_reader", "event_hub.group_hub_user")

    def governed(self, complete=True, **vals):
        rule = self.rule(**vals)
        rule.governed = True
        if complete:
            self.complete(rule)
            rule.active = True
        return rule

    def complete(self, rule):
        rule.charter_id.write(
            {
                "purpose": "Mark who was seen",
                "approval_path": "none",
                "approval_reason": "None, because a note harms nobody",
                "minutes_saved": 5,
                "estimate_basis": "Watched ten of them",
            }
        )

    def as_admin(self, record):
        return record.with_user(self.admin)


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

    def test_only_business_event_rules_can_be_governed(self):
        model_id = self.env["ir.model"]._get_id("res.partner")
        stock = self.env["base.automation"].create(
            {"name": "Stock", "model_id": model_id, "trigger": "on_create"}
        )
        with self.assertRaises(ValidationError):
            stock.governed = True

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
class TestVersions(GovernedCase):
    def versions(self, rule):
        return self.env["event_hub.rule_version"].search(
            [("automation_id", "=", rule.id)]
        )

    def last_diff(self, rule):
        return self.versions(rule)[:1].diff

    def test_every_change_of_rule_action_and_charter_is_a_version(self):
        rule = self.governed()
        action = rule.action_server_ids
        before = len(self.versions(rule))
        rule.with_user(self.env.ref("base.user_admin")).write(
            {"event_pattern": "test.other"}
        )
        last = self.versions(rule)[0]
        self.assertEqual(last.user_id, self.env.ref("base.user_admin"))
        self.assertIn("event types: test.* → test.other", last.diff)
        action.code = "a = 1\nrecords.write({'comment': 'new'})"
        self.assertIn("+a = 1", self.last_diff(rule))
        rule.write(
            {"action_server_ids": [Command.update(action.id, {"code": "b = 2\nc = 3"})]}
        )
        self.assertIn("+b = 2", self.last_diff(rule))
        rule.charter_id.minutes_saved = 9
        self.assertIn("minutes saved: 5.0 → 9.0", self.last_diff(rule))
        self.as_admin(rule).action_switch_to_act()
        self.assertIn("mode: observe → act", self.last_diff(rule))
        self.assertEqual(len(self.versions(rule)), before + 5)
        self.assertEqual(rule.version_count, before + 5)

    def test_a_change_deep_in_an_action_of_actions_is_a_version(self):
        rule = self.governed()
        outer = rule.action_server_ids
        inner = self.env["ir.actions.server"].create(
            {
                "name": "Inner",
                "model_id": outer.model_id.id,
                "state": "code",
                "code": "x = 1",
            }
        )
        outer.write({"state": "multi", "child_ids": [Command.link(inner.id)]})
        inner.code = "x = 2"
        self.assertIn("x = 1", self.last_diff(rule))
        self.assertIn("x = 2", self.last_diff(rule))

    def test_nothing_changed_is_no_version_and_neither_is_an_ungoverned_rule(self):
        rule = self.governed()
        before = len(self.versions(rule))
        rule.write({"name": rule.name})
        rule.action_server_ids.write({"code": rule.action_server_ids.code})
        self.assertEqual(len(self.versions(rule)), before)
        plain = self.rule()
        plain.name = "Other"
        self.assertFalse(self.versions(plain))

    def test_a_change_made_around_the_hub_is_told_with_the_next_one(self):
        rule = self.governed()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_act_server SET code = 'sneaky' WHERE id = %s",
            [rule.action_server_ids.id],
        )
        self.env.invalidate_all()
        rule.name = "Renamed"
        self.assertIn("sneaky", self.last_diff(rule))

    def test_versions_cannot_be_changed_or_made_by_hand(self):
        rule = self.governed()
        version = self.versions(rule)[0]
        with self.assertRaises(UserError):
            version.diff = "nothing happened"
        with self.assertRaises(UserError):
            version.unlink()
        with self.assertRaises(AccessError):
            version.with_user(self.admin).create(
                {"automation_id": rule.id, "version": 99}
            )

    def test_ungoverned_rules_cost_no_query_for_versions(self):
        rule = self.rule()
        rule.fetch(["governed"])
        with self.assertQueryCount(0):
            rule._record_version()


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
