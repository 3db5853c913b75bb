import unittest
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies import progress
from odoo.addons.approval_engine.policies.progress import (
    decide,
    is_decidable,
    open_steps,
)
from odoo.addons.approval_engine.policies.routing import StepRule, build_route
from odoo.addons.approval_engine.policies.seats import (
    COUNTED,
    DECIDED,
    MODES,
    SKIPPED,
    Seat,
)

REQUESTER, ADA, BOB, CYD, DAN, OWNER = 1, 2, 3, 4, 5, 9


def rule(key, users, mode="any", sequence=None, quorum=0, weights=None, **values):
    return StepRule(
        key,
        key if sequence is None else sequence,
        f"step {key}",
        mode,
        quorum,
        candidates=tuple(Seat(u, weight=(weights or {}).get(u, 1)) for u in users),
        **values,
    )


def start(*rules, owner=None):
    route = build_route(rules, amount=0, requester_id=REQUESTER, owner_id=owner)
    assert not route.problem, route
    return open_steps(route.steps)


def play(steps, *moves, owner=None):
    """Play ``(user, verdict)`` moves; the last outcome."""
    for user, verdict in moves:
        outcome = decide(
            steps, user_id=user, verdict=verdict, requester_id=REQUESTER, owner_id=owner
        )
        steps = outcome.steps
    return outcome


def states(outcome):
    return [step.state for step in outcome.steps]


class TestModes(unittest.TestCase):
    def test_what_answers_make_of_one_step(self):
        yes, no = "approved", "rejected"
        three = [ADA, BOB, CYD]
        cases = [
            # mode, quorum, moves, request
            ("any", 0, [(ADA, yes)], "approved"),
            ("any", 0, [(BOB, no)], "rejected"),
            ("all", 0, [(ADA, yes)], "pending"),
            ("all", 0, [(ADA, yes), (BOB, yes)], "pending"),
            ("all", 0, [(ADA, yes), (BOB, yes), (CYD, yes)], "approved"),
            ("all", 0, [(ADA, yes), (CYD, no)], "rejected"),
            ("quorum", 2, [(ADA, yes)], "pending"),
            ("quorum", 2, [(ADA, yes), (CYD, yes)], "approved"),
            ("quorum", 2, [(ADA, no)], "pending"),
            ("quorum", 2, [(ADA, no), (BOB, yes), (CYD, yes)], "approved"),
            ("quorum", 2, [(ADA, no), (BOB, no)], "rejected"),
            ("quorum", 3, [(ADA, no)], "rejected"),
        ]
        for mode, quorum, moves, expected in cases:
            with self.subTest(mode=mode, quorum=quorum, moves=moves):
                outcome = play(start(rule(1, three, mode, quorum=quorum)), *moves)
                self.assertIsNone(outcome.refusal)
                self.assertEqual(outcome.request, expected)

    def test_weights_add_up_to_the_threshold_or_cannot_any_more(self):
        yes, no = "approved", "rejected"
        weights = {ADA: 3, BOB: 2, CYD: 1}
        cases = [  # threshold, moves, request
            (3, [(ADA, yes)], "approved"),
            (3, [(BOB, yes)], "pending"),
            (3, [(BOB, yes), (CYD, yes)], "approved"),
            (3, [(ADA, no)], "pending"),
            (4, [(ADA, no)], "rejected"),
            (4, [(CYD, no)], "pending"),
            (4, [(CYD, no), (BOB, yes), (ADA, yes)], "approved"),
            (6, [(CYD, no)], "rejected"),
        ]
        for threshold, moves, expected in cases:
            with self.subTest(threshold=threshold, moves=moves):
                one = rule(
                    1, [ADA, BOB, CYD], "weighted", quorum=threshold, weights=weights
                )
                outcome = play(start(one), *moves)
                self.assertIsNone(outcome.refusal)
                self.assertEqual(outcome.request, expected)

    def test_a_share_of_those_asked(self):
        yes, no = "approved", "rejected"
        for moves, expected in (
            ([(ADA, yes)], "pending"),
            ([(ADA, yes), (BOB, yes)], "approved"),
            ([(ADA, no)], "pending"),
            ([(ADA, no), (BOB, no)], "rejected"),
        ):
            one = rule(1, [ADA, BOB, CYD], "percent", percent=60)
            self.assertEqual(play(start(one), *moves).request, expected)

    def test_seats_left_over_are_no_longer_needed(self):
        outcome = play(start(rule(1, [ADA, BOB])), (ADA, "approved"))
        self.assertEqual(outcome.steps[0].seat_of(BOB).state, SKIPPED)


class TestOrder(unittest.TestCase):
    def test_only_the_first_step_is_open(self):
        steps = start(rule(1, [ADA]), rule(2, [BOB]))
        self.assertEqual([s.state for s in steps], ["pending", "waiting"])
        self.assertEqual(play(steps, (BOB, "approved")).refusal, progress.NOT_NOW)

    def test_the_next_step_opens_when_the_first_is_approved(self):
        outcome = play(start(rule(1, [ADA]), rule(2, [BOB])), (ADA, "approved"))
        self.assertEqual(states(outcome), ["approved", "pending"])

    def test_equal_sequence_runs_in_parallel_and_the_next_waits_for_all(self):
        steps = start(
            rule(1, [ADA], sequence=1),
            rule(2, [BOB], sequence=1),
            rule(3, [CYD], sequence=2),
        )
        outcome = play(steps, (BOB, "approved"))
        self.assertEqual(states(outcome), ["pending", "approved", "waiting"])
        outcome = play(outcome.steps, (ADA, "approved"))
        self.assertEqual(states(outcome), ["approved", "approved", "pending"])

    def test_a_rejection_closes_everything(self):
        outcome = play(
            start(
                rule(1, [ADA], sequence=1), rule(2, [BOB], sequence=1), rule(3, [CYD])
            ),
            (ADA, "rejected"),
        )
        self.assertEqual(
            (outcome.request, states(outcome)),
            ("rejected", ["rejected", "skipped", "skipped"]),
        )
        self.assertEqual(
            play(outcome.steps, (BOB, "approved")).refusal, progress.NOT_NOW
        )

    def test_the_second_manager_after_finance(self):
        outcome = play(
            start(rule(1, [ADA, BOB]), rule(2, [BOB])),
            (ADA, "approved"),
            (BOB, "approved"),
        )
        self.assertEqual(outcome.request, "approved")


class TestRefusals(unittest.TestCase):
    def test_who_may_not_decide(self):
        steps = start(rule(1, [ADA, CYD], "all"), rule(2, [BOB]))
        once = play(steps, (ADA, "approved")).steps
        cases = [
            (steps, REQUESTER, progress.REQUESTER),
            (steps, DAN, progress.NOT_APPROVER),
            (steps, BOB, progress.NOT_NOW),
            (once, ADA, progress.ALREADY_DECIDED),
        ]
        for given_steps, user, expected in cases:
            with self.subTest(user=user):
                outcome = play(given_steps, (user, "approved"))
                self.assertEqual(
                    (outcome.refusal, outcome.steps), (expected, given_steps)
                )

    def test_the_requester_is_refused_even_with_a_seat(self):
        steps = start(rule(1, [ADA]))
        outcome = decide(
            steps, user_id=ADA, verdict="approved", requester_id=ADA, owner_id=None
        )
        self.assertEqual(outcome.refusal, progress.REQUESTER)


class TestBars(unittest.TestCase):
    def test_the_real_person_is_barred_also_in_the_place_of_another(self):
        steps = start(rule(1, [ADA, BOB], barred=frozenset({DAN})), rule(2, [CYD]))
        for lenders, expected in (
            ((), progress.NOT_APPROVER),
            ((ADA,), progress.BARRED),
        ):
            refusal = progress.refuse(
                steps, user_id=DAN, requester_id=REQUESTER, lenders=lenders
            )
            self.assertEqual(refusal, expected)

    def test_a_barred_lender_lends_nothing(self):
        """Barred after they were asked: the seat is there, and cannot be filled by anybody."""
        asked = start(rule(1, [ADA, BOB]))
        steps = tuple(replace(step, barred=frozenset({ADA})) for step in asked)
        for user, lenders in ((ADA, ()), (DAN, (ADA,))):
            outcome = decide(
                steps,
                user_id=user,
                verdict="approved",
                requester_id=REQUESTER,
                owner_id=None,
                lenders=lenders,
            )
            self.assertEqual((outcome.refusal, outcome.steps), (progress.BARRED, steps))

    def test_a_bar_of_one_step_leaves_the_others(self):
        steps = start(
            rule(1, [ADA, BOB], sequence=1, barred=frozenset({CYD})),
            rule(2, [CYD], sequence=1),
        )
        self.assertEqual(play(steps, (CYD, "approved")).step_key, 2)


class TestOneSeatEach(unittest.TestCase):
    def test_who_decided_a_step_leaves_the_later_ones(self):
        outcome = play(
            start(rule(1, [ADA, BOB]), rule(2, [ADA, CYD])), (ADA, "approved")
        )
        self.assertEqual(outcome.steps[1].seat_of(ADA).state, SKIPPED)
        self.assertEqual(
            play(outcome.steps, (ADA, "approved")).refusal, progress.ALREADY_DECIDED
        )

    def test_of_two_open_seats_the_one_is_filled_that_nobody_else_can_fill(self):
        steps = start(rule(1, [ADA, BOB], sequence=1), rule(2, [ADA], sequence=1))
        self.assertEqual(play(steps, (ADA, "approved")).step_key, 2)
        steps = start(rule(1, [ADA], sequence=1), rule(2, [ADA, BOB], sequence=1))
        self.assertEqual(play(steps, (ADA, "approved")).step_key, 1)

    def test_the_owner_is_called_in_when_a_step_loses_its_last_person(self):
        steps = start(rule(1, [ADA, BOB]), rule(2, [ADA]), owner=OWNER)
        outcome = play(steps, (ADA, "approved"), owner=OWNER)
        self.assertEqual(outcome.steps[1].users("pending"), [OWNER])
        self.assertEqual(
            play(outcome.steps, (OWNER, "approved"), owner=OWNER).request, "approved"
        )

    def test_without_an_owner_the_person_needed_later_is_refused_now(self):
        outcome = play(start(rule(1, [ADA, BOB]), rule(2, [ADA])), (ADA, "approved"))
        self.assertEqual(
            (outcome.refusal, outcome.short_step), (progress.UNREACHABLE, "step 2")
        )

    def test_rejecting_is_never_refused_for_want_of_others(self):
        outcome = play(start(rule(1, [ADA, BOB]), rule(2, [ADA])), (ADA, "rejected"))
        self.assertEqual(outcome.request, "rejected")


class TestReset(unittest.TestCase):
    def test_everything_is_open_again_from_the_start(self):
        outcome = play(
            start(rule(1, [ADA]), rule(2, [BOB])), (ADA, "approved"), (BOB, "approved")
        )
        fresh = progress.reset(outcome.steps)
        self.assertEqual([s.state for s in fresh], ["pending", "waiting"])
        self.assertEqual(
            play(fresh, (ADA, "approved"), (BOB, "approved")).request, "approved"
        )

    def test_closing_leaves_decided_steps_as_they_are(self):
        outcome = play(start(rule(1, [ADA]), rule(2, [BOB])), (ADA, "approved"))
        self.assertEqual(
            [s.state for s in progress.close(outcome.steps)], ["approved", "skipped"]
        )


PEOPLE = list(range(1, 7))
RULES = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from([mode for mode, _label in MODES]),
        st.integers(1, 3),
        st.lists(st.sampled_from(PEOPLE), max_size=5, unique=True),
        st.dictionaries(st.sampled_from(PEOPLE), st.integers(1, 3)),
        st.integers(1, 100),
        st.frozensets(st.sampled_from(PEOPLE), max_size=2),
    ),
    min_size=1,
    max_size=4,
)
MOVES = st.lists(
    st.tuples(st.sampled_from([*PEOPLE, OWNER]), st.booleans()), max_size=25
)


class TestAnySequenceOfDecisions(unittest.TestCase):
    @settings(max_examples=200, deadline=None)
    @given(RULES, MOVES, st.sampled_from([None, OWNER, REQUESTER, ADA]))
    def test_nobody_approves_twice_or_for_themselves_and_no_step_is_skipped(
        self, drawn, moves, owner
    ):
        rules = [
            rule(
                n,
                users,
                mode,
                sequence,
                quorum,
                weights,
                percent=percent,
                barred=barred,
            )
            for n, (
                sequence,
                mode,
                quorum,
                users,
                weights,
                percent,
                barred,
            ) in enumerate(drawn)
        ]
        route = build_route(rules, amount=0, requester_id=REQUESTER, owner_id=owner)
        if route.problem:
            return
        self.assertTrue(is_decidable(route.steps))
        self._play(open_steps(route.steps), moves, owner)

    def _play(self, steps, moves, owner):
        outcomes = set()
        for user, yes in moves:
            before = steps
            verdict = "approved" if yes else "rejected"
            outcome = decide(
                steps,
                user_id=user,
                verdict=verdict,
                requester_id=REQUESTER,
                owner_id=owner,
            )
            steps = outcome.steps
            if outcome.refusal:
                self.assertEqual(steps, before)
                continue
            self.assertFalse(outcomes, "a decided request took another decision")
            self._check(before, outcome)
            if outcome.request != "pending":
                outcomes.add(outcome.request)
        self.assertLessEqual(len(outcomes), 1)

    def _check(self, before, outcome):
        decided = [u for step in outcome.steps for u in step.users(*DECIDED)]
        for step in outcome.steps:
            self.assertFalse(step.barred.intersection(step.users(*DECIDED)))
        self.assertNotIn(REQUESTER, decided)
        self.assertEqual(len(decided), len(set(decided)), "one person filled two seats")
        opened = {step.key for step in before if step.state == "pending"}
        self.assertIn(outcome.step_key, opened, "a step was decided before its turn")
        if outcome.request == "approved":
            self.assertTrue(all(self._is_satisfied(step) for step in outcome.steps))
        elif outcome.request == "pending":
            self.assertTrue(
                is_decidable(outcome.steps), "left without anybody to decide it"
            )
            self.assertTrue(any(step.users("pending") for step in outcome.steps))

    def _is_satisfied(self, step):
        if step.state != "approved":
            return False
        return (
            step.worth("approved") >= step.quorum >= 1
            if step.mode in COUNTED
            else step.approvals >= 1
        )
