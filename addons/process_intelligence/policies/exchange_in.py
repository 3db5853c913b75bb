"""What readers of files of other tools share, and that of OCEL 2.0; they give what ``csv_log.LogReader`` gives."""

import json
import os
import re
import sqlite3
import tempfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from . import timestamps
from .csv_log import LogRow, Rejection, Tally
from .exchange import RESOURCE, as_text
from .refusal import Refusal
from .text import is_storable

_Item = TypeVar("_Item")
ToUtc = Callable[[datetime], datetime]
_ISO = timestamps.Reading(order=None)
_GENERATED = {2, 3}  # "hidden" of table_xinfo: virtual, stored
#: Each case of an event keeps all the objects it touches: together no more than this.
MOST_PAIRS = 2_000_000
SQLITE_MAGIC = b"SQLite format 3\x00"
WHO = "org:resource"


class Rows:
    """What both readers share: the checks that a value has to pass."""

    def __init__(self, to_utc: ToUtc, max_key: int) -> None:
        self.to_utc, self._max_key = to_utc, max_key
        self.tally = Tally()

    def _key(self, text: str | None, what: str) -> str:
        text = (text or "").strip()
        if not text:
            raise Refusal("empty_value", column=what)
        if len(text) > self._max_key:
            raise Refusal("too_long", column=what, limit=self._max_key)
        return storable(text, what)

    def _moment(self, value: object, what: str) -> datetime:
        text = "" if value is None else str(value).strip()
        if not text:
            raise Refusal("empty_value", column=what)
        moment = timestamps.parse_value(text, _ISO)
        utc = self._utc(moment, text)
        if moment.tzinfo is None:
            self.tally.without_zone(text, utc)
        else:
            self.tally.zoned += 1
        return utc

    def _utc(self, moment: datetime, text: str) -> datetime:
        try:
            if moment.tzinfo is None:
                return self.to_utc(moment)
            return (moment - moment.utcoffset()).replace(tzinfo=None)  # type: ignore[operator]
        except OverflowError as error:
            raise Refusal("bad_timestamp", value=text) from error

    def _kept(self, values: Mapping[str, str]) -> dict[str, str]:
        return {
            storable(name, name.replace("\x00", "")): storable(value, name)
            for name, value in values.items()
            if value
        }


def storable(text: str, what: str) -> str:
    if not is_storable(text):
        raise Refusal("nul_character", column=what)
    return text


# ---------------------------------------------------------------------- OCEL


class TooManyPairs(Exception):
    """The file as a whole cannot be taken, not one of its events."""


class OcelReader(Rows):
    """Reads OCEL 2.0, JSON or SQLite: each event becomes a step of every object of the chosen type it touches.

    What an object carries counts from its time on. Lines are the numbers of events in the file.
    """

    def __init__(
        self, content: bytes, object_type: str | None, to_utc: ToUtc, max_key: int
    ) -> None:
        """:raises Refusal: ``bad_ocel``, ``object_type_needed``, ``unknown_object_type``"""
        super().__init__(to_utc, max_key)
        self._log = read_ocel(content)
        present = object_types(self._log)
        if object_type is None and len(present) != 1:
            raise Refusal("object_type_needed", present=present)
        if object_type is not None and object_type not in present:
            raise Refusal(
                "unknown_object_type", object_type=object_type, present=present
            )
        chosen = object_type or present[0]
        self._objects = {
            item["id"]: item for item in self._log["objects"] if item["type"] == chosen
        }
        self._kinds = {item["id"]: item["type"] for item in self._log["objects"]}
        self.chosen = chosen
        self._worn: dict[str, dict[str, list[tuple[datetime, str]]]] = {}
        self._pairs = 0  # of a case and an object of one of its events

    def rows(self) -> Iterator[tuple[int, LogRow | Rejection]]:
        """:raises Refusal: ``no_events``, ``no_event_of_type``, ``too_many_objects``"""
        if not self._log["events"]:
            raise Refusal("no_events")
        told = False
        for item in self._numbered_rows():
            told = True
            yield item
        if not told:
            raise Refusal("no_event_of_type", object_type=self.chosen)

    def _numbered_rows(self) -> Iterator[tuple[int, LogRow | Rejection]]:
        first: dict[str, int] = {}
        for number, event in enumerate(self._log["events"], start=1):
            try:
                if first.setdefault(event["id"], number) != number:
                    raise Refusal("event_twice", first=first[event["id"]])
                rows = list(self._event_rows(event, str(number)))
            except TooManyPairs as error:
                raise Refusal("too_many_objects", limit=MOST_PAIRS) from error
            except Refusal as refusal:
                identity = _text(event.get("id"))
                yield number, Rejection(number, refusal.code, refusal.facts, identity)
                continue
            self.tally.without_object += not rows
            for row in rows:
                yield number, row

    def kinds(self) -> list[tuple[str, int, int]]:
        """:return: ``(type, objects, events that touch some of them)``, that of the cases first"""
        objects, events = Counter(self._kinds.values()), Counter[str]()
        for event in self._log["events"]:
            touched = _dicts(event.get("relationships"), "objectId")
            events.update({self._kinds.get(link["objectId"], "") for link in touched})
        found = [(name, count, events[name]) for name, count in objects.items()]
        return sorted(
            found, key=lambda kind: (kind[0] != self.chosen, -kind[1], kind[0])
        )

    def _event_rows(self, event: Mapping[str, Any], origin: str) -> Iterator[LogRow]:
        touched = dict.fromkeys(
            link["objectId"] for link in _entries(event, "relationships", "objectId")
        )
        for one in touched:
            if one not in self._kinds:
                raise Refusal("unknown_object", object=one)
        objects = tuple(
            (storable(self._kinds[one], "type"), storable(one, "objectId"))
            for one in touched
        )
        cases = [one for one in touched if one in self._objects]
        self._pairs += len(cases) * len(objects)
        if self._pairs > MOST_PAIRS:
            raise TooManyPairs
        activity = self._key(_text(event.get("type")), "type")
        moment = self._moment(event.get("time"), "time")
        own = _pairs(event)
        who = own.pop(RESOURCE, None) or own.pop(WHO, None)
        for case in cases:
            worn = self._kept(self._worn_at(case, moment))
            yield LogRow(
                self._key(case, "objectId"),
                activity,
                moment,
                storable(who, RESOURCE) if who else None,
                {**worn, **self._kept(own)},
                origin,
                objects,
                tuple(name for name in worn if not own.get(name)),
            )

    def _worn_at(self, case: str, moment: datetime) -> dict[str, str]:
        """The attributes of an object as they were at a moment."""
        if case not in self._worn:
            self._worn[case] = self._history(self._objects[case])
        found = {}
        for name, values in self._worn[case].items():
            place = bisect_right(values, moment, key=lambda value: value[0])
            if place:
                found[name] = values[place - 1][1]
        return found

    def _history(
        self, item: Mapping[str, Any]
    ) -> dict[str, list[tuple[datetime, str]]]:
        history: dict[str, list[tuple[datetime, str]]] = {}
        for entry in _entries(item, "attributes", "name"):
            text = _text(entry.get("time")) or "1970-01-01"
            since = self._utc(timestamps.parse_value(text.strip(), _ISO), text)
            value = entry.get("value")
            if value is not None:
                history.setdefault(entry["name"], []).append((since, as_text(value)))
        for values in history.values():
            values.sort(key=lambda value: value[0])
        return history


def object_types(log: Mapping[str, Any]) -> list[str]:
    """:return: the types of objects, that with most objects first"""
    counts: dict[str, int] = {}
    for item in log["objects"]:
        counts[item["type"]] = counts.get(item["type"], 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))


def read_ocel(content: bytes) -> dict[str, Any]:
    """:return: ``{"events", "objects"}`` as in the JSON format
    :raises Refusal: ``bad_ocel``
    """
    if content.startswith(SQLITE_MAGIC):
        return _read_sqlite(content)
    try:
        log = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refusal("bad_ocel", why=str(error)[:200]) from error
    if not isinstance(log, dict) or not all(
        isinstance(log.get(name), list) for name in ("events", "objects")
    ):
        raise Refusal("bad_ocel", why='"events" and "objects" must be lists')
    for name in ("events", "objects"):
        for number, item in enumerate(log[name], start=1):
            if not isinstance(item, dict) or not isinstance(item.get("type"), str):
                raise Refusal("bad_ocel", why=f"{name}: entry {number} has no type")
            if not isinstance(item.get("id"), str):
                raise Refusal("bad_ocel", why=f"{name}: entry {number} has no id")
    _refuse_twice(item["id"] for item in log["objects"])
    return log


def _refuse_twice(objects: Iterable[str]) -> None:
    """An event that names such an object could mean either."""
    found = set()
    for number, one in enumerate(objects, start=1):
        if one in found:
            raise Refusal("bad_ocel", why=f"objects: entry {number} is {one} again")
        found.add(one)


def _entries(
    item: Mapping[str, Any], part: str, key: str
) -> Sequence[Mapping[str, Any]]:
    """:raises Refusal: ``bad_list``; nothing that a file says is passed over"""
    values = item.get(part)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(
        isinstance(entry, dict) and isinstance(entry.get(key), str) for entry in values
    ):
        raise Refusal("bad_list", part=part, of=str(item.get("id")), key=key)
    return values


def _dicts(values: object, key: str) -> Iterable[Mapping[str, Any]]:
    for item in values if isinstance(values, list) else ():
        if isinstance(item, dict) and isinstance(item.get(key), str):
            yield item


def _pairs(event: Mapping[str, Any]) -> dict[str, str]:
    return {
        item["name"]: as_text(item["value"])
        for item in _entries(event, "attributes", "name")
        if item.get("value") is not None
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


# ---------------------------------------------------------------------- SQLite

#: Steps of SQLite's machine that one file may take: minutes at most, whatever the file holds.
_MOST_STEPS = 2_000_000_000
_STEPS_AT_ONCE = 1_000_000


def _read_sqlite(content: bytes) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log.sqlite")
        with open(path, "wb") as file:
            file.write(content)
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        try:
            return _SqliteLog(connection).log()
        except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
            raise Refusal("bad_ocel", why=str(error)[:200]) from error
        finally:
            connection.close()


class _SqliteLog:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute
        self._run("PRAGMA trusted_schema = OFF")
        self._run("PRAGMA cell_size_check = ON")
        self._left = _MOST_STEPS // _STEPS_AT_ONCE
        connection.set_progress_handler(self._tick, _STEPS_AT_ONCE)
        # Plain tables only: no view or virtual table runs what its file says.
        self._tables = {
            name
            for name, sql in self._run(
                "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
            )
            if not re.match(r"\s*CREATE\s+VIRTUAL", sql or "", re.IGNORECASE)
        }

    def _tick(self) -> bool:
        self._left -= 1
        return self._left < 0

    def log(self) -> dict[str, Any]:
        events: dict[str, dict[str, Any]] = {}
        for kind, row in self._typed("event"):
            event = _event(kind, row)
            if events.setdefault(event["id"], event) is not event:
                raise Refusal("bad_ocel", why=f"two rows tell of event {event['id']}")
        for name, item, role in self._rows(
            "event_object", "ocel_event_id", "ocel_object_id", "ocel_qualifier"
        ):
            event = _told_of(events, _id(name), "event_object")
            link = {"objectId": _id(item), "qualifier": role}
            event["relationships"].append(link)
        # With the type, which no index holds: so events of equal times come in the order of the file.
        order = [
            _id(identity)
            for identity, _type in self._rows("event", "ocel_id", "ocel_type")
        ]
        if missing := set(events) - set(order):
            raise Refusal("bad_ocel", why=f"table event lacks {min(missing)}")
        return {
            "events": [_told_of(events, name, "event") for name in order],
            "objects": list(self._objects().values()),
        }

    def _objects(self) -> dict[str, dict[str, Any]]:
        entries: dict[str, list[dict[str, Any]]] = {}
        objects = {}
        for identity, kind in self._rows("object", "ocel_id", "ocel_type"):
            name = _id(identity)
            if name in objects or not isinstance(kind, str):
                raise Refusal("bad_ocel", why=f"table object: {name} twice, or no type")
            entries[name] = []
            objects[name] = {"id": name, "type": kind, "attributes": entries[name]}
        for _kind, row in self._typed("object"):
            since = row.pop("ocel_time", None)
            changed = row.pop("ocel_changed_field", None)
            _told_of(entries, _id(row.get("ocel_id")), "object").extend(
                {**entry, "time": since}
                for entry in _named(row)
                if not changed or entry["name"] == changed
            )
        return objects

    def _typed(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Rows of the table of each type, with the type."""
        for name, mapped in list(
            self._rows(f"{kind}_map_type", "ocel_type", "ocel_type_map")
        ):
            table = f"{kind}_{mapped}"
            if table not in self._tables:
                raise Refusal("bad_ocel", why=f"there is no table {table}")
            self._refuse_generated(table)
            found = self._run(f"SELECT * FROM {_quoted(table)}")
            columns = [column[0] for column in found.description]
            for values in found:
                yield name, dict(zip(columns, values, strict=True))

    def _refuse_generated(self, table: str) -> None:
        """A column that is worked out while it is read may be of any size, whatever the file's."""
        for row in self._run(f"PRAGMA table_xinfo({_quoted(table)})"):
            if row[6] in _GENERATED:
                raise Refusal(
                    "bad_ocel", why=f"the column {row[1]} of {table} is generated"
                )

    def _rows(self, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        if table not in self._tables:
            raise Refusal("bad_ocel", why=f"there is no table {table}")
        self._refuse_generated(table)
        wanted = ", ".join(map(_quoted, columns))
        yield from self._run(f"SELECT {wanted} FROM {_quoted(table)}")


def _event(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": _id(row.get("ocel_id")),
        "type": kind,
        "time": row.pop("ocel_time", None),
        "attributes": _named(row),
        "relationships": [],
    }


def _id(value: object) -> str:
    """Some tools write numbers."""
    if isinstance(value, str | int):
        return str(value)
    raise Refusal("bad_ocel", why=f"{str(value)[:80]} is no id")


def _told_of(known: Mapping[str, _Item], name: str, table: str) -> _Item:
    if name not in known:
        raise Refusal("bad_ocel", why=f"table {table}: nothing tells of {name}")
    return known[name]


def _named(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "value": value}
        for name, value in row.items()
        if name != "ocel_id" and isinstance(value, (str, int, float))
    ]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
