"""Words of a question and of an article, made comparable: small letters without accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_ASKED_CHARS = 500  # of what was typed
MAX_WORDS = 10  # that are looked for; the first ones say what it is about
MIN_TYPO_CHARS = 4  # shorter words are not guessed at
MAX_KNOWN_CHARS = 40  # longer words are codes
MAX_OFF = 3  # letters by which a misspelt word is longer or shorter
LIKENESS = 0.33  # trigrams two words share, of all their trigrams

_WORD = re.compile(r"\w+")
_TWO_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
_ONE_LETTER = {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "ð": "d", "ħ": "h", "ŧ": "t"}


def _bare(char: str) -> str:
    parts = unicodedata.normalize("NFKD", char)
    return "".join(part for part in parts if not unicodedata.combining(part))


def _folded_letters() -> dict[str, str]:
    """:return: ``{letter with an accent: letter}`` of Latin-1 and Latin Extended-A"""
    found = {}
    for code in range(0xC0, 0x180):
        char = chr(code).lower()
        bare = _ONE_LETTER.get(char) or _bare(char)
        if len(char) == len(bare) == 1 and bare != char and char not in _TWO_LETTERS:
            found[char] = bare
    return found


LETTERS = _folded_letters()
PAIRS = dict(_TWO_LETTERS)
_TABLE = str.maketrans({**LETTERS, **PAIRS})


def fold(text: str) -> str:
    """The same as the database's columns do: lower case, Latin letters without accents."""
    return text.lower().translate(_TABLE)


def usable(text: str | None) -> str:
    """:return: text a database can store, without NUL and halves of characters, cut"""
    kept = (text or "")[: MAX_ASKED_CHARS * 2].encode("utf-8", "ignore").decode()
    return " ".join(kept.replace("\x00", " ").split())[:MAX_ASKED_CHARS]


def asked(text: str | None) -> list[str]:
    """:return: the words to look for, each once, in order"""
    folded = fold(unicodedata.normalize("NFC", usable(text)))
    found = (word.strip("_") for word in _WORD.findall(folded))
    return list(dict.fromkeys(word for word in found if len(word) > 1))[:MAX_WORDS]


def vocabulary(text: str | None) -> set[str]:
    """:return: words of an article that a misspelt one may have meant to be"""
    return {
        word
        for word in _WORD.findall(fold(unicodedata.normalize("NFC", text or "")))
        if MIN_TYPO_CHARS <= len(word) <= MAX_KNOWN_CHARS and word.isalpha()
    }


@lru_cache(maxsize=4096)
def trigrams(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def likeness(one: str, other: str) -> float:
    """:return: from 0 to 1, as PostgreSQL's ``similarity`` of two words"""
    mine, others = trigrams(one), trigrams(other)
    return len(mine & others) / len(mine | others)


def is_same_word(asked_word: str, word: str) -> bool:
    """Whether a word of an article is one that was asked for, but for its ending or a typo."""
    if asked_word == word:
        return True
    if len(asked_word) < MIN_TYPO_CHARS or len(word) < MIN_TYPO_CHARS:
        return False
    stem = asked_word[: max(MIN_TYPO_CHARS, len(asked_word) - 3)]
    if word.startswith(stem) and len(word) <= len(asked_word) + 4:
        return True
    # a typo in the first letter is rare, and counting letters takes time
    if asked_word[0] != word[0] or abs(len(asked_word) - len(word)) > MAX_OFF:
        return False
    return likeness(asked_word, word) >= LIKENESS


@dataclass(frozen=True)
class Piece:
    text: str
    marked: bool


def snippet(text: str, wanted: list[str], width: int = 180) -> list[Piece]:
    """:return: the part of ``text`` with most of the wanted words, these marked; the beginning if there are none"""
    clean = " ".join(text.split())
    hits = [
        (found.start(), found.end(), word) for found, word in _matches(clean, wanted)
    ]
    begin = _best_begin(hits, width, clean)
    end = min(len(clean), begin + width)
    end = clean.rfind(" ", begin, end) if end < len(clean) else end
    end = end if end > begin else min(len(clean), begin + width)
    pieces = list(_pieces(clean, begin, end, hits))
    before = [Piece("… ", False)] if begin else []
    after = [Piece(" …", False)] if end < len(clean) else []
    return [*before, *pieces, *after]


def _matches(text: str, wanted: list[str]) -> Iterator[tuple[re.Match[str], str]]:
    # whatever counts as the same word begins with the same letter: most words need no look at all
    begun: dict[str, list[str]] = {}
    for one in wanted:
        begun.setdefault(one[:1], []).append(one)
    known: dict[str, str] = {}
    for found in _WORD.finditer(text[:20_000]):
        said = found.group()
        if said not in known:
            word = fold(said)
            others = begun.get(word[:1], [])
            known[said] = next((w for w in others if is_same_word(w, word)), "")
        if known[said]:
            yield found, known[said]


def _best_begin(hits: list[tuple[int, int, str]], width: int, text: str) -> int:
    best, most = 0, 0
    for start, _end, _word in hits:
        within = {
            word
            for at, until, word in hits
            if start <= at and until <= start + width * 3 // 4
        }
        if len(within) > most:
            best, most = start, len(within)
    if best < width // 3:
        return 0
    begin = max(0, best - width // 4)
    space = text.find(" ", begin, best)
    return space + 1 if space >= 0 else best


def _pieces(
    text: str, begin: int, end: int, hits: list[tuple[int, int, str]]
) -> Iterator[Piece]:
    at = begin
    for start, until, _word in hits:
        if start < at or until > end:
            continue
        if start > at:
            yield Piece(text[at:start], False)
        yield Piece(text[start:until], True)
        at = until
    if at < end:
        yield Piece(text[at:end], False)


def slug(text: str, most: int = 60) -> str:
    """:return: what an address shows of a title; ``article`` if nothing is left of it"""
    plain = re.sub(r"[^a-z0-9]+", "-", _bare(fold(text)))[:most].strip("-")
    return plain or "article"
