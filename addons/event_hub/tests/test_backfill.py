from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.tools.event_row import EventRow

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestBackfill(HubCommon, TransactionCase):
    """The past of sources: a model of ours that has a chatter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.env["ir.model"]._get("event_hub.source")
        cls.backfill = cls.env["event_hub.backfill"].create({"model_id": cls.model.id})

    def _run(self):
        self.backfill.action_start()
        while self.backfill._step(limit=2):
            pass

    def _events(self):
        return self.env["event_hub.event"].search(
            [("case_model", "=", "event_hub.source"), ("history", "=", True)],
            order="id",
        )

    def _change(self, when, **values):
        self.env.flush_all()
        self.env.cr.precommit.run()  # what was made is told; only changes are tracked now
        self.source.write(values)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env["mail.message"].search(
            [("model", "=", "event_hub.source"), ("res_id", "=", self.source.id)],
            limit=1,
        ).date = when

    def _age(self, days):
        self.env.flush_all()
        at = datetime(2025, 1, 1) + timedelta(days=days)
        self.env.cr.execute(
            "UPDATE event_hub_source SET create_date = %s WHERE id = %s",
            [at, self.source.id],
        )
        return at

    def test_the_chatter_becomes_history(self):
        made = self._age(0)
        self._change(made + timedelta(days=3), code="renamed")
        self._run()
        mine = self._events().filtered(lambda e: e.case_id == self.source.id)
        created = mine.filtered(lambda e: e.type == "hub.record_created")
        changed = mine.filtered(lambda e: e.type == "hub.record_changed")
        self.assertEqual(created.occurred_at, made)
        self.assertEqual(changed.activity, "Code: renamed")
        self.assertEqual(changed.attributes["from"], "test_billing")
        self.assertEqual(changed.occurred_at, made + timedelta(days=3))
        self.assertEqual(len(set(mine.mapped("correlation"))), 1)
        self.assertEqual(self.backfill.event_count, len(self._events()))

    def test_history_asks_for_no_run_and_no_delivery(self):
        self.env["event_hub.endpoint"].create(
            {"name": "All", "url": "https://example.com/in", "event_pattern": "*"}
        )
        before = self.env["event_hub.delivery"].search_count([])
        self._run()
        self.assertTrue(self._events())
        self.assertEqual(self.env["event_hub.delivery"].search_count([]), before)

    def test_a_second_run_adds_nothing(self):
        self._run()
        count = len(self._events())
        self._run()
        self.assertEqual(len(self._events()), count)
        self.assertEqual(self.backfill.event_count, 0)

    def test_a_run_that_was_cut_goes_on_where_it_stopped(self):
        self._source("second", self.company_a, self.service)
        self._source("third", self.company_a, self.service)
        self.backfill.action_start()
        self.backfill._step(limit=1)
        self.assertEqual(self.backfill.seen, 1)
        with self.enter_registry_test_mode():
            self.env.ref("event_hub.ir_cron_backfill").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.backfill.state, "done")
        told = self._events().filtered(lambda e: e.type == "hub.record_created")
        self.assertEqual(len(told.mapped("case_id")), len(set(told.mapped("case_id"))))

    def test_what_the_hub_heard_itself_is_not_told_again(self):
        self._age(0)
        self.env["event_hub.event"]._append([self._row(datetime(2025, 1, 5))])
        self.env.cr.execute(
            "SELECT min(recorded_at) FROM event_hub_event WHERE case_model = 'event_hub.source'"
        )
        (first,) = self.env.cr.fetchone()
        self.backfill.action_start()
        self.assertEqual(
            self.backfill.until,
            first.replace(microsecond=self.backfill.until.microsecond),
        )

    def _row(self, at):
        return EventRow(
            type="hub.test",
            correlation="a" * 32,
            occurred_at=at,
            case_model="event_hub.source",
            case_id=self.source.id,
        )

    def test_progress_cannot_be_forged(self):
        admin = new_test_user(self.env, "hub_boss", groups="event_hub.group_hub_admin")
        backfill = self.backfill.with_user(admin)
        for values in ({"state": "done"}, {"event_count": 5}, {"last_record_id": 9}):
            with self.subTest(values), self.assertRaises(AccessError):
                backfill.write(values)
            with self.subTest(values), self.assertRaises(AccessError):
                backfill.create({"model_id": self.model.id, **values})

    def test_what_was_made_a_moment_ago_is_past(self):
        self.env.cr.execute(
            "UPDATE event_hub_source SET create_date = clock_timestamp() AT TIME ZONE 'UTC' WHERE id = %s",
            [self.source.id],
        )
        self._run()
        self.assertIn(self.source.id, self._events().mapped("case_id"))

    def test_no_default_makes_one_that_runs_already(self):
        admin = new_test_user(self.env, "hub_boss", groups="event_hub.group_hub_admin")
        born = (
            self.env["event_hub.backfill"]
            .with_user(admin)
            .with_context(default_state="running", default_last_record_id=9)
            .create({"model_id": self.model.id})
        )
        self.assertEqual((born.state, born.last_record_id), ("draft", 0))

    def test_a_running_one_is_neither_changed_nor_deleted_nor_started_twice(self):
        self.backfill.action_start()
        with self.assertRaises(UserError):
            self.backfill.date_from = "2025-01-01"
        with self.assertRaises(UserError):
            self.backfill.unlink()
        with self.assertRaises(ConflictError):
            self.backfill.action_start()
        self.backfill.action_cancel()
        self.assertEqual(self.backfill.state, "cancelled")

    def test_who_is_no_hub_administrator_starts_nothing(self):
        user = new_test_user(self.env, "hub_reader", groups="event_hub.group_hub_user")
        with self.assertRaises(AccessError):
            self.backfill.with_user(user).action_start()

    def test_a_backfill_that_is_cancelled_meanwhile_ends_quietly(self):
        self.backfill.action_start()
        self.backfill._step(limit=1)
        self.backfill.action_cancel()
        added = self._events()
        self.env["event_hub.backfill"].flush_model()
        self.assertFalse(self.backfill._step())
        self.assertEqual(self.backfill.state, "cancelled")
        self.assertEqual(self._events(), added)
