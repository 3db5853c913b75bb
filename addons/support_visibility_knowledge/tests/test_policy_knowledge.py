import unittest
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.support_visibility_knowledge.policies import (
    asking,
    changes,
    languages,
    life,
    words,
)

NAMES = st.sampled_from(["ann", "ben", "cy"])


class TestLife(unittest.TestCase):
    def test_every_move_that_is_not_named_is_refused(self):
        allowed = {(a, b) for a, targets in life.MOVES.items() for b in targets}
        states = [state for state, _label in life.STATES]
        self.assertEqual(set(life.MOVES), set(states))
        for source in states:
            for target in states:
                self.assertEqual(
                    life.may_move(source, target), (source, target) in allowed
                )
        self.assertNotIn((life.DRAFT, life.PUBLISHED), allowed)
        self.assertFalse(life.may_move("nonsense", life.DRAFT))

    def test_nobody_publishes_what_only_he_wrote_while_another_could(self):
        self.assertTrue(life.may_publish("ann", {"ben"}, {"ann"}))
        self.assertFalse(life.may_publish("ann", {"ann", "ben"}, {"ann", "cy"}))
        self.assertTrue(life.may_publish("ann", {"ann"}, {"ann"}))
        self.assertTrue(life.may_publish("ann", {"ann", "cy"}, {"ann", "cy"}))

    @given(NAMES, st.sets(NAMES), st.sets(NAMES))
    def test_a_refusal_always_leaves_somebody_who_may(self, who, authors, reviewers):
        if not life.may_publish(who, authors, reviewers):
            self.assertTrue(
                any(life.may_publish(r, authors, reviewers) for r in reviewers)
            )

    def test_an_article_is_due_on_its_day_and_only_while_it_is_read(self):
        day = date(2026, 3, 2)
        self.assertTrue(life.is_due(life.PUBLISHED, day, day))
        self.assertFalse(life.is_due(life.PUBLISHED, date(2026, 3, 3), day))
        self.assertFalse(life.is_due(life.DRAFT, day, day))
        self.assertFalse(life.is_due(life.PUBLISHED, None, day))
        self.assertEqual((life.next_review(day) - day).days, life.REVIEW_DAYS)

    def test_each_kind_of_reader_sees_what_the_wider_one_sees(self):
        self.assertEqual(life.SEEN_BY[life.PUBLIC], (life.PUBLIC,))
        self.assertNotIn(life.INTERNAL, life.SEEN_BY[life.CUSTOMERS])


class TestLanguages(unittest.TestCase):
    def test_codes_of_odoo_and_of_people(self):
        for given_, wanted in (
            ("de_CH", "de"),
            ("de", "de"),
            ("pt-BR", "pt"),
            ("nb_NO", "no"),
            ("sr@latin", None),
            ("", None),
            (None, None),
        ):
            self.assertEqual(languages.code_of(given_), wanted, given_)
        self.assertEqual(languages.config_of("de"), "german")
        self.assertEqual(languages.config_of("??"), languages.PLAIN)


class TestWords(unittest.TestCase):
    def test_accents_and_case_make_no_difference(self):
        for one, other in (
            ("Zurücksetzen", "zurucksetzen"),
            ("Œuvre", "oeuvre"),
            ("Straße", "strasse"),
            ("RÉINITIALISER", "reinitialiser"),
            ("Łódź", "lodz"),
        ):
            self.assertEqual(words.fold(one), words.fold(other))

    def test_bad_input_gives_words_or_nothing(self):
        self.assertEqual(words.asked(None), [])
        self.assertEqual(words.asked("  \x00 \t"), [])
        self.assertEqual(words.asked("🎉🎉 !!! ' \" & | <-> :*"), [])
        self.assertEqual(words.asked("a\x00b pass'word \ud800x"), ["pass", "word"])
        self.assertEqual(words.asked("Reset reset RESET"), ["reset"])
        self.assertLessEqual(len(words.asked("word%d " * 5000)), words.MAX_WORDS)
        self.assertLessEqual(len(words.usable("x" * 10_000)), words.MAX_ASKED_CHARS)

    @given(st.text(max_size=2000))
    def test_whatever_is_typed_the_words_can_be_stored(self, text):
        found = words.asked(text)
        self.assertLessEqual(len(found), words.MAX_WORDS)
        self.assertEqual(len(found), len(set(found)))
        for word in found:
            word.encode()
            self.assertNotIn("\x00", word)
            self.assertNotIn("'", word)

    def test_trigrams_count_as_in_the_database(self):
        # pg_trgm: similarity('word', 'words') = 0.571429
        self.assertAlmostEqual(words.likeness("word", "words"), 4 / 7, places=5)

    def test_a_snippet_shows_the_words_and_loses_no_letter_between(self):
        text = (
            "Nothing here. " * 30 + "Choose Forgot Passwords to go on. " + "More. " * 50
        )
        pieces = words.snippet(text, ["password"])
        marked = [piece.text for piece in pieces if piece.marked]
        self.assertEqual(marked, ["Passwords"])
        joined = "".join(piece.text for piece in pieces).strip("… ")
        self.assertIn(joined, " ".join(text.split()))

    @given(st.text(max_size=400), st.lists(st.text(max_size=10), max_size=3))
    def test_a_snippet_is_a_part_of_the_text(self, text, wanted):
        clean = " ".join(text.split())
        pieces = words.snippet(text, [word for word in wanted if word])
        body = [p.text for p in pieces if p.text not in ("… ", " …")]
        self.assertIn("".join(body), clean)

    def test_addresses_are_plain(self):
        self.assertEqual(
            words.slug("Réinitialiser: le mot de passe?"),
            "reinitialiser-le-mot-de-passe",
        )
        self.assertEqual(words.slug("日本"), "article")
        self.assertEqual(words.slug("<script>"), "script")


class TestAsking(unittest.TestCase):
    def test_what_may_tell_who_asked_is_left_out(self):
        for given_, wanted in (
            ("Reset for anna@borealis.example please", "reset for please"),
            ("call me +49 (40) 123-4567 now", "call me now"),
            ("see https://x.example/t?id=5 error", "see error"),
            ("invoice INV12345 wrong", "invoice wrong"),
            ("Error 42", "error 42"),
            ("", ""),
            ("🎉", ""),
        ):
            self.assertEqual(asking.kept(given_), wanted)
        self.assertLessEqual(len(asking.kept("word " * 900)), asking.MAX_KEPT_CHARS)

    @given(st.text(max_size=600))
    def test_no_address_and_no_long_number_is_kept(self, text):
        kept = asking.kept(text)
        self.assertNotIn("@", kept)
        self.assertLessEqual(len(kept), asking.MAX_KEPT_CHARS)
        self.assertEqual(asking.kept(kept + " x@y.z"), asking.kept(kept))

    def test_floods_are_told_from_an_office(self):
        self.assertFalse(asking.is_too_much(asking.MOST_BY_PLACE - 1))
        self.assertTrue(asking.is_too_much(asking.MOST_BY_PLACE))
        self.assertEqual(asking.rate(0, 0), 0)
        self.assertEqual(asking.rate(1, 3), 33.3)


class TestChanges(unittest.TestCase):
    def test_words_that_went_and_came(self):
        self.assertEqual(
            changes.changes("one two three", "one 2 three"),
            [("same", "one "), ("removed", "two"), ("added", "2"), ("same", " three")],
        )
        self.assertEqual(changes.changes("", ""), [])

    @given(st.text(max_size=120), st.text(max_size=120))
    def test_both_texts_can_be_read_from_the_changes(self, before, after):
        found = changes.changes(before, after)
        old = "".join(text for kind, text in found if kind != "added")
        new = "".join(text for kind, text in found if kind != "removed")
        self.assertEqual((old, new), (before, after))
