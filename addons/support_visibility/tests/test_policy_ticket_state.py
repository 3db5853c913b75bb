import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.support_visibility.policies import ticket_state
from odoo.addons.support_visibility.policies.ticket_state import (
    CLOSED,
    NEW,
    OPEN,
    SOLVED,
    STATES,
    TRANSITIONS,
    WAITING,
    Clock,
    clock_after,
    describe,
    is_reopening,
    may_move,
)

ALL = [state for state, _label in STATES]
ALLOWED = {
    (NEW, OPEN),
    (NEW, WAITING),
    (NEW, SOLVED),
    (NEW, CLOSED),
    (OPEN, WAITING),
    (OPEN, SOLVED),
    (OPEN, CLOSED),
    (WAITING, OPEN),
    (WAITING, SOLVED),
    (WAITING, CLOSED),
    (SOLVED, OPEN),
    (SOLVED, CLOSED),
    (CLOSED, OPEN),
}
NOON = datetime(2026, 3, 2, 12)
LATER = NOON + timedelta(hours=3)


@pytest.mark.parametrize(("source", "target"), list(itertools.product(ALL, ALL)))
def test_only_the_listed_moves_exist(source, target):
    assert may_move(source, target) is ((source, target) in ALLOWED)


def test_every_state_has_a_row():
    assert set(TRANSITIONS) == set(ALL)


def test_an_unknown_state_moves_nowhere():
    assert not may_move("executed", OPEN)
    assert not may_move(OPEN, "executed")


@pytest.mark.parametrize(
    ("source", "target", "event", "activity"),
    [
        (NEW, OPEN, "support.resumed", "Work started"),
        (WAITING, OPEN, "support.resumed", "Customer answered"),
        (OPEN, WAITING, "support.waiting", "Customer asked"),
        (OPEN, SOLVED, "support.solved", "Ticket solved"),
        (SOLVED, OPEN, "support.reopened", "Ticket reopened"),
        (CLOSED, OPEN, "support.reopened", "Ticket reopened"),
        (SOLVED, CLOSED, "support.closed", "Ticket closed"),
    ],
)
def test_each_move_has_a_name_in_the_ledger(source, target, event, activity):
    step = describe(source, target)
    assert (step.event_type, step.activity) == (event, activity)


@pytest.mark.parametrize(("source", "target"), sorted(ALLOWED))
def test_every_allowed_move_can_be_described(source, target):
    assert describe(source, target).event_type.startswith("support.")


def test_a_move_that_does_not_exist_cannot_be_described():
    with pytest.raises(ValueError, match="no move"):
        describe(OPEN, NEW)


@pytest.mark.parametrize(
    ("before", "source", "target", "after"),
    [
        (Clock(None, None, 0), OPEN, SOLVED, Clock(LATER, None, 0)),
        (Clock(None, None, 0), OPEN, CLOSED, Clock(None, LATER, 0)),
        (Clock(NOON, None, 0), SOLVED, CLOSED, Clock(NOON, LATER, 0)),
        (Clock(NOON, None, 0), SOLVED, OPEN, Clock(None, None, 1)),
        (Clock(NOON, NOON, 1), CLOSED, OPEN, Clock(None, None, 2)),
        (Clock(None, None, 2), OPEN, WAITING, Clock(None, None, 2)),
        (Clock(None, None, 0), NEW, OPEN, Clock(None, None, 0)),
    ],
)
def test_times_follow_the_moves(before, source, target, after):
    assert clock_after(before, source, target, LATER) == after


@given(st.lists(st.sampled_from(ALL), max_size=30))
def test_whatever_is_tried_only_a_done_ticket_is_done_and_reopenings_add_up(targets):
    state, clock, reopened = NEW, Clock(None, None, 0), 0
    for target in targets:
        if not may_move(state, target):
            continue
        reopened += is_reopening(state, target)
        clock = clock_after(clock, state, target, NOON)
        state = target
        assert clock.reopen_count == reopened
        if state in ticket_state.OPEN_STATES:
            assert clock.solved_at is None
            assert clock.closed_at is None
        else:
            assert clock.solved_at or clock.closed_at
