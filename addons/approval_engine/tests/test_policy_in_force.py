from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies.in_force import Candidate, Period, in_order

DAY = date(2026, 3, 1)


def days(count):
    return DAY + timedelta(days=count)


@pytest.mark.parametrize(
    ("period", "inside"),
    [
        (Period(), True),
        (Period(DAY, DAY), True),
        (Period(days(1), None), False),
        (Period(None, days(-1)), False),
        (Period(days(-1), days(1)), True),
    ],
)
def test_both_ends_of_a_period_belong_to_it(period, inside):
    assert period.contains(DAY) is inside


@pytest.mark.parametrize(
    ("period", "begin", "left"),
    [
        (Period(), DAY, Period(None, days(-1))),
        (Period(days(-9), None), DAY, Period(days(-9), days(-1))),
        (Period(None, days(-5)), DAY, Period(None, days(-5))),
        (Period(DAY, None), DAY, None),
        (Period(days(3), days(9)), DAY, None),
    ],
)
def test_what_a_new_version_leaves_of_the_one_before(period, begin, left):
    assert period.before(begin) == left


bounds = st.none() | st.integers(-20, 20).map(days)


@given(st.builds(Period, bounds, bounds), st.integers(-20, 20).map(days))
def test_on_no_day_are_two_versions_in_force(period, begin):
    left = period.before(begin)
    for offset in range(-25, 25):
        day = days(offset)
        before = bool(left and left.contains(day))
        assert not (before and Period(begin).contains(day))
        assert before == (period.contains(day) and day < begin)


def candidate(key, sequence=10, own=False, conditional=False, period=None):
    return Candidate(key, sequence, own, conditional, period or Period())


def test_the_special_come_before_the_common():
    found = in_order(
        [
            candidate(1),
            candidate(2, own=True),
            candidate(3, own=True, conditional=True, sequence=20),
            candidate(4, own=True, conditional=True, sequence=10),
            candidate(5, conditional=True),
            candidate(6, own=True, period=Period(days(1), None)),
        ],
        DAY,
    )
    assert found == [4, 3, 2, 5, 1]


def test_of_equals_the_newest_comes_first():
    assert in_order([candidate(1), candidate(2)], DAY) == [2, 1]
