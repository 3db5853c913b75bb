from dataclasses import replace
from datetime import datetime, timedelta
from unittest import TestCase

from ..policies.bonds import issues, likeness, merging
from ..policies.bonds.likeness import Candidate, alike, similar
from ..policies.bonds.merging import Mergeable, problem, survivor_of

NOON = datetime(2026, 3, 2, 12)
STAYS = Mergeable(1, 1, 7, NOON)
GOES = Mergeable(2, 1, 7, NOON)


class TestMerging(TestCase):
    def test_tickets_of_one_customer_become_one(self):
        self.assertIsNone(problem(STAYS, [GOES]))

    def test_each_thing_in_the_way_is_named_with_its_ticket(self):
        cases = [
            (STAYS, [], merging.NOTHING, 1),
            (replace(STAYS, is_merged=True), [GOES], merging.SURVIVOR_MERGED, 1),
            (replace(STAYS, is_closed=True), [GOES], merging.SURVIVOR_CLOSED, 1),
            (STAYS, [replace(GOES, is_merged=True)], merging.MERGED_ALREADY, 2),
            (STAYS, [replace(GOES, company_id=2)], merging.OTHER_COMPANY, 2),
            (STAYS, [replace(GOES, account_id=8)], merging.OTHER_ACCOUNT, 2),
            (STAYS, [replace(GOES, is_mirrored=True)], merging.MIRRORED, 2),
            (replace(STAYS, ancestor_ids=frozenset({2})), [GOES], merging.PARENT, 2),
            (
                STAYS,
                [GOES, replace(GOES, id=3, account_id=8)],
                merging.OTHER_ACCOUNT,
                3,
            ),
        ]
        for survivor, others, code, ticket_id in cases:
            with self.subTest(code):
                self.assertEqual(
                    problem(survivor, others), merging.Problem(code, ticket_id)
                )

    def test_a_ticket_of_nobody_joins_any_customer_but_not_two(self):
        unknown = replace(STAYS, account_id=None)
        self.assertIsNone(problem(unknown, [GOES]))
        self.assertIsNone(problem(STAYS, [replace(GOES, account_id=None)]))
        self.assertEqual(
            problem(unknown, [GOES, replace(GOES, id=3, account_id=8)]),
            merging.Problem(merging.OTHER_ACCOUNT, 3),
        )

    def test_a_mirrored_ticket_may_stay_and_a_closed_one_may_go(self):
        closed = replace(GOES, is_closed=True)
        self.assertIsNone(problem(replace(STAYS, is_mirrored=True), [closed]))

    def test_the_mirrored_one_stays_else_the_oldest(self):
        older = replace(GOES, opened_at=NOON - timedelta(days=1))
        mirrored = replace(STAYS, id=3, is_mirrored=True)
        self.assertEqual(survivor_of([STAYS, older]), 2)
        self.assertEqual(survivor_of([STAYS, older, mirrored]), 3)
        self.assertEqual(survivor_of([STAYS, replace(older, is_closed=True)]), 1)
        self.assertIsNone(survivor_of([replace(STAYS, is_merged=True)]))
        self.assertIsNone(survivor_of([]))


class TestLikeness(TestCase):
    def _candidate(self, number=1, title="Export fails", **values):
        return replace(Candidate(number, title, 7, 70, 3, NOON), **values)

    def test_likeness_is_that_of_trigrams(self):
        # pg_trgm: similarity('word', 'two words') = 0.363636
        self.assertAlmostEqual(alike("word", "two words"), 0.363636, 6)
        self.assertEqual(alike("Export", "EXPORT!"), 1.0)
        self.assertEqual(alike("", "Export"), 0.0)
        self.assertEqual(alike("?!", "Export"), 0.0)

    def test_the_likeliest_comes_first_and_says_why(self):
        same = self._candidate(2, opened_at=NOON - timedelta(hours=12))
        less = self._candidate(3, "Export of invoices fails", partner_id=None)
        found = similar(self._candidate(), [less, same])
        self.assertEqual([each.id for each in found], [2, 3])
        first = found[0]
        self.assertEqual((first.title_percent, first.hours_apart), (100, 12))
        self.assertTrue(first.same_person and first.same_category)
        self.assertAlmostEqual(first.score, 0.6 + 0.15 + 0.1 + 0.15 * 0.75, 4)

    def test_what_is_not_alike_is_not_shown(self):
        other = self._candidate(2, "Wrong invoice")
        stranger = self._candidate(3, account_id=8)
        nobody = self._candidate(4, account_id=None)
        itself = self._candidate(1)
        self.assertEqual(
            similar(self._candidate(), [other, stranger, nobody, itself]), []
        )
        self.assertEqual(similar(replace(itself, account_id=None), [nobody]), [])

    def test_a_handful_is_shown(self):
        many = [self._candidate(number) for number in range(2, 40)]
        found = similar(self._candidate(), many)
        self.assertEqual([each.id for each in found], [2, 3, 4, 5, 6])
        self.assertEqual(len(found), likeness.SHOWN)


class TestIssues(TestCase):
    def test_links_are_read_as_people_paste_them(self):
        cases = [
            (
                " https://github.com/acme/app/issues/12#issuecomment-9 ",
                ("github", "acme/app#12", "https://github.com/acme/app/issues/12"),
            ),
            (
                "https://github.com/acme/app/pull/7/",
                ("github", "acme/app#7", "https://github.com/acme/app/pull/7"),
            ),
            (
                "https://Acme.atlassian.net/browse/ABC-7?focusedId=1",
                ("jira", "ABC-7", "https://acme.atlassian.net/browse/ABC-7"),
            ),
            (
                "http://jira.acme.example/jira/browse/OPS_2-41",
                ("jira", "OPS_2-41", "http://jira.acme.example/jira/browse/OPS_2-41"),
            ),
            (
                "https://gitlab.com/acme/tools/app/-/issues/3",
                (
                    "gitlab",
                    "acme/tools/app#3",
                    "https://gitlab.com/acme/tools/app/-/issues/3",
                ),
            ),
            (
                "https://linear.example/acme/issue/ENG-1",
                (
                    "other",
                    "linear.example/acme/issue/ENG-1",
                    "https://linear.example/acme/issue/ENG-1",
                ),
            ),
        ]
        for link, place in cases:
            with self.subTest(link):
                self.assertEqual(issues.place_of(link), place)

    def test_what_is_no_link_is_refused(self):
        for link in (
            "",
            "ABC-7",
            "javascript:alert(1)//browse/ABC-7",
            "file:///browse/ABC-7",
            "https:///browse/ABC-7",
            "https://user:secret@github.com/acme/app/issues/12",
            "https://github.com",
            "https://github.com/acme/app/issues/1 2",
            "https://github.com/acme/app/issues/1\n2",
            "https://[bad/browse/ABC-7",
            "https://github.com/" + "a" * 600,
        ):
            with self.subTest(link[:60]):
                self.assertIsNone(issues.place_of(link))

    def test_words_of_trackers_become_three_states(self):
        for word, state in [
            ("In Progress", "in_progress"),
            ("indeterminate", "in_progress"),
            ("To Do", "open"),
            ("reopened", "open"),
            ("not_planned", "done"),
            ("Closed", "done"),
            ("Waiting for the moon", "unknown"),
            ("", "unknown"),
            (None, "unknown"),
        ]:
            with self.subTest(word):
                self.assertEqual(issues.state_of(word), state)
