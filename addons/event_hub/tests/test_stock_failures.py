"""Rules on stock triggers that fail: on record once the change is truly undone, in words, and told."""

from contextlib import contextmanager, suppress
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import undone
from .common import HubCommon
from .common_governance import GovernedCase
from .common_stock import MODEL, StockCase

ATTEMPT = "test_event_hub.attempt"


class Undone(Exception):
    """Ends a transaction of a test."""


class FailureCase(StockCase):
    def apart(self, work):
        """Do ``work(env)`` in a transaction of its own, as a request does.

        :return: what it raised
        """
        with self.enter_registry_test_mode():
            try:
                with self.registry.cursor() as cr:
                    work(self.env(cr=cr))
            except Exception as error:
                return error
        return None

    @contextmanager
    def no_failure_written(self):
        """Nothing is written meanwhile, in no transaction; those of a test are undone with the one around them."""
        run = type(self.env["event_hub.run"])
        origin, states = run._log, []

        def log(runs, lines, state, **values):
            states.append(state)
            return origin(runs, lines, state, **values)

        with patch.object(run, "_log", log):
            yield
        self.assertNotIn("dead", states)

    def _broken(self):
        return self.apart(lambda env: env[MODEL].create({"name": "One"}))


@tagged("post_install", "-at_install")
class TestStockFailures(FailureCase):
    def test_a_rule_that_breaks_the_change_is_on_record_though_the_change_is_not(self):
        rule = self.acting(code="1/0")
        self.assertIsInstance(self._broken(), ZeroDivisionError)
        run = self.runs(rule)
        self.assertEqual(run.state, "dead")
        self.assertIn("division by zero", run.error)
        with self.assertRaisesRegex(UserError, "make the change again"):
            self.as_admin(run).action_retry()
        self.react()
        self.assertIn("given up", rule.activity_ids.summary)

    def test_a_rule_that_refuses_a_change_is_no_failure(self):
        rule = self.acting(code="raise UserError('Not in May')")
        self.assertIsInstance(self._broken(), UserError)
        run = self.runs(rule)
        self.assertEqual(run.state, "skipped")
        self.assertIn("Refused the change: Not in May", run.error)

    def test_one_failure_met_twice_in_a_transaction_is_one_run(self):
        rule = self.acting(trigger="on_write", code="1/0")
        tag = self.tags("One")

        def work(env):
            for name in ("Two", "Three"):
                with suppress(ZeroDivisionError), env.cr.savepoint():
                    env[MODEL].browse(tag.id).name = name
            raise Undone

        self.assertIsInstance(self.apart(work), Undone)
        self.assertEqual(self.runs(rule).mapped("state"), ["dead"])

    def test_a_failure_that_was_caught_and_undone_is_none(self):
        rule = self.acting(code="1/0")

        def work(env):
            with suppress(ZeroDivisionError), env.cr.savepoint():
                env[MODEL].create({"name": "One"})

        with self.no_failure_written():
            self.assertIsNone(self.apart(work))
        self.assertFalse(self.runs(rule))

    def test_a_failure_before_the_transaction_begins_again_is_none_yet(self):
        rule = self.acting(code="1/0")

        def work(env):
            with suppress(ZeroDivisionError), env.cr.savepoint():
                env[MODEL].create({"name": "One"})
            env.cr.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")

        with mute_logger("odoo.sql_db"), self.no_failure_written():
            self.assertIsInstance(self.apart(work), undone.BEGINS_AGAIN)
        self.assertFalse(self.runs(rule))

    def test_what_cannot_be_written_down_never_masks_the_error(self):
        rule = self.acting(code="1/0")
        with (
            patch.object(type(rule.env["event_hub.run"]), "_log", side_effect=OSError),
            self.assertLogs(undone.__name__, "ERROR") as logs,
        ):
            self.assertIsInstance(self._broken(), ZeroDivisionError)
        self.assertIn("Could not write down", logs.output[0])

    def test_an_error_that_ends_the_transaction_is_told_as_it_is(self):
        rule = self.acting(code="env.cr.execute('SELECT 1/0')")
        with mute_logger("odoo.sql_db"):
            error = self._broken()
        for words in (str(error), self.runs(rule).error):
            self.assertIn("division by zero", words)

    def test_only_a_change_can_be_refused(self):
        rule = self.timed("raise UserError('No number to call')")
        self.as_admin(rule).action_switch_to_act()
        self.aged(1)
        with mute_logger("odoo.addons.base_automation.models.base_automation"):
            error = self.apart(
                lambda env: env["base.automation"]._cron_process_time_based_actions()
            )
        self.assertIsInstance(error, UserError)
        run = self.runs(rule)
        self.assertEqual(run.state, "dead")
        self.assertIn("No number to call", run.error)
        self.assertNotIn("Refused", run.error)
        self.react()
        self.assertIn("given up", rule.activity_ids.summary)

    def test_a_held_rule_on_dates_is_looked_at_by_hand_too_without_forgetting_what_is_due(
        self,
    ):
        rule = GovernedCase.rule(
            self, trigger="on_time_created", event_pattern=False, trg_date_range=1
        )
        self.as_admin(rule).action_pause("Look first")
        boss = self.env.ref("base.user_admin")
        rule.with_user(boss).write({"last_run": "2026-01-01 00:00:00"})
        self.assertFalse(rule.last_run)


@tagged("post_install", "-at_install")
class TestFailuresInBatches(HubCommon, FailureCase):
    def _poisoned(self, count):
        rule = GovernedCase.rule(
            self,
            "if record.amount == 666:\n    raise ValueError('poison')",
            ATTEMPT,
            trigger="on_create",
            event_pattern=False,
        )
        rule.governed = True
        self.complete(rule)
        rule.active = True
        self.as_admin(rule).action_switch_to_act()
        amounts = [666, *range(1, count)]
        messages = self._hear(*(self._payment(f"I-{n}", n) for n in amounts))
        return rule, messages

    @mute_logger("odoo.addons.event_hub.models.event_hub_processor")
    def test_a_poison_message_in_a_batch_is_on_record_once_as_a_message(self):
        rule, messages = self._poisoned(8)

        def work(env):
            env["event_hub.processor"]._process(
                env["event_hub.message"].sudo().browse(messages.ids)
            )

        with self.no_failure_written():
            self.assertIsNone(self.apart(work))
        self.env.invalidate_all()
        self.assertEqual(
            sorted(messages.mapped("state")), ["failed", *["processed"] * 7]
        )
        self.assertEqual(self.runs(rule).mapped("state"), ["done"] * 7)

    @mute_logger("odoo.addons.event_hub.models.event_hub_processor")
    def test_a_trial_leaves_no_failure_even_when_all_is_rolled_back_after_it(self):
        rule, messages = self._poisoned(2)
        messages.sudo()._set_state("parked")
        told = []

        def work(env):
            found = env["event_hub.message"].sudo().browse(messages.ids)
            told.append(found.action_replay(dry_run=True))
            raise Undone

        with self.no_failure_written():
            self.assertIsInstance(self.apart(work), Undone)
        self.assertEqual(told[0]["outcomes"], {"failed": 1, "processed": 1})
        self.assertFalse(self.runs(rule))
        self.react()
        self.assertFalse(rule.activity_ids)
