import unittest
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies import delegation, progress
from odoo.addons.approval_engine.policies.delegation import Delegation, covers, state
from odoo.addons.approval_engine.policies.routing import StepRule, build_route
from odoo.addons.approval_engine.policies.seats import Seat

NOON = datetime(2026, 3, 2, 12)
DAY = timedelta(days=1)
REQUESTER, ADA, BOB, CYD, DAN = 1, 2, 3, 4, 5
LENT = Delegation(1, ADA, DAN, NOON - DAY, NOON + DAY, company_id=1)


class TestPeriod(unittest.TestCase):
    def test_it_is_live_from_its_first_to_before_its_last_moment(self):
        cases = [
            (NOON - 2 * DAY, delegation.PLANNED),
            (NOON - DAY, delegation.LIVE),
            (NOON, delegation.LIVE),
            (NOON + DAY, delegation.ENDED),
        ]
        for moment, expected in cases:
            with self.subTest(moment=moment):
                self.assertEqual(state(LENT, moment), expected)
        self.assertEqual(state(replace(LENT, revoked=True), NOON), delegation.REVOKED)


class TestWhatItCovers(unittest.TestCase):
    def test_period_company_type_and_amount_bound_it(self):
        cases = [
            ({}, {}, True),
            ({}, {"now": NOON + DAY}, False),
            ({}, {"company_id": 2}, False),
            ({"type_ids": frozenset({7})}, {"type_id": 7}, True),
            ({"type_ids": frozenset({7})}, {"type_id": 8}, False),
            ({"limit": 100.0}, {"amount": 100.0}, True),
            ({"limit": 100.0}, {"amount": 100.01}, False),
            ({"limit": 100.0}, {"amount": -100.01}, False),
            ({"revoked": True}, {}, False),
        ]
        for lent, asked, expected in cases:
            with self.subTest(lent=lent, asked=asked):
                request = {"now": NOON, "company_id": 1, "type_id": 7, "amount": 5.0}
                found = covers(replace(LENT, **lent), **(request | asked))
                self.assertEqual(found, expected)


class TestProblems(unittest.TestCase):
    def problem(self, new, *others):
        return delegation.find_problem(new, others)

    def test_it_ends_after_it_begins_and_goes_to_somebody_else(self):
        self.assertIsNone(self.problem(LENT))
        self.assertEqual(
            self.problem(replace(LENT, end=LENT.begin)), delegation.BACKWARDS
        )
        self.assertEqual(self.problem(replace(LENT, delegate_id=ADA)), delegation.SELF)

    def test_it_never_comes_back_at_the_same_time(self):
        back = replace(LENT, id=2, lender_id=DAN, delegate_id=ADA)
        cases = [
            (back, delegation.CYCLE),
            (replace(back, begin=LENT.end, end=LENT.end + DAY), None),
            (replace(back, revoked=True), None),
            (replace(back, company_id=2), None),
        ]
        for other, expected in cases:
            with self.subTest(other=other):
                self.assertEqual(self.problem(LENT, other), expected)

    def test_a_ring_of_three_is_a_cycle_only_where_all_are_live_together(self):
        second = replace(LENT, id=2, lender_id=DAN, delegate_id=BOB)
        third = replace(LENT, id=3, lender_id=BOB, delegate_id=ADA)
        self.assertEqual(self.problem(LENT, second, third), delegation.CYCLE)
        early = replace(second, end=NOON)
        late = replace(third, begin=NOON)
        self.assertIsNone(self.problem(LENT, early, late))

    @settings(max_examples=100, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 4),
                st.integers(1, 4),
                st.integers(0, 5),
                st.integers(1, 5),
            ),
            max_size=7,
        )
    )
    def test_what_is_let_in_one_by_one_never_closes_a_ring(self, wanted):
        let_in = []
        for number, (lender, to, first, length) in enumerate(wanted, start=1):
            begin = NOON + first * DAY
            new = Delegation(number, lender, to, begin, begin + length * DAY, 1)
            if self.problem(new, *let_in) is None:
                let_in.append(new)
        for day in range(11):
            moment = NOON + day * DAY
            live = [lent for lent in let_in if state(lent, moment) == delegation.LIVE]
            self.assertFalse(_ring(live), (moment, live))


def _ring(live):
    """Whether some walk along the delegations comes back, by trying all of them."""
    reached = {(lent.lender_id, lent.delegate_id) for lent in live}
    for _round in live:
        reached |= {(a, d) for a, b in reached for c, d in reached if b == c}
    return any(a == b for a, b in reached)


def rule(key, users, mode="any", sequence=None):
    people = tuple(map(Seat, users))
    order = key if sequence is None else sequence
    return StepRule(key, order, f"step {key}", mode, candidates=people)


def start(*rules):
    route = build_route(rules, amount=0, requester_id=REQUESTER, owner_id=None)
    return progress.open_steps(route.steps)


def decide(steps, user, lenders=(), verdict="approved"):
    return progress.decide(
        steps,
        user_id=user,
        verdict=verdict,
        requester_id=REQUESTER,
        owner_id=None,
        lenders=lenders,
    )


class TestDecidingInSomebodysPlace(unittest.TestCase):
    def test_the_seat_of_the_lender_is_filled_and_both_are_known(self):
        outcome = decide(start(rule(1, [ADA])), DAN, [ADA])
        seat = outcome.steps[0].seat_of(ADA)
        self.assertEqual((outcome.request, outcome.holder_id), ("approved", ADA))
        self.assertEqual((seat.state, seat.decided_by), ("approved", DAN))

    def test_without_a_delegation_nobody_fills_another_seat(self):
        outcome = decide(start(rule(1, [ADA])), DAN)
        self.assertEqual(outcome.refusal, progress.NOT_APPROVER)

    def test_ones_own_seat_comes_first(self):
        outcome = decide(start(rule(1, [ADA, DAN], "all")), DAN, [ADA])
        self.assertEqual((outcome.holder_id, outcome.request), (DAN, "pending"))

    def test_nobody_decides_twice_neither_for_themselves_nor_for_another(self):
        both = start(rule(1, [ADA, DAN], "all"))
        first = decide(both, DAN, [ADA])
        self.assertEqual(
            decide(first.steps, DAN, [ADA]).refusal, progress.ALREADY_DECIDED
        )
        two = start(rule(1, [ADA], sequence=1), rule(2, [BOB], sequence=1))
        once = decide(two, DAN, [ADA, BOB])
        self.assertEqual(
            decide(once.steps, DAN, [ADA, BOB]).refusal, progress.ALREADY_DECIDED
        )

    def test_whose_seat_was_filled_does_not_decide_another_step(self):
        steps = start(rule(1, [ADA]), rule(2, [ADA, BOB]))
        outcome = decide(steps, DAN, [ADA])
        self.assertEqual(decide(outcome.steps, ADA).refusal, progress.ALREADY_DECIDED)
        self.assertEqual(decide(outcome.steps, BOB).request, "approved")

    def test_a_delegate_with_a_seat_in_a_later_step_gives_it_up(self):
        steps = start(rule(1, [ADA]), rule(2, [DAN, BOB]))
        outcome = decide(steps, DAN, [ADA])
        self.assertEqual(outcome.steps[1].seat_of(DAN).state, "skipped")

    def test_it_is_refused_where_nobody_would_be_left_for_the_later_step(self):
        steps = start(rule(1, [ADA]), rule(2, [DAN]))
        self.assertEqual(decide(steps, DAN, [ADA]).refusal, progress.UNREACHABLE)

    def test_the_requester_decides_in_nobodys_place(self):
        outcome = decide(start(rule(1, [ADA])), REQUESTER, [ADA])
        self.assertEqual(outcome.refusal, progress.REQUESTER)

    def test_before_its_turn_a_lent_seat_is_not_open(self):
        steps = start(rule(1, [BOB]), rule(2, [ADA]))
        self.assertEqual(decide(steps, DAN, [ADA]).refusal, progress.NOT_NOW)

    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(
            st.sets(st.sampled_from([ADA, BOB, CYD, DAN]), min_size=1),
            min_size=1,
            max_size=3,
        ),
        st.lists(
            st.tuples(
                st.sampled_from([REQUESTER, ADA, BOB, CYD, DAN]),
                st.sets(st.sampled_from([ADA, BOB, CYD, DAN])),
            ),
            max_size=6,
        ),
    )
    def test_as_many_people_as_steps_decide_whoever_stands_in_for_whom(
        self, people, moves
    ):
        rules = [rule(n, sorted(users)) for n, users in enumerate(people, start=1)]
        route = build_route(rules, amount=0, requester_id=REQUESTER, owner_id=None)
        if route.problem:
            return
        steps, real = progress.open_steps(route.steps), []
        for user, lenders in moves:
            outcome = decide(steps, user, lenders - {user})
            steps = outcome.steps
            if not outcome.refusal:
                real.append(user)
        approved = [step for step in steps if step.state == "approved"]
        self.assertEqual(len(real), len(set(real)))
        self.assertEqual(len(approved), len(real))
        self.assertNotIn(REQUESTER, real)
