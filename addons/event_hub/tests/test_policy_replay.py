import pytest

from odoo.addons.event_hub.policies import replay


def test_only_what_was_set_aside_can_be_replayed():
    assert replay.unknown_states(["parked", "dead", "failed"]) == []
    assert replay.unknown_states(["processed", "parked", "x"]) == ["processed", "x"]


@pytest.mark.parametrize(
    ("in_lanes", "room"), [(0, 1000), (400, 600), (1000, 0), (1500, 0)]
)
def test_the_lanes_get_what_they_have_room_for(in_lanes, room):
    assert replay.room(in_lanes, 1000) == room


@pytest.mark.parametrize(
    ("released", "in_lanes", "total", "per_cent"),
    [
        (0, 0, 10, 0),
        (5, 5, 10, 0),
        (5, 0, 10, 50),
        (10, 1, 10, 90),
        (9999, 0, 10000, 99),
        (10, 0, 10, 100),
        (0, 0, 0, 100),
        (3, 7, 10, 0),
    ],
)
def test_progress_reaches_a_hundred_with_the_last_message_only(
    released, in_lanes, total, per_cent
):
    assert replay.progress(released, in_lanes, total) == per_cent


def test_outcomes_are_counted_what_works_first():
    told = replay.outcomes(["dead", "parked", "parked", "processed"])
    assert list(told.items()) == [("processed", 1), ("parked", 2), ("dead", 1)]
    assert not replay.would_help(told)
    assert replay.would_help({"processed": 3})
