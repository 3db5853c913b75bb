"""Governance of the triggers that Odoo brings: observe, charter, versions, pause and the run log."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.base_automation.models import base_automation as stock

from ..tools import reaction
from .common_governance import GovernedCase
from .common_stock import MODEL, StockCase

CRON = "base_automation.ir_cron_data_base_automation_check"


@tagged("post_install", "-at_install")
class TestStockObserve(StockCase):
    def test_an_observing_rule_on_creation_says_to_whom_and_does_nothing(self):
        rule = self.governed()
        tags = self.tags("One", "Two")
        self.assertEqual(tags.mapped("name"), ["One", "Two"])
        runs = self.runs(rule)
        self.assertEqual(runs.mapped("state"), ["observed"] * 2)
        self.assertEqual(runs.mapped("res_id"), tags.ids)
        self.assertEqual(set(runs.mapped("event_type")), {"On create"})
        self.assertFalse(runs.event_id)
        self.assertTrue(runs[0].correlation)
        for part in ("Test action", str(tags[0].id), self.env.user.name):
            self.assertIn(part, runs[0].note)

    def test_it_observes_in_one_statement_however_many_records_there_are(self):
        rule = self.governed()

        def queries(count):
            tags = [{"name": f"Tag {number}"} for number in range(count)]
            before = self.cr.sql_log_count
            self.env[MODEL].create(tags)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries(2)
        self.assertEqual(queries(2), queries(90))
        self.assertEqual(len(self.runs(rule)), 2 + 2 + 90)

    def test_changes_archiving_deletion_and_conditions_count_as_if_it_acted(self):
        changed = self.governed(
            trigger="on_create_or_write",
            filter_domain="[('name', '!=', 'Left alone')]",
            trigger_field_ids=[
                (6, 0, self.env["ir.model.fields"]._get(MODEL, "name").ids)
            ],
        )
        gone = self.governed(trigger="on_unlink")
        archived = self.governed(trigger="on_archive")
        tag = self.tags("One")
        tag.color = 3
        tag.name = "Left alone"
        tag.name = "Two"
        tag.active = False
        tag.unlink()
        self.assertEqual(len(self.runs(changed)), 2)
        self.assertEqual(self.runs(gone).mapped("state"), ["observed"])
        self.assertEqual(self.runs(archived).mapped("state"), ["observed"])

    def test_what_was_observed_goes_with_the_change_when_that_is_undone(self):
        rule = self.governed()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.tags("One")
            raise ZeroDivisionError
        self.assertFalse(self.runs(rule))

    def test_dates_are_observed_at_once_for_all_that_fell_due_and_once(self):
        rule = self.timed()
        partners = self.aged(3)
        with patch.object(
            type(rule), "_process", side_effect=AssertionError("nothing to do")
        ):
            self.cron(CRON)
        self.assertEqual(sorted(self.runs(rule).mapped("res_id")), partners.ids)
        self.cron(CRON)
        self.assertEqual(len(self.runs(rule)), 3)

    def test_a_held_rule_on_dates_finds_later_what_fell_due_meanwhile(self):
        rule = self.timed()
        self.as_admin(rule).action_switch_to_act()
        self.as_admin(rule).action_pause("Look first")
        partners = self.aged(2)
        self.cron(CRON)
        self.assertFalse(self.runs(rule))
        self.assertFalse(rule.last_run)
        self.as_admin(rule).action_resume()
        self.cron(CRON)
        self.assertEqual(self.runs(rule).mapped("state"), ["done", "done"])
        self.assertIn("called", partners[0].comment)

    def test_webhooks_and_mails_are_observed(self):
        hook = self.governed(trigger="on_webhook")
        hook.record_getter = f"env['{MODEL}'].browse(payload['id'])".replace(
            "env", "model.env"
        )
        tag = self.tags("One")
        hook._execute_webhook({"id": tag.id})
        self.assertEqual(self.runs(hook).state, "observed")
        mails = GovernedCase.rule(self, trigger="on_message_sent", event_pattern=False)
        mails.governed = True
        self.complete(mails)
        mails.active = True
        partner = self.partners(1)
        partner.message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(self.runs(mails).mapped("res_id"), partner.ids)


@tagged("post_install", "-at_install")
class TestStockActs(StockCase):
    def test_an_acting_rule_has_a_run_for_each_record_and_a_value(self):
        rule = self.acting()
        tags = self.tags("One", "Two")
        self.assertEqual(tags.mapped("name"), ["One!", "Two!"])
        runs = self.runs(rule)
        self.assertEqual(runs.mapped("state"), ["done", "done"])
        self.as_admin(runs[0]).action_mark_override("Renamed it again")
        row = self.env["event_hub.governance"].browse(rule.id)
        self.assertEqual((row.done, row.overridden, row.minutes_saved), (2, 1, 5))
        self.assertTrue(row.counted)
        self.assertEqual(row.trigger, "on_create")

    def test_what_its_actions_tell_carries_the_rule(self):
        rule = self.acting()
        seen = []
        origin = type(self.env["ir.actions.server"]).run

        def run(actions):
            seen.append(reaction.current().rule_id)
            return origin(actions)

        with patch.object(type(self.env["ir.actions.server"]), "run", run):
            self.tags("One")
        self.assertEqual(seen, [rule.id])

    def test_paused_it_skips_and_says_so(self):
        rule = self.acting()
        self.as_admin(rule).action_pause("Wrong names")
        tag = self.tags("One")
        self.assertEqual(tag.name, "One")
        run = self.runs(rule)
        self.assertEqual(run.state, "skipped")
        self.assertIn("Wrong names", run.error)
        self.as_admin(rule).action_resume()
        self.assertEqual(self.tags("Two").name, "Two!")

    def test_the_switch_for_all_holds_ungoverned_ones_too(self):
        rule = self.rule()
        rules = self.env["base.automation"].with_user(self.admin)
        rules.action_pause_all("Everything is wrong")
        self.assertEqual(self.tags("One").name, "One")
        self.assertEqual(self.runs(rule).state, "skipped")
        rules.action_resume_all()
        self.assertEqual(self.tags("Two").name, "Two!")
        self.assertEqual(len(self.runs(rule)), 1)

    def test_that_it_was_held_is_no_reason_to_keep_an_ungoverned_rule(self):
        rule, other = self.rule(), self.rule()
        rules = self.env["base.automation"].with_user(self.admin)
        rules.action_pause_all("Everything is wrong")
        self.tags("One")
        rules.action_resume_all()
        self.assertEqual(self.runs(rule).state, "skipped")
        rule.unlink()
        self.assertFalse(rule.exists())
        self.as_admin(other).action_switch_to_observe()
        self.tags("Two")
        with self.assertRaisesRegex(UserError, "stay on record"):
            other.unlink()

    def test_nobody_runs_the_action_of_a_governed_rule_by_hand(self):
        rule = self.governed()
        tag = self.tags("One")
        action = rule.action_server_ids.with_context(
            active_model=MODEL, active_id=tag.id, active_ids=tag.ids
        )
        with self.assertRaisesRegex(UserError, "runs only when that does"):
            action.with_user(self.env.ref("base.user_admin")).run()
        self.assertEqual(tag.name, "One")

    def test_nor_one_inside_an_action_of_actions(self):
        for event_rule in (False, True):
            rule = (
                GovernedCase.rule(self, model=MODEL) if event_rule else self.governed()
            )
            outer = rule.action_server_ids
            inner = self.env["ir.actions.server"].create(
                {
                    "name": "Inner",
                    "model_id": outer.model_id.id,
                    "state": "code",
                    "code": "record.write({'name': record.name + '?'})",
                    "parent_id": outer.id,
                }
            )
            outer.state = "multi"
            tag = self.tags("One")
            called = inner.with_user(self.env.ref("base.user_admin")).with_context(
                active_model=MODEL, active_id=tag.id, active_ids=tag.ids
            )
            with self.assertRaisesRegex(UserError, "runs only when"):
                called.run()
            self.assertEqual(tag.name, "One")

    def test_an_action_of_actions_still_runs_what_it_holds(self):
        rule = self.acting()
        outer = rule.action_server_ids
        self.env["ir.actions.server"].create(
            {
                "name": "Inner",
                "model_id": outer.model_id.id,
                "state": "code",
                "code": "record.write({'name': record.name + '?'})",
                "parent_id": outer.id,
            }
        )
        outer.state = "multi"
        self.assertEqual(self.tags("One").name, "One?")


@tagged("post_install", "-at_install")
class TestStockGate(StockCase):
    def test_governed_it_is_off_and_stays_off_while_its_charter_has_a_gap(self):
        rule = self.governed(complete=False)
        self.assertEqual((rule.active, rule.mode), (False, "observe"))
        self.assertIn("On create: Partner Tags", rule.charter_id.starts)
        for attempt in (
            lambda: rule.write({"active": True}),
            lambda: self.as_admin(rule).action_switch_on(),
            lambda: self.as_admin(rule).action_switch_to_act(),
            lambda: rule.write({"mode": "act"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attempt()
        self.assertFalse(rule.active)

    def test_live_updates_of_a_form_are_refused_with_a_sentence(self):
        live = self.rule(trigger="on_change")
        for attempt in (
            lambda: live.write({"governed": True}),
            lambda: self.as_admin(live).action_switch_to_observe(),
            lambda: self.as_admin(live).action_pause("Stop"),
            lambda: self.env["event_hub.charter"].create({"automation_id": live.id}),
        ):
            with (
                self.assertRaisesRegex(UserError, "live updates of a form"),
                self.env.cr.savepoint(),
            ):
                attempt()
        governed = self.governed()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            governed.trigger = "on_change"

    def test_what_decides_when_it_runs_is_in_its_versions(self):
        rule = self.governed(trigger="on_create_or_write")
        rule.filter_pre_domain = "[('color', '=', 1)]"
        last = self.env["event_hub.rule_version"].search(
            [("automation_id", "=", rule.id)], limit=1
        )
        self.assertIn("condition before the change", last.diff)

    def test_that_the_address_of_its_webhook_changed_is_in_its_versions(self):
        rule = self.governed(trigger="on_webhook")
        before = rule.webhook_uuid
        rule.action_rotate_webhook_uuid()
        versions = self.env["event_hub.rule_version"].search(
            [("automation_id", "=", rule.id)]
        )
        self.assertIn("webhook address: secret", versions[0].diff)
        told = str(versions.mapped("diff")) + str(versions.mapped("snapshot"))
        for secret in (before, rule.webhook_uuid):
            self.assertNotIn(secret, told)

    def test_who_sees_what(self):
        governed, plain = self.governed(trigger="on_webhook"), self.rule()
        table = self.env["event_hub.governance"]
        mine = [("automation_id", "in", (governed + plain).ids)]
        self.assertEqual(
            table.with_user(self.reader).search(mine).automation_id, governed
        )
        self.assertEqual(
            table.with_user(self.admin).search(mine).automation_id, governed + plain
        )
        for user in (self.reader, self.admin):
            for field in ("webhook_uuid", "url"):
                with self.assertRaises(AccessError):
                    governed.with_user(user).read([field])
                with self.assertRaises(AccessError):
                    governed.with_user(user).search([(field, "like", "a")])

    def test_an_uncounted_rule_is_no_retire_candidate(self):
        rule = self.rule()
        row = self.env["event_hub.governance"].browse(rule.id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE base_automation SET create_date = '2020-01-01' WHERE id = %s",
            [rule.id],
        )
        self.env.invalidate_all()
        self.assertFalse(row.retire)
        self.assertFalse(row.counted)


@tagged("post_install", "-at_install")
class TestStockCost(StockCase):
    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_rules_that_nobody_governs_cost_no_query_more_than_in_stock_odoo(self):
        self.rule(trigger="on_create_or_write", code="pass")
        tag = self.tags("One")
        names = iter("ABCDEFGH")

        def write():
            tag.name = next(names)

        self._queries(write)
        ours = self._queries(write)
        plain = stock.BaseAutomation._process
        with patch.object(type(self.env["base.automation"]), "_process", plain):
            self.assertEqual(self._queries(write), ours)

    def test_models_without_such_rules_cost_no_query(self):
        country = self.env["res.country"].search([], limit=1)

        def write():
            country.phone_code = country.phone_code + 1

        self._queries(write)
        before = self._queries(write)
        self.governed()
        self._queries(write)
        self.assertEqual(self._queries(write), before)
