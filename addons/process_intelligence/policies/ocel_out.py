"""Writers of OCEL 2.0, JSON and SQLite; they take events one by one, so that no log lies in memory as a whole.

https://www.ocel-standard.org/2.0/ocel20_specification.pdf
"""

import itertools
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any, NamedTuple

from .exchange import RESOURCE, Told, apart, as_kind, as_text, instant

MOST_RANK = 999  # nanoseconds below a microsecond


class Link(NamedTuple):
    """A further object that an event touches."""

    object_id: str
    object_type: str
    role: str


class OcelLog(NamedTuple):
    """Everything of a log that is to become OCEL 2.0.

    :param events: in order, each once; see ``together``
    :param kinds: kind of each attribute by activity
    :param links: of each event, by ``seq``
    :param kin: ``(case, other case, role)``; both are objects of ``case_type``
    """

    events: Iterable[Told]
    case_type: str
    kinds: Mapping[str, Mapping[str, str]]
    links: Mapping[int, Sequence[Link]]
    kin: Sequence[tuple[str, str, str]]

    def kinds_of(self, activity: str, resource: bool = True) -> dict[str, str]:
        own = dict(self.kinds.get(activity, {}))
        return {**own, RESOURCE: "string"} if resource else own

    def attributes(self, event: Told) -> Iterator[tuple[str, object]]:
        kinds = self.kinds_of(event.activity, resource=False)
        for name, value in event.attributes.items():
            if value is not None and name != RESOURCE:
                yield name, as_kind(value, kinds.get(name, "string"))
        if event.resource:
            yield RESOURCE, event.resource

    def relations(self, event: Told) -> list[Link]:
        if event.objects:
            return [Link(name, kind, kind) for kind, name in event.objects]
        own = Link(event.case, self.case_type, "case")
        return [own, *self.links.get(event.seq, ())]

    def kin_of(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for case, other, role in self.kin:
            found.setdefault(case, []).append((other, role))
        return found


class Objects:
    """The objects of a log while it is written: what they are called in the file, and what they carried when."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.worn: dict[str, list[tuple[str, datetime, str]]] = {}
        self._last: dict[tuple[str, str], str] = {}

    def of(self, event: Told, links: Sequence[Link]) -> list[Link]:
        """Note what an event touches and what its cases carried.

        :return: the links, named as in the file: no two objects have the same id there, whatever their types
        """
        named = [link._replace(object_id=self._name(link)) for link in links]
        names = {
            link.object_id.strip(): new.object_id  # as the key of a case is
            for link, new in zip(links, named, strict=True)
        }
        for case, name, value in event.of_cases:
            self._wear(names[case], name, event.at, as_text(value))
        return named

    def _wear(self, case: str, name: str, at: datetime, value: str) -> None:
        """What has not changed is told once."""
        if self._last.get((case, name)) != value:
            self._last[case, name] = value
            self.worn.setdefault(case, []).append((name, at, value))

    def _name(self, link: Link) -> str:
        name = link.object_id
        while self.kinds.setdefault(name, link.object_type) != link.object_type:
            name = f"{name} ({link.object_type})"
        return name

    def names_of(self, kind: str) -> list[str]:
        """:return: the attributes of objects of a type"""
        return sorted(
            {
                name
                for case, values in self.worn.items()
                if self.kinds.get(case) == kind
                for name, _at, _value in values
            }
        )


def together(events: Iterable[Told]) -> Iterator[Told]:
    """Rows of one event, each of another case, as the event that they came from.

    :param events: rows of one event lie together
    """
    # Odoo's own groupby would hold them all.
    # pylint: disable-next=bad-builtin-groupby
    for _event, rows in itertools.groupby(events, key=lambda e: e.event or e.seq):
        yield _as_one(list(rows))


def _as_one(rows: Sequence[Told]) -> Told:
    """What is not known to be a case's, and all rows carry, is the event's; of the rest, each value is its case's."""
    first = rows[0]
    worn = {name for row in rows for name in row.worn}
    shared = {
        name: value
        for name, value in first.attributes.items()
        if name not in worn
        and all(
            name in row.attributes and row.attributes[name] == value for row in rows
        )
    }
    of_cases = tuple(
        (row.case, name, value)
        for row in rows
        for name, value in row.attributes.items()
        if name not in shared and value is not None
    )
    return first._replace(attributes=shared, of_cases=of_cases)


def event_id(event: Told) -> str:
    """Rises, as text too: SQLite keeps each type of event in a table of its own, and equal times need an order."""
    return f"e{event.seq:012d}"


def write_ocel_json(file: IO[str], log: OcelLog) -> None:
    objects, activities = Objects(), dict[str, None]()
    file.write('{"events": [')
    for number, event in enumerate(log.events):
        activities[event.activity] = None
        relations = objects.of(event, log.relations(event))
        file.write(",\n" if number else "\n")
        json.dump(_json_event(event, log, relations), file, ensure_ascii=False)
    file.write('],\n"objects": [')
    kin = log.kin_of()
    for number, (name, kind) in enumerate(objects.kinds.items()):
        file.write(",\n" if number else "\n")
        related = kin.get(name, ()) if kind == log.case_type else ()
        json.dump(_json_object(name, objects, related), file, ensure_ascii=False)
    types = _json_types(log, objects, activities)
    file.write("],\n" + json.dumps(types, ensure_ascii=False)[1:])


def _json_object(
    name: str, objects: Objects, related: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    return {
        "id": name,
        "type": objects.kinds[name],
        "attributes": [
            {"name": attribute, "time": instant(at), "value": value}
            for attribute, at, value in objects.worn.get(name, ())
        ],
        "relationships": [
            {"objectId": other, "qualifier": role} for other, role in related
        ],
    }


def _json_types(
    log: OcelLog, objects: Objects, activities: Iterable[str]
) -> dict[str, Any]:
    return {
        "objectTypes": [
            {
                "name": kind,
                "attributes": [
                    {"name": name, "type": "string"} for name in objects.names_of(kind)
                ],
            }
            for kind in sorted(set(objects.kinds.values()))
        ],
        "eventTypes": [
            {
                "name": activity,
                "attributes": [
                    {"name": name, "type": kind}
                    for name, kind in log.kinds_of(activity).items()
                ],
            }
            for activity in activities
        ],
    }


def _json_event(event: Told, log: OcelLog, relations: Sequence[Link]) -> dict[str, Any]:
    return {
        "id": event_id(event),
        "type": event.activity,
        "time": instant(event.at),
        "attributes": [
            {"name": name, "value": value} for name, value in log.attributes(event)
        ],
        "relationships": [
            {"objectId": link.object_id, "qualifier": link.role} for link in relations
        ],
    }


_SQL_KINDS = {
    "integer": "INTEGER",
    "float": "REAL",
    "boolean": "BOOLEAN",
    "string": "TEXT",
}
_TABLES = """
    CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT);
    CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
    CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT);
    CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
    CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT,
        PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier));
    CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT,
        PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier));
"""


class Ranks:
    """SQLite keeps each type of event in a table of its own, so a reader has only times to order them by.

    Events of one object at one time rank by nanoseconds, which are not ours to tell otherwise: 0, 1, 2 ... 999.
    """

    def __init__(self) -> None:
        self.lost = 0  # events whose rank there is no nanosecond for
        self._last: dict[str, tuple[datetime, int]] = {}

    def of(self, at: datetime, links: Iterable[Link]) -> int:
        names = [link.object_id for link in links]
        before = [self._last[name][1] for name in names if self._is_at(name, at)]
        rank = max(before) + 1 if before else 0
        self.lost += rank > MOST_RANK
        self._last.update((name, (at, rank)) for name in names)
        return min(rank, MOST_RANK)

    def _is_at(self, name: str, at: datetime) -> bool:
        return name in self._last and self._last[name][0] == at


def write_ocel_sqlite(path: str, log: OcelLog) -> int:
    """:return: events that only their id tells from the one before at the same time, see ``Ranks``"""
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_TABLES)
        lost = _fill(connection, log)
        connection.commit()
    finally:
        connection.close()
    return lost


def _fill(connection: sqlite3.Connection, log: OcelLog) -> int:
    objects, ranks = Objects(), Ranks()
    tables: dict[str, tuple[str, list[str]]] = {}
    run = connection.execute
    for event in log.events:
        if event.activity not in tables:
            tables[event.activity] = _event_table(connection, event.activity, log)
        insert, names = tables[event.activity]
        values = dict(log.attributes(event))
        identity = event_id(event)
        run("INSERT INTO event VALUES (?, ?)", (identity, event.activity))
        links = objects.of(event, log.relations(event))
        connection.executemany(
            "INSERT INTO event_object VALUES (?, ?, ?)",
            [(identity, link.object_id, link.role) for link in links],
        )
        time = instant(event.at, ranks.of(event.at, links))
        run(insert, (identity, time, *(values.get(n) for n in names)))
    kinds = objects.kinds.items()
    connection.executemany("INSERT INTO object VALUES (?, ?)", kinds)
    connection.executemany("INSERT INTO object_object VALUES (?, ?, ?)", log.kin)
    _object_tables(connection, objects)
    return ranks.lost


def _event_table(
    connection: sqlite3.Connection, activity: str, log: OcelLog
) -> tuple[str, list[str]]:
    """:return: the INSERT for an event of this type, and the attributes that it takes"""
    table = _mapped(connection, "event", activity)
    kinds = log.kinds_of(activity)
    columns = apart(list(kinds), ("ocel_id", "ocel_time"), fold=True)
    parts = "".join(
        f", {_quoted(columns[name])} {_SQL_KINDS[kind]}" for name, kind in kinds.items()
    )
    connection.execute(
        f"CREATE TABLE {table} (ocel_id TEXT PRIMARY KEY, ocel_time TIMESTAMP{parts})"
    )
    marks = ", ".join("?" * (len(kinds) + 2))
    return f"INSERT INTO {table} VALUES ({marks})", list(kinds)


def _object_tables(connection: sqlite3.Connection, objects: Objects) -> None:
    """An object has a row of its birth, and one for each value that it carried from some time on."""
    tables = {
        kind: _object_table(connection, kind, objects.names_of(kind))
        for kind in dict.fromkeys(objects.kinds.values())
    }
    for name, kind in objects.kinds.items():
        table, columns = tables[kind]
        connection.execute(
            f"INSERT INTO {table} (ocel_id, ocel_time) VALUES (?, ?)",
            (name, "1970-01-01T00:00:00.000000+00:00"),
        )
        for attribute, at, value in objects.worn.get(name, ()):
            column = columns[attribute]
            connection.execute(
                f"INSERT INTO {table} (ocel_id, ocel_time, ocel_changed_field, {_quoted(column)}) VALUES (?, ?, ?, ?)",
                (name, instant(at), column, value),
            )


def _object_table(
    connection: sqlite3.Connection, kind: str, names: Sequence[str]
) -> tuple[str, dict[str, str]]:
    """:return: the quoted name of the table of this type, and the column of each attribute"""
    table = _mapped(connection, "object", kind)
    taken = ("ocel_id", "ocel_time", "ocel_changed_field")
    columns = apart(names, taken, fold=True)
    parts = "".join(f", {_quoted(column)} TEXT" for column in columns.values())
    connection.execute(
        f"CREATE TABLE {table} (ocel_id TEXT, ocel_time TIMESTAMP, ocel_changed_field TEXT{parts})"
    )
    return table, columns


def _mapped(connection: sqlite3.Connection, kind: str, name: str) -> str:
    """:return: the quoted name of the table of a type, noted in the map of types"""
    [(count,)] = connection.execute(f"SELECT count(*) FROM {kind}_map_type")
    short = f"{re.sub(r'[^A-Za-z0-9]', '', name)[:40]}{count}"
    connection.execute(f"INSERT INTO {kind}_map_type VALUES (?, ?)", (name, short))
    return _quoted(f"{kind}_{short}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("\x00", "") + '"'
