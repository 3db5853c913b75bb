from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from prometheus_client.parser import text_string_to_metric_families

from odoo import fields
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.event_hub.models import event_hub_monitor_metrics
from odoo.addons.event_hub.models import event_hub_tally_accepted as tally_accepted
from odoo.addons.event_hub.tools import counters

from .common import HubCommon


def samples(text):
    """:return: ``{(sample name, frozenset of labels): value}``"""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@tagged("post_install", "-at_install")
class TestMetrics(HubCommon, TransactionCase):
    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())
        counters.take(self.env.cr.dbname)
        event_hub_monitor_metrics._cache.clear()
        self.tally = self.env["event_hub.tally"]

    def _scrape(self):
        self.env.flush_all()
        self.env.cr.flush()  # what a commit would write
        event_hub_monitor_metrics._cache.clear()
        return samples(self.env["event_hub.monitor"].sudo()._metrics().decode())

    def _value(self, name, **labels):
        return self._scrape()[name, frozenset(labels.items())]

    def _answer(self, answer, times=1):
        for _ in range(times):
            counters.count_answer(self.env.cr.dbname, self.source.code, answer)

    # -------------------------------------------------------------------- the door

    def test_answers_of_the_door_are_counted_by_source_and_reason(self):
        self._hear(self._event(), self._event(), self._event())
        self._answer("duplicate")
        self._answer("bad_signature", 2)
        code = self.source.code
        self.assertEqual(self._value("hub_received_total", source=code), 3)
        self.assertEqual(self._value("hub_duplicates_total", source=code), 1)
        self.assertEqual(
            self._value("hub_refused_total", source=code, reason="bad_signature"), 2
        )
        self.assertEqual(
            self._value("hub_refused_total", source=code, reason="stale"), 0
        )

    def test_counts_of_several_processes_add_up(self):
        self._answer("stale", 2)
        self.tally._flush_answers()  # the thread of one process
        self._answer("stale", 5)
        self.tally._flush_answers()  # the thread of another one
        self.assertEqual(self._refused("stale"), 7)

    def test_answers_that_could_not_be_written_down_are_counted_again(self):
        self._answer("stale", 2)
        taken = counters.take(self.env.cr.dbname)
        counters.give_back(self.env.cr.dbname, taken)
        self._answer("stale")
        self.assertEqual(self._refused("stale"), 3)

    def _refused(self, reason):
        return self._value("hub_refused_total", source=self.source.code, reason=reason)

    def _received(self):
        return self._value("hub_received_total", source=self.source.code)

    def _received_at(self, messages, moment):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE event_hub_message SET received_at = %s WHERE id = ANY(%s)",
            [moment, messages.ids],
        )
        self.env.invalidate_all()

    def test_accepted_messages_are_counted_exactly_though_a_process_is_killed(self):
        messages = self._hear(*(self._event() for _ in range(5)))
        self._answer("accepted", 5)  # in memory
        counters.take(self.env.cr.dbname)  # which is gone
        self.assertEqual(self._received(), 5)
        hour = timedelta(hours=1)
        self._received_at(messages[:3], fields.Datetime.now() - hour)
        self.tally._count_accepted()
        self.assertEqual(self._received(), 5, "partly in rows, partly as they lie")

    def test_each_message_is_counted_once_however_often_the_mark_moves(self):
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        messages = self._hear(*(self._event() for _ in range(4)))
        for number, message in enumerate(messages):
            self._received_at(message, now - timedelta(minutes=4 * number))
        for minutes in (12, 8, 4, 0):
            with patch.object(
                tally_accepted, "_utc_now", lambda m=minutes: now - timedelta(minutes=m)
            ):
                self.tally._count_accepted()
                self.tally._fold_minutes()
        self.assertEqual(self._received(), 4)
        marks = self.tally.search([("outcome", "=", "counted")])
        self.assertEqual(len(marks), 1)

    def test_a_message_that_is_committed_late_is_counted(self):
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        with db_connect(self.env.cr.dbname).cursor() as late:
            late.execute("SELECT pg_current_xact_id()")  # it writes, and goes on
            with patch.object(
                tally_accepted, "_utc_now", lambda: now + timedelta(minutes=10)
            ):
                self.tally._count_accepted()
        self._received_at(self._hear(self._event()), now)
        self.assertEqual(self._received(), 1)

    def test_a_message_that_is_committed_just_before_the_look_is_counted(self):
        """Who looks at the writers looks first, and reads afterwards."""
        steps = []
        cls = type(self.tally)
        for name in ("_all_seen_until", "_counted_until"):
            origin = getattr(cls, name)

            def told(records, name=name, origin=origin):
                steps.append((name, records.env.cr))
                return origin(records)

            self.patch(cls, name, told)
        self.tally._count_accepted()
        (looked, here), (read, there) = steps
        self.assertEqual((looked, read), ("_all_seen_until", "_counted_until"))
        self.assertIsNot(here, there, "what is read begins after the look")

    # ------------------------------------------------------------------ processing

    def test_messages_and_their_waiting_time_are_counted_when_processed(self):
        before = self._scrape()
        messages = self._hear(
            self._payment("INV-1"), self._payment("INV-2"), self._event("no.such_type")
        )
        self.env.cr.execute(
            "UPDATE event_hub_message SET received_at = received_at - interval '4 s',"
            " next_try_at = next_try_at - interval '4 s' WHERE id = %s",
            [messages[0].id],
        )
        messages.invalidate_recordset()
        self._process()
        after = self._scrape()
        code = self.source.code

        def grown(name, **labels):
            key = name, frozenset({"source": code, **labels}.items())
            return after[key] - before[key]

        self.assertEqual(grown("hub_messages_total", outcome="processed"), 2)
        self.assertEqual(grown("hub_messages_total", outcome="parked"), 1)
        self.assertEqual(grown("hub_processing_seconds_count"), 2)
        self.assertEqual(grown("hub_processing_seconds_bucket", le="+Inf"), 2)
        self.assertEqual(grown("hub_processing_seconds_bucket", le="2.5"), 1)
        self.assertAlmostEqual(grown("hub_processing_seconds_sum"), 4, delta=2.5)

    def test_a_replay_counts_as_done_by_hand_and_not_as_a_long_wait(self):
        message = self._heard_and_processed(self._payment(subject="T-UNKNOWN"))
        self.assertEqual(message.state, "parked")
        self.env.cr.execute(
            "UPDATE event_hub_message SET received_at = received_at - interval '1 day' WHERE id = %s",
            [message.id],
        )
        message.invalidate_recordset()
        self.account.account_code = "T-UNKNOWN"
        code = self.source.code
        before = self._scrape()
        message.action_replay()
        after = self._scrape()
        kind = (
            "hub_manual_overrides_total",
            frozenset({"kind": "message_replayed"}.items()),
        )
        waits = "hub_processing_seconds_count", frozenset({"source": code}.items())
        self.assertEqual(message.state, "processed")
        self.assertEqual(after[kind] - before[kind], 1)
        self.assertEqual(after[waits] - before[waits], 0)

    def test_what_is_rolled_back_is_not_counted(self):
        before = self._value("hub_manual_overrides_total", kind="run_retried")
        savepoint = self.env.cr.savepoint()
        self.tally._override("run_retried")
        savepoint.close(rollback=True)
        after = self._value("hub_manual_overrides_total", kind="run_retried")
        self.assertEqual(after, before)

    def test_a_queue_that_is_late_is_a_promise_at_risk_and_then_broken(self):
        def risk(state):
            return self._value("hub_sla_risk", promise="hub_queues", state=state)

        before = risk("at_risk"), risk("broken")
        message = self._hear(self._event())
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        moments = []
        for late in (60, 600):
            self.env.cr.execute(
                "UPDATE event_hub_message SET next_try_at = %s, received_at = %s WHERE id = %s",
                [*[now - timedelta(seconds=late)] * 2, message.id],
            )
            self.env.invalidate_all()
            moments.append((risk("at_risk"), risk("broken")))
        self.assertEqual(before, (0, 0))
        self.assertEqual(moments, [(1, 0), (0, 1)])

    def test_what_waits_is_told_by_lane(self):
        messages = self._hear(self._event(subject="A"), self._event(subject="A"))
        lane = messages[0].lane
        told = self._scrape()
        depths = {
            dict(labels)["lane"]: value
            for (name, labels), value in told.items()
            if name == "hub_lane_depth"
        }
        self.assertEqual(set(depths), {"0", "1", "2", "3", "several"})
        self.assertGreaterEqual(depths[str(lane)], 2)
        waiting = told["hub_queue_depth", frozenset({("queue", "messages")})]
        self.assertEqual(sum(depths.values()), waiting)

    # --------------------------------------------------------------------- rights

    def test_counts_of_another_company_are_not_seen(self):
        self._answer("stale")
        self.tally._flush_answers()
        other = new_test_user(
            self.env,
            "tally_b",
            groups="event_hub.group_hub_user",
            company_id=self.company_b.id,
            company_ids=[(6, 0, self.company_b.ids)],
        )
        own = self.tally.search([("key", "=", self.source.code)])
        self.assertTrue(own)
        self.assertFalse(
            self.tally.with_user(other).search([("key", "=", self.source.code)])
        )

    # -------------------------------------------------------------------- folding

    def test_folding_changes_no_sum(self):
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        rows = [
            (now - age, "door", "fold", "accepted", count)
            for age in (timedelta(minutes=m) for m in (0, 5, 5, 5, 3000, 3001, 150000))
            for count in (1, 2)
        ]
        self.env.cr.execute_values(
            "INSERT INTO event_hub_tally (minute, metric, key, outcome, count) VALUES %s",
            [(at.replace(second=0, microsecond=0), *rest) for at, *rest in rows],
        )

        def known():
            self.tally.invalidate_model()
            found = self.tally.search([("key", "=", "fold")])
            return len(found), sum(found.mapped("count"))

        self.assertEqual(known(), (14, 21))
        self.tally._fold_minutes()
        self.assertEqual(known()[1], 21)
        self.assertEqual(known()[0], 9)
        self.tally._gc_fold()
        self.assertEqual(known()[1], 21)
        self.assertLessEqual(known()[0], 6)

    # --------------------------------------------------------------------- bounds

    def test_a_scrape_asks_a_fixed_number_of_questions(self):
        self._scrape()
        few = self._count_queries()
        self._hear(*[self._event() for _ in range(20)])
        self._answer("accepted", 20)
        self.tally._flush_answers()
        self._process()
        self.env.cr.flush()
        self.assertLessEqual(self._count_queries(), few)

    def _count_queries(self):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["event_hub.monitor"].sudo()._families()
        return self.env.cr.sql_log_count - before

    def test_many_scrapes_share_one_round_of_queries(self):
        monitor = self.env["event_hub.monitor"].sudo()
        monitor._metrics()
        with self.assertQueryCount(0):
            monitor._metrics()
