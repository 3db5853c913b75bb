"""Deadlines, held against a model that knows nothing but the wall clock and counts minute by minute."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.support_visibility.policies.sla.simulation import BadInput, simulate

UTC = ZoneInfo("UTC")
MINUTE = timedelta(minutes=1)
MOST_COUNTED = 14 * 24 * 60  # minutes the model looks ahead
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "America/Santiago",
    "Asia/Tehran",
]
# Days around which something odd happens to clocks, and some quiet ones.
ODD_DAYS = [
    datetime(2011, 12, 28),  # Apia leaves out the 30th
    datetime(2026, 3, 7),  # New York forward
    datetime(2026, 3, 28),  # Berlin forward
    datetime(2026, 4, 4),  # Lord Howe and Chatham back
    datetime(2026, 10, 3),  # Lord Howe forward, by half an hour
    datetime(2026, 10, 24),  # Berlin back
    datetime(2026, 2, 14),  # Casablanca changes for Ramadan
    datetime(2026, 6, 15),
    datetime(2027, 12, 30),
]


def utc(text):
    return datetime.fromisoformat(text)


def said(moment):
    return moment.isoformat() + "Z"


def is_inside(moment, spans):
    return any(begin <= moment < end for begin, end in spans)


def minute_of_day(text):
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def shows_an_attendance(local, attendances):
    """Whether a wall clock that shows this time is inside a shift; one may go over midnight."""
    day, minute = local.weekday(), local.hour * 60 + local.minute
    for weekday, begin, end in attendances:
        if begin < end:
            if day == weekday and begin <= minute < end:
                return True
        elif (day == weekday and minute >= begin) or (
            day == (weekday + 1) % 7 and minute < end
        ):
            return True
    return False


def counted_due(start, minutes, tz, attendances, leaves, pauses):
    """The independent model: look at each minute's wall clock. None: not within the time it looks at."""
    zone, moment = ZoneInfo(tz), start
    shifts = [(day, minute_of_day(a), minute_of_day(b)) for day, a, b in attendances]
    for _number in range(MOST_COUNTED if shifts else 0):
        local = moment.replace(tzinfo=UTC).astimezone(zone)
        is_open = shows_an_attendance(local, shifts)
        if is_open and not is_inside(moment, [*leaves, *pauses]):
            minutes -= 1
        moment += MINUTE
        if not minutes:
            return moment
    return None


def time_of_day(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def weekly(draw):
    """Split shifts, overlaps, nights, days without hours, now and then no hours at all."""
    rows = []
    for _number in range(draw(st.integers(0, 7))):
        begin = draw(st.integers(0, 1439))
        end = draw(
            st.integers(0, 1440).filter(lambda other, begin=begin: other != begin)
        )
        rows.append([draw(st.integers(0, 6)), time_of_day(begin), time_of_day(end)])
    return rows


@st.composite
def spans(draw, around):
    found = []
    for _number in range(draw(st.integers(0, 3))):
        begin = around + draw(st.integers(-600, 14_400)) * MINUTE
        found.append((begin, begin + draw(st.integers(0, 4_000)) * MINUTE))
    return found


@st.composite
def cases(draw):
    start = draw(st.sampled_from(ODD_DAYS)) + draw(st.integers(0, 2_880)) * MINUTE
    return {
        "start": start,
        "minutes": draw(st.integers(1, 1_500)),
        "tz": draw(st.sampled_from(ZONES)),
        "attendances": draw(weekly()),
        "leaves": draw(spans(start)),
        "pauses": draw(spans(start)),
    }


def assert_as_counted(case):
    due = simulate(
        said(case["start"]),
        case["minutes"],
        case["tz"],
        case["attendances"],
        [[said(a), said(b)] for a, b in case["leaves"]],
        [[said(a), said(b)] for a, b in case["pauses"]],
    )
    counted = counted_due(
        case["start"],
        case["minutes"],
        case["tz"],
        case["attendances"],
        case["leaves"],
        case["pauses"],
    )
    if counted is None and due is not None:  # further away than the model looks
        assert due > case["start"] + MOST_COUNTED * MINUTE
    else:
        assert due == counted


@settings(max_examples=60, deadline=None)
@given(cases())
def test_a_deadline_is_what_counting_minutes_gives(case):
    assert_as_counted(case)


@pytest.mark.optional("ten thousand cases against the counting model")
@settings(max_examples=10_000, deadline=None)
@given(cases())
def test_ten_thousand_deadlines_are_what_counting_minutes_gives(case):
    assert_as_counted(case)


OFFICE = [[day, "09:00", "17:00"] for day in range(5)]


@pytest.mark.parametrize(
    ("start", "minutes", "tz", "attendances", "due"),
    [
        # inside one day; the end of the day is still that day
        ("2026-03-02T09:00:00", 60, "UTC", OFFICE, "2026-03-02T10:00:00"),
        ("2026-03-02T09:00:00", 480, "UTC", OFFICE, "2026-03-02T17:00:00"),
        ("2026-03-02T09:00:00", 481, "UTC", OFFICE, "2026-03-03T09:01:00"),
        # begun on a weekend; seconds are kept
        ("2026-02-28T12:00:00", 60, "UTC", OFFICE, "2026-03-02T10:00:00"),
        ("2026-03-02T09:00:30", 1, "UTC", OFFICE, "2026-03-02T09:01:30"),
        # always open
        ("2026-03-02T09:00:00", 1440, "Europe/Berlin", None, "2026-03-03T09:00:00"),
        # Berlin, 29 March 2026: 02:00 to 03:00 does not exist; a day has 23 hours
        (
            "2026-03-28T23:00:00",
            60,
            "Europe/Berlin",
            [[6, "02:00", "04:00"]],
            "2026-03-29T02:00:00",
        ),
        (
            "2026-03-28T23:00:00",
            90,
            "Europe/Berlin",
            [[6, "01:30", "04:00"]],
            "2026-03-29T02:00:00",
        ),
        # Berlin, 25 October 2026: 02:00 to 03:00 comes twice
        (
            "2026-10-24T22:00:00",
            120,
            "Europe/Berlin",
            [[6, "02:00", "03:00"]],
            "2026-10-25T02:00:00",
        ),
        # Lord Howe, 4 October 2026: half an hour is left out
        (
            "2026-10-03T14:00:00",
            30,
            "Australia/Lord_Howe",
            [[6, "02:00", "03:00"]],
            "2026-10-03T16:00:00",
        ),
        # Kathmandu is 5:45 ahead
        ("2026-03-02T00:00:00", 60, "Asia/Kathmandu", OFFICE, "2026-03-02T04:15:00"),
        # Apia had no Friday 30 December 2011
        ("2011-12-29T23:00:00", 600, "Pacific/Apia", OFFICE, "2012-01-02T01:00:00"),
        # nights, and midnight as an end
        (
            "2026-03-06T21:00:00",
            480,
            "UTC",
            [[4, "22:00", "06:00"]],
            "2026-03-07T06:00:00",
        ),
        (
            "2026-03-06T21:00:00",
            120,
            "UTC",
            [[4, "22:00", "00:00"]],
            "2026-03-07T00:00:00",
        ),
        (
            "2026-03-06T21:00:00",
            120,
            "UTC",
            [[4, "22:00", "24:00"]],
            "2026-03-07T00:00:00",
        ),
        # overlapping shifts are one
        (
            "2026-03-02T08:00:00",
            180,
            "UTC",
            [[0, "09:00", "11:00"], [0, "10:00", "12:00"]],
            "2026-03-02T12:00:00",
        ),
    ],
)
def test_deadlines_worked_out_by_hand(start, minutes, tz, attendances, due):
    assert simulate(start + "Z", minutes, tz, attendances) == utc(due)


def test_a_calendar_without_hours_has_no_deadline():
    assert simulate("2026-03-02T09:00:00Z", 1, "UTC", []) is None


def test_a_leave_that_never_ends_has_no_deadline():
    leaves = [["2026-03-01T00:00:00Z", "2090-01-01T00:00:00Z"]]
    assert simulate("2026-03-02T09:00:00Z", 1, "UTC", OFFICE, leaves) is None


def test_leaves_and_pauses_that_overlap_count_once():
    span = [["2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z"]]
    due = simulate("2026-03-02T09:00:00Z", 120, "UTC", OFFICE, span, span)
    assert due == utc("2026-03-02T13:00:00")


def test_times_may_have_a_zone_of_their_own():
    assert simulate("2026-03-02T10:00:00+01:00", 60, "UTC", OFFICE) == utc(
        "2026-03-02T10:00:00"
    )


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"start": "yesterday"}, "start"),
        ({"start": 5}, "start"),
        ({"start": "0001-01-01T00:00:00Z"}, "start"),
        ({"target_minutes": 0}, "target_minutes"),
        ({"target_minutes": -5}, "target_minutes"),
        ({"target_minutes": 1.5}, "target_minutes"),
        ({"target_minutes": True}, "target_minutes"),
        ({"target_minutes": 10**12}, "target_minutes"),
        ({"tz": "Mars/Olympus"}, "tz"),
        ({"tz": None}, "tz"),
        ({"attendances": "9 to 5"}, "attendances"),
        ({"attendances": [[7, "09:00", "17:00"]]}, "attendances"),
        ({"attendances": [["0", "09:00", "17:00"]]}, "attendances"),
        ({"attendances": [[0, "09:00"]]}, "attendances"),
        ({"attendances": [[0, "25:00", "26:00"]]}, "attendances"),
        ({"attendances": [[0, "09:00", "09:00"]]}, "attendances"),
        ({"attendances": [[0, 9, 17]]}, "attendances"),
        ({"attendances": [[0, "09:00", "17:00"]] * 501}, "attendances"),
        ({"leaves": [["2026-03-02T09:00:00Z"]]}, "leaves"),
        ({"leaves": [["2026-03-03T09:00:00Z", "2026-03-02T09:00:00Z"]]}, "leaves"),
        ({"pauses": 7}, "pauses"),
        ({"pauses": [[None, None]]}, "pauses"),
    ],
)
def test_what_cannot_be_read_is_named(change, argument):
    asked = {
        "start": "2026-03-02T09:00:00Z",
        "target_minutes": 60,
        "tz": "UTC",
        "attendances": OFFICE,
        **change,
    }
    with pytest.raises(BadInput) as refused:
        simulate(**asked)
    assert refused.value.argument == argument
