import gzip
import json
from datetime import datetime

import pytest

from odoo.addons.process_intelligence.policies import import_preview, xes_in
from odoo.addons.process_intelligence.policies.csv_log import LogRow, Rejection
from odoo.addons.process_intelligence.policies.csv_source import Upload
from odoo.addons.process_intelligence.policies.exchange_in import OcelReader
from odoo.addons.process_intelligence.policies.refusal import Refusal
from odoo.addons.process_intelligence.policies.xes_in import XesReader

EVENT = (
    '<event><string key="concept:name" value="Open"/>'
    '<date key="time:timestamp" value="2026-03-02T10:00:00Z"/></event>\n'
)
TRACE = f'<trace><string key="concept:name" value="T1"/>{EVENT}</trace>'
MB = 2**20


def _reader(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return XesReader(Upload(raw).stream, lambda moment: moment, 20)


def _rows(text):
    return list(_reader(text).rows())


def _refusal(text):
    with pytest.raises(Refusal) as refused:
        _rows(text)
    return refused.value


def _resident():
    """Memory of this process, in bytes: that of parsers in C too."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.parametrize(
    "outside",
    [EVENT * 100_000, "<odd><odd/></odd>" * 200_000, f"<odd>{EVENT * 100_000}</odd>"],
    ids=["events", "unknown elements", "one unknown element that holds many"],
)
def test_what_stands_outside_of_traces_is_not_kept(outside):
    text = f"<log>{outside}{TRACE}</log>".encode()
    rows = _reader(text).rows()
    before = _resident()
    [(line, row)] = [next(rows)]
    assert _resident() - before < 32 * MB
    assert (line, row.case) == (outside.count("\n") + 1, "T1")
    assert not list(rows)


def test_memory_does_not_grow_with_the_file():
    small, large = (
        gzip.compress(f"<log>{TRACE * times}</log>".encode(), compresslevel=1)
        for times in (10, 40_000)
    )
    _rows(small)
    before, top = _resident(), 0
    for count, _row in enumerate(_reader(large).rows()):
        if count % 5_000 == 0:
            top = max(top, _resident())
    assert count == 39_999
    assert top - before < 16 * MB


def test_only_children_of_the_log_are_traces_and_only_theirs_are_events():
    inner = f"<log><other>{TRACE}</other><trace><x>{EVENT}</x></trace>{TRACE}</log>"
    assert [row.case for _line, row in _rows(inner)] == ["T1"]


def test_attributes_of_a_trace_may_follow_its_events():
    text = f'<log><trace>{EVENT}<string key="concept:name" value="T2"/><string key="tier" value="gold"/></trace></log>'
    [(_line, row)] = _rows(text)
    assert (row.case, row.attributes) == ("T2", {"tier": "gold"})


def test_a_trace_of_very_many_events_is_told_in_parts(monkeypatch):
    monkeypatch.setattr(xes_in, "MOST_HELD", 3)
    text = f'<log><trace><string key="concept:name" value="T1"/>{EVENT * 7}<string key="late" value="x"/></trace></log>'
    rows = [row for _line, row in _rows(text)]
    assert [row.case for row in rows] == ["T1"] * 7
    assert [bool(row.attributes) for row in rows] == [False] * 6 + [True]


def test_prefixes_and_nested_attributes():
    text = (
        '<x:log xmlns:x="http://www.xes-standard.org/"><x:trace><x:string key="concept:name" value="T1">'
        '<x:string key="concept:name" value="of the attribute"/></x:string><x:event>'
        '<x:string key="concept:name" value="Open"/><x:list key="l"><x:values><x:string key="a" value="b"/></x:values>'
        '</x:list><x:date key="time:timestamp" value="2026-03-02"/></x:event></x:trace></x:log>'
    )
    [(_line, row)] = _rows(text)
    assert row == LogRow("T1", "Open", datetime(2026, 3, 2), None, {})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<log>" + "<a>" * 300, "bad_xml"),
        ("<log>" + "".join(f"<a{n}/>" for n in range(100_010)) + "</log>", "bad_xml"),
        ("<log><a v='" + "x" * 17 * MB + "'/></log>", "bad_xml"),
        ("<log><!--" + "x" * 17 * MB + "--></log>", "bad_xml"),
        ("<log><p:trace/></log>", "bad_xml"),
        (
            "<log><trace>"
            + "".join(f'<string key="k{n}" value="v"/>' for n in range(1_001))
            + "</trace></log>",
            "too_many_values",
        ),
        ('<!DOCTYPE log [<!ENTITY a "b">]><log/>', "xml_doctype"),
        ("<html><body/></html>", "not_xes"),
        ("<log><trace></log>", "bad_xml"),
        (" ", "not_xml"),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)  # fmt: skip
def test_what_would_fill_the_memory_is_refused(text, code):
    assert _refusal(text).code == code


def test_a_line_behind_the_65535th_is_still_named():
    text = "<log>" + "\n" * 70_000 + TRACE.replace("2026", "soon") + "</log>"
    [(line, rejection)] = _rows(text)
    assert (line, rejection.code) == (70_001, "bad_timestamp")


def test_times_without_a_zone_are_counted_with_an_example():
    reader = _reader(f"<log>{TRACE}{TRACE.replace('00Z', '00')}{TRACE}</log>")
    preview = import_preview.look(reader.rows())
    assert (preview.events, preview.cases, reader.tally.zoneless) == (3, 1, 1)
    assert reader.tally.zoneless_example == (
        "2026-03-02T10:00:00",
        datetime(2026, 3, 2, 10),
    )


# ---------------------------------------------------------------------- preview


def _row(case, hour, activity="Open"):
    return LogRow(case, activity, datetime(2026, 3, 2, hour), None, {})


def test_the_first_cases_are_shown_in_the_order_of_the_map():
    rows = [
        (line, _row("A" if line % 2 else "B", 23 - line, f"s{line}"))
        for line in range(1, 23)
    ]
    preview = import_preview.look(rows)
    first = preview.shown["A"]
    assert (first.total, len(first.steps)) == (11, import_preview.SHOWN_STEPS)
    assert [line for _at, _place, line, _row in first.steps] == list(range(21, 1, -2))
    assert (preview.first, preview.last) == (
        datetime(2026, 3, 2, 1),
        datetime(2026, 3, 2, 22),
    )


def test_equal_times_keep_the_order_of_the_file():
    rows = [(line, _row("A", 1, f"s{line}")) for line in range(5)]
    steps = import_preview.look(rows).shown["A"].steps
    assert [row.activity for *_rest, row in steps] == ["s0", "s1", "s2", "s3", "s4"]


def test_figures_stop_at_their_bounds(monkeypatch):
    monkeypatch.setattr(import_preview, "MOST_CASES", 3)
    monkeypatch.setattr(import_preview, "MOST_ACTIVITIES", 2)
    rows = [(n, _row(f"C{n % 9}", 1, f"a{n % 9}")) for n in range(40)]
    preview = import_preview.look(rows)
    assert (preview.events, preview.cases, len(preview.activities)) == (40, 3, 2)
    assert preview.at_least == ["cases", "activities"]


def test_a_look_may_end_early_and_names_so_many_refusals():
    rows = [(n, Rejection(n, "empty_value", {})) for n in range(300)]
    preview = import_preview.look(rows)
    assert (preview.rejected_total, len(preview.rejected)) == (300, 100)
    assert import_preview.look(iter(rows), 10).whole is False
    assert import_preview.look(rows[:10], 10).whole is True


def test_kinds_of_objects_and_ids_of_refused_events():
    def event(identity, at, *touched):
        links = [{"objectId": one} for one in touched]
        return {"id": identity, "type": "A", "time": at, "relationships": links}

    log = {
        "objects": [
            {"id": "o1", "type": "order"},
            {"id": "i1", "type": "item", "attributes": [{"name": "n", "value": 1}]},
            {"id": "i2", "type": "item"},
        ],
        "events": [
            event("e1", "2026-01-01", "o1", "i1", "i2"),
            event("e2", "soon", "o1"),
            event("e3", "2026-01-02T00:00:00Z", "i1"),
            event("e4", "2026-01-02T00:00:00Z", "i1", "gone"),
        ],
    }
    reader = OcelReader(json.dumps(log).encode(), "order", lambda moment: moment, 20)
    preview = import_preview.look(reader.rows())
    assert reader.kinds() == [("order", 1, 2), ("item", 2, 3)]
    assert [(r.line, r.event) for r in preview.rejected] == [(2, "e2"), (4, "e4")]
    # The time of an attribute that names none is no time of the file.
    assert (reader.tally.zoneless, reader.tally.without_object) == (1, 1)
