import unittest

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies import routing
from odoo.addons.approval_engine.policies.reach import find_short_step
from odoo.addons.approval_engine.policies.routing import StepRule, applies, build_route
from odoo.addons.approval_engine.policies.seats import Seat, Step

REQUESTER, ADA, BOB, CYD, OWNER = 1, 2, 3, 4, 9


def rule(key, users, mode="any", sequence=None, quorum=0, low=0.0, high=0.0, **values):
    return StepRule(
        key,
        key if sequence is None else sequence,
        f"step {key}",
        mode,
        quorum,
        low,
        high,
        tuple(map(Seat, users)),
        **values,
    )


def route(*rules, amount=100.0, owner=OWNER):
    return build_route(rules, amount=amount, requester_id=REQUESTER, owner_id=owner)


class TestAmounts(unittest.TestCase):
    def test_bounds_are_above_from_and_up_to_to(self):
        cases = [
            # from, to, amount, applies
            (0, 0, 0, True),
            (0, 0, 1e9, True),
            (1000, 0, 1000, False),
            (1000, 0, 1000.01, True),
            (0, 1000, 1000, True),
            (0, 1000, 1000.01, False),
            (100, 200, 100, False),
            (100, 200, 150, True),
            (100, 200, 200, True),
            (100, 200, 201, False),
            (0, 1000, 0, True),
            (1000, 0, 0, False),
        ]
        for low, high, amount, expected in cases:
            with self.subTest(low=low, high=high, amount=amount):
                self.assertEqual(
                    applies(rule(1, [ADA], low=low, high=high), amount), expected
                )

    def test_a_negative_amount_counts_by_its_size(self):
        self.assertTrue(applies(rule(1, [ADA], low=1000), -4200))
        self.assertFalse(applies(rule(1, [ADA], high=1000), -4200))

    def test_finance_alone_up_to_a_thousand_then_the_manager_too(self):
        rules = rule(1, [ADA]), rule(2, [BOB], low=1000)
        self.assertEqual([s.key for s in route(*rules, amount=1000).steps], [1])
        self.assertEqual([s.key for s in route(*rules, amount=1001).steps], [1, 2])


class TestRoute(unittest.TestCase):
    def test_steps_come_by_sequence_then_in_order_of_creation(self):
        found = route(
            rule(5, [ADA], sequence=20),
            rule(7, [BOB], sequence=10),
            rule(6, [CYD], sequence=10),
        )
        self.assertEqual([s.key for s in found.steps], [6, 7, 5])

    def test_the_requester_never_has_a_seat(self):
        found = route(rule(1, [REQUESTER, ADA]))
        self.assertEqual(found.steps[0].users("waiting"), [ADA])

    def test_a_person_named_and_in_the_group_has_one_seat(self):
        twice = StepRule(
            1,
            1,
            "s",
            "all",
            candidates=(Seat(ADA), Seat(ADA, "group"), Seat(BOB, "group")),
        )
        self.assertEqual(
            [(s.user_id, s.why) for s in route(twice).steps[0].seats],
            [(ADA, "named"), (BOB, "group")],
        )

    def test_no_step_for_the_amount_is_a_problem(self):
        found = route(rule(1, [ADA], low=1000), amount=10)
        self.assertEqual((found.problem, found.steps), (routing.NO_STEP, ()))

    def test_a_policy_without_steps_is_a_problem(self):
        self.assertEqual(route().problem, routing.NO_STEP)

    def test_a_step_without_anybody_goes_to_the_policy_owner(self):
        found = route(rule(1, []))
        self.assertIsNone(found.problem)
        self.assertEqual(found.steps[0].seats, (Seat(OWNER, "owner"),))

    def test_a_step_whose_only_member_is_the_requester_goes_to_the_policy_owner(self):
        self.assertEqual(
            route(rule(1, [REQUESTER])).steps[0].seats, (Seat(OWNER, "owner"),)
        )

    def test_without_an_owner_the_step_is_named(self):
        found = route(rule(1, [ADA]), rule(2, [REQUESTER]), owner=None)
        self.assertEqual(
            (found.problem, found.short_step), (routing.UNREACHABLE, "step 2")
        )

    def test_an_owner_who_is_the_requester_does_not_help(self):
        self.assertEqual(
            route(rule(1, []), owner=REQUESTER).problem, routing.UNREACHABLE
        )

    def test_one_person_in_two_steps_is_one_too_few(self):
        self.assertEqual(
            route(rule(1, [ADA]), rule(2, [ADA]), owner=None).problem,
            routing.UNREACHABLE,
        )
        self.assertEqual(
            route(rule(1, [ADA]), rule(2, [ADA])).steps[1].users("waiting"),
            [ADA, OWNER],
        )

    def test_the_owner_fills_one_seat_only(self):
        self.assertEqual(route(rule(1, []), rule(2, [])).problem, routing.UNREACHABLE)

    def test_a_quorum_needs_that_many_people(self):
        cases = [  # members, quorum, owner, problem
            ([ADA, BOB, CYD], 2, None, None),
            ([ADA, BOB], 2, None, None),
            ([ADA, REQUESTER], 2, None, routing.UNREACHABLE),
            ([ADA, REQUESTER], 2, OWNER, None),
            ([REQUESTER], 2, OWNER, routing.UNREACHABLE),
            ([ADA], 0, None, None),  # a quorum of nobody is read as one
        ]
        for members, quorum, owner, problem in cases:
            with self.subTest(members=members, quorum=quorum, owner=owner):
                found = route(rule(1, members, "quorum", quorum=quorum), owner=owner)
                self.assertEqual(found.problem, problem)

    def test_everybody_twice_cannot_be_decided_by_the_same_people(self):
        found = route(
            rule(1, [ADA, BOB], "all"), rule(2, [ADA, BOB], "all"), owner=None
        )
        self.assertEqual(
            (found.problem, found.short_step), (routing.UNREACHABLE, "step 2")
        )

    def test_a_person_needed_elsewhere_leaves_the_step_to_the_others(self):
        found = route(rule(1, [ADA, BOB]), rule(2, [ADA], "all"), owner=None)
        self.assertIsNone(found.problem)


class TestMatching(unittest.TestCase):
    def test_it_moves_people_until_all_seats_are_filled(self):
        steps = [
            Step(1, 1, "a", "any", seats=(Seat(ADA), Seat(BOB))),
            Step(2, 1, "b", "any", seats=(Seat(ADA), Seat(CYD))),
            Step(3, 1, "c", "any", seats=(Seat(ADA),)),
        ]
        self.assertIsNone(find_short_step(steps))
        steps.append(Step(4, 1, "d", "any", seats=(Seat(BOB), Seat(CYD))))
        self.assertIsNotNone(find_short_step(steps))

    def test_who_decided_is_not_free_any_more(self):
        steps = [
            Step(
                1, 1, "a", "any", state="approved", seats=(Seat(ADA, state="approved"),)
            ),
            Step(2, 2, "b", "any", seats=(Seat(ADA),)),
        ]
        self.assertEqual(find_short_step(steps).name, "b")


class TestQuorums(unittest.TestCase):
    def test_a_share_is_rounded_up(self):
        cases = [  # seats, percent, needed
            (1, 1, 1),
            (3, 50, 2),
            (3, 34, 2),
            (3, 33, 1),
            (4, 50, 2),
            (10, 51, 6),
            (3, 100, 3),
        ]
        for seats, percent, needed in cases:
            with self.subTest(seats=seats, percent=percent):
                people = range(10, 10 + seats)
                [step] = route(rule(1, people, "percent", percent=percent)).steps
                self.assertEqual(step.quorum, needed)

    def test_a_share_is_one_of_those_who_may_decide(self):
        people = [REQUESTER, ADA, BOB, CYD]
        one = rule(1, people, "percent", percent=50, barred=frozenset({CYD}))
        self.assertEqual(route(one).steps[0].quorum, 1)

    def test_a_share_of_nobody_is_one_and_goes_to_the_owner(self):
        [step] = route(rule(1, [], "percent", percent=50)).steps
        self.assertEqual((step.quorum, step.users("waiting")), (1, [OWNER]))

    def test_weights_below_the_threshold_go_to_the_owner_or_nowhere(self):
        heavy = tuple(Seat(user, weight=2) for user in (ADA, BOB))
        cases = [(4, None, None), (5, OWNER, None), (5, None, routing.UNREACHABLE)]
        for threshold, owner, problem in cases:
            one = StepRule(1, 1, "s", "weighted", threshold, candidates=heavy)
            self.assertEqual(route(one, owner=owner).problem, problem)


class TestBars(unittest.TestCase):
    def test_who_is_barred_has_no_seat_in_that_step(self):
        found = route(rule(1, [ADA, BOB], barred=frozenset({ADA})), rule(2, [ADA, CYD]))
        self.assertEqual(
            [step.users("waiting") for step in found.steps], [[BOB], [ADA, CYD]]
        )
        self.assertEqual(found.steps[0].barred, {ADA})

    def test_a_step_of_barred_people_goes_to_the_owner_unless_barred_too(self):
        for barred, problem in (
            ({ADA}, None),
            ({ADA, OWNER}, routing.UNREACHABLE),
        ):
            found = route(rule(1, [ADA], barred=frozenset(barred)))
            self.assertEqual(found.problem, problem)


class TestPicking(unittest.TestCase):
    def test_only_so_many_are_asked(self):
        cases = [
            (0, [ADA, BOB, CYD]),
            (1, [ADA]),
            (2, [ADA, BOB]),
            (9, [ADA, BOB, CYD]),
        ]
        for pick, asked in cases:
            with self.subTest(pick=pick):
                found = route(rule(1, [ADA, BOB, CYD], pick=pick))
                self.assertEqual(found.steps[0].users("waiting"), asked)

    def test_somebody_needed_elsewhere_is_not_taken(self):
        found = route(rule(1, [ADA, BOB], pick=1), rule(2, [ADA]), owner=None)
        self.assertIsNone(found.problem)
        self.assertEqual(found.steps[0].users("waiting"), [BOB])

    def test_two_steps_that_pick_take_two_people(self):
        people = [ADA, BOB]
        found = route(rule(1, people, pick=1), rule(2, people, pick=1), owner=None)
        asked = [step.users("waiting") for step in found.steps]
        self.assertEqual(asked, [[ADA], [BOB]])

    def test_a_share_is_one_of_those_picked(self):
        one = rule(1, [ADA, BOB, CYD], "percent", percent=100, pick=2)
        self.assertEqual(route(one).steps[0].quorum, 2)

    def test_the_least_busy_come_first(self):
        people = tuple(map(Seat, [CYD, BOB, ADA]))
        ordered = routing.order_by_load(people, {ADA: 2, CYD: 1, BOB: 1})
        self.assertEqual([seat.user_id for seat in ordered], [BOB, CYD, ADA])

    def test_who_is_away_comes_last_the_others_keep_their_order(self):
        people = tuple(map(Seat, [CYD, BOB, ADA]))
        ordered = routing.here_first(people, {CYD, 99})
        self.assertEqual([seat.user_id for seat in ordered], [BOB, ADA, CYD])

    def test_then_whoever_was_asked_longest_ago(self):
        people = tuple(map(Seat, [ADA, BOB, CYD]))
        ordered = routing.order_by_turn(people, {ADA: 70, BOB: 30})
        self.assertEqual([seat.user_id for seat in ordered], [CYD, BOB, ADA])


class TestConditions(unittest.TestCase):
    def test_a_step_whose_condition_fails_is_left_out(self):
        found = route(rule(1, [ADA], holds=False), rule(2, [BOB]))
        self.assertEqual([step.key for step in found.steps], [2])
        self.assertEqual(route(rule(1, [ADA], holds=False)).problem, routing.NO_STEP)


BANDS = st.lists(
    st.tuples(st.sampled_from([0, 10, 100, 1000]), st.sampled_from([0, 50, 500])),
    min_size=1,
    max_size=5,
)


class TestSplitting(unittest.TestCase):
    @settings(max_examples=200, deadline=None)
    @given(BANDS, st.lists(st.integers(-400, 400), min_size=1, max_size=8))
    def test_the_last_part_meets_every_step_that_the_sum_would_meet(self, bands, parts):
        rules = [
            rule(n, [n + 10], low=low, high=high if not high or high > low else 0)
            for n, (low, high) in enumerate(bands)
        ]
        counted = sum(abs(part) for part in parts[:-1])
        last = route(*rules, amount=routing.at_stake(parts[-1], counted))
        whole = route(*rules, amount=routing.at_stake(sum(map(abs, parts))))
        self.assertEqual([s.key for s in last.steps], [s.key for s in whole.steps])
        bounded_below = {r.key for r in rules if not r.amount_to}
        met = {s.key for s in last.steps}
        for end in range(len(parts)):
            before = sum(abs(part) for part in parts[:end])
            earlier = route(*rules, amount=routing.at_stake(parts[end], before))
            met_then = {s.key for s in earlier.steps} & bounded_below
            self.assertLessEqual(met_then, met, "a later part never meets fewer")
