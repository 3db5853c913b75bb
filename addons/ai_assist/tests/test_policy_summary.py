import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.ai_assist.policies.summary import (
    MAX_CHARS,
    MAX_SENTENCES,
    Text,
    split_sentences,
    summarise,
)


def _texts(*texts):
    return [Text("mail.message", index, text) for index, text in enumerate(texts, 1)]


@pytest.mark.parametrize(
    "texts",
    [(), ("",), ("   \n ",), ("Hello team,",), ("> quoted words only",), ("123 456.",)],
)
def test_nothing_to_say_is_an_empty_summary(texts):
    assert summarise(_texts(*texts)) == []


def test_greetings_quotes_and_repeats_are_left_out():
    sentences = split_sentences(
        _texts(
            "Hi Anna,\nThe export fails.\n> The old mail\nKind regards\n",
            "the export  fails.",
        )
    )
    assert [sentence.text for sentence in sentences] == ["The export fails."]


def test_a_long_sentence_that_starts_like_a_greeting_is_kept():
    text = "Thanks, but the export still fails for all users."
    assert [sentence.text for sentence in split_sentences(_texts(text))] == [text]


def test_what_people_come_back_to_wins_over_small_talk():
    summary = summarise(
        _texts(
            "The invoice export fails for every user. The weather is lovely.",
            "We tried the invoice export again. My cat sleeps.",
            "Invoice export for every user is still broken. Lunch was nice.",
        )
    )
    assert [sentence.id for sentence in summary] == [1, 2, 3]
    assert all("export" in sentence.text for sentence in summary)


def test_a_summary_keeps_reading_order():
    summary = summarise(
        _texts(
            "One apple fell.",
            "Two apples fell.",
            "Apples apples fell and fell and fell.",
        )
    )
    assert [sentence.id for sentence in summary] == sorted(
        sentence.id for sentence in summary
    )


def test_a_long_sentence_is_cut_at_a_word():
    [sentence] = summarise(_texts("word " * 200))
    assert len(sentence.text) <= MAX_CHARS
    assert sentence.text.endswith("word…")


@given(st.lists(st.text(max_size=400), max_size=6))
def test_a_summary_says_only_what_stands_in_the_texts(texts):
    summary = summarise(_texts(*texts))
    assert len(summary) <= MAX_SENTENCES
    for sentence in summary:
        source = " ".join(texts[sentence.id - 1].split())
        assert sentence.text.removesuffix("…") in source


@given(st.lists(st.text(max_size=200), max_size=4))
def test_the_same_texts_give_the_same_summary(texts):
    assert summarise(_texts(*texts)) == summarise(_texts(*texts))
