from unittest import TestCase

from ..policies.seeing import friction, log_words


class TestLogWords(TestCase):
    def test_columns_are_found_however_they_are_written(self):
        names = ["made_sla", "Assignment Group", "CATEGORY", "priority"]
        self.assertEqual(log_words.column(log_words.PROMISE, names), "made_sla")
        self.assertEqual(log_words.column(log_words.GROUP, names), "Assignment Group")
        self.assertEqual(log_words.column(log_words.TYPE, names), "CATEGORY")
        self.assertIsNone(log_words.column(log_words.REASON, names))

    def test_the_clearest_name_wins(self):
        self.assertEqual(log_words.column(log_words.TYPE, ["category", "type"]), "type")

    def test_what_is_over_and_what_is_solved(self):
        steps = [
            "New",
            "Resolved",
            "Closed",
            "Reopened",
            "Unresolved",
            "Awaiting Vendor",
        ]
        self.assertEqual(log_words.solved(steps), ["Resolved"])
        self.assertEqual(log_words.ended(steps), ["Resolved", "Closed"])
        self.assertEqual(log_words.solved(["Open", "Case closed"]), ["Case closed"])
        self.assertEqual(log_words.solved(["Open"]), [])

    def test_waiting_for_facts_is_not_waiting_for_anything(self):
        steps = [
            "Awaiting User Info",
            "Awaiting Vendor",
            "Customer asked",
            "Active",
            "User Info",
        ]
        self.assertEqual(
            log_words.waits_for_facts(steps), ["Awaiting User Info", "Customer asked"]
        )


class TestFriction(TestCase):
    def test_the_segment_with_trouble_across_phases_comes_first(self):
        accounts = {1: "Gold", 2: "Gold", 3: "Free", 4: "Free"}
        found = friction.segments(
            accounts,
            [
                (1, "support.escalated", 1),
                (1, "onboarding.milestone_late", 1),
                (3, "support.reopened", 5),
                (4, "support.reopened", 2),
                (9, "support.reopened", 9),
            ],
        )
        self.assertEqual([s.segment for s in found], ["Gold", "Free"])
        gold, free = found
        self.assertEqual((gold.accounts, gold.repeated, gold.across), (2, (1,), (1,)))
        self.assertEqual((free.repeated, free.across), ((3, 4), ()))
        self.assertEqual(free.by_phase, {"onboarding": 0, "support": 7, "renewal": 0})

    def test_one_trouble_is_not_repeated(self):
        (found,) = friction.segments({1: "Gold"}, [(1, "support.escalated", 1)])
        self.assertEqual(found.repeated, ())

    def test_no_account_no_segment(self):
        self.assertEqual(friction.segments({}, []), [])
