import pytest

from odoo.addons.event_hub.policies import lanes
from odoo.addons.event_hub.policies.cloudevents import CloudEvent, Item
from odoo.addons.event_hub.policies.lanes import LANES, LAST, SEVERAL, Head, Share

ALL = tuple(range(LANES))


def items(*subjects):
    return [
        Item(n, CloudEvent(id=str(n), source="/crm", type="t", subject=subject))
        for n, subject in enumerate(subjects)
    ]


# Stored with each message: a change of the hash would break the order of what waits.
@pytest.mark.parametrize(
    ("key", "lane"),
    [("", 0), ("ACC-001", 2), ("ACC-002", 0), ("cus_9s6XKzkNRiz8i3", 2), ("Ö", 3)],
)
def test_a_case_keeps_its_lane_on_every_machine_and_in_every_release(key, lane):
    assert lanes.lane_of_case(key) == lane


def test_half_a_surrogate_pair_has_a_lane_too():
    assert lanes.lane_of_case("\ud800") in ALL


def test_cases_are_spread_over_all_lanes_about_evenly():
    counts = [0] * LANES
    for n in range(4000):
        counts[lanes.lane_of_case(f"ACC-{n:05}")] += 1
    assert min(counts) > 0.9 * 4000 / LANES


def test_an_event_without_subject_is_in_the_lane_of_its_sender():
    assert lanes.lane_of_items(items(None)) == lanes.lane_of_case("/crm")


def test_a_batch_about_one_case_is_in_its_lane_and_one_about_several_in_none():
    assert lanes.lane_of_items(items("ACC-001", "ACC-001")) == 2
    assert lanes.lane_of_items(items("ACC-001", "ACC-002")) == SEVERAL


def test_items_that_hold_no_event_do_not_count():
    bad = Item(1, None, "x", "bad")
    assert lanes.lane_of_items([*items("ACC-001"), bad]) == 2
    assert lanes.lane_of_items([bad]) == 0


@pytest.mark.parametrize("message_id", [7, 8])
def test_any_worker_may_be_woken_for_a_message_about_several_lanes(message_id):
    assert lanes.lane_to_wake(2, message_id) == 2
    assert lanes.lane_to_wake(SEVERAL, message_id) == message_id % LANES


@pytest.mark.parametrize(
    ("single", "several", "lane", "expected"),
    [
        (5, None, 2, Share(1, (2,))),
        (5, 9, 2, Share(1, (2,), before=9)),
        (9, 5, 2, Share(1, ALL)),
        (None, 5, 2, Share(1, ALL)),
        (None, None, None, Share(1, ALL)),
    ],
)
def test_what_is_about_several_lanes_is_taken_in_its_place(
    single, several, lane, expected
):
    assert lanes.share(Head(1, single, several), lane) == expected


def test_who_holds_every_lane_takes_from_every_lane():
    assert Share(1, ALL).taken_from == (*ALL, SEVERAL)
    assert Share(1, (2,)).taken_from == (2,)
    assert Share(1, ALL).before == LAST
