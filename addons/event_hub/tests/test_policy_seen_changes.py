from odoo.addons.event_hub.policies.seen_changes import MOST_RECENT, Changes


def after(*changes):
    known = Changes()
    for change in changes:
        known = known.after(change)
    return known


def test_few_changes_are_known_one_by_one():
    assert after(7, 5) == Changes(recent=(7, 5), settled=0)


def test_of_many_the_oldest_are_known_by_the_highest_among_them():
    numbers = [900, *range(1, MOST_RECENT + 2)]
    assert after(*numbers) == Changes(tuple(range(2, MOST_RECENT + 2)), settled=900)


def test_what_was_dropped_before_stays_known():
    assert after(*range(200, 0, -1)).settled == 200
