from datetime import datetime, timedelta
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.support_visibility.policies import escalation_chain as chain
from odoo.addons.support_visibility.policies.escalation import Seat
from odoo.addons.support_visibility.policies.quiet import again, digest
from odoo.addons.support_visibility.policies.quiet.digest import Note
from odoo.addons.support_visibility.policies.quiet.hours import NEVER, daily

NOON = datetime(2026, 3, 2, 12)


class TestChain(TestCase):
    def _come(self, percent, *steps, team_id=1):
        found = chain.come(
            steps, policy_id=1, team_id=team_id, company_id=1, percent=percent
        )
        return [step.id for step in found]

    def test_moments_in_turn(self):
        steps = [
            chain.Step(1, "50", 0),
            chain.Step(2, "90", 0),
            chain.Step(3, chain.BROKEN, 30),
        ]
        self.assertEqual(self._come(50, *steps), [1])
        self.assertEqual(self._come(75, *steps), [1])
        self.assertEqual(self._come(90, *steps), [1, 2])
        self.assertEqual(self._come(None, *steps), [1, 2, 3])

    def test_who_is_there_already(self):
        seat, same, other = Seat(1, 2), Seat(1, None), Seat(3, 4)
        self.assertTrue(chain.is_there(chain.QUEUE, seat, same))
        self.assertFalse(chain.is_there(chain.QUEUE, seat, other))
        self.assertTrue(chain.is_there(chain.ASSIGN, seat, Seat(None, 2)))
        self.assertFalse(chain.is_there(chain.ASSIGN, seat, other))
        self.assertFalse(chain.is_there(chain.PRIORITY, seat, seat))

    def test_only_for_its_policy_team_and_company(self):
        steps = [
            chain.Step(1, chain.BROKEN, 0),
            chain.Step(2, chain.BROKEN, 0, policy_id=1),
            chain.Step(3, chain.BROKEN, 0, policy_id=2),
            chain.Step(4, chain.BROKEN, 0, team_id=1),
            chain.Step(5, chain.BROKEN, 0, company_id=2),
        ]
        self.assertEqual(self._come(None, *steps), [1, 2, 4])
        self.assertEqual(self._come(None, *steps, team_id=None), [1, 2])

    def test_priority_has_a_top(self):
        self.assertEqual([chain.raised(p) for p in "0123"], ["1", "2", "3", "3"])


class TestDigest(TestCase):
    def test_a_storm_of_a_thousand_is_one_message_each(self):
        notes = [Note(n, n % 3, NOON + timedelta(seconds=n % 60)) for n in range(1000)]
        found = digest.messages(notes, NOON + timedelta(minutes=6), {})
        self.assertEqual(set(found), {0, 1, 2})
        self.assertEqual(
            sorted(i for ids in found.values() for i in ids), [*range(1000)]
        )

    def test_it_waits_for_the_window(self):
        notes = [Note(1, 1, NOON)]
        just_before = NOON + digest.WINDOW - timedelta(seconds=1)
        self.assertFalse(digest.messages(notes, just_before, {}))
        self.assertEqual(digest.messages(notes, NOON + digest.WINDOW, {}), {1: [1]})

    def test_quiet_hours_let_only_the_urgent_through(self):
        notes = [Note(1, 1, NOON), Note(2, 1, NOON, is_urgent=True), Note(3, 2, NOON)]
        quiet = dict.fromkeys((1, 2), daily(11, 14, "UTC"))
        later = NOON + digest.WINDOW
        self.assertEqual(digest.messages(notes, later, quiet), {1: [2]})
        found = digest.messages(notes, NOON + timedelta(hours=2), quiet)
        self.assertEqual(found, {1: [1, 2], 2: [3]})

    def test_the_hours_of_a_person_win_over_those_of_the_team(self):
        notes = [Note(n, person=n, at=NOON, team=7) for n in (1, 2, 3)]
        notes.append(Note(4, person=3, at=NOON, team=8))
        own = {1: NEVER, 2: daily(11, 15, "UTC")}
        teams = {7: daily(11, 14, "UTC")}
        later = NOON + digest.WINDOW
        self.assertEqual(digest.messages(notes, later, own, teams), {1: [1], 3: [4]})
        at_two = NOON + timedelta(hours=2)
        self.assertEqual(digest.messages(notes[1:3], at_two, own, teams), {3: [3]})

    @given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3000), st.booleans())))
    def test_nothing_is_lost_or_said_twice(self, given_notes):
        notes = [
            Note(n, person, NOON + timedelta(seconds=second), urgent)
            for n, (person, second, urgent) in enumerate(given_notes)
        ]
        quiet, said, now = {1: daily(12, 12.5, "UTC")}, [], NOON
        while now < NOON + timedelta(hours=2):
            told = {i for ids in said for i in ids}
            waiting = [x for x in notes if x.id not in told and x.at <= now]
            said += digest.messages(waiting, now, quiet).values()
            now += timedelta(minutes=1)
        self.assertEqual(sorted(i for ids in said for i in ids), [x.id for x in notes])


class TestAgain(TestCase):
    def test_longer_each_time_for_a_day(self):
        at, waited = NOON, []
        while next_at := again.next_try(len(waited), at):
            waited.append((next_at - at).total_seconds() / 60)
            at = next_at
        self.assertEqual(waited[:7], [2, 4, 8, 16, 32, 60, 60])
        self.assertEqual(waited, sorted(waited))
        self.assertAlmostEqual((at - NOON) / timedelta(days=1), 0.92, 2)
