"""Read the timestamps of a column whose format nobody named.

A value never decides alone whether ``3/4/2016`` is April or March: the whole
column is looked at first (:class:`Evidence`), then each value is read the same way
(:class:`Reading`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from .refusal import Refusal

Order = Literal["dmy", "mdy"]
Parser = Callable[[str], datetime]

_NUMERIC = re.compile(
    r"(?P<a>\d{1,4})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,4})"
    r"(?:(?:T|\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?)?"
    r"\s*(?P<zone>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)


@dataclass
class Evidence:
    """What the values of one column say about their format."""

    readable: int = 0
    unreadable: int = 0
    year_first: int = 0
    day_first: int = 0
    month_first: int = 0
    undecided: int = 0
    with_zone: int = 0
    undecided_example: str = ""
    unreadable_example: str = ""

    @property
    def looked(self) -> int:
        return self.readable + self.unreadable

    def look_at(self, text: str) -> None:
        match = _NUMERIC.fullmatch(text)
        kind = _kind(match) if match else None
        if match is None or kind is None:
            self.unreadable += 1
            self.unreadable_example = self.unreadable_example or text
            return
        self.readable += 1
        self.with_zone += match["zone"] is not None
        setattr(self, kind, getattr(self, kind) + 1)
        if kind == "undecided" and not self.undecided_example:
            self.undecided_example = text


def _kind(match: re.Match[str]) -> str | None:
    """Which order of day, month and year a value proves; None when it is no date at all."""
    first, second, last = match["a"], int(match["b"]), match["c"]
    if len(first) == 4:
        return "year_first" if len(last) <= 2 else None
    if len(last) != 4 or len(first) > 2:
        return None  # two-digit years are guesses
    if int(first) > 12:
        return "day_first"
    if second > 12:
        return "month_first"
    # Dots mean day.month wherever they are used; equal numbers read the same both ways.
    return "day_first" if match["sep"] == "." else "undecided"


@dataclass(frozen=True)
class Reading:
    """How every value of a column is read."""

    order: Order | None
    zone_required: bool = False


def decide_reading(evidence: Evidence, column: str) -> Reading:
    """:raises Refusal: ``timestamp_unreadable``, ``timestamp_ambiguous``"""
    if not evidence.readable:
        raise Refusal(
            "timestamp_unreadable", column=column, example=evidence.unreadable_example
        )
    return Reading(
        order=_decide_order(evidence, column), zone_required=evidence.with_zone > 0
    )


def _decide_order(evidence: Evidence, column: str) -> Order | None:
    if evidence.day_first or evidence.month_first:
        # The minority contradicts the column: those lines are refused one by one.
        return "dmy" if evidence.day_first >= evidence.month_first else "mdy"
    if evidence.undecided:
        raise Refusal(
            "timestamp_ambiguous", column=column, example=evidence.undecided_example
        )
    return None


def parse_value(text: str, reading: Reading) -> datetime:
    """One value as an aware (it carries a zone) or naive datetime, to the microsecond.

    :raises Refusal: ``bad_timestamp``, ``no_zone`` (others of the column carry one)
    """
    moment = _fast_iso(text) or _slow(text, reading.order)
    if moment.tzinfo is None and reading.zone_required:
        raise Refusal("no_zone", value=text)
    return moment


def _fast_iso(text: str) -> datetime | None:
    if len(text) < 19 or text[4] != "-" or text[10] not in "T " or text[-1] in "Zz":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _slow(text: str, order: Order | None) -> datetime:
    match = _NUMERIC.fullmatch(text)
    if match is None:
        raise Refusal("bad_timestamp", value=text)
    try:
        year, month, day = _date_parts(match, order)
        moment = datetime(
            year,
            month,
            day,
            _hour(match),
            int(match["minute"] or 0),
            int(match["second"] or 0),
        )
    except ValueError as error:
        raise Refusal("bad_timestamp", value=text) from error
    fraction = (match["fraction"] or "").ljust(6, "0")[:6]
    return moment.replace(microsecond=int(fraction), tzinfo=_zone(match["zone"]))


def _date_parts(match: re.Match[str], order: Order | None) -> tuple[int, int, int]:
    first, second, last = match["a"], match["b"], match["c"]
    if len(first) == 4 and len(last) <= 2:
        return int(first), int(second), int(last)
    if len(last) != 4 or len(first) > 2:
        raise ValueError("no four-digit year")
    if order == "mdy":
        return int(last), int(first), int(second)
    return int(last), int(second), int(first)


def _hour(match: re.Match[str]) -> int:
    hour = int(match["hour"] or 0)
    half = (match["half"] or "").lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("no such hour on a 12-hour clock")
    return hour % 12 + (12 if half == "p" else 0)


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return timezone.utc
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(hours=24):
        raise Refusal("bad_timestamp", value=text)
    return timezone(-offset if text[0] == "-" else offset)


def strptime_parser(timestamp_format: str) -> Parser:
    """A parser for a format that the user named (directives of ``datetime.strptime``).

    :raises Refusal: ``bad_format``
    """
    try:
        datetime.strptime("", timestamp_format)
    except ValueError as error:
        if "directive" in str(error) or "stray" in str(error):
            raise Refusal(
                "bad_format", format=timestamp_format, why=str(error)
            ) from error
    except re.error as error:
        raise Refusal("bad_format", format=timestamp_format, why=str(error)) from error

    def parse(text: str) -> datetime:
        try:
            return datetime.strptime(text, timestamp_format)
        except ValueError as error:
            raise Refusal(
                "format_mismatch", value=text, format=timestamp_format
            ) from error

    return parse


def auto_parser(reading: Reading) -> Parser:
    return lambda text: parse_value(text, reading)


def parse_instant(text: str, *, end_of_day: bool = False) -> datetime:
    """An ISO 8601 instant or date as naive UTC; a date means its first (or last) microsecond.

    >>> parse_instant("2012-04-03T18:55:38+02:00")
    datetime.datetime(2012, 4, 3, 16, 55, 38)

    :raises Refusal: ``bad_timestamp``
    """
    text = text.strip()
    moment = _slow(text, None)
    if moment.tzinfo is not None:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    elif end_of_day and _is_date(text):
        moment += timedelta(days=1, microseconds=-1)
    return moment


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
