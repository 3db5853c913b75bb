"""What of a text or of an event's attributes tells who somebody is, and what is left of it.

Numbers, codes, dates and the shape of the data stay, so that figures still add up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

ERASED = "[erased]"
SHORTEST = 2  # characters of a term; a single letter is nobody's name
PHONE_DIGITS = 6  # a shorter number is an extension, or an amount
LOGIN = 4  # characters of a login that is no plain word, such as "li.w"
# Under these names an event about the person tells something personal, whatever it says.
PERSONAL = frozenset(
    {
        *("name", "display_name", "first_name", "last_name", "email", "email_from"),
        *(
            "phone",
            "mobile",
            "street",
            "street2",
            "address",
            "contact",
            "user",
            "login",
        ),
        *("title", "subject", "description", "body", "message", "note", "comment"),
        *("reason", "reporter", "requester", "ip", "ip_address"),
    }
)


@dataclass(frozen=True)
class Terms:
    """What tells who somebody is, by how sure it is; each the longest first, so that no half of a name stays."""

    exact: tuple[str, ...]  # addresses, logins, phone numbers: nobody else's
    names: tuple[str, ...]  # full names, of at least two words
    bare: tuple[str, ...]  # single words, such as "Li" or "Billing": also plain words

    @property
    def sure(self) -> tuple[str, ...]:
        """:return: what counts wherever it stands"""
        return (*self.exact, *self.names)

    def hit(self, text: str) -> bool:
        """:return: the person is named, beyond doubt"""
        return any(p.search(text) for p in _patterns(self.exact, self.names))

    def choose(self, text: str, own: bool) -> tuple[re.Pattern[str], ...]:
        """:return: what to look for in ``text``: single words only where it is about the person

        :param own: the row belongs to the person
        """
        sure = own or any(p.search(text) for p in _patterns(self.exact, ()))
        return _patterns(self.exact, (*self.names, *(self.bare if sure else ())))


def terms(
    names: Iterable[str | None],
    phones: Iterable[str | None] = (),
    logins: Iterable[str | None] = (),
) -> Terms:
    """Sort what is known of somebody; what has an ``@`` is an address, wherever it was written."""
    cleaned = _clean(names)
    exact = {t for t in cleaned if "@" in t}
    exact |= {t for t in _clean(phones) if sum(map(str.isdigit, t)) >= PHONE_DIGITS}
    exact |= {t for t in _clean(logins) if len(t) >= LOGIN and not t.isalpha()}
    left = (cleaned | _clean(logins)) - exact
    full = {t for t in left if " " in t}
    return Terms(_longest(exact), _longest(full), _longest(left - full))


def _clean(values: Iterable[str | None]) -> set[str]:
    found = {" ".join(value.split()) for value in values if value}
    return {t for t in found if len(t) >= SHORTEST}


def _longest(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(found, key=lambda t: (-len(t), t)))


def written(wanted: Iterable[str]) -> tuple[str, ...]:
    """How ``wanted`` may stand in JSON: as they are, or with characters escaped.

    Escaped, ``ë`` and ``Ë`` have different digits, and not every database knows that they are one letter.
    """
    found: dict[str, None] = {}
    for term in wanted:
        for variant in (term, term.lower(), term.upper(), term.title()):
            if variant != term and variant.isascii():
                continue  # ILIKE finds it
            found[variant] = None
            found[json.dumps(variant)[1:-1]] = None
            found[json.dumps(variant, ensure_ascii=False)[1:-1]] = None
    return tuple(found)


def like(term: str) -> str:
    """:return: pattern for SQL's ILIKE that finds ``term``, and more: what it finds is only a candidate"""
    return "%" + re.sub(r"([\\%_])", r"\\\1", term).replace(" ", "%") + "%"


@lru_cache(maxsize=64)
def _patterns(
    exact: tuple[str, ...], words: tuple[str, ...]
) -> tuple[re.Pattern[str], ...]:
    """An address is not part of a longer one, a name not part of a longer word."""
    found = (
        pattern(exact, r"(?<![\w.+%-])", r"(?![\w@-]|\.\w)"),
        pattern(words),
    )
    return tuple(p for p in found if p)


def pattern(
    wanted: Iterable[str], before: str = r"(?<!\w)", after: str = r"(?!\w)"
) -> re.Pattern[str] | None:
    """:return: what finds the terms as whole words; None if there are none"""
    variants = sorted(written(wanted), key=len, reverse=True)
    choices = [r"\s+".join(map(re.escape, term.split())) for term in variants]
    if not choices:
        return None
    return re.compile(before + "(?:" + "|".join(choices) + ")" + after, re.IGNORECASE)


def texts(value: object) -> Iterator[str]:
    """:return: every text in ``value``, which is as JSON gives it; keys are no contents"""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)


def redact_row(value: object, wanted: Terms, own: bool, about: bool = False) -> object:
    """Take out of a text or of JSON what tells who somebody is.

    :param value: as JSON gives it, or a text, which may be JSON itself
    :param own: the row belongs to the person, so single words count too
    :param about: texts under a personal name go whole
    """
    inner = _inside(value)
    if inner is not None:
        left = redact_row(inner, wanted, own, about)
        return value if left == inner else json.dumps(left, ensure_ascii=False)
    return redact(value, wanted.choose("\n".join(texts(value)), own), about)


def _inside(value: object) -> object:
    """:return: the object or list that a text writes as JSON; None if it does not"""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return None
    try:
        inner: object = json.loads(value)
    except ValueError:
        return None
    return inner


def redact_body(text: str, wanted: Terms, about: Container[str]) -> str:
    """Take out of a message what tells who somebody is; the rest stays, and so do the events of others.

    :param about: ids of its events that are about the person; of a message with one event any will do
    """
    try:
        value = json.loads(text)
    except ValueError:
        return str(redact_row(text, wanted, bool(about)))
    if isinstance(value, list):
        left: object = [
            _redact_event(item, wanted, _id(item) in about) for item in value
        ]
    else:
        left = _redact_event(value, wanted, bool(about))
    return text if left == value else json.dumps(left, ensure_ascii=False)


def _id(item: object) -> str:
    return str(item.get("id", "")) if isinstance(item, dict) else ""


def _redact_event(value: object, wanted: Terms, own: bool) -> object:
    """The envelope of a CloudEvent tells no stories: its ``subject`` is a code."""
    if not isinstance(value, dict) or "specversion" not in value:
        return redact_row(value, wanted, own, about=own)
    found = wanted.choose("\n".join(texts(value)), own)
    return {
        key: redact(item, found, own and key == "data") for key, item in value.items()
    }


def redact(value: object, found: Iterable[re.Pattern[str]], about: bool) -> object:
    """:param value: as JSON gives it; keys stay, for two of them could become one

    :param about: texts under a personal name go whole, whatever they say
    """
    if isinstance(value, str):
        for p in found:
            value = p.sub(ERASED, value)
        return value
    if isinstance(value, list):
        return [redact(item, found, about) for item in value]
    if isinstance(value, dict):
        return {
            key: ERASED
            if about and isinstance(item, str) and key.lower() in PERSONAL
            else redact(item, found, about)
            for key, item in value.items()
        }
    return value


def tells(text: str, wanted: Terms, codes: Container[str] = ()) -> bool:
    """:return: ``text``, JSON or not, names the person beyond doubt, or an account code stands in it"""
    try:
        found = list(texts(json.loads(text)))
    except ValueError:
        found = [text]
    return any(item in codes or wanted.hit(item) for item in found)
