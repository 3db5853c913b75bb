"""Scheduled Actions that somebody answers for: charter, pause, run log, figures."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

CHARTER = {
    "purpose": "Test what a turn leaves",
    "approval_path": "none",
    "approval_reason": "None, because it is a test",
}
CRON = "odoo.addons.base.models.ir_cron"


@tagged("post_install", "-at_install")
class TestJob(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "job_admin", groups="event_hub.group_hub_admin"
        )
        cls.reader = new_test_user(
            cls.env, "job_reader", groups="event_hub.group_hub_user"
        )
        cls.cron = cls.env["ir.cron"].create(
            {
                "name": "Test: count partners",
                "model_id": cls.env.ref("base.model_res_partner").id,
                "state": "code",
                "code": "env['ir.cron']._commit_progress(3, remaining=0)",
                "interval_number": 1,
                "interval_type": "days",
            }
        )
        cls.job = cls.env["event_hub.job"].create(
            {"cron_id": cls.cron.id, "owner_id": cls.admin.id, **CHARTER}
        )

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())

    def turn(self, times=1):
        for _ in range(times):
            answer = self.cron.method_direct_trigger()
        self.env.invalidate_all()
        return answer

    def told(self):
        """:return: ``{outcome: (turns, records)}``"""
        return {run.outcome: (run.runs, run.items) for run in self.job.run_ids}

    # ------------------------------------------------------------------ the run log

    def test_turns_with_work_are_one_row_a_minute_with_what_they_dealt_with(self):
        with patch.object(fields.Datetime, "now", lambda: self.cron.create_date):
            self.turn(2)
        self.assertEqual(self.told(), {"done": (2, 6)})
        self.assertEqual((self.job.turns, self.job.items), (2, 6))
        self.assertTrue(self.job.last_run_at)

    def test_turns_without_work_are_one_row_a_day(self):
        self.cron.code = "pass"
        with patch.object(fields.Datetime, "now", lambda: self.cron.create_date):
            self.turn(3)
        self.assertEqual(self.told(), {"idle": (3, 0)})

    @mute_logger(CRON)
    def test_a_failure_is_told_once_to_the_owner_until_it_works_again(self):
        self.cron.code = "raise ValueError('no such thing')"
        self.turn(2)
        self.assertEqual(self.job.failed, 2)
        failed = self.job.run_ids.filtered(lambda run: run.outcome == "failed")
        self.assertIn("no such thing", failed[0].error)
        self.assertEqual(self.job.activity_ids.user_id, self.admin)
        self.assertEqual(len(self.job.activity_ids), 1)
        self.cron.code = "pass"
        self.turn()
        self.assertFalse(self.job.activity_ids)

    def test_what_an_error_says_is_for_administrators(self):
        runs = self.env["event_hub.job_run"]
        with self.assertRaises(AccessError):
            runs.with_user(self.reader).search([]).read(["error"])
        self.assertTrue(runs.with_user(self.reader).has_access("read"))
        self.assertFalse(runs.with_user(self.admin).has_access("write"))

    def test_minutes_are_saved_per_record_and_old_turns_are_forgotten(self):
        self.job.write({"minutes_saved": 2, "estimate_basis": "Watched once"})
        self.turn()
        self.assertEqual(self.job.saved, 6)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE event_hub_job_run SET started_at = %s",
            [fields.Datetime.now() - timedelta(days=92)],
        )
        self.env.invalidate_all()
        self.assertEqual(self.job.saved, 0)
        self.env["event_hub.job_run"]._gc_runs()
        self.assertFalse(self.job.run_ids)

    def test_a_scheduled_action_nobody_answers_for_is_left_alone(self):
        self.job.unlink()
        self.turn()
        self.assertFalse(
            self.env["event_hub.job_run"].search([("job_id", "=", self.job.id)])
        )

    # --------------------------------------------------------------------- the pause

    def test_while_paused_its_turns_pass_without_work_and_resuming_catches_up(self):
        job = self.job.with_user(self.admin)
        job.action_pause("Numbers look wrong")
        self.assertEqual(
            (self.job.status, self.job.paused_by_id), ("paused", self.admin)
        )
        self.env.flush_all()
        with self.registry.cursor() as cr:
            cron = self.cron.with_env(self.env(cr=cr))
            cron._callback(cron.name, cron.ir_actions_server_id.id)
        self.env.invalidate_all()
        self.assertEqual(self.told(), {"held": (1, 0)})
        self.assertEqual(self.job.turns, 0)
        job.action_resume()
        self.assertEqual(self.job.status, "on")
        waiting = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])
        self.assertTrue(waiting)

    def test_who_starts_a_paused_one_by_hand_is_told_so(self):
        self.job.with_user(self.admin).action_pause("Numbers look wrong")
        with self.assertRaisesRegex(UserError, "paused by .*: Numbers look wrong"):
            self.turn()

    def test_a_pause_shows_in_health(self):
        monitor = self.env["event_hub.monitor"]
        self.assertTrue(monitor._health_checks()["scheduled_actions"][0])
        self.job.with_user(self.admin).action_pause("Numbers look wrong")
        good, reason = monitor._health_checks()["scheduled_actions"]
        self.assertFalse(good)
        self.assertIn("Test: count partners", reason)

    def test_only_administrators_of_the_hub_pause_and_only_with_a_reason(self):
        with self.assertRaises(AccessError):
            self.job.with_user(self.reader).action_pause("Because")
        with self.assertRaises(AccessError):
            self.job.with_user(self.reader).action_resume()
        for reason in ("", "  ", None):
            with self.assertRaises(UserError):
                self.job.with_user(self.admin).action_pause(reason)

    def test_a_pause_is_not_written_created_or_defaulted(self):
        with self.assertRaises(UserError):
            self.job.write({"paused": True})
        other = self.cron.copy({"name": "Test: another"})
        born = (
            self.env["event_hub.job"]
            .with_context(default_paused=True)
            .create({"cron_id": other.id, "paused": True, "paused_reason": "x"})
        )
        self.assertFalse(born.paused or born.paused_reason)

    # -------------------------------------------------------------------- the charter

    def test_it_is_not_switched_on_while_its_charter_has_a_gap(self):
        self.cron.active = False
        self.job.purpose = False
        with self.assertRaisesRegex(UserError, "charter has a gap: The purpose"):
            self.cron.active = True
        self.job.purpose = "Known again"
        self.cron.active = True
        self.assertEqual(self.job.status, "on")

    def test_a_change_of_it_is_told_with_who_and_what(self):
        before = self.job.message_ids
        self.cron.with_user(self.env.ref("base.user_admin")).write(
            {"interval_number": 7, "code": "pass"}
        )
        told = (self.job.message_ids - before).filtered("body")
        self.assertIn("every: 1 → 7", told.body)
        self.assertIn("does:", told.body)
        self.assertEqual(told.author_id, self.env.ref("base.user_admin").partner_id)

    def test_it_says_how_often_it_runs_and_what_it_does(self):
        self.assertIn("Every day, and when it is woken", self.job.starts)
        self.cron.interval_number = 3
        self.env.invalidate_all()
        self.assertIn("Every 3 days", self.job.starts)
        self.assertEqual(
            self.job.does, "Contact: env['ir.cron']._commit_progress(3, remaining=0)"
        )
        empty = self.env["event_hub.job"].new()
        self.assertFalse(empty.starts or empty.does)

    def test_a_charter_stays_with_its_scheduled_action(self):
        with self.assertRaises(UserError):
            self.job.cron_id = self.cron.copy()

    def test_what_is_shipped_gets_its_charter_once_and_a_persons_words_stay(self):
        xmlid = "event_hub.ir_cron_react"
        jobs = self.env["event_hub.job"]
        job = jobs.search([("cron_id", "=", self.env.ref(xmlid).id)])
        self.assertFalse(job.gaps)
        job.purpose = "A person's words"
        self.assertFalse(jobs._answer_for({xmlid: CHARTER}))
        self.assertEqual(job.purpose, "A person's words")
        job.unlink()
        self.assertTrue(
            jobs._answer_for({xmlid: CHARTER, "event_hub.no_such": CHARTER})
        )
        again = jobs.search([("cron_id", "=", self.env.ref(xmlid).id)])
        self.assertEqual((again.purpose, again.gaps), (CHARTER["purpose"], False))

    def test_attention_says_what_is_missing_paused_or_failing(self):
        self.assertFalse(self.job.attention)
        self.job.purpose = False
        self.job.with_user(self.admin).action_pause("Numbers look wrong")
        self.assertIn("Numbers look wrong", self.job.attention)
        self.assertIn("purpose is missing", self.job.attention)

    def test_figures_of_many_cost_one_query(self):
        jobs = self.env["event_hub.job"].search([])
        self.assertGreater(len(jobs), 5)
        self.env.invalidate_all()
        jobs.mapped("cron_id.cron_name")
        with self.assertQueryCount(1):
            jobs._figures()
