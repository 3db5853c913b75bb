"""Reader of XES (IEEE 1849-2023): the file is read through, and memory holds one trace of it at most."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO
from xml.parsers import expat

from .csv_log import LogRow, Rejection
from .csv_source import MAX_LINE_BYTES
from .exchange_in import WHO, Rows, ToUtc, storable
from .refusal import Refusal

#: Only encodings in which "<" is "<": nothing can hide from the look at the bytes below.
_ENCODING = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_DECLARATION = 4096  # bytes; a longer one hides something
_PLAIN = {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}
_NAME, _TIME, _TRANSITION = "concept:name", "time:timestamp", "lifecycle:transition"
_CHUNK = 64 * 1024  # bytes parsed at once
#: What no log needs, and what would fill the memory: elements within one another, names of elements and attributes,
#: values of one event or trace.
MOST_DEPTH = 256
MOST_NAMES = 100_000
MOST_VALUES = 1_000
#: Attributes of a trace stand before its events; behind so many of them they come too late for those.
MOST_HELD = 10_000


class XesReader(Rows):
    """Reads the traces of an XES file one by one; attributes of a trace become those of its events.

    A document type is refused before parsing, and entities are never resolved. What stands outside of traces is
    passed over and not kept.
    """

    def __init__(
        self, open_stream: Callable[[], BinaryIO], to_utc: ToUtc, max_key: int
    ) -> None:
        """
        :param open_stream: gives the bytes from the start each time it is called
        :raises Refusal: ``not_xml``, ``xml_encoding``
        """
        super().__init__(to_utc, max_key)
        self._open_stream = open_stream
        _beginning(open_stream())

    def rows(self) -> Iterator[tuple[int, LogRow | Rejection]]:
        """:raises Refusal: ``bad_xml``, ``not_xes``, ``xml_doctype``, ``too_many_values``, ``no_events``"""
        found = False
        for trace, events in _Parser().traces(self._open_stream()):
            shared = {key: value for key, value in trace.items() if key != _NAME}
            for line, own in events:
                found = True
                yield line, self._taken(line, trace.get(_NAME), shared, own)
        if not found:
            raise Refusal("no_events")

    def _taken(
        self,
        line: int,
        case: str | None,
        shared: Mapping[str, str],
        own: dict[str, str],
    ) -> LogRow | Rejection:
        try:
            return self._row(case, shared, own)
        except Refusal as refusal:
            return Rejection(line, refusal.code, refusal.facts)

    def _row(
        self, case: str | None, shared: Mapping[str, str], own: dict[str, str]
    ) -> LogRow:
        activity, moment, who = (own.pop(key, None) for key in (_NAME, _TIME, WHO))
        if own.get(_TRANSITION) == "complete":
            del own[_TRANSITION]
        return LogRow(
            self._key(case, f"{_NAME} of the trace"),
            self._key(activity, _NAME),
            self._moment(moment, _TIME),
            storable(who, WHO) if who else None,
            self._kept({**shared, **own}),
        )


def _beginning(stream: BinaryIO) -> bytes:
    """The first bytes, when they may be those of a log.

    :raises Refusal: ``not_xml``, ``xml_encoding``
    """
    head = stream.read(_CHUNK).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith(b"<") or b"\x00" in head[:200]:
        raise Refusal("not_xml")
    if head.startswith(b"<?xml") and b"?>" not in head[:_DECLARATION]:
        raise Refusal("not_xml")
    declared = _ENCODING.match(head[:_DECLARATION])
    if declared and declared[1].lower() not in _PLAIN:
        raise Refusal("xml_encoding", encoding=declared[1].decode("ascii", "replace"))
    return head


_Values = dict[str, str]
_Trace = tuple[_Values, list[tuple[int, _Values]]]  # attributes, (line, event)s


class _Parser:
    """Tells the traces of a log as they come; of all else it keeps nothing."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        # With a separator names come as "namespace name", and prefixes have to be declared.
        self._expat = expat.ParserCreate(namespace_separator=" ", intern=self._names)
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.StartDoctypeDeclHandler = self._refuse_doctype
        self._depth = 0
        self._told = 0  # place in the file of the last element
        self._trace: _Values | None = None
        self._event: tuple[int, _Values] | None = None
        self._events: list[tuple[int, _Values]] = []
        self._ready: list[_Trace] = []

    def traces(self, stream: BinaryIO) -> Iterator[_Trace]:
        """A trace comes in parts where it has very many events."""
        fed, chunk = 0, _beginning(stream)
        while chunk:
            fed += len(chunk)
            self._feed(chunk)
            self._check_size(fed)
            yield from self._drained()
            chunk = stream.read(_CHUNK)
        self._feed(b"", last=True)
        yield from self._drained()

    def _drained(self) -> list[_Trace]:
        ready, self._ready = self._ready, []
        return ready

    def _feed(self, chunk: bytes, last: bool = False) -> None:
        try:
            self._expat.Parse(chunk, last)
        except expat.ExpatError as error:
            why = expat.ErrorString(error.code)
            raise Refusal("bad_xml", line=error.lineno, why=why) from error

    def _check_size(self, fed: int) -> None:
        if fed - self._told > MAX_LINE_BYTES:
            raise self._bad(f"one value is longer than {MAX_LINE_BYTES // 2**20} MB")
        if len(self._names) > MOST_NAMES:
            raise self._bad(f"more than {MOST_NAMES} different names")

    def _bad(self, why: str) -> Refusal:
        return Refusal("bad_xml", line=self._expat.CurrentLineNumber, why=why)

    def _refuse_doctype(self, *_told: object) -> None:
        raise Refusal("xml_doctype")

    def _start(self, name: str, attributes: _Values) -> None:
        local = name.rpartition(" ")[2]
        depth, self._depth = self._depth, self._depth + 1
        self._told = self._expat.CurrentByteIndex
        if depth == 0 and local != "log":
            raise Refusal("not_xes", root=local)
        if depth > MOST_DEPTH:
            raise self._bad(f"more than {MOST_DEPTH} elements within one another")
        if depth == 1 and local == "trace":
            self._trace = {}
        elif self._trace is not None:
            if depth == 2 and local == "event":
                self._event = (self._expat.CurrentLineNumber, {})
            elif depth == 2:
                self._keep(self._trace, attributes)
            elif depth == 3 and self._event is not None:
                self._keep(self._event[1], attributes)

    def _keep(self, values: _Values, attributes: _Values) -> None:
        """The plain attributes; lists and containers have no value of their own."""
        key, value = attributes.get("key"), attributes.get("value")
        if key and value is not None:
            values[key] = value
            if len(values) > MOST_VALUES:
                line = self._expat.CurrentLineNumber
                raise Refusal("too_many_values", line=line, limit=MOST_VALUES)

    def _end(self, _name: str) -> None:
        self._depth -= 1
        self._told = self._expat.CurrentByteIndex
        if self._trace is None:
            return
        if self._depth == 2 and self._event is not None:
            self._events.append(self._event)
            self._event = None
            if len(self._events) >= MOST_HELD:
                self._tell()
        elif self._depth == 1:
            self._tell()
            self._trace = None

    def _tell(self) -> None:
        self._ready.append((dict(self._trace or {}), self._events))
        self._events = []
