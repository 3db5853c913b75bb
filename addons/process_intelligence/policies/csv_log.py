"""Read an event log from CSV lines: which column is what, and which lines cannot be taken."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from . import timestamps
from .refusal import Refusal
from .text import is_storable

#: What stands for "unknown" in a resource or an attribute: such a value is left out.
MISSING = frozenset({"", "?"})
MOST_COLUMNS = 1000  # each is a row of the wizard


class LogRow(NamedTuple):
    case: str
    activity: str
    moment: datetime  # naive UTC, microseconds
    resource: str | None
    attributes: dict[str, str]  # only those present
    origin: str | None = (
        None  # the event of an object-centric log that this is one view of
    )
    objects: tuple[tuple[str, str], ...] = ()  # (type, object) that it touches
    worn: tuple[str, ...] = ()  # attributes that are the case's, not the event's


class Rejection(NamedTuple):
    line: int  # physical line on which the record starts, the header is line 1
    code: str
    facts: dict[str, object]
    event: str | None = None  # its id, where the format gives it one


@dataclass(frozen=True)
class Roles:
    """Which column plays which part; ``attributes`` are (name, column) pairs."""

    case: str
    activity: str
    timestamp: str
    resource: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()


def parse_attributes(raw: object) -> tuple[tuple[str, str], ...]:
    """A list of columns, or a mapping from the attribute's name to its column.

    :raises Refusal: ``attributes_shape``
    """
    if raw is None or raw is False:
        return ()
    if isinstance(raw, Mapping):
        pairs = list(raw.items())
    elif isinstance(raw, (list, tuple)):
        pairs = [(column, column) for column in raw]
    else:
        raise Refusal("attributes_shape")
    texts = [text for pair in pairs for text in pair]
    if not all(isinstance(text, str) and text and is_storable(text) for text in texts):
        raise Refusal("attributes_shape")
    return tuple(dict(pairs).items())


@dataclass(frozen=True)
class Dialect:
    delimiter: str = ","
    timestamp_format: str | None = None

    def __post_init__(self) -> None:
        """:raises Refusal: ``bad_delimiter``, ``bad_format``"""
        if (
            not isinstance(self.delimiter, str)
            or len(self.delimiter) != 1
            or self.delimiter in '"\r\n '
        ):
            raise Refusal("bad_delimiter", value=str(self.delimiter))
        if self.timestamp_format is not None and not isinstance(
            self.timestamp_format, str
        ):
            raise Refusal(
                "bad_format", format=str(self.timestamp_format), why="it is not text"
            )


@dataclass(frozen=True)
class ImportOptions:
    """Everything but the file that an import needs; survives as JSON until a background import starts."""

    case: str
    activity: str
    timestamp: str
    resource: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    timestamp_format: str | None = None
    tz: str = "UTC"
    delimiter: str = ","

    @property
    def roles(self) -> "Roles":
        return Roles(
            self.case, self.activity, self.timestamp, self.resource, self.attributes
        )

    @property
    def dialect(self) -> "Dialect":
        return Dialect(self.delimiter, self.timestamp_format)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ImportOptions":
        """The inverse of ``dataclasses.asdict`` after a trip through JSON."""
        return cls(
            **{
                **values,
                "attributes": tuple(
                    (name, column) for name, column in values["attributes"]
                ),
            }
        )


@dataclass
class Tally:
    """What was left out on the way, told with the result."""

    missing_marks: Counter[str] = field(
        default_factory=Counter
    )  # column -> number of "?"
    without_object: int = 0  # events of an object-centric log that no case touches
    zoned: int = 0  # times that name a zone
    zoneless: int = 0  # and those that name none
    zoneless_example: tuple[str, datetime] | None = None  # as it stands, as naive UTC

    def without_zone(self, text: str, utc: datetime) -> None:
        self.zoneless += 1
        self.zoneless_example = self.zoneless_example or (text, utc)


class _Records:
    """The records of a CSV file with the line each starts on; blank lines are skipped."""

    def __init__(self, lines: Iterable[str], delimiter: str) -> None:
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            line = self._reader.line_num + 1
            try:
                record = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise Refusal("bad_csv", line=line, why=str(error)) from error
            if record:
                yield line, record


def read_header(lines: Iterable[str], delimiter: str) -> list[str]:
    """:raises Refusal: ``empty_file``, ``too_many_columns``"""
    for _line, record in _Records(lines, delimiter):
        if len(record) > MOST_COLUMNS:
            raise Refusal("too_many_columns", found=len(record), limit=MOST_COLUMNS)
        return [name.strip() for name in record]
    raise Refusal("empty_file")


def preview(lines: Iterable[str], delimiter: str, count: int) -> list[list[str]]:
    """The header and the first ``count`` records, as they stand."""
    rows: list[list[str]] = []
    for _line, record in _Records(lines, delimiter):
        if len(record) > MOST_COLUMNS:
            raise Refusal("too_many_columns", found=len(record), limit=MOST_COLUMNS)
        rows.append([value.strip() for value in record])
        if len(rows) > count:
            break
    return rows


class LogReader:
    """Reads a log twice: once to understand its timestamps, once to take its rows.

    :param open_lines: gives the lines from the start each time it is called
    :param to_utc: turns a naive local time into naive UTC
    :param max_key: longest case and activity, characters
    """

    def __init__(
        self,
        open_lines: Callable[[], Iterable[str]],
        roles: Roles,
        dialect: Dialect,
        to_utc: Callable[[datetime], datetime],
        max_key: int,
    ) -> None:
        self._open_lines = open_lines
        self._dialect = dialect
        self.to_utc = to_utc
        self._max_key = max_key
        self._roles = roles
        self.header = read_header(open_lines(), dialect.delimiter)
        self.tally = Tally()
        self._case = self._index(roles.case)
        self._activity = self._index(roles.activity)
        self._timestamp = self._index(roles.timestamp)
        self._resource = self._index(roles.resource) if roles.resource else None
        self._attributes = [
            (name, self._index(column)) for name, column in roles.attributes
        ]

    def _index(self, column: str) -> int:
        """:raises Refusal: ``missing_column``, ``double_column``"""
        found = [index for index, name in enumerate(self.header) if name == column]
        if not found:
            raise Refusal("missing_column", column=column, present=self.header)
        if len(found) > 1:
            raise Refusal("double_column", column=column)
        return found[0]

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        records = iter(_Records(self._open_lines(), self._dialect.delimiter))
        next(records)  # header
        return records

    def rows(self) -> Iterator[tuple[int, LogRow | Rejection]]:
        """Every record with its line, taken or rejected.

        :raises Refusal: about the file as a whole, see :mod:`.timestamps` and ``no_rows``
        """
        if next(self._records(), None) is None:
            raise Refusal("no_rows")
        parse = self._parser()
        for line, record in self._records():
            try:
                yield line, self._row(record, parse)
            except Refusal as refusal:
                yield line, Rejection(line, refusal.code, refusal.facts)

    def _parser(self) -> timestamps.Parser:
        if self._dialect.timestamp_format:
            return timestamps.strptime_parser(self._dialect.timestamp_format)
        evidence = timestamps.Evidence()
        for _line, record in self._records():
            if len(record) == len(self.header) and (
                text := record[self._timestamp].strip()
            ):
                evidence.look_at(text)
        if not evidence.looked:  # each line is refused for what it lacks
            return timestamps.auto_parser(timestamps.Reading(order=None))
        return timestamps.auto_parser(
            timestamps.decide_reading(evidence, self._roles.timestamp)
        )

    def _row(self, record: Sequence[str], parse: timestamps.Parser) -> LogRow:
        if len(record) != len(self.header):
            raise Refusal("column_count", found=len(record), expected=len(self.header))
        text = self._required(record, self._timestamp)
        moment = parse(text)
        utc = self._utc(moment)
        if moment.tzinfo is None:
            self.tally.without_zone(text, utc)
        else:
            self.tally.zoned += 1
        return LogRow(
            self._key(record, self._case),
            self._key(record, self._activity),
            utc,
            self._optional(record, self._resource),
            self._read_attributes(record),
        )

    def _required(self, record: Sequence[str], index: int) -> str:
        text = record[index].strip()
        if not text:
            raise Refusal("empty_value", column=self.header[index])
        return _storable(text, self.header[index])

    def _key(self, record: Sequence[str], index: int) -> str:
        text = self._required(record, index)
        if len(text) > self._max_key:
            raise Refusal("too_long", column=self.header[index], limit=self._max_key)
        return text

    def _optional(self, record: Sequence[str], index: int | None) -> str | None:
        if index is None:
            return None
        text = record[index].strip()
        if text in MISSING:
            if text:
                self.tally.missing_marks[self.header[index]] += 1
            return None
        return _storable(text, self.header[index])

    def _read_attributes(self, record: Sequence[str]) -> dict[str, str]:
        values = (
            (name, self._optional(record, index)) for name, index in self._attributes
        )
        return {name: value for name, value in values if value is not None}

    def _utc(self, moment: datetime) -> datetime:
        try:
            if moment.tzinfo is not None:
                return (moment - moment.utcoffset()).replace(tzinfo=None)  # type: ignore[operator]
            return self.to_utc(moment)
        except OverflowError as error:
            raise Refusal("bad_timestamp", value=str(moment)) from error


def _storable(text: str, column: str) -> str:
    if not is_storable(text):
        raise Refusal("nul_character", column=column)
    return text
