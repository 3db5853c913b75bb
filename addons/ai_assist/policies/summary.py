"""An extractive summary: the sentences of a conversation that say most, in their own words.

Nothing is invented: every sentence stands in one of the texts. A sentence weighs what its words weigh, and a
word weighs how often the conversation uses it, so what people keep coming back to wins (H. P. Luhn, "The Automatic
Creation of Literature Abstracts", IBM Journal, 1958). Early sentences get a small bonus, because people
state their business first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

MAX_SENTENCES = 3
MAX_CHARS = 300  # of one sentence; a longer one is cut at a word
MAX_TEXTS_CHARS = (
    20_000  # read from the start; the rest of a longer conversation is not looked at
)
FIRST_BONUS = 0.3  # share of the best score that the very first sentence gains; the next ones less

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]{3,}")
# Words without news of their own, and what mails open and close with.
_STOP = frozenset(
    "the and for are but not you your our with that this from have has had was were will would can could should "
    "his her its they them their there here what when which who why how been being than then also just into over "
    "please thanks thank hello dear regards best kind hi any all some out about after before did does don".split()
)
_GREETING = re.compile(
    r"^(hi|hello|dear|hey|good (morning|afternoon|evening)|thanks|thank you|(kind |best )?regards|cheers)\b",
    re.I,
)
_GREETING_MAX_WORDS = 5  # "Hi Anna," is a greeting; "Thanks, but the export still fails for all users" is not


@dataclass(frozen=True)
class Text:
    """One text of a conversation and the record it stands in."""

    model: str
    id: int
    text: str


@dataclass(frozen=True)
class Sentence:
    model: str
    id: int
    text: str


def _shorten(text: str) -> str:
    if len(text) <= MAX_CHARS:
        return text
    head = text[: MAX_CHARS - 1]
    return (head.rsplit(" ", 1)[0] or head) + "…"


def _is_greeting(sentence: str) -> bool:
    return (
        bool(_GREETING.match(sentence)) and len(sentence.split()) <= _GREETING_MAX_WORDS
    )


def _within_limit(texts: Sequence[Text]) -> list[Text]:
    left, kept = MAX_TEXTS_CHARS, []
    for text in texts:
        if left <= 0:
            break
        kept.append(Text(text.model, text.id, text.text[:left]))
        left -= len(text.text)
    return kept


def split_sentences(texts: Sequence[Text]) -> list[Sentence]:
    """:return: sentences in reading order, without greetings, quoted lines and repeats"""
    seen: set[str] = set()
    sentences = []
    for text in _within_limit(texts):
        for part in _SENTENCE_END.split(text.text):
            words = " ".join(part.split())
            if (
                not _WORD.search(words)
                or words.startswith(">")
                or _is_greeting(words)
                or words.lower() in seen
            ):
                continue
            seen.add(words.lower())
            sentences.append(Sentence(text.model, text.id, words))
    return sentences


def _words(sentence: Sentence) -> list[str]:
    return [word for word in _WORD.findall(sentence.text.lower()) if word not in _STOP]


def _scores(sentences: Sequence[Sentence]) -> list[float]:
    frequency = Counter(word for sentence in sentences for word in _words(sentence))
    # The square root keeps a long sentence from winning by length alone.
    raw = [
        sum(frequency[word] for word in set(words)) / max(len(words), 1) ** 0.5
        for words in map(_words, sentences)
    ]
    best = max(raw, default=0.0)
    return [score + best * FIRST_BONUS / (1 + index) for index, score in enumerate(raw)]


def summarise(texts: Sequence[Text], limit: int = MAX_SENTENCES) -> list[Sentence]:
    """:return: the ``limit`` best sentences in reading order; empty if there is nothing to read"""
    sentences = split_sentences(texts)
    scores = _scores(sentences)
    best = sorted(range(len(sentences)), key=lambda index: (-scores[index], index))[
        :limit
    ]
    return [
        Sentence(
            sentences[index].model, sentences[index].id, _shorten(sentences[index].text)
        )
        for index in sorted(best)
    ]
