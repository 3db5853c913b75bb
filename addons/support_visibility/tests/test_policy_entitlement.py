from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.support_visibility.policies.entitlement import (
    Entitlement,
    best,
    covers,
    state,
)

DAY = date(2026, 3, 10)


def granted(begin=0, end=None, tickets=0, hours=0.0):
    last = None if end is None else DAY + timedelta(days=end)
    return Entitlement(DAY + timedelta(days=begin), last, tickets, hours)


@pytest.mark.parametrize(
    ("of", "tickets", "hours", "wanted"),
    [
        (granted(), 99, 99.0, "current"),  # nothing is counted
        (granted(1), 0, 0.0, "upcoming"),
        (granted(-5, -1), 0, 0.0, "ended"),
        (granted(-5, 0), 0, 0.0, "current"),  # the last day is one of them
        (granted(0, 0), 0, 0.0, "current"),
        (granted(tickets=3), 3, 0.0, "current"),  # the last one is still in it
        (granted(tickets=3), 4, 0.0, "used_up"),
        (granted(hours=2.0), 1, 2.0, "current"),
        (granted(hours=2.0), 1, 2.25, "used_up"),
        (granted(-9, -1, tickets=1), 9, 0.0, "ended"),  # ended says more
    ],
)
def test_what_is_left(of, tickets, hours, wanted):
    assert state(of, DAY, tickets, hours) == wanted


def test_the_best_level_that_covers_the_day_holds_then_the_newest():
    gold, old, new = granted(-9, -1), granted(-9, 9), granted(-3)
    assert best([(1, 10, gold), (2, 20, old), (3, 20, new)], DAY) == 3
    assert best([(1, 10, granted(-9)), (3, 20, new)], DAY) == 1
    assert best([(1, 10, gold)], DAY) is None
    assert best([], DAY) is None


SPANS = st.tuples(st.integers(-20, 20), st.none() | st.integers(-20, 20))


@given(st.lists(st.tuples(st.integers(1, 3), SPANS), max_size=6))
def test_whoever_holds_covers_the_day_and_nobody_better_does(rows):
    found = [
        (id_, rank, granted(begin, end))
        for id_, (rank, (begin, end)) in enumerate(rows, 1)
    ]
    chosen = best(found, DAY)
    covering = {id_: rank for id_, rank, of in found if covers(of, DAY)}
    assert (chosen is None) == (not covering)
    if chosen:
        assert covering[chosen] == min(covering.values())
