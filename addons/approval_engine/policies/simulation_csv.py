"""Cases from a sheet: each line checked, each error with its line and column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

REQUIRED = ("date", "requester", "amount")
OPTIONAL = ("currency", "account", "beneficiary", "option", "name")
COLUMNS = (*REQUIRED, *OPTIONAL)
MOST_ERRORS = 20  # told at once
FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")

# codes of problems; the wording belongs to the model
NO_TEXT = "encoding"
EMPTY = "empty"
NO_COLUMN = "no_column"
UNKNOWN_COLUMN = "unknown_column"
TWICE = "twice"
TOO_MANY = "too_many"
NO_DATE = "date"
NO_NUMBER = "number"
MISSING = "missing"
UNKNOWN = "unknown"  # names nothing we know
EXTRA = "extra"  # more values than columns


class _Reader(Protocol):  # as ``csv.reader`` gives it
    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


@dataclass(frozen=True)
class Problem:
    line: int  # as a person counts: the header is line 1
    column: str  # empty: the line as a whole
    code: str
    value: str = ""


@dataclass(frozen=True)
class Row:
    line: int
    at: datetime  # naive, UTC
    amount: float
    texts: dict[str, str] = field(default_factory=dict)  # the other columns, if given


@dataclass(frozen=True)
class Sheet:
    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()


def read(data: bytes, most: int) -> Sheet:
    """:param data: CSV in UTF-8 with a header; comma, semicolon or tab
    :param most: rows
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Sheet(problems=(Problem(1, "", NO_TEXT),))
    if "\x00" in text or not text.strip():
        return Sheet(
            problems=(Problem(1, "", EMPTY if "\x00" not in text else NO_TEXT),)
        )
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    header = [name.strip().lower() for name in next(reader, [])]
    problems = _header_problems(header)
    if problems:
        return Sheet(problems=tuple(problems))
    return _read_rows(reader, header, most)


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max((",", ";", "\t"), key=head.count)


def _header_problems(header: Sequence[str]) -> list[Problem]:
    found = [Problem(1, name, NO_COLUMN) for name in REQUIRED if name not in header]
    found += [
        Problem(1, name, UNKNOWN_COLUMN) for name in header if name not in COLUMNS
    ]
    twice = sorted({name for name in header if header.count(name) > 1})
    return found + [Problem(1, name, TWICE) for name in twice]


def _read_rows(reader: _Reader, header: Sequence[str], most: int) -> Sheet:
    rows: list[Row] = []
    problems: list[Problem] = []
    try:
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            row, wrong = _read_row(reader.line_num, header, values)
            problems += wrong
            if row is not None:
                rows.append(row)
            if len(rows) > most:
                return Sheet(problems=(Problem(reader.line_num, "", TOO_MANY),))
            if len(problems) >= MOST_ERRORS:
                break
    except csv.Error as error:
        problems.append(Problem(reader.line_num, "", NO_TEXT, str(error)))
    if not rows and not problems:
        problems.append(Problem(2, "", EMPTY))
    return Sheet(tuple(rows), tuple(problems[:MOST_ERRORS]))


def _read_row(
    line: int, header: Sequence[str], values: Sequence[str]
) -> tuple[Row | None, list[Problem]]:
    if len(values) > len(header):
        return None, [Problem(line, "", EXTRA, str(len(values)))]
    texts = {n: v.strip() for n, v in zip(header, values, strict=False) if v.strip()}
    problems = [Problem(line, n, MISSING) for n in REQUIRED if n not in texts]
    at, amount = _moment(texts.pop("date", "")), _number(texts.get("amount", ""))
    if at is None and Problem(line, "date", MISSING) not in problems:
        problems.append(Problem(line, "date", NO_DATE, values[header.index("date")]))
    if amount is None and "amount" in texts:
        problems.append(Problem(line, "amount", NO_NUMBER, texts["amount"]))
    texts.pop("amount", None)
    if problems or at is None or amount is None:
        return None, problems
    return Row(line, at, amount, texts), []


def _moment(text: str) -> datetime | None:
    for format_ in FORMATS:
        try:
            return datetime.strptime(text.strip().removesuffix("Z"), format_)
        except ValueError:
            continue
    return None


def _number(text: str) -> float | None:
    """A dot before the cents; groups of digits are not guessed at."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def write(rows: Sequence[Sequence[str]]) -> str:
    """:return: the sheet with a header"""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return out.getvalue()
