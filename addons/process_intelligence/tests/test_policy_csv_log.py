import base64
import dataclasses
import gzip
import hashlib
import json
import tracemalloc
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.process_intelligence.policies import (
    csv_log,
    csv_source,
    guess,
    insight,
)
from odoo.addons.process_intelligence.policies.csv_log import (
    Dialect,
    ImportOptions,
    LogReader,
    LogRow,
    Rejection,
    Roles,
)
from odoo.addons.process_intelligence.policies.csv_source import Upload
from odoo.addons.process_intelligence.policies.import_state import STATES, may_become
from odoo.addons.process_intelligence.policies.refusal import Refusal

ROLES = Roles("case", "activity", "time")


def _rows(text, roles=ROLES, **dialect):
    raw = text if isinstance(text, bytes) else text.encode()
    reader = LogReader(
        Upload(raw).lines,
        roles,
        Dialect(**dialect),
        lambda moment: moment,
        20,
    )
    return reader, list(reader.rows())


def _codes(text, **kwargs):
    _reader, rows = _rows(text, **kwargs)
    return [(line, row.code) for line, row in rows if isinstance(row, Rejection)]


def _refusal(call):
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value


def test_a_log_is_read_with_its_columns_in_any_order():
    roles = Roles("case", "activity", "time", "who", (("prio", "p"),))
    reader, rows = _rows(
        "p,time,who,activity,case\nhigh,2026-01-02 03:04:05,ann, Open ,T1\n?,2026-01-02,?,Close,T1\n",
        roles,
    )
    assert rows == [
        (
            2,
            LogRow(
                "T1", "Open", datetime(2026, 1, 2, 3, 4, 5), "ann", {"prio": "high"}
            ),
        ),
        (3, LogRow("T1", "Close", datetime(2026, 1, 2), None, {})),
    ]
    assert reader.tally.missing_marks == {"who": 1, "p": 1}


def test_a_byte_order_mark_blank_lines_quotes_and_line_breaks_are_read():
    text = '\ufeffcase;activity;time\r\n\r\n"T;1";"say ""hi""\r\nagain";2026-01-02\r\n;;\r\n'
    _reader, rows = _rows(text, delimiter=";")
    assert rows[0] == (
        3,
        LogRow("T;1", 'say "hi"\r\nagain', datetime(2026, 1, 2), None, {}),
    )
    assert rows[1][1].code == "empty_value"
    assert rows[1][0] == 5


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("T1,Open", "column_count"),
        ("T1,Open,2026-01-02,more", "column_count"),
        (",Open,2026-01-02", "empty_value"),
        ("T1, ,2026-01-02", "empty_value"),
        ("T1,Open,", "empty_value"),
        ("T1,Open,soon", "bad_timestamp"),
        (f"{'T' * 21},Open,2026-01-02", "too_long"),
        ("T1,O\x00pen,2026-01-02", "nul_character"),
    ],
)
def test_a_bad_line_is_named_with_its_reason(line, code):
    if code == "nul_character":
        # Before Python 3.11 the csv module itself refuses the file.
        try:
            assert _codes(f"case,activity,time\n{line}\nT2,Open,2026-01-02\n") == [
                (2, code)
            ]
        except Refusal as refusal:
            assert refusal.code == "bad_csv"
        return
    assert _codes(f"case,activity,time\n{line}\nT2,Open,2026-01-02\n") == [(2, code)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\n\n", "empty_file"),
        ("case,activity,time\n", "no_rows"),
        ("case,activity,when\nT1,Open,2026-01-02\n", "missing_column"),
        ("case,activity,time,time\nT1,Open,2026-01-02,x\n", "double_column"),
        ("case,activity,time\nT1,Open,3/4/2026\n", "timestamp_ambiguous"),
        ("case,activity,time\nT1,Open,soon\n", "timestamp_unreadable"),
        ('case,activity,time\nT1,"Open,2026-01-02\n', "bad_csv"),
        ('case,activity,time\nT1,"Open"x,2026-01-02\n', "bad_csv"),
        (b"case,activity,time\nT1,\xff\xfe,2026-01-02\n", "not_utf8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(text, code):
    assert _refusal(lambda: _rows(text)).code == code


def test_lines_that_are_all_too_short_are_refused_one_by_one():
    head = "case,activity,time\n"
    assert _codes(f"{head}A,x\nB\n") == [(2, "column_count"), (3, "column_count")]
    assert _codes(f"{head}A,x,\n") == [(2, "empty_value")]
    assert _codes(f"{head}A,x,soon,2026-01-01\n") == [(2, "column_count")]


def test_a_missing_column_is_named_with_those_present():
    assert _refusal(lambda: _rows("a,b\n1,2\n")).facts == {
        "column": "case",
        "present": ["a", "b"],
    }


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", 5, None])
def test_a_delimiter_is_one_character(delimiter):
    assert _refusal(lambda: Dialect(delimiter)).code == "bad_delimiter"


def test_attributes_are_columns_or_a_mapping_of_names():
    assert csv_log.parse_attributes(None) == ()
    assert csv_log.parse_attributes(["a", "b"]) == (("a", "a"), ("b", "b"))
    assert csv_log.parse_attributes({"priority": "p"}) == (("priority", "p"),)
    for wrong in ("a", [1], {"a": 1}, [""], 5, {"a\x00": "a"}, {"\ud800": "a"}):
        assert (
            _refusal(lambda wrong=wrong: csv_log.parse_attributes(wrong)).code
            == "attributes_shape"
        )


def test_options_survive_json():
    options = ImportOptions(
        "c", "a", "t", "r", (("x", "y"),), "%Y", "Europe/Paris", ";"
    )
    assert (
        ImportOptions.from_json(json.loads(json.dumps(dataclasses.asdict(options))))
        == options
    )


def test_uploads_are_plain_or_gzip_and_bounded():
    def upload(raw):
        return Upload.decode(base64.b64encode(raw))

    whole = (b"a,b", gzip.compress(b"a,b"), gzip.compress(b"a,") + gzip.compress(b"b"))
    for raw in whole:
        assert upload(raw).content(100) == b"a,b"
        assert upload(raw).measure(100) == upload(b"a,b").measure(100)
        assert list(upload(raw).lines()) == ["a,b"]
    wrong = {
        b"x" * 101: "too_large",
        gzip.compress(b"x" * 10**6): "too_large",
        gzip.compress(b"a,b")[:-4]: "bad_gzip",
        b"\x1f\x8bnonsense": "bad_gzip",
        b" \n": "empty_file",
        gzip.compress(b""): "empty_file",
    }
    for raw, code in wrong.items():
        assert _refusal(lambda raw=raw: upload(raw).measure(100)).code == code
        assert _refusal(lambda raw=raw: upload(raw).content(100)).code == code
    for text in ("%%%", 5, None, "é"):
        assert _refusal(lambda text=text: Upload.decode(text)).code == "not_base64"


def test_measures_are_those_of_the_unpacked_file():
    content = b"case,activity\n" + b"1,A\n" * 500_000
    measures = Upload(gzip.compress(content)).measure(len(content))
    assert measures == (
        csv_source.Measures(len(content), 500_001, hashlib.sha256(content).hexdigest())
    )


@given(
    st.lists(st.binary(min_size=0, max_size=40), max_size=8),
    st.integers(1, 50),
)
def test_lines_are_the_same_zipped_or_not(parts, chunk):
    content = b"x" + b"\n".join(parts)
    members = [
        gzip.compress(content[at : at + chunk]) for at in range(0, len(content), chunk)
    ]

    def lines(raw):
        try:
            return list(Upload(raw).lines())
        except Refusal as refusal:
            return refusal.code, refusal.facts

    assert lines(b"".join(members)) == lines(content)


def test_a_line_without_end_is_refused_before_it_fills_the_memory():
    raw = gzip.compress(b"a\n" + b"x" * (csv_source.MAX_LINE_BYTES + 1))
    refused = _refusal(lambda: list(Upload(raw).lines()))
    assert (refused.code, refused.facts["line"]) == ("long_line", 2)


def test_a_zipped_file_is_never_held_as_a_whole():
    raw = gzip.compress(b"1,A,2026-01-01\n" * 4_000_000)  # 60 MB
    tracemalloc.start()
    count = sum(1 for _line in Upload(raw).lines())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4_000_000
    assert peak < 8 * 2**20


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            ["CaseID", "ActivityID", "CompleteTimestamp"],
            ["2", "1", "2012-04-03 16:55:38"],
            {"case": 0, "activity": 1, "timestamp": 2},
        ),
        (
            ["number", "incident_state", "opened_at", "sys_updated_at", "assigned_to"],
            ["INC1", "New", "29/2/2016 01:16", "29/2/2016 01:23", "Ann"],
            {"case": 0, "activity": 1, "timestamp": 3, "resource": 4},
        ),
        (
            ["case:concept:name", "concept:name", "time:timestamp", "org:resource"],
            ["1", "A", "2012-04-03T16:55:38Z", "x"],
            {"case": 0, "activity": 1, "timestamp": 2, "resource": 3},
        ),
        (["x", "y"], ["1", "2"], {}),
        (["x", "when"], ["1", "2026-01-02"], {"timestamp": 1}),
    ],
)
def test_columns_are_guessed(header, row, expected):
    assert guess.guess_roles(header, [row]) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [("a,b,c", ","), ("a;b", ";"), ("a\tb,c\td", "\t"), ("a", ","), ("a|b|c,d", "|")],
)
def test_the_delimiter_is_guessed(line, expected):
    assert guess.guess_delimiter(line) == expected


def test_the_slowest_usual_step_ignores_rare_steps_repeats_and_no_time():
    steps = [
        insight.Step("a", "b", 50, 10.0),
        insight.Step("b", "c", 50, 99.0),
        insight.Step("c", "c", 50, 500.0),
        insight.Step("c", "d", 1, 1000.0),
    ]
    assert insight.slowest_step(steps, 100, 0.01) == steps[1]
    assert insight.slowest_step([insight.Step("a", "b", 5, 0.0)], 5, 0.01) is None
    assert insight.slowest_step([], 0, 0.01) is None


def test_an_import_moves_only_from_waiting_to_its_end():
    allowed = {("queued", "done"), ("queued", "failed")}
    names = [state for state, _label in STATES]
    assert {(a, b) for a in names for b in names if may_become(a, b)} == allowed
    assert not may_become("nowhere", "done")


def test_a_file_of_endless_parts_is_refused_soon():
    raw = gzip.compress(b"") * 120_000
    assert _refusal(lambda: Upload(raw).measure(10**9)).code == "bad_gzip"
    parts = gzip.compress(b"a\n") * 50_000
    assert Upload(parts).measure(10**9).line_ends == 50_000


def test_too_many_columns_are_refused():
    wide = ",".join(f"c{number}" for number in range(csv_log.MOST_COLUMNS + 1))
    for read in (
        lambda: csv_log.read_header([wide], ","),
        lambda: csv_log.preview([wide], ",", 5),
    ):
        refused = _refusal(read)
        assert (refused.code, refused.facts["found"]) == (
            "too_many_columns",
            csv_log.MOST_COLUMNS + 1,
        )
