import unittest

from odoo.addons.approval_engine.policies import bulk
from odoo.addons.approval_engine.policies.bulk import Item, summarise


class TestSummary(unittest.TestCase):
    def test_it_counts_sums_by_currency_and_lists_what_is_left_out(self):
        items = [
            Item(1, "EUR", 100.0, True),
            Item(2, "USD", 500.0, True),
            Item(3, "EUR", 50.5, True),
            Item(4, "EUR", 9000.0, False),
            Item(5, "EUR", 9000.0, True, overdue=True),
            Item(6, "EUR", 9000.0, True, needs_option=True),
            Item(7, "CHF", 0.0, True),
        ]
        found = summarise(items)
        self.assertEqual(found.ready, (1, 2, 3, 7))
        self.assertEqual(found.sums, (("USD", 500.0), ("EUR", 150.5)))
        self.assertEqual(
            found.left_out,
            ((4, bulk.NOT_MINE), (5, bulk.OVERDUE), (6, bulk.NEEDS_OPTION)),
        )

    def test_of_nothing(self):
        self.assertEqual(summarise([]), bulk.Summary((), (), ()))

    def test_the_first_reason_counts(self):
        item = Item(1, "EUR", 1.0, False, overdue=True, needs_option=True)
        self.assertEqual(bulk.problem(item), bulk.NOT_MINE)
