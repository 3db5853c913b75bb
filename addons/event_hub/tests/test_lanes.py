import json
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

from psycopg2 import InterfaceError, OperationalError

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, TransactionCase, tagged

from odoo.addons.event_hub import const
from odoo.addons.event_hub.models import event_hub_waker as waker
from odoo.addons.event_hub.policies import lanes

from .common import HubCommon

IN_LANE = {}  # lane: subjects in it
for number in range(100):
    subject = f"LANE-{number:03}"
    IN_LANE.setdefault(lanes.lane_of_case(subject), []).append(subject)
NOBODY = (
    "test.nobody_knows"  # such messages are set aside and leave nothing in the ledger
)


@tagged("post_install", "-at_install")
class TestLanes(HubCommon, TransactionCase):
    def _pick(self, lane, limit=100):
        return self.env["event_hub.message"]._pick(limit, lane)

    def _in_lane(self, lane, count=1, **options):
        subject = IN_LANE[lane][0]
        return self._hear(
            *[self._event(subject=subject) for _ in range(count)], **options
        )

    def _over_lanes(self, **options):
        return self._hear(
            [self._event(subject=IN_LANE[0][0]), self._event(subject=IN_LANE[1][0])],
            **options,
        )

    def test_a_worker_takes_from_its_own_lane_only_and_in_order(self):
        first, other = self._in_lane(2, 3), self._in_lane(1)
        self.assertEqual(self._pick(2).ids, first.ids)
        self.assertEqual(self._pick(1), other)
        self.assertFalse(self._pick(3))

    def test_a_message_over_several_lanes_waits_for_what_came_before_it(self):
        before, over, after = self._in_lane(2), self._over_lanes(), self._in_lane(2)
        self.assertEqual(over.lane, lanes.SEVERAL)
        self.assertEqual(self._pick(2), before)
        before._set_state("parked")
        self.env.flush_all()
        self.assertEqual(self._pick(2), over | after)

    def test_whoever_takes_a_message_over_several_lanes_takes_all_before_it_too(self):
        early, over = self._in_lane(0), self._over_lanes()
        self.assertEqual(self._pick(3).ids, [early.id, over.id])

    def test_what_failed_blocks_nobody_and_comes_back_when_it_is_due(self):
        failed, over, later = self._in_lane(1), self._over_lanes(), self._in_lane(1)
        failed._set_state("failed", next_try_at="2999-01-01")
        self.env.flush_all()
        self.assertEqual(self._pick(1), over | later)
        failed._set_state("failed", next_try_at="2001-01-01")
        self.env.flush_all()
        self.assertEqual(self._pick(1), failed | over | later)
        self.assertFalse(self._pick(2) & failed)

    def test_a_noisy_source_leaves_its_turn_to_others(self):
        quiet = self._source("test_quiet", self.company_a, self.service)
        noise = self._in_lane(1, 30)
        asked = self._in_lane(1, 2, source=quiet)
        self.assertEqual(self._pick(1, limit=6), noise[:4] | asked)

    def test_one_source_over_several_lanes_does_not_hold_up_another(self):
        quiet = self._source("test_quiet", self.company_a, self.service)
        self._over_lanes()
        asked = self._in_lane(1, 1, source=quiet)
        self.assertIn(asked, self._pick(1))

    def test_the_door_wakes_the_lane_of_the_message(self):
        woken = []
        self.patch(
            self.registry["event_hub.waker"], "_wake", lambda _s, x: woken.append(x)
        )
        self._in_lane(3)
        over = self._over_lanes()
        self.assertEqual(
            woken, [const.CRONS_PROCESS[3], const.CRONS_PROCESS[over.id % lanes.LANES]]
        )

    def test_looking_for_work_costs_few_queries_however_much_waits(self):
        for _ in range(2):
            self._in_lane(1, 50)
            self.env.flush_all()
            with self.assertQueryCount(4):
                self._pick(1)


@tagged("post_install", "-at_install")
class TestWorkers(TransactionCase):
    """Real connections and commits: what the transaction of a test cannot show."""

    def setUp(self):
        super().setUp()
        self.dbname = self.env.cr.dbname
        self.patch(self.registry["event_hub.waker"], "_wake", lambda *_args: True)
        self.patch(self.registry["event_hub.waker"], "_wake_at", lambda *_args: True)
        self.addCleanup(self._clean)
        with self._worker() as env:
            user = env["res.users"].create(
                {
                    "name": "Lanes",
                    "login": "hub_lanes",
                    "group_ids": [(6, 0, env.ref("event_hub.group_hub_service").ids)],
                }
            )
            source = env["event_hub.source"].create(
                {"code": "lanes", "name": "Lanes", "user_id": user.id}
            )
            self.source_id, self.user_id = source.id, user.id
            self.partner_id = user.partner_id.id

    @contextmanager
    def _worker(self):
        """An environment of a worker of its own; what it did is committed."""
        with db_connect(self.dbname).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _clean(self):
        with self._worker() as env:
            messages = "DELETE FROM event_hub_message WHERE source_id = %s"
            env.cr.execute(messages, [self.source_id])
            env["event_hub.source"].browse(self.source_id).unlink()
            env["res.users"].browse(self.user_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _hear(self, *bodies):
        with self._worker() as env:
            for body in bodies:
                HubCommon._hear(
                    _Ears(env),
                    body,
                    source=env["event_hub.source"].browse(self.source_id),
                )

    @staticmethod
    def _event(subject, id_):
        return HubCommon._event(NOBODY, subject, id=str(id_))

    def test_one_lane_proceeds_while_another_is_held(self):
        self._hear(self._event(IN_LANE[0][0], 1), self._event(IN_LANE[1][0], 2))
        with self._worker() as one, self._worker() as two:
            self.assertEqual(len(one["event_hub.message"]._pick(10, 0)), 1)
            self.assertEqual(two["event_hub.message"]._process_waiting(10, 0), 0)
            self.assertEqual(two["event_hub.message"]._process_waiting(10, 1), 1)

    def test_nobody_takes_a_later_message_of_a_lane_that_is_held(self):
        self._hear(*[self._event(IN_LANE[0][0], n) for n in range(4)])
        with self._worker() as one, self._worker() as two:
            self.assertEqual(len(one["event_hub.message"]._pick(2, 0)), 2)
            self.assertFalse(two["event_hub.message"]._pick(2, 0))
            self.assertFalse(two["event_hub.message"]._pick(2))

    def test_a_message_over_several_lanes_is_not_taken_while_one_of_them_is_held(self):
        over = [self._event(IN_LANE[0][0], 2), self._event(IN_LANE[1][0], 3)]
        self._hear(self._event(IN_LANE[0][0], 1), over, self._event(IN_LANE[1][0], 4))
        with self._worker() as one, self._worker() as two:
            self.assertEqual(len(one["event_hub.message"]._pick(10, 0)), 1)
            self.assertFalse(two["event_hub.message"]._pick(10, 1))
            # A worker that gave way holds nothing that others need.
            with self._worker() as three:
                self.assertTrue(
                    three["event_hub.message"]._try_lock(
                        [self.source_id * lanes.LANES + 1]
                    )
                )

    def test_threads_on_all_lanes_keep_the_order_of_each_case(self):
        bodies, expected = self._told_of_eight_cases()
        self._hear(*bodies)
        batches, together = self._worked_off_by_threads()
        seen = defaultdict(list)
        for body in batches:
            for event in body if isinstance(body, list) else [body]:
                seen[event["subject"]].append(event["id"])
        self.assertEqual(dict(seen), dict(expected))
        self.assertGreater(max(together), 1, "Lanes never ran side by side.")

    def _told_of_eight_cases(self):
        """:return: bodies of 160 messages, every sixteenth about several cases, and ``{case: ids in order}``"""
        subjects = [
            IN_LANE[lane][case] for lane in range(lanes.LANES) for case in (0, 1)
        ]
        bodies, expected = [], defaultdict(list)
        for n in range(160):
            chosen = (n, n // 16, n + 3) if n % 16 == 15 else (n * 5,)
            about = [subjects[number % 8] for number in chosen]
            events = [self._event(s, f"{n}.{i}") for i, s in enumerate(about)]
            bodies.append(events if len(events) > 1 else events[0])
            for i, subject in enumerate(about):
                expected[subject].append(f"{n}.{i}")
        return bodies, expected

    def _worked_off_by_threads(self):
        """:return: the bodies in the order in which their batches began, and how many threads were at it each time"""
        batches, together, busy, errors = [], [], set(), []
        read = self.registry["event_hub.processor"]._process

        def note(processor, messages):
            busy.add(threading.current_thread().name)
            batch = time.monotonic(), [json.loads(m.body) for m in messages]
            # Only what is committed counts: a collision starts a batch again.
            processor.env.cr.postcommit.add(lambda: batches.append(batch))
            time.sleep(0.01)  # others get a chance to come between
            together.append(len(busy))
            busy.discard(threading.current_thread().name)
            return read(processor, messages)

        def work(lane):
            try:
                self._work_off(lane)
            except Exception as error:
                errors.append(error)

        with (
            patch.object(self.registry["event_hub.processor"], "_process", note),
            patch.object(const, "BATCH_SIZE", 5),
        ):
            threads = [
                threading.Thread(
                    target=work, args=(lane % lanes.LANES,), name=str(lane)
                )
                for lane in range(lanes.LANES + 2)  # two lanes have two workers each
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertFalse(errors)
        taken = sorted(batches, key=lambda batch: batch[0])
        return [body for _moment, bodies in taken for body in bodies], together

    def _work_off(self, lane):
        """Take turns with the others until nothing of the source waits."""
        waiting = [("source_id", "=", self.source_id), ("state", "=", "received")]
        for _ in range(200):
            with self._worker() as env:
                env["event_hub.message"]._cron_process(lane)
                left = env["event_hub.message"].search_count(waiting)
            if not left:
                return
            time.sleep(0.02)  # as the waker does


class _Ears:
    """What ``HubCommon._hear`` needs of a test case."""

    def __init__(self, env):
        self.env = env


@tagged("post_install", "-at_install")
class TestClock(TransactionCase):
    def test_a_job_is_rung_at_its_moment_and_once(self):
        rung, done = [], threading.Event()

        def ring(dbname, xmlid):
            rung.append((time.monotonic() - started, dbname, xmlid))
            if xmlid == "last":
                done.set()

        clock = waker._Clock(ring)
        started = time.monotonic()
        clock.set(0.6, "db", "last")
        for _ in range(50):
            clock.set(0.2, "db", "soon")
        self.assertTrue(done.wait(10))
        self.assertEqual([x for _s, _d, x in rung if x == "last"], ["last"])
        soon = [seconds for seconds, _d, xmlid in rung if xmlid == "soon"]
        self.assertIn(len(soon), (1, 2))  # two if a tenth of a second went by meanwhile
        self.assertGreaterEqual(min(soon), 0.2)
        self.assertGreaterEqual(rung[-1][0], 0.6)


@tagged("post_install", "-at_install")
class TestBell(BaseCase):
    def setUp(self):
        super().setUp()
        self.rung = []
        self.failures = []
        self.done = threading.Event()

    def _bell(self):
        def trigger(_bell, xmlids):
            self.rung.append(set(xmlids))
            if self.failures:
                raise self.failures.pop()
            if any("last" in round_ for round_ in self.rung):
                self.done.set()

        self.patch(waker._Bell, "_trigger", trigger)
        return waker._Bell("db")

    def test_calls_for_several_jobs_share_their_rounds(self):
        bell = self._bell()
        for number in range(300):
            bell.call([f"job {number % 3}"])
        bell.call(["last"])
        self.assertTrue(self.done.wait(10))
        self.assertLess(len(self.rung), 10)
        self.assertEqual(set().union(*self.rung), {"job 0", "job 1", "job 2", "last"})

    def test_a_call_while_the_database_is_away_is_not_lost(self):
        self.failures = [
            InterfaceError("connection already closed"),
            OperationalError("the database system is starting up"),
        ]
        self.patch(waker, "AGAIN_SECONDS", 0)
        self._bell().call(["last"])
        self.assertTrue(self.done.wait(10))
        self.assertEqual(self.rung, [{"last"}] * 3)

    def test_the_line_to_the_workers_is_kept_and_opened_anew_when_it_broke(self):
        told, lines, away = [], [], []

        class Line:
            broken = False

            def execute(self, query):
                if self.broken:
                    raise OperationalError("server closed the connection")
                told.append(query.params[-1])

            def commit(self):
                """Nothing is kept."""

            close = commit

        def connect(_name):
            if away:
                raise OperationalError("permission denied for database postgres")
            lines.append(Line())
            return SimpleNamespace(cursor=lambda: lines[-1])

        self.patch(waker, "db_connect", connect)
        bell = waker._Bell("db")
        bell._notify()
        bell._notify()
        self.assertEqual((len(lines), told), (1, ["db"] * 2))
        lines[0].broken = True
        bell._notify()
        self.assertEqual((len(lines), told), (2, ["db"] * 3))
        lines[1].broken = True
        away.append(True)
        bell._notify()  # no error: the trigger is stored, and found within a minute
        self.assertEqual((bell.line, told), (None, ["db"] * 3))
