from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.support_visibility.policies.mirror import (
    STATUS,
    Conflict,
    Mirror,
    Move,
    Report,
    digest,
    follow,
)
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
        # the other helpdesk reopened it to wait for the customer, or as new
        (
            Mirror("solved", at(9), at(9)),
            [report(12, "waiting")],
            (Move("open", at(12)), Move("waiting", at(12))),
        ),
        (Mirror("closed", at(9), at(9)), [report(12, "new")], (Move("open", at(12)),)),
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


# ---------------------------------------------------------------------- changed on both sides


def known(ours, said, state="open", heard=()):
    """A ticket whose title is ``ours`` here and was last told as ``said``."""
    marks = {"name": digest(said)} if said else {}
    return Mirror(
        state, at(0), at(0), ours={"name": ours}, heard={**marks, **dict(heard)}
    )


@pytest.mark.parametrize(
    ("mirror", "says", "values", "conflicts"),
    [
        (known("A", "A"), "B", {"name": "B"}, ()),  # only they changed it
        (known("B", "A"), "A", {}, ()),  # only we did; they say it again
        (known("B", "A"), "B", {"name": "B"}, ()),  # both, to the same
        (known("B", "A"), "C", {}, (Conflict("name", "B", "C", at(5)),)),
        (known("B", None), "C", {"name": "C"}, ()),  # never heard: nothing to compare
    ],
)
def test_what_both_sides_changed_to_something_else_is_a_conflict(
    mirror, says, values, conflicts
):
    outcome = follow(mirror, [report(5, name=says)])
    assert dict(outcome.values) == values
    assert outcome.conflicts == conflicts
    assert ("name" in outcome.agreed) is bool(values)
    assert outcome.heard["name"] == digest(says)


def test_what_they_repeat_after_a_conflict_is_none_and_their_next_change_is_one():
    first = follow(known("B", "A"), [report(5, name="C")])
    mirror = Mirror("open", at(0), at(5), ours={"name": "B"}, heard=first.heard)
    assert follow(mirror, [report(6, name="C")]).conflicts == ()
    (conflict,) = follow(mirror, [report(6, name="D"), report(7, name="E")]).conflicts
    assert (conflict.theirs, conflict.at) == ("E", at(7))
    assert follow(mirror, [report(6, name="D"), report(7, name="B")]).conflicts == ()


def test_a_late_report_is_no_conflict_and_teaches_nothing():
    mirror = known("B", "A")
    outcome = follow(mirror, [report(-5, name="Z")])
    assert (outcome.conflicts, outcome.heard) == ((), dict(mirror.heard))


@pytest.mark.parametrize(
    ("heard", "says", "status", "moves", "contested"),
    [
        ("open", "open", "open", (), None),  # they only say it again
        ("open", "waiting", "on hold", (), "waiting"),
        ("open", "new", "new", (), "open"),  # what ended is never new again
        ("open", "closed", "closed", (Move("closed", at(5)),), None),
        ("solved", "open", "reopened", (Move("open", at(5)),), None),  # we agreed
        (None, "open", "open", (), "open"),  # their first word about it
    ],
)
def test_an_end_of_ours_stays_until_a_person_chooses(
    heard, says, status, moves, contested
):
    marks = {STATUS: digest("open"), **({"state": heard} if heard else {})}
    mirror = known("A", "A", "solved", marks)
    mirror = mirror if heard else known("A", "A", "solved")
    outcome = follow(mirror, [report(5, says, **{STATUS: status})])
    assert outcome.moves == moves
    assert [c.theirs for c in outcome.conflicts] == ([contested] if contested else [])
    assert ("state" in outcome.agreed) is bool(moves)


@given(st.lists(st.sampled_from("ABC"), max_size=6), st.sampled_from("ABC"))
def test_either_their_last_word_holds_or_a_person_is_asked_or_we_spoke_last(said, ours):
    """Report by report with an edit of ours after the first: nothing is lost, nothing is asked twice."""
    value, heard, waits = "A", {}, None
    for minute, word in enumerate(said):
        mirror = Mirror("open", None, at(minute - 1), ours={"name": value}, heard=heard)
        outcome = follow(mirror, [report(minute, name=word)])
        value, heard = dict(outcome.values).get("name", value), outcome.heard
        if "name" in outcome.agreed:
            waits = None
        for conflict in outcome.conflicts:
            waits = conflict.theirs
        if minute == 0:
            value = ours
        elif value != word:
            last_edit_unanswered = word == said[0] and len(set(said[: minute + 1])) == 1
            assert waits == word or last_edit_unanswered
