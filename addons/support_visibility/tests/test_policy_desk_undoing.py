from datetime import datetime, timedelta

import pytest

from odoo.addons.support_visibility.policies.desk.undoing import (
    LATE,
    NOTHING,
    OTHERS,
    SINCE,
    WITHIN,
    Move,
    problem,
)

NOON = datetime(2026, 3, 2, 12)
TICK = timedelta(microseconds=1)
MINE = Move(NOON, 7)


@pytest.mark.parametrize(
    ("move", "now", "happened_at", "expected"),
    [
        (None, NOON, None, NOTHING),
        (MINE, NOON, None, None),
        (MINE, NOON + WITHIN, NOON, None),
        (MINE, NOON + WITHIN + TICK, NOON, LATE),
        (MINE, NOON + TICK, NOON + TICK, SINCE),
        (MINE, NOON + TICK, NOON - TICK, None),
        (Move(NOON, 7, is_last=False), NOON, None, SINCE),
        (Move(NOON, 8), NOON, None, OTHERS),
        (Move(NOON, 8), NOON + 2 * WITHIN, NOON + WITHIN, OTHERS),
    ],
)
def test_a_move_is_taken_back_by_its_maker_soon_and_only_if_it_was_the_last(
    move, now, happened_at, expected
):
    assert problem(move, 7, now, happened_at) == expected
