import unittest

from odoo.addons.approval_engine.policies import access, routing, seats
from odoo.addons.approval_engine.policies.access import Holder


class TestAccess(unittest.TestCase):
    def test_who_may_decide_and_why_by_route(self):
        cases = [  # route, standing, named, expected
            (routing.MANAGERS, (1, 2), (1,), [Holder(None, routing.MANAGERS)]),
            (routing.FIELD, (), (), [Holder(None, routing.FIELD)]),
            (routing.PEOPLE, (), (1,), []),
            (
                routing.PEOPLE,
                (2, 1),
                (1,),
                [Holder(2, seats.GROUP), Holder(1, seats.NAMED)],
            ),
            (routing.MATRIX, (1,), (1,), [Holder(1, seats.MATRIX)]),
        ]
        for route, standing, named, expected in cases:
            with self.subTest(route=route, standing=standing):
                self.assertEqual(access.holders(route, standing, named), expected)

    def test_each_reason_is_one_a_line_can_show(self):
        for route, _label in routing.ROUTES:
            for holder in access.holders(route, (1, 2), (1,)):
                self.assertIn(
                    holder.why,
                    {
                        seats.MANAGER,
                        seats.FIELD,
                        seats.MATRIX,
                        seats.NAMED,
                        seats.GROUP,
                    },
                )
