import unittest
from dataclasses import replace

from odoo.addons.approval_engine.policies import progress, seats
from odoo.addons.approval_engine.policies.reseat import Pool, reseat
from odoo.addons.approval_engine.policies.seats import (
    ALL,
    ANY,
    APPROVED,
    GROUP,
    NAMED,
    OWNER,
    PENDING,
    QUORUM,
    SKIPPED,
    WAITING,
    Seat,
    Step,
)

RIA, FRED, FAY, CLEO, MAX = 1, 2, 3, 4, 9  # Ria asks, Max owns the policy


def step(*people, mode=ANY, state=PENDING, key=1, sequence=10, quorum=0, **decided):
    places = tuple(
        p if isinstance(p, Seat) else Seat(p, NAMED, decided.get(f"u{p}", state))
        for p in people
    )
    return Step(key, sequence, "Finance", mode, quorum, state, places)


def named(*people):
    return Pool(tuple(map(Seat, people)), able=frozenset(people))


def settle(steps, *able, owner_id=MAX):
    candidates = {s.key: named(*able) for s in steps}
    return reseat(steps, candidates, owner_id=owner_id, requester_id=RIA)


class TestReseat(unittest.TestCase):
    def test_nobody_lost_anything(self):
        steps = (step(FRED, FAY), step(CLEO, key=2, sequence=20, state=WAITING))
        result = reseat(
            steps,
            {1: named(FRED, FAY), 2: named(CLEO)},
            owner_id=MAX,
            requester_id=RIA,
        )
        self.assertEqual(result.steps, steps)
        self.assertEqual((result.lost, result.added, result.stuck), ((), (), ()))

    def test_a_newcomer_does_not_change_a_step_that_is_well(self):
        self.assertEqual(settle((step(FRED),), FRED, FAY).added, ())

    def test_who_lost_the_right_loses_the_seat_and_the_rest_go_on(self):
        result = settle((step(FRED, FAY),), FAY)
        self.assertEqual(result.lost, ((1, FRED),))
        self.assertEqual(result.steps[0].users(PENDING), [FAY])
        self.assertEqual(result.steps[0].users(SKIPPED), [FRED])

    def test_the_step_is_resolved_anew(self):
        result = settle((step(FRED),), FAY, RIA)
        self.assertEqual(result.steps[0].users(PENDING), [FAY], "the requester never")
        self.assertEqual(result.added, ((1, Seat(FAY, NAMED, PENDING)),))

    def test_with_nobody_left_the_owner_is_asked(self):
        for mode, quorum in ((ANY, 0), (ALL, 0), (QUORUM, 1)):
            with self.subTest(mode=mode):
                result = settle((step(FRED, mode=mode, quorum=quorum),))
                self.assertEqual(result.added, ((1, Seat(MAX, OWNER, PENDING)),))
                self.assertEqual(result.stuck, ())

    def test_without_an_owner_the_step_is_stuck_not_approved(self):
        for owner_id in (None, RIA):
            result = settle((step(FRED),), owner_id=owner_id)
            self.assertEqual((result.stuck, result.steps[0].state), ((1,), PENDING))

    def test_the_last_one_leaving_does_not_approve_what_others_approved(self):
        half = step(FRED, FAY, mode=ALL, u2=APPROVED)
        result = settle((half,), FRED)
        self.assertEqual(result.steps[0].state, PENDING)
        self.assertEqual(result.steps[0].users(PENDING), [MAX])

    def test_a_quorum_out_of_reach_calls_the_owner(self):
        result = settle((step(FRED, FAY, mode=QUORUM, quorum=2),), FAY)
        self.assertEqual(result.steps[0].users(PENDING), [FAY, MAX])

    def test_who_decided_a_step_gets_no_seat_in_another(self):
        steps = (
            step(FRED, state=APPROVED),
            step(CLEO, key=2, sequence=20),
        )
        result = reseat(
            steps,
            {2: named(FRED)},
            owner_id=MAX,
            requester_id=RIA,
        )
        self.assertEqual(result.steps[0], steps[0], "what is decided stays")
        self.assertEqual(result.steps[1].users(PENDING), [MAX])

    def test_an_owner_who_lost_the_right_loses_the_seat(self):
        held = step(Seat(MAX, OWNER, PENDING))
        result = settle((held,), FAY, owner_id=None)
        self.assertEqual(result.steps[0].users(PENDING), [FAY])
        self.assertEqual(settle((held,)).lost, ())

    def test_who_may_again_gets_the_seat_back_when_nobody_is_left(self):
        empty = step(Seat(FRED, GROUP, SKIPPED))
        result = settle((empty,), FRED, owner_id=None)
        self.assertEqual(result.steps[0].users(PENDING), [FRED])

    def test_a_later_step_keeps_waiting(self):
        later = step(FRED, state=WAITING)
        result = settle((later,), FAY)
        self.assertEqual(result.steps[0].users(WAITING), [FAY])

    def test_where_only_some_are_asked_only_the_lost_seats_are_filled(self):
        picked = step(FRED, FAY)
        pool = Pool((Seat(CLEO), Seat(FAY), Seat(5)), pick=2)
        result = reseat((picked,), {1: pool}, owner_id=MAX, requester_id=RIA)
        self.assertEqual(result.steps[0].users(PENDING), [FAY, CLEO])

    def test_a_seat_by_manager_or_field_lasts_as_long_as_they_can_decide_at_all(self):
        for why in sorted(seats.KEPT):
            held = step(Seat(FRED, why, PENDING))
            for able, asked in (({FRED, FAY}, FRED), ({FAY}, FAY)):
                with self.subTest(why=why, able=able):
                    pool = Pool((Seat(FAY, why),), able=frozenset(able))
                    result = reseat((held,), {1: pool}, owner_id=MAX, requester_id=RIA)
                    self.assertEqual(result.steps[0].users(PENDING), [asked])

    def test_nobody_who_is_barred_is_asked_instead(self):
        barred = replace(step(FRED), barred=frozenset({FAY}))
        result = settle((barred,), FAY)
        self.assertEqual(result.steps[0].users(PENDING), [MAX])

    def test_no_loss_ever_approves(self):
        """Every small step, every loss: the step stays open, with somebody or stuck."""
        people = (FRED, FAY, CLEO)
        for mode, quorum in ((ANY, 0), (ALL, 0), (QUORUM, 1), (QUORUM, 2), (QUORUM, 3)):
            for gone in range(8):
                able = [p for i, p in enumerate(people) if not gone >> i & 1]
                for owner_id in (None, MAX):
                    before = step(*people, mode=mode, quorum=quorum)
                    result = settle((before,), *able, owner_id=owner_id)
                    with self.subTest(mode=mode, quorum=quorum, able=able):
                        after = result.steps[0]
                        self.assertEqual(after.state, PENDING)
                        self.assertEqual(after.approvals, 0)
                        open_to = after.users(*seats.UNDECIDED)
                        few = len(open_to) < max(quorum, 1)
                        self.assertEqual(bool(result.stuck), few)
                        self.assertLessEqual(set(open_to), {*able, MAX})
                        self.assertFalse(
                            progress.refuse(
                                result.steps, user_id=open_to[0], requester_id=RIA
                            )
                            if open_to
                            else None
                        )
