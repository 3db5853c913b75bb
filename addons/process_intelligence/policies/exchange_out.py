"""Writers of XES and CSV; each takes events one by one, so that no log lies in memory as a whole.

XES: IEEE 1849-2023 with the extensions concept, time, organizational and lifecycle.
"""

import csv
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import IO

from lxml import etree

from .exchange import RESOURCE, Told, XmlText, apart, as_text, inert, instant

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
