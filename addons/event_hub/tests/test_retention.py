import json
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase

from ..models.event_hub_retention import BATCH, LEDGER_DAYS
from ..policies import trial
from .common import HubCommon

NOW = datetime(2026, 6, 30, 12, 0, 0)
LONG_AGO = NOW - timedelta(days=91)
LATELY = NOW - timedelta(days=89)


class TestRetention(HubCommon, TransactionCase):
    """Contents are forgotten in time, the ledger if wanted; what waits is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.retention = cls.env["event_hub.retention"]

    def _message(self, state="processed", at=LONG_AGO, **event):
        message = self._hear(self._event(**event))
        self.env.cr.execute(
            "UPDATE event_hub_message SET state = %s, received_at = %s, processed_at = %s,"
            ' headers = \'{"a": "b"}\' WHERE id = %s',
            [state, at, at if state == "processed" else None, message.id],
        )
        message.invalidate_recordset()
        return message

    def _purge(self):
        return self.retention._purge_messages(NOW)[0]

    def _run_cron(self):
        """Run the Scheduled Action in this transaction.

        :return: the progress it told, ``[(done, remaining)]``
        """
        told = []

        def note(cron, processed=0, *, remaining=None, **_options):
            told.append((processed, remaining))
            return float("inf")

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", note):
            self.env.ref("event_hub.ir_cron_purge").ir_actions_server_id.run()
        return told

    # ---------------------------------------------------------------- messages

    def test_a_limit_beyond_all_dates_keeps_everything_and_stops_nothing(self):
        message = self._message()
        self.env.cr.execute(
            "UPDATE event_hub_source SET payload_retention_days = 2147483647"
        )
        parameters = self.env["ir.config_parameter"]
        for days in ("2147483647", "999999", "9" * 90):
            parameters.set_param(LEDGER_DAYS, days)
            self._run_cron()
            self.assertTrue(message.body)
        parameters.set_param(LEDGER_DAYS, "9" * 5000)
        with self.assertRaisesRegex(UserError, "number of days"):
            self.retention._ledger_days()

    def test_contents_are_forgotten_and_identity_and_digest_stay(self):
        message = self._message()
        identity = (message.external_id, message.body_sha256, message.correlation)
        self.assertEqual(self._purge(), 1)
        self.assertEqual((message.body, message.headers), (False, False))
        self.assertEqual(
            (message.external_id, message.body_sha256, message.correlation), identity
        )
        self.assertFalse(message.body_pretty)
        self.assertEqual(self._purge(), 0)

    def test_a_repetition_is_known_after_its_contents_are_forgotten(self):
        event = self._event()
        message = self._hear(event, message_id="m1")
        self._process()
        self.env.cr.execute(
            "UPDATE event_hub_message SET processed_at = %s WHERE id = %s",
            [LONG_AGO, message.id],
        )
        self.assertEqual(self._purge(), 1)
        self.assertEqual(self._hear(event, message_id="m1"), message)

    def test_what_waits_for_a_person_or_another_try_is_never_forgotten(self):
        waiting = self.env["event_hub.message"]
        for state in ("received", "failed", "parked", "dead"):
            waiting |= self._message(state, LONG_AGO - timedelta(days=1000))
        self.assertEqual(self._purge(), 0)
        self.assertTrue(all(message.body for message in waiting))

    def test_a_message_is_kept_as_long_as_its_source_says(self):
        young = self._message(at=LATELY)
        self.assertEqual(self._purge(), 0)
        self.source.payload_retention_days = 88
        self.assertEqual(self._purge(), 1)
        self.assertFalse(young.body)

    def test_the_time_begins_when_a_message_was_processed(self):
        replayed = self._message(at=LATELY)
        self.env.cr.execute(
            "UPDATE event_hub_message SET received_at = %s WHERE id = %s",
            [LONG_AGO, replayed.id],
        )
        self.assertEqual(self._purge(), 0)

    def test_zero_days_keep_the_contents_for_good(self):
        self.source.payload_retention_days = 0
        message = self._message(at=NOW - timedelta(days=5000))
        self.assertEqual(self._purge(), 0)
        self.assertTrue(message.body)

    def _many(self, count):
        self.env.cr.execute(
            """
            INSERT INTO event_hub_message (source_id, external_id, body, body_sha256, headers, scheme, lane, state,
                                           attempts, received_at, processed_at)
            SELECT %s, 'bulk-' || n, '{}', 'digest', '{}', 'standard', 0, 'processed', 1, %s, %s
              FROM generate_series(1, %s) n
            """,
            [self.source.id, LONG_AGO, LONG_AGO, count],
        )

    def test_ten_thousand_messages_take_one_query_a_batch(self):
        self._many(10000)
        parked = self._message("parked")
        sizes, last = [], 0
        with self.assertQueryCount(11):
            while True:
                count, last = self.retention._purge_messages(NOW, last)
                sizes.append(count)
                if count < BATCH:
                    break
        self.assertEqual(sizes, [1000] * 10 + [0])
        self.assertTrue(parked.body)
        self.env.cr.execute(
            "SELECT count(*), count(body), count(headers), count(body_sha256) FROM event_hub_message"
            " WHERE external_id LIKE 'bulk-%'"
        )
        self.assertEqual(self.env.cr.fetchone(), (10000, 0, 0, 10000))

    # -------------------------------------------------------------------- runs

    def test_runs_that_no_event_explains_go_after_90_days_and_others_stay(self):
        def run(at, event_id=None, state="done"):
            self.env.cr.execute(
                "INSERT INTO event_hub_run (automation_id, event_id, state, planned_at, owner_told)"
                " VALUES (1, %s, %s, %s, true) RETURNING id",
                [event_id, state, at],
            )
            return self.env["event_hub.run"].browse(self.env.cr.fetchone())

        old = run(LONG_AGO) | run(LONG_AGO, state="dead")
        kept = run(LATELY) | run(LONG_AGO, event_id=-5)
        self.env["event_hub.exception_mark"]._put("run", old.ids, {"reason": "No"})
        # Under the plan that is left, a subselect in IN is run again for each row.
        for plan in (
            "hashjoin",
            "mergejoin",
            "hashagg",
            "sort",
            "material",
            "indexscan",
        ):
            self.env.cr.execute(f"SET LOCAL enable_{plan} TO off")
        self.assertEqual(self.retention._purge_runs(NOW, 0, 1)[0], 1)
        self.assertEqual(self.retention._purge_runs(NOW)[0], 1)
        self.assertEqual((old | kept).exists(), kept)
        marks = [("kind", "=", "run"), ("res_id", "in", old.ids)]
        self.assertFalse(self.env["event_hub.exception_mark"].search(marks))

    # ------------------------------------------------------------------- ledger

    def _recorded(self, at, count=1):
        events = self._events(
            self._heard_and_processed(*[self._event() for _ in range(count)])
        )
        with events._maintenance("a test dates back"):
            self.env.cr.execute(
                "UPDATE event_hub_event SET recorded_at = %s WHERE id = ANY(%s)",
                [at, events.ids],
            )
        return events

    def _keep_ledger(self, days):
        self.env["ir.config_parameter"].sudo().set_param(LEDGER_DAYS, str(days))

    def test_the_ledger_is_kept_for_good_unless_a_setting_says_otherwise(self):
        event = self._recorded(NOW - timedelta(days=5000))
        self.assertEqual(self.retention._purge_ledger(NOW), (0, 0))
        self._keep_ledger(0)
        self.assertEqual(self.retention._purge_ledger(NOW), (0, 0))
        self.assertTrue(event.exists())

    def test_the_ledger_forgets_what_is_old_and_says_so(self):
        old, young = self._recorded(LONG_AGO), self._recorded(LATELY)
        self._keep_ledger(90)
        self.assertEqual(self.retention._purge_ledger(NOW), (1, old.id))
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())
        note = self.env["event_hub.event"].search(
            [("type", "=", "hub.maintenance")], order="id desc", limit=1
        )
        self.assertIn("older than 90 days", note.attributes["reason"])

    def test_an_event_whose_reaction_waits_stays_in_the_ledger(self):
        waiting, done = self._recorded(LONG_AGO, 2)
        rule = self.env["base.automation"].search([], limit=1)
        self.env.cr.execute(
            "INSERT INTO event_hub_run (event_id, automation_id, state, planned_at)"
            " VALUES (%s, %s, 'dead', %s), (%s, %s, 'done', %s)",
            [waiting.id, rule.id, LONG_AGO, done.id, rule.id, LONG_AGO],
        )
        self._keep_ledger(90)
        self.assertEqual(self.retention._purge_ledger(NOW), (1, done.id))
        self.assertTrue(waiting.exists())

    def test_a_setting_that_is_no_number_is_refused_loudly(self):
        self._keep_ledger("a year")
        with self.assertRaisesRegex(UserError, "number of days"):
            self.retention._purge_ledger(NOW)

    # ------------------------------------------------------------------ settings

    def _settings(self, **values):
        settings = self.env["res.config.settings"].create(values)
        settings.execute()
        return settings

    def test_the_settings_say_how_long_the_ledger_and_new_sources_remember(self):
        old, young = self._recorded(LONG_AGO), self._recorded(LATELY)
        self._settings(hub_ledger_retention_days=90, default_payload_retention_days=14)
        self.assertEqual(self.retention._purge_ledger(NOW), (1, old.id))
        self.assertTrue(young.exists())
        fresh = self._source("fresh", self.company_a, self.service)
        self.assertEqual(fresh.payload_retention_days, 14)
        self.assertEqual(self.source.payload_retention_days, 90)
        self.assertEqual(
            self.env["res.config.settings"].create({}).hub_ledger_retention_days, 90
        )
        self._settings(hub_ledger_retention_days=0)
        self.assertEqual(self.retention._purge_ledger(NOW), (0, 0))

    def test_settings_saved_for_another_reason_change_nothing(self):
        self._settings()
        fresh = self._source("fresh", self.company_a, self.service)
        self.assertEqual(fresh.payload_retention_days, 90)

    def test_a_test_event_stays_one_without_its_contents(self):
        message = self._message(at=LONG_AGO)
        digest = message.body_sha256
        mark = message._test_mark_of(self.source.id, digest)
        self.env.cr.execute(
            "UPDATE event_hub_message SET headers = %s WHERE id = %s",
            [json.dumps({trial.HEADER: mark, "x-other": "1"}), message.id],
        )
        self.env.invalidate_all()
        self.assertTrue(message.is_test)
        self.assertEqual(self._purge(), 1)
        self.assertEqual(self._purge(), 0)
        self.assertTrue(message.is_test)
        self.assertEqual(list(message.headers), [trial.HEADER])

    def test_the_settings_refuse_days_below_zero(self):
        for name in ("hub_ledger_retention_days", "default_payload_retention_days"):
            with self.assertRaisesRegex(ValidationError, "number of days"):
                self._settings(**{name: -1})

    def test_purging_is_watched_like_every_other_job(self):
        jobs = self.env["event_hub.monitor"]._jobs()
        self.assertIn("event_hub.ir_cron_purge", jobs["retention"])

    # ---------------------------------------------------------- scheduled action

    def test_the_scheduled_action_tells_its_progress_batch_by_batch(self):
        old = fields.Datetime.now() - timedelta(days=400)
        messages = self.env["event_hub.message"]
        for _ in range(3):
            messages |= self._message(at=old)
        events = self._recorded(old, 2)
        self._keep_ledger(365)
        with patch("odoo.addons.event_hub.models.event_hub_retention.BATCH", 2):
            told = self._run_cron()
        self.assertFalse(any(messages.mapped("body")))
        self.assertFalse(events.exists())
        self.assertEqual(told, [(2, 1), (1, 0), (0, 0), (2, 1), (0, 0)])
