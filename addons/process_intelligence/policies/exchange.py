"""Events on their way out to, and in from, the formats of other tools: XES, OCEL 2.0 and CSV."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .csv_log import ImportOptions
from .refusal import Refusal

RESOURCE = (
    "resource"  #: the name that filters and files know the resource of an event by
)
#: What PostgreSQL may hold and XML 1.0 may not.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


class Told(NamedTuple):
    """One event of a chosen case. Cases come one after the other, events in order; or all of them by time."""

    seq: int
    case: str
    activity: str
    at: datetime  # naive UTC
    resource: str | None
    attributes: Mapping[str, Any]
    begins: bool = False  # the start of a step; else its end, or all of it
    event: str | None = None  # of an object-centric log: rows of one event say the same
    objects: Sequence[tuple[str, str]] = ()  # type and object of all that it touches
    worn: Sequence[str] = ()  # attributes that are its case's
    of_cases: Sequence[tuple[str, str, Any]] = ()  # case, attribute, value


@dataclass(frozen=True)
class ExchangeOptions:
    """What an import of XES or OCEL needs beside the file; survives as JSON until a background import starts."""

    format: str
    object_type: str | None = None
    tz: str = "UTC"


def options_from_json(values: Mapping[str, Any]) -> ImportOptions | ExchangeOptions:
    return (
        ExchangeOptions(**values)
        if "format" in values
        else ImportOptions.from_json(values)
    )


def kind_of(kinds: Iterable[str]) -> str:
    """The one kind that holds values of all these: string, integer, float or boolean."""
    found = set(kinds)
    if found and found <= {"integer", "float"}:
        return "float" if "float" in found else "integer"
    return "boolean" if found == {"boolean"} else "string"


def as_text(value: object) -> str:
    """A value of JSON as the text that stands for it in a file."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_kind(value: object, kind: str) -> Any:
    return as_text(value) if kind == "string" else value


def instant(at: datetime, nanoseconds: int | None = None) -> str:
    """Naive UTC as ISO 8601, always with microseconds: tools guess one format from the first value.

    :param nanoseconds: to add, below a microsecond
    """
    more = "" if nanoseconds is None else f"{nanoseconds:03d}"
    return f"{at.isoformat(timespec='microseconds')}{more}+00:00"


class XmlText:
    """Makes text fit for XML and counts what had to give way."""

    def __init__(self) -> None:
        self.replaced = 0

    def of(self, text: str) -> str:
        fit, count = _NOT_XML.subn("\ufffd", text)
        self.replaced += count
        return fit


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula; different texts stay different."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def apart(
    names: Sequence[str], taken: Iterable[str], fold: bool = False
) -> dict[str, str]:
    """Each name with one that is taken nowhere else.

    :param fold: names that differ in case only are the same one
    """
    used = {name.casefold() if fold else name for name in taken}
    found = {}
    for name in names:
        free, number = name, 1
        while (free.casefold() if fold else free) in used:
            number += 1
            free = f"{name}_{number}"
        used.add(free.casefold() if fold else free)
        found[name] = free
    return found


def file_name(name: str, extension: str) -> str:
    """A file name of letters, digits, - and _ only."""
    return (re.sub(r"[^\w-]+", "_", name).strip("_")[:80] or "process") + extension


_EXTENSIONS = {
    ".xes": "xes",
    ".json": "ocel",
    ".jsonocel": "ocel",
    ".sqlite": "ocel",
    ".db": "ocel",
}


def format_of_file(name: str) -> str:
    """:return: csv, xes or ocel, by the extension"""
    stem = name.lower().removesuffix(".gz")
    return _EXTENSIONS.get("." + stem.rpartition(".")[2], "csv")


def check_format(value: object, known: Sequence[str]) -> None:
    """:raises Refusal: ``bad_export_format``"""
    if value not in known:
        raise Refusal("bad_export_format", value=str(value), known=list(known))
