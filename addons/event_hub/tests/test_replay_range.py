from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestReplayRange(HubCommon, TransactionCase):
    """A whole period is replayed through the lanes, and tried before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "hub_admin",
            groups="event_hub.group_hub_admin",
            company_id=cls.company_a.id,
        )
        cls.messages = cls.env["event_hub.message"].with_user(cls.admin)

    def _parked(self, count=1, subject="LATER", **options):
        return self._heard_and_processed(
            *[self._payment(f"INV-{n}", subject=subject) for n in range(count)],
            **options,
        )

    def _cause_gone(self):
        self.env["res.partner"].create({"name": "Later", "account_code": "LATER"})

    def _work(self, rounds=20):
        """Let the Scheduled Actions of replays and lanes take turns until nothing is left."""
        note = patch.object(
            type(self.env["ir.cron"]),
            "_commit_progress",
            lambda cron, *args, **options: float("inf"),
        )
        for _ in range(rounds):
            with note:
                self.env["event_hub.replay"]._cron_replay()
            self._process()
            if not self.env["event_hub.replay"].search([("state", "=", "running")]):
                return
        self.fail("the replay does not come to an end")

    # ------------------------------------------------------------------ how it is born

    def test_no_default_makes_a_replay_that_runs_already(self):
        asked = (
            self.env["event_hub.replay"]
            .with_user(self.admin)
            .with_context(
                default_state="running",
                default_user_id=self.env.ref("base.user_admin").id,
                default_until_id=10**9,
                default_chosen=[1],
            )
            .create({})
        )
        self.assertEqual((asked.state, asked.until_id), ("draft", 0))
        self.assertFalse(asked.user_id or asked.chosen)

    def test_a_copy_asks_for_the_same_anew(self):
        parked = self._parked(2)
        action = parked.with_user(self.admin).action_show_replay()
        asked = self.env["event_hub.replay"].browse(action["res_id"])
        again = asked.with_user(self.admin).copy()
        self.assertEqual((again.state, again.chosen), ("draft", parked.ids))
        self.assertEqual(again.matching_count, 2)
        self.assertFalse(again.trial)

    # ------------------------------------------------------------------ what it does

    def test_all_that_was_set_aside_in_a_period_is_tried_again(self):
        early, late = self._parked(), self._parked(2)
        self.env.cr.execute(
            "UPDATE event_hub_message SET received_at = received_at - interval '2 days' WHERE id = %s",
            [early.id],
        )
        self._cause_gone()
        yesterday = fields.Datetime.now() - timedelta(days=1)
        told = self.messages.replay_range(date_from=yesterday.isoformat() + "Z")
        self.assertEqual(told["total"], 2)
        self._work()
        self.assertEqual(late.mapped("state"), ["processed"] * 2)
        self.assertEqual(early.state, "parked")
        asked = self.env["event_hub.replay"].browse(told["replay"])
        self.assertEqual(
            (asked.state, asked.progress, asked.processed_count, asked.again_count),
            ("done", 100, 2, 0),
        )
        self.assertEqual(asked.user_id, self.admin)
        self.assertTrue(asked.finished_at)

    def test_sources_states_and_reasons_narrow_it(self):
        other = self._source("test_other", self.company_a, self.service)
        mine, others = self._parked(), self._parked(source=other)
        unknown = self._heard_and_processed(self._event("nobody.knows"))
        dead = self._parked()
        self.env.cr.execute(
            "UPDATE event_hub_message SET state = 'dead', error_code = 'handler' WHERE id = %s",
            [dead.id],
        )
        self.env.invalidate_all()
        for criteria, wanted in (
            ({}, mine | others | unknown | dead),
            ({"sources": ["test_other"]}, others),
            ({"states": ["dead"]}, dead),
            ({"states": ["parked"], "error_code": "unknown_type"}, unknown),
            ({"states": ["failed"]}, self.env["event_hub.message"]),
        ):
            told = self.messages.replay_range(dry_run=True, **criteria)
            found = [m["id"] for m in told["messages"]]
            self.assertEqual(sorted(found), sorted(wanted.ids), criteria)

    def test_it_goes_piece_by_piece_and_tells_its_progress(self):
        messages = self._parked(5)
        self._cause_gone()
        asked = self._asked()
        asked.action_start()
        with patch("odoo.addons.event_hub.policies.replay.AT_ONCE", 2):
            self._step(asked)
            self.assertEqual((asked.released, asked.in_lanes_count), (2, 2))
            self._step(asked)
            self.assertEqual(asked.released, 2, "the lanes are full")
            self._process()
            self.assertEqual((asked.progress, asked.processed_count), (40, 2))
            for _ in range(2):
                self._step(asked)
                self._process()
            self._step(asked)
        self.assertEqual((asked.state, asked.progress), ("done", 100))
        self.assertEqual(set(messages.mapped("state")), {"processed"})

    def _asked(self, **values):
        return self.env["event_hub.replay"].with_user(self.admin).create(values)

    def _step(self, asked):
        asked.sudo()._step()
        self.env.invalidate_all()

    def test_a_cause_that_is_still_there_sets_them_aside_again(self):
        messages = self._parked(2)
        told = self.messages.replay_range()
        self._work()
        asked = self.env["event_hub.replay"].browse(told["replay"])
        self.assertEqual(
            (asked.state, asked.processed_count, asked.again_count), ("done", 0, 2)
        )
        self.assertEqual(messages.mapped("error_code"), ["unknown_account"] * 2)

    def test_what_is_processed_is_left_alone(self):
        done = self._heard_and_processed(self._payment())
        parked = self._parked()
        asked = self._asked()
        self.assertEqual((asked.matching_count, asked.untouched_count), (1, 1))
        asked.action_start()
        self._work()
        self.assertEqual((done.state, done.attempts), ("processed", 0))
        self.assertEqual(len(self._events(done)), 1)
        self.assertEqual(parked.state, "parked")
        with self.assertRaisesRegex(UserError, "processed"):
            self.messages.replay_range(states=["processed"])

    def test_an_event_the_ledger_knows_has_no_second_effect(self):
        event = self._payment(subject="LATER")
        parked = self._heard_and_processed(event)
        self._cause_gone()
        self._heard_and_processed(event)  # the same event under another message id
        attempts = self.env["test_event_hub.attempt"]
        before = attempts.search_count([]), self.env["event_hub.event"].search_count([])
        self.messages.replay_range()
        self._work()
        self.assertEqual((parked.state, self._events(parked).ids), ("processed", []))
        self.assertEqual(
            (attempts.search_count([]), self.env["event_hub.event"].search_count([])),
            before,
        )

    def test_what_came_in_after_the_start_is_not_part_of_it(self):
        first = self._parked()
        asked = self._asked()
        asked.action_start()
        later = self._parked()
        self._work()
        self.assertEqual(first.replay_id, asked)
        self.assertFalse(later.replay_id)

    def test_whoever_stops_it_leaves_the_rest_as_it_is(self):
        messages = self._parked(3)
        self._cause_gone()
        asked = self._asked()
        asked.action_start()
        with patch("odoo.addons.event_hub.policies.replay.AT_ONCE", 1):
            self._step(asked)
        asked.action_cancel()
        self._work()
        self._process()
        self.assertEqual(
            messages.sorted("id").mapped("state"), ["processed", "parked", "parked"]
        )
        self.assertEqual(asked.state, "cancelled")
        with self.assertRaises(ConflictError):
            asked.action_start()

    def test_a_thousand_messages_need_no_more_queries_than_ten(self):
        def queries(count):
            self._parked(count)
            asked = self._asked()
            asked.action_start()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            asked.sudo()._step()
            self.env.flush_all()
            taken = self.env.cr.sql_log_count - before
            self._work()
            return taken

        queries(1)
        few = queries(10)
        self.assertLessEqual(queries(200) - few, 6)  # by pages of a hundred rows

    # ------------------------------------------------------------------ the trial

    def test_a_trial_counts_outcomes_lists_messages_and_keeps_nothing(self):
        good = self._parked(2)
        bad = self._heard_and_processed(self._event("nobody.knows"))
        self._cause_gone()
        asked = self._asked()
        asked.action_try()
        trial = asked.trial
        self.assertEqual(trial["outcomes"], {"processed": 2, "parked": 1})
        self.assertEqual((trial["total"], trial["tried"]), (3, 3))
        self.assertEqual(
            [(m["id"], m["state"], m["events"]) for m in trial["messages"]],
            [
                (good[0].id, "processed", ["test.payment_failed"]),
                (good[1].id, "processed", ["test.payment_failed"]),
                (bad.id, "parked", []),
            ],
        )
        self.assertIn("nobody.knows", asked.trial_page)
        self.assertRegex(asked.trial_page, "(?s)2 Processed.*1 Parked")
        self.env.invalidate_all()
        self.assertEqual(set((good | bad).mapped("state")), {"parked"})
        self.assertFalse(self._events(good))
        self.assertFalse((good | bad).replay_id)
        self.assertFalse(self.env["test_event_hub.attempt"].search([]))

    def test_a_trial_of_many_tries_the_oldest_and_says_so(self):
        messages = self._parked(3)
        with patch("odoo.addons.event_hub.models.event_hub_replay_trial.TRIAL", 2):
            told = self.messages.replay_range(dry_run=True)
        self.assertEqual((told["tried"], told["total"]), (2, 3))
        self.assertEqual([m["id"] for m in told["messages"]], messages[:2].ids)
        self.assertFalse(self.env["event_hub.replay"].search([]))

    def test_a_trial_shows_text_from_outside_as_text(self):
        self._heard_and_processed(self._event("<img src=x onerror=alert(1)>"))
        asked = self._asked()
        asked.action_try()
        self.assertNotIn("<img", asked.trial_page)
        self.assertIn("&lt;img", asked.trial_page)

    def test_other_criteria_make_a_trial_void(self):
        self._parked()
        asked = self._asked()
        asked.action_try()
        asked.dead = False
        self.assertFalse(asked.trial)

    def test_the_form_counts_while_it_is_filled_in(self):
        self._parked(2)
        with Form(self.env["event_hub.replay"].with_user(self.admin)) as form:
            self.assertEqual(form.matching_count, 2)
            form.parked = False
            self.assertEqual(form.matching_count, 0)
        with self.assertRaisesRegex(UserError, "nothing to replay"):
            form.record.action_start()

    def test_several_chosen_messages_open_as_a_trial(self):
        chosen = self._parked(3)[:2]
        action = chosen.with_user(self.admin).action_show_replay()
        asked = self.env["event_hub.replay"].browse(action["res_id"])
        self.assertEqual([m["id"] for m in asked.trial["messages"]], sorted(chosen.ids))
        asked.with_user(self.admin).action_start()
        self._work()
        self.assertEqual(asked.total, 2)

    # ----------------------------------------------------------------- who may

    def test_only_hub_administrators_replay_a_period(self):
        self._parked()
        reader = new_test_user(
            self.env, "hub_reader3", groups="event_hub.group_hub_user"
        )
        for user in (reader, self.service):
            with self.assertRaises(AccessError):
                self.messages.with_user(user).replay_range()
            with self.assertRaises(AccessError):
                self.env["event_hub.replay"].with_user(user).create({})

    def test_an_administrator_reaches_no_other_companys_messages(self):
        theirs = self._parked()
        stranger = new_test_user(
            self.env,
            "hub_admin_b",
            groups="event_hub.group_hub_admin",
            company_id=self.company_b.id,
            company_ids=[(6, 0, self.company_b.ids)],
        )
        told = self.messages.with_user(stranger).replay_range(dry_run=True)
        self.assertEqual(told["total"], 0)
        with self.assertRaisesRegex(UserError, "no source"):
            self.messages.with_user(stranger).replay_range(sources=["test_billing"])
        replays = self.env["event_hub.replay"].with_user(stranger)
        with self.assertRaises(AccessError):
            replays.create({"source_ids": [(6, 0, self.source.ids)]})
        forced = replays.create({})
        forced.sudo().source_ids = self.source
        self.assertEqual(forced.matching_count, 0)
        asked = self._asked()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            asked.with_user(stranger).read(["total"])
        self.assertEqual(theirs.state, "parked")

    def test_nobody_writes_what_follows_from_running(self):
        asked = self._asked()
        for vals in (
            {"state": "running"},
            {"chosen": [1]},
            {"company_ids": [(6, 0, self.company_b.ids)]},
            {"total": 3},
        ):
            with self.assertRaises(AccessError):
                asked.write(vals)
            with self.assertRaises(AccessError):
                self._asked(**vals)

    def test_what_does_not_fit_is_refused_in_words(self):
        for criteria, words in (
            ({"sources": ["no_such"]}, "no source no_such"),
            ({"states": ["received"]}, "received"),
            ({"error_code": "bad luck"}, "no reason"),
            ({"date_from": "yesterday"}, "ISO 8601"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self.messages.replay_range(**criteria)
        for criteria in ({"sources": "billing"}, {"dry_run": 1}, {"date_to": 5}):
            with self.assertRaises(ValidationError):
                self.messages.replay_range(**criteria)
