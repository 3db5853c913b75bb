"""What of a text or of an event's attributes tells who somebody is, and what is left of it.

Numbers, codes, dates and the shape of the data stay, so that figures still add up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

ERASED = "[erased]"
SHORTEST = 2  # characters of a term; a single letter is nobody's name
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


def terms(values: Iterable[str | None]) -> tuple[str, ...]:
    """:return: what to look for, the longest first, so that no half of a name stays"""
    found = {" ".join(value.split()) for value in values if value}
    return tuple(
        sorted((t for t in found if len(t) >= SHORTEST), key=lambda t: (-len(t), t))
    )


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
    """:return: pattern for SQL's ILIKE that finds ``term`` anywhere"""
    return "%" + re.sub(r"([\\%_])", r"\\\1", term) + "%"


def pattern(wanted: Iterable[str]) -> re.Pattern[str] | None:
    """:return: what finds the terms as whole words; None if there are none"""
    choices = [r"\s+".join(map(re.escape, term.split())) for term in wanted]
    if not choices:
        return None
    return re.compile(r"(?<!\w)(?:" + "|".join(choices) + r")(?!\w)", re.IGNORECASE)


def redact_text(text: str, found: re.Pattern[str] | None) -> str:
    return found.sub(ERASED, text) if found else text


def redact(value: object, found: re.Pattern[str] | None, about: bool) -> object:
    """Take out what tells who somebody is.

    :param value: as JSON gives it
    :param about: the event is about the person, so texts under a personal name go whole
    """
    if isinstance(value, str):
        return redact_text(value, found)
    if isinstance(value, list):
        return [redact(item, found, about) for item in value]
    if isinstance(value, dict):
        return {
            redact_text(key, found): ERASED
            if about and isinstance(item, str) and key.lower() in PERSONAL
            else redact(item, found, about)
            for key, item in value.items()
        }
    return value
