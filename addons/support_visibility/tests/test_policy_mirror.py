from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.support_visibility.policies.mirror import Mirror, Move, Report, follow
from odoo.addons.support_visibility.policies.ticket_state import STATES, may_move

NOON = datetime(2026, 3, 2, 12)
ALL = [state for state, _label in STATES]


def at(minutes):
    return NOON + timedelta(minutes=minutes)


def report(minutes, state=None, **values):
    return Report(at(minutes), state, tuple(values.items()))


NEW = Mirror("new", None, None)


@pytest.mark.parametrize(
    ("mirror", "reports", "moves"),
    [
        (NEW, [], ()),
        (NEW, [report(0)], ()),
        (NEW, [report(0, "new")], ()),
        (NEW, [report(0, "open")], (Move("open", at(0)),)),
        (
            NEW,
            [report(0, "new"), report(5, "open"), report(9, "solved")],
            (Move("open", at(5)), Move("solved", at(9))),
        ),
        # heard in the wrong order, applied in the right one
        (
            NEW,
            [report(9, "solved"), report(5, "open"), report(0, "new")],
            (Move("open", at(5)), Move("solved", at(9))),
        ),
        # late: before the newest report we know
        (Mirror("solved", at(9), at(9)), [report(5, "open")], ()),
        # late: before a move of our own people, although newer than the last report
        (Mirror("solved", at(9), at(1)), [report(5, "open")], ()),
        # not late: the other helpdesk reopened it
        (Mirror("solved", at(9), at(9)), [report(12, "open")], (Move("open", at(12)),)),
        # the same report again
        (Mirror("solved", at(9), at(9)), [report(9, "solved")], ()),
        # no way back to new
        (Mirror("open", at(1), at(1)), [report(5, "new")], ()),
    ],
)
def test_a_mirror_follows_what_happened_and_never_goes_back(mirror, reports, moves):
    assert follow(mirror, reports).moves == moves


def test_the_newest_value_wins_whatever_comes_last():
    outcome = follow(NEW, [report(9, name="new title"), report(1, name="old title")])
    assert dict(outcome.values) == {"name": "new title"}
    assert outcome.heard_until == at(9)


def test_a_late_report_only_fills_what_is_empty():
    mirror = Mirror("open", at(9), at(9), frozenset({"description"}))
    outcome = follow(
        mirror, [report(0, "new", name="old title", description="first words")]
    )
    assert dict(outcome.values) == {"description": "first words"}
    assert outcome.moves == ()
    assert outcome.heard_until == at(9)


def test_a_late_report_does_not_take_a_newer_value_away():
    mirror = Mirror("open", at(5), at(5), frozenset({"description"}))
    outcome = follow(
        mirror, [report(9, description="newer"), report(0, description="older")]
    )
    assert dict(outcome.values) == {"description": "newer"}


REPORTS = st.lists(
    st.tuples(st.integers(0, 60), st.none() | st.sampled_from(ALL)),
    max_size=8,
    unique_by=lambda pair: pair[0],
)


@given(REPORTS, st.randoms())
def test_the_order_of_hearing_one_batch_does_not_matter(pairs, random):
    reports = [report(minutes, state, name=str(minutes)) for minutes, state in pairs]
    shuffled = list(reports)
    random.shuffle(shuffled)
    one, other = follow(NEW, reports), follow(NEW, shuffled)
    assert one.moves == other.moves
    assert dict(one.values) == dict(other.values)


@given(REPORTS)
def test_moves_are_always_possible_and_in_order_of_time(pairs):
    state, last = "new", None
    for move in follow(NEW, [report(minutes, state) for minutes, state in pairs]).moves:
        assert may_move(state, move.state)
        assert last is None or move.at >= last
        state, last = move.state, move.at


@given(REPORTS)
def test_hearing_the_same_batch_twice_changes_nothing_more(pairs):
    reports = [report(minutes, state) for minutes, state in pairs]
    first = follow(NEW, reports)
    state, since = (
        (first.moves[-1].state, first.moves[-1].at) if first.moves else ("new", None)
    )
    assert follow(Mirror(state, since, first.heard_until), reports).moves == ()
