from datetime import datetime, timedelta, timezone

import pytest

from odoo.addons.process_intelligence.policies import timestamps
from odoo.addons.process_intelligence.policies.refusal import Refusal

UTC = timezone.utc
EAST = timezone(timedelta(hours=5, minutes=30))

READ = [
    ("2012-04-03 16:55:38", None, datetime(2012, 4, 3, 16, 55, 38)),
    ("2012-04-03T16:55:38.123456", None, datetime(2012, 4, 3, 16, 55, 38, 123456)),
    ("2012-04-03T16:55:38.1", None, datetime(2012, 4, 3, 16, 55, 38, 100000)),
    ("2012-04-03T16:55:38.123456789", None, datetime(2012, 4, 3, 16, 55, 38, 123456)),
    ("2012-04-03T16:55:38Z", None, datetime(2012, 4, 3, 16, 55, 38, tzinfo=UTC)),
    ("2012-04-03 16:55:38 UTC", None, datetime(2012, 4, 3, 16, 55, 38, tzinfo=UTC)),
    ("2012-04-03T16:55:38+05:30", None, datetime(2012, 4, 3, 16, 55, 38, tzinfo=EAST)),
    ("2012-04-03 16:55 +0530", None, datetime(2012, 4, 3, 16, 55, tzinfo=EAST)),
    ("2012/4/3 6:05", None, datetime(2012, 4, 3, 6, 5)),
    ("2012/04/03 16:55:38.25", None, datetime(2012, 4, 3, 16, 55, 38, 250000)),
    ("2012-04-03", None, datetime(2012, 4, 3)),
    ("29/2/2016 01:16", "dmy", datetime(2016, 2, 29, 1, 16)),
    ("3/4/2016 01:16", "dmy", datetime(2016, 4, 3, 1, 16)),
    ("3/4/2016 01:16", "mdy", datetime(2016, 3, 4, 1, 16)),
    ("3.4.2016 01:16:02", "dmy", datetime(2016, 4, 3, 1, 16, 2)),
    ("3/4/2016 12:16 AM", "mdy", datetime(2016, 3, 4, 0, 16)),
    ("3/4/2016 12:16:09 p.m.", "mdy", datetime(2016, 3, 4, 12, 16, 9)),
]

UNREADABLE = [
    "", "?", "now", "2012-13-01", "2012-02-30 10:00", "2012-04-03 24:01", "2012-04-03 10:61", "12-04-03 10:00",
    "2012-04-03 13:00 PM", "2012-04-03 0:00 AM", "1333472138", "2012-04-03 10:00:00 Paris", "2012-04-03 10:00 +25:00",
    "3/4-2016 10:00", "٢٠١٢-04-03",
]  # fmt: skip


@pytest.mark.parametrize(("text", "order", "expected"), READ)
def test_timestamps_are_read(text, order, expected):
    assert timestamps.parse_value(text, timestamps.Reading(order)) == expected


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_timestamp_is_refused(text):
    with pytest.raises(Refusal):
        timestamps.parse_value(text, timestamps.Reading("dmy"))


def _reading(*values):
    evidence = timestamps.Evidence()
    for value in values:
        evidence.look_at(value)
    return timestamps.decide_reading(evidence, "time")


def test_one_date_past_the_twelfth_decides_the_whole_column():
    assert _reading("3/4/2016 10:00", "29/2/2016 10:00").order == "dmy"
    assert _reading("3/4/2016 10:00", "2/29/2016 10:00").order == "mdy"
    assert _reading("3.4.2016 10:00").order == "dmy"
    assert _reading("2016-03-04 10:00").order is None


def test_a_column_that_reads_both_ways_is_refused_with_an_example():
    with pytest.raises(Refusal) as refused:
        _reading("3/4/2016 10:00", "5/6/2016 10:00")
    assert refused.value.code == "timestamp_ambiguous"
    assert refused.value.facts == {"column": "time", "example": "3/4/2016 10:00"}


def test_a_column_without_timestamps_is_refused_with_an_example():
    with pytest.raises(Refusal) as refused:
        _reading("ann", "bob")
    assert refused.value.code == "timestamp_unreadable"


def test_the_minority_of_a_contradictory_column_is_refused_line_by_line():
    reading = _reading("29/2/2016 10:00", "28/2/2016 10:00", "2/29/2016 10:00")
    with pytest.raises(Refusal) as refused:
        timestamps.parse_value("2/29/2016 10:00", reading)
    assert refused.value.code == "bad_timestamp"


def test_a_value_without_zone_among_values_with_zone_is_refused():
    reading = _reading("2016-03-04 10:00:00Z", "2016-03-04 10:00:00")
    assert timestamps.parse_value("2016-03-04 10:00:00Z", reading).tzinfo
    with pytest.raises(Refusal) as refused:
        timestamps.parse_value("2016-03-04 10:00:00", reading)
    assert refused.value.code == "no_zone"


def test_a_named_format_is_used_and_checked():
    parse = timestamps.strptime_parser("%d.%m.%y %H h")
    assert parse("03.04.16 10 h") == datetime(2016, 4, 3, 10)
    with pytest.raises(Refusal) as refused:
        parse("2016")
    assert refused.value.code == "format_mismatch"
    for wrong in ("%Q", "%d %"):
        with pytest.raises(Refusal) as refused:
            timestamps.strptime_parser(wrong)
        assert refused.value.code == "bad_format"
