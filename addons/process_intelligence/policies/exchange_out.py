"""Writers of XES, CSV and OCEL 2.0; each takes events one by one, so that no log lies in memory as a whole.

XES: IEEE 1849-2023 with the extensions concept, time, organizational and lifecycle.
OCEL: https://www.ocel-standard.org/2.0/ocel20_specification.pdf, JSON and SQLite.
"""

import csv
import itertools
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, NamedTuple

from lxml import etree

from .exchange import RESOURCE, Told, XmlText, apart, as_kind, as_text, inert, instant

_EXTENSIONS = ("Concept", "Time", "Organizational", "Lifecycle")
_PREFIXES = {"Organizational": "org"}
#: Keys of the standard that an attribute of the same name must not take.
_XES_KEYS = (
    "concept:name",
    "time:timestamp",
    "org:resource",
    "lifecycle:transition",
)
#: Attributes that say whether an event starts or completes its activity; as in ``tools/stored.py``.
_TRANSITIONS = ("lifecycle", "lifecycle:transition")
_XES_TAGS = {
    "integer": "int",
    "float": "float",
    "boolean": "boolean",
    "string": "string",
}


def write_xes(
    file: IO[bytes], events: Iterable[Told], kinds: Mapping[str, str], name: str
) -> int:
    """:param events: case by case, in order
    :param kinds: of each attribute
    :return: how many characters XML cannot hold; U+FFFD stands for them
    """
    text = XmlText()
    keys = apart(sorted(kinds), _XES_KEYS)
    with etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        log = {
            "xes.version": "1849-2023",
            "xes.features": "",
            "xmlns": "http://www.xes-standard.org/",
        }
        with xml.element("log", log):
            for extension in _EXTENSIONS:
                xml.write(_extension(extension))
            xml.write(_value("string", "concept:name", text.of(name)))
            # One case at a time: Odoo's own groupby would hold them all.
            # pylint: disable-next=bad-builtin-groupby
            for case, told in itertools.groupby(events, key=lambda event: event.case):
                xml.write(_trace(case, told, kinds, keys, text))
    return text.replaced


def _extension(name: str) -> etree._Element:
    prefix = _PREFIXES.get(name, name.lower())
    uri = f"http://www.xes-standard.org/{prefix}.xesext"
    return etree.Element("extension", name=name, prefix=prefix, uri=uri)


def _value(tag: str, key: str, value: str) -> etree._Element:
    return etree.Element(tag, key=key, value=value)


def _trace(
    case: str,
    events: Iterable[Told],
    kinds: Mapping[str, str],
    keys: Mapping[str, str],
    text: XmlText,
) -> etree._Element:
    trace = etree.Element("trace")
    trace.append(_value("string", "concept:name", text.of(case)))
    for event in events:
        node = etree.SubElement(trace, "event")
        node.append(_value("string", "concept:name", text.of(event.activity)))
        node.append(_value("date", "time:timestamp", instant(event.at)))
        node.append(_value("string", "lifecycle:transition", _transition(event)))
        if event.resource:
            node.append(_value("string", "org:resource", text.of(event.resource)))
        for name, value in event.attributes.items():
            if value is not None and not _is_transition(name, value):
                node.append(
                    _value(
                        _XES_TAGS[kinds[name]],
                        text.of(keys[name]),
                        text.of(as_text(value)),
                    )
                )
    return trace


def _transition(event: Told) -> str:
    return "start" if event.begins else "complete"


def _is_transition(name: str, value: object) -> bool:
    """Whether the attribute says what the transition of its event says already."""
    return (
        name in _TRANSITIONS
        and isinstance(value, str)
        and value.strip().lower()
        in (
            "start",
            "complete",
        )
    )


def write_csv(file: IO[str], events: Iterable[Told], names: Sequence[str]) -> None:
    """Columns case, activity, timestamp, resource and one per attribute. A formula becomes text with a ``'``."""
    columns = apart(names, ("case", "activity", "timestamp", RESOURCE))
    writer = csv.writer(file)
    writer.writerow(
        [
            "case",
            "activity",
            "timestamp",
            RESOURCE,
            *map(inert, columns.values()),
        ]
    )
    for event in events:
        values = (event.attributes.get(name) for name in names)
        writer.writerow(
            [
                inert(event.case),
                inert(event.activity),
                instant(event.at),
                inert(event.resource or ""),
                *("" if value is None else inert(as_text(value)) for value in values),
            ]
        )


# ---------------------------------------------------------------------- objects


class Link(NamedTuple):
    """A further object that an event touches."""

    object_id: str
    object_type: str
    role: str


class OcelLog(NamedTuple):
    """Everything of a log that is to become OCEL 2.0.

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

    def relations(self, event: Told) -> Iterator[Link]:
        yield Link(event.case, self.case_type, "case")
        yield from self.links.get(event.seq, ())

    def kin_of(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for case, other, role in self.kin:
            found.setdefault(case, []).append((other, role))
        return found


def event_id(event: Told) -> str:
    """Rises, as text too: SQLite keeps each type of event in a table of its own, and equal times need an order."""
    return f"e{event.seq:012d}"


def write_ocel_json(file: IO[str], log: OcelLog) -> None:
    objects: dict[str, str] = {}
    activities: dict[str, None] = {}
    file.write('{"events": [')
    for number, event in enumerate(log.events):
        activities[event.activity] = None
        relations = list(log.relations(event))
        objects.update((link.object_id, link.object_type) for link in relations)
        file.write(",\n" if number else "\n")
        json.dump(_json_event(event, log, relations), file, ensure_ascii=False)
    file.write('],\n"objects": [')
    kin = log.kin_of()
    for number, (object_id, object_type) in enumerate(objects.items()):
        file.write(",\n" if number else "\n")
        related = kin.get(object_id, ()) if object_type == log.case_type else ()
        json.dump(
            {
                "id": object_id,
                "type": object_type,
                "attributes": [],
                "relationships": [
                    {"objectId": other, "qualifier": role} for other, role in related
                ],
            },
            file,
            ensure_ascii=False,
        )
    types = {
        "objectTypes": [
            {"name": name, "attributes": []} for name in sorted(set(objects.values()))
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
    file.write("],\n" + json.dumps(types, ensure_ascii=False)[1:])


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


def write_ocel_sqlite(path: str, log: OcelLog) -> None:
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_TABLES)
        _fill(connection, log)
        connection.commit()
    finally:
        connection.close()


def _fill(connection: sqlite3.Connection, log: OcelLog) -> None:
    objects: dict[str, str] = {}
    tables: dict[str, tuple[str, list[str]]] = {}
    run = connection.execute
    for event in log.events:
        if event.activity not in tables:
            tables[event.activity] = _event_table(connection, event.activity, log)
        insert, names = tables[event.activity]
        values = dict(log.attributes(event))
        identity = event_id(event)
        run("INSERT INTO event VALUES (?, ?)", (identity, event.activity))
        run(insert, (identity, instant(event.at), *(values.get(n) for n in names)))
        for link in log.relations(event):
            objects[link.object_id] = link.object_type
            run(
                "INSERT INTO event_object VALUES (?, ?, ?)",
                (identity, link.object_id, link.role),
            )
    connection.executemany("INSERT INTO object VALUES (?, ?)", objects.items())
    connection.executemany("INSERT INTO object_object VALUES (?, ?, ?)", log.kin)
    _object_tables(connection, objects)


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


def _object_tables(connection: sqlite3.Connection, objects: Mapping[str, str]) -> None:
    inserts: dict[str, str] = {}
    for object_id, object_type in objects.items():
        if object_type not in inserts:
            table = _mapped(connection, "object", object_type)
            connection.execute(
                f"CREATE TABLE {table} (ocel_id TEXT, ocel_time TIMESTAMP, ocel_changed_field TEXT)"
            )
            inserts[object_type] = f"INSERT INTO {table} VALUES (?, ?, NULL)"
        connection.execute(
            inserts[object_type], (object_id, "1970-01-01T00:00:00.000000+00:00")
        )


def _mapped(connection: sqlite3.Connection, kind: str, name: str) -> str:
    """:return: the quoted name of the table of a type, noted in the map of types"""
    [(count,)] = connection.execute(f"SELECT count(*) FROM {kind}_map_type")
    short = f"{re.sub(r'[^A-Za-z0-9]', '', name)[:40]}{count}"
    connection.execute(f"INSERT INTO {kind}_map_type VALUES (?, ?)", (name, short))
    return _quoted(f"{kind}_{short}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("\x00", "") + '"'
