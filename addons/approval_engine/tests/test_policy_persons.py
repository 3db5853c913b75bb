import unittest
from itertools import permutations, product

from odoo.addons.approval_engine.policies import (
    activation,
    bars,
    persons,
    progress,
    reach,
    routing,
    seats,
    standing,
)
from odoo.addons.approval_engine.policies.seats import Seat, Step

ANN, ANN_TOO, BEN, CID, REQUESTER, REQUESTER_TOO, OWNER = 1, 2, 3, 4, 8, 9, 7
LOGINS = {
    one: frozenset(person)
    for person in ((ANN, ANN_TOO), (REQUESTER, REQUESTER_TOO))
    for one in person
}
MODES = ((seats.ALL, 0), (seats.ANY, 0), (seats.QUORUM, 2), (seats.PERCENT, 2))


def step(key, users, mode=seats.ALL, quorum=0, state=seats.PENDING):
    seated = persons.marked([Seat(user, state=state) for user in users], LOGINS)
    return Step(key, key, f"S{key}", mode, quorum, state, seated)


def decide(steps, user, verdict=seats.APPROVED, **others):
    return progress.decide(
        steps,
        user_id=user,
        verdict=verdict,
        requester_id=REQUESTER,
        owner_id=others.pop("owner_id", None),
        logins=LOGINS,
        **others,
    )


class TestPersons(unittest.TestCase):
    def test_everyone_and_others(self):
        self.assertEqual(persons.everyone({ANN, BEN}, LOGINS), {ANN, ANN_TOO, BEN})
        self.assertEqual(persons.others({ANN, BEN}, LOGINS), {ANN_TOO})
        self.assertEqual(persons.others({ANN, ANN_TOO}, LOGINS), set())

    def test_a_reason_of_ones_own_comes_before_that_of_another_login(self):
        found = persons.spread({ANN: "a", ANN_TOO: "b", BEN: "c"}, LOGINS)
        self.assertEqual(found, {ANN: "a", ANN_TOO: "b", BEN: "c"})
        self.assertEqual(persons.spread({ANN: "a"}, LOGINS), {ANN: "a", ANN_TOO: "a"})

    def test_whoever_is_barred_is_so_under_each_login(self):
        for kind in ("beneficiary", "account_owner", "creator"):
            with self.subTest(kind):
                who = dict.fromkeys(("beneficiary", "account_owner", "creator"), False)
                ann = frozenset({ANN})
                facts = bars.Facts(ann, ann, ann, logins=LOGINS)
                found = bars.barred(facts, **{**who, kind: True})
                self.assertEqual(found, {ANN: kind, ANN_TOO: kind})

    def test_the_other_login_of_the_requester_is_barred_whatever_the_policy_lifts(self):
        facts = bars.Facts(askers=frozenset({REQUESTER_TOO}))
        found = bars.barred(
            facts, beneficiary=False, account_owner=False, creator=False
        )
        self.assertEqual(found, {REQUESTER_TOO: bars.ASKED})

    def test_two_logins_of_one_person_never_make_two_approvals(self):
        for (mode, quorum), order in product(MODES, permutations((ANN, ANN_TOO, BEN))):
            with self.subTest(mode=mode, order=order):
                now, approved_by = (step(1, (ANN, ANN_TOO, BEN), mode, quorum),), []
                for user in order:
                    outcome = decide(now, user)
                    if outcome.refusal is None:
                        approved_by.append(user)
                    now = outcome.steps
                    if outcome.request == seats.APPROVED:
                        break
                people = {LOGINS.get(u, frozenset({u})) for u in approved_by}
                self.assertEqual(len(people), len(approved_by))
                self.assertEqual(now[0].state, seats.APPROVED)
                self.assertEqual(len(approved_by), 1 if mode == seats.ANY else 2)

    def test_nobody_decides_two_steps_under_two_logins(self):
        now = decide((step(1, (ANN, BEN)), step(1, (ANN_TOO, CID))), ANN).steps
        refusal = decide(now, ANN_TOO).refusal
        self.assertEqual(refusal, progress.ALREADY_DECIDED)

    def test_nobody_decides_under_another_login_in_somebodys_place(self):
        now = decide((step(1, (ANN,)), step(2, (BEN, CID))), ANN).steps
        refusal = decide(now, ANN_TOO, lenders={BEN}).refusal
        self.assertEqual(refusal, progress.ALREADY_DECIDED)

    def test_no_seat_is_filled_for_whom_it_was_decided_under_another_login(self):
        now = decide((step(1, (ANN,)), step(2, (ANN_TOO, BEN))), ANN)
        self.assertEqual(now.steps[1].users(seats.PENDING), [BEN])
        held = step(1, (ANN_TOO, BEN))
        done = (step(0, (ANN,)).with_seat_state(ANN, seats.APPROVED), held)
        self.assertEqual(progress.holders(done, CID, {ANN_TOO}, LOGINS), [])

    def test_the_owner_does_not_step_in_for_what_they_decided_under_another_login(self):
        steps = (step(1, (ANN, BEN), seats.QUORUM, 2),)
        outcome = decide(steps, BEN, owner_id=OWNER)
        self.assertIsNone(outcome.refusal)
        twice = {**LOGINS, BEN: frozenset({BEN, OWNER}), OWNER: frozenset({BEN, OWNER})}
        alone = (step(1, (BEN,)), step(2, (BEN,), state=seats.WAITING))
        found = progress.decide(
            alone,
            user_id=BEN,
            verdict=seats.APPROVED,
            requester_id=REQUESTER,
            owner_id=OWNER,
            logins=twice,
        )
        self.assertEqual(found.refusal, progress.UNREACHABLE)

    def test_the_requester_decides_under_no_login(self):
        steps = (step(1, (REQUESTER_TOO, BEN)),)
        self.assertEqual(decide(steps, REQUESTER_TOO).refusal, progress.REQUESTER)
        for door in (
            standing.DECIDE,
            standing.CHOOSE,
            standing.ADD,
            standing.ANSWER,
            standing.SETTLE,
        ):
            with self.subTest(door):
                refusal = standing.refuse(
                    door,
                    steps,
                    standing.Person(REQUESTER_TOO),
                    requester_id=REQUESTER,
                    owner_id=REQUESTER_TOO,
                    logins=LOGINS,
                )
                self.assertEqual(refusal, progress.REQUESTER)

    def test_who_decided_chooses_under_no_login_without_a_seat(self):
        steps = decide((step(1, (ANN,)), step(2, (BEN,))), ANN).steps
        refusal = standing.refuse(
            standing.CHOOSE,
            steps,
            standing.Person(ANN_TOO),
            requester_id=REQUESTER,
            logins=LOGINS,
        )
        self.assertEqual(refusal, progress.ALREADY_DECIDED)

    def test_a_route_that_needs_two_people_is_not_laid_for_two_logins_of_one(self):
        two = routing.StepRule(
            1,
            10,
            "Two",
            seats.QUORUM,
            2,
            candidates=persons.marked([Seat(ANN), Seat(ANN_TOO)], LOGINS),
        )
        found = routing.build_route(
            [two], amount=1, requester_id=REQUESTER, owner_id=None
        )
        self.assertEqual(found.problem, routing.UNREACHABLE)

    def test_two_steps_cannot_count_on_two_logins_of_one_person(self):
        steps = (step(1, (ANN,)), step(2, (ANN_TOO,)))
        self.assertEqual(reach.find_short_step(steps).name, "S2")
        self.assertIsNone(reach.find_short_step((step(1, (ANN,)), step(2, (BEN,)))))

    def test_nobody_agrees_to_their_own_proposal_under_another_login(self):
        found = activation.decide(
            user_id=ANN_TOO,
            proposer_id=ANN,
            others=1,
            system=False,
            logins=LOGINS[ANN],
        )
        self.assertEqual(found.refusal, activation.SAME_PERSON)
