from unittest import TestCase

from odoo.addons.approval_engine.policies import policy_checks as checks
from odoo.addons.approval_engine.policies.policy_checks import Draft, Finding
from odoo.addons.approval_engine.policies.seats import ALL, ANY, QUORUM, Seat

OWNER = 99


def step(key, people, mode=ANY, **values):
    seats = None if people is None else tuple(Seat(p) for p in people)
    return Draft(key, f"S{key}", 10 * (key + 1), mode, people=seats, **values)


def codes(*steps, owner_id=OWNER, **values):
    return [one.code for one in checks.find(steps, owner_id=owner_id, **values)]


class TestChecks(TestCase):
    def test_nothing_to_say_about_a_policy_with_enough_people(self):
        self.assertEqual(codes(step(0, [1, 2]), step(1, [3, 4])), [])

    def test_table(self):
        for steps, values, expected in (
            ([], {}, []),
            ([], {"owner_id": None}, [checks.NO_OWNER]),
            ([step(0, [])], {}, [checks.NOBODY, checks.STUCK_IF]),
            ([step(0, [1])], {}, [checks.ONE_PERSON]),
            ([step(0, [1, 2], QUORUM, quorum=3)], {}, [checks.TOO_FEW, checks.SHORT, *[checks.STUCK_IF] * 3]),
            ([step(0, None)], {}, []),
            ([step(0, None), step(1, None)], {"owner_id": None}, [checks.NO_OWNER]),
            ([step(0, [1, 2], amount_from=100)], {}, [checks.GAP]),
            ([step(0, [1, 2], amount_from=100)], {"auto_amount": 100}, []),
            ([step(0, [1, 2], amount_to=100)], {}, [checks.GAP]),
            ([step(0, [1, 2], conditional=True)], {}, [checks.ONLY_IF]),
            ([step(0, [1, 2], conditional=True), step(1, [3, 4])], {}, []),
            ([step(0, [1, 2]), step(1, [1, 2])], {}, []),
            ([step(0, [1, 2], ALL), step(1, [1, 2])], {}, [checks.SHORT, checks.STUCK_IF]),
        ):  # fmt: skip
            with self.subTest(steps=steps, values=values):
                self.assertEqual(codes(*steps, **values), expected)

    def test_who_often_asks_is_named_with_how_often(self):
        (found,) = checks.find([step(0, [1])], owner_id=OWNER, asks={1: 3, 2: 5})
        self.assertEqual(
            found,
            Finding(checks.ASKS_OFTEN, key=0, user_id=1, count=3, of=8, step="S0"),
        )
        for asks in ({1: 2}, {1: 3, 2: 20}, {2: 9}):
            with self.subTest(asks=asks):
                self.assertEqual(codes(step(0, [1]), asks=asks), [checks.ONE_PERSON])

    def test_whoever_asks_may_leave_a_step_without_anybody(self):
        found = checks.find([step(0, [1])], owner_id=1)
        self.assertEqual(
            [(o.code, o.user_id) for o in found[1:]], [(checks.STUCK_IF, 1)]
        )
        self.assertEqual(found[1].level, checks.STOPS)

    def test_nobody_at_all_stops_every_request(self):
        found = checks.find([step(0, [])], owner_id=None)
        self.assertEqual(
            [o.code for o in found], [checks.NOBODY, checks.NO_OWNER, checks.STUCK]
        )

    def test_each_band_is_looked_at_once(self):
        steps = [step(0, [1], amount_to=10), step(1, [2], amount_from=10)]
        self.assertEqual(checks.amounts(steps), [0.01, 10.01])
        self.assertEqual(checks.amounts(steps, 5), [5.01, 10.01])
