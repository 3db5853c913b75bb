from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.support_visibility.policies.sla import attainment as attained
from odoo.addons.support_visibility.policies.sla import clock as clocks
from odoo.addons.support_visibility.policies.sla import matching, warnings
from odoo.addons.support_visibility.policies.sla.clock import (
    BREACHED,
    CLOSED,
    MET,
    PAUSED,
    RUNNING,
    VOID,
    Clock,
    Segment,
)
from odoo.addons.support_visibility.policies.sla.working_time import (
    ALWAYS,
    Attendance,
    WorkingTime,
)

MONDAY = datetime(2026, 3, 2)
HOUR = timedelta(hours=1)
OFFICE = WorkingTime(
    "UTC", tuple(Attendance(day, 9 * 3600, 17 * 3600) for day in range(5))
)
NEVER = WorkingTime("UTC", ())


def at(hours):
    return MONDAY + hours * HOUR


def born(hours=9, target=4):
    return Clock(at(hours), target * 3600)


def test_time_outside_hours_is_closed_and_does_not_count():
    clock = clocks.looked_at(born(8, 4), at(10), OFFICE)
    assert clock.segments == (
        Segment(at(8), at(9), CLOSED),
        Segment(at(9), at(10), RUNNING),
    )
    assert clocks.due_at(clock, OFFICE) == at(13)


def test_a_pause_moves_the_deadline_by_the_working_time_it_took():
    clock = clocks.paused(born(), at(10), "waiting", OFFICE)
    assert clocks.due_at(clock, OFFICE) is None
    assert clock.state == PAUSED
    clock = clocks.resumed(clock, at(12), OFFICE)
    assert clocks.due_at(clock, OFFICE) == at(15)
    assert [s.kind for s in clock.segments] == [RUNNING, PAUSED]


def test_pausing_twice_is_pausing_once_and_another_reason_is_another_segment():
    once = clocks.paused(born(), at(10), "waiting", OFFICE)
    assert clocks.paused(once, at(11), "waiting", OFFICE) == once
    other = clocks.paused(once, at(11), "third party", OFFICE)
    other = clocks.looked_at(other, at(12), OFFICE)
    assert [s.why for s in other.segments] == ["", "waiting", "third party"]


@pytest.mark.parametrize(
    ("hours", "state"), [(13, MET), (13.01, BREACHED), (12.99, MET), (40, BREACHED)]
)
def test_a_promise_kept_at_its_last_second_is_kept(hours, state):
    clock = clocks.stopped(born(), at(hours), OFFICE)
    assert clock.state == state


def test_the_breach_is_told_with_the_time_the_promise_ran_out_and_not_when_somebody_looked():
    clock = clocks.looked_at(born(), at(30), OFFICE)
    assert clock.breached_at == at(13)


def test_a_breach_stays_a_breach():
    clock = clocks.looked_at(born(), at(14), OFFICE)
    for later in (
        clocks.stopped(clock, at(15), OFFICE),
        clocks.reread(clock, OFFICE, target=40 * 3600),
        clocks.restarted(clocks.stopped(clock, at(15), OFFICE), at(16), "solved"),
        clocks.reread(clock, NEVER),
    ):
        assert later.state == BREACHED
        assert later.breached_at == at(13)


def test_a_reopened_clock_goes_on_where_it_stopped():
    clock = clocks.stopped(born(), at(11), OFFICE)
    clock = clocks.restarted(clock, at(14), "solved")
    assert clock.state == RUNNING
    assert clocks.due_at(clock, OFFICE) == at(16)
    assert clock.segments[-1] == Segment(at(11), at(14), PAUSED, "solved")


def test_a_new_calendar_reads_the_same_facts_and_keeps_the_pauses():
    clock = clocks.resumed(
        clocks.paused(born(8), at(10), "waiting", OFFICE), at(11), OFFICE
    )
    clock = clocks.looked_at(clock, at(20), OFFICE)
    round_the_clock = clocks.reread(clock, ALWAYS)
    assert round_the_clock.segments == (
        Segment(at(8), at(10), RUNNING),
        Segment(at(10), at(11), PAUSED, "waiting"),
        Segment(at(11), at(20), RUNNING),
    )
    assert round_the_clock.breached_at == at(14)  # as it was told
    there_and_back = clocks.reread(clocks.reread(clock, NEVER), OFFICE)
    assert there_and_back.segments == clock.segments


def test_a_shorter_promise_is_broken_at_the_moment_it_had_run_out():
    clock = clocks.looked_at(born(9, 8), at(12), OFFICE)
    assert clocks.reread(clock, OFFICE, target=3600).breached_at == at(10)
    assert clocks.reread(clock, OFFICE, target=3 * 3600).breached_at is None


def test_a_calendar_without_hours_never_breaks_a_promise():
    clock = clocks.looked_at(born(), at(1000), NEVER)
    assert clock.state == RUNNING
    assert clocks.due_at(clock, NEVER) is None
    assert clocks.next_look(clock, NEVER, [75]) is None


def test_the_next_look_is_the_next_warning_then_the_deadline_then_none():
    clock = born()
    assert clocks.next_look(clock, OFFICE, [50, 75]) == at(11)
    assert clocks.next_look(clock, OFFICE, [75]) == at(12)
    assert clocks.next_look(clock, OFFICE, []) == at(13)
    assert clocks.next_look(clocks.looked_at(clock, at(14), OFFICE), OFFICE, []) is None
    assert (
        clocks.next_look(clocks.paused(clock, at(10), "w", OFFICE), OFFICE, [50])
        is None
    )


def test_the_share_used_goes_beyond_a_hundred():
    assert clocks.share_used(born(), at(12), OFFICE) == 75
    assert clocks.share_used(born(), at(15), OFFICE) == 150


# ---------------------------------------------------------------------- any history

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["look", "pause", "resume", "stop", "restart", "office", "always", "never"]
        ),
        st.integers(0, 200_000),
    ),
    max_size=25,
)


def lived(steps, target):
    """:return: (clock, working time, now, seconds that each pause took in all)"""
    clock, working, now, stood = Clock(MONDAY, target), OFFICE, MONDAY, 0
    for step, seconds in steps:
        later = now + timedelta(seconds=seconds)
        if clock.stopped_at:
            stood += seconds if step == "restart" else 0
        elif clock.pause is not None:
            stood += seconds
        if clock.stopped_at and step != "restart":
            continue
        now = later
        if step == "look":
            clock = clocks.looked_at(clock, now, working)
        elif step == "pause":
            clock = clocks.paused(clock, now, "waiting", working)
        elif step == "resume":
            clock = clocks.resumed(clock, now, working)
        elif step == "stop":
            clock = clocks.stopped(clock, now, working)
        elif step == "restart":
            clock = clocks.restarted(clock, now, "solved")
        else:
            clock = clocks.looked_at(clock, now, working)
            working = {"office": OFFICE, "always": ALWAYS, "never": NEVER}[step]
            clock = clocks.reread(clock, working)
    return clocks.looked_at(clock, now, working), working, now, stood


@settings(max_examples=200)
@given(STEPS, st.integers(1, 400_000))
def test_running_paused_and_closed_time_are_all_the_time_there_was(steps, target):
    clock, _working, now, stood = lived(steps, target)
    kinds = [clock.seconds(kind) for kind in (RUNNING, PAUSED, CLOSED)]
    assert sum(kinds) == clocks.wall_seconds(clock)
    assert kinds[1] == stood
    if not clock.stopped_at:
        assert clock.seen_until == now
    for one, other in zip(clock.segments, clock.segments[1:], strict=False):
        assert one.end == other.begin
        assert (one.kind, one.why) != (other.kind, other.why)


@settings(max_examples=200)
@given(STEPS, st.integers(1, 400_000))
def test_looking_more_often_changes_nothing(steps, target):
    looked = [part for step in steps for part in (("look", 0), step, ("look", 0))]
    assert lived(looked, target) == lived(steps, target)


@settings(max_examples=200)
@given(STEPS, st.integers(1, 400_000))
def test_a_breach_is_when_the_running_time_passes_the_target(steps, target):
    clock, *_rest = lived(steps, target)
    if clock.seconds(RUNNING) > target:
        assert clock.state == BREACHED
        assert clock.breached_at >= clock.started_at


# ---------------------------------------------------------------------- what belongs to it


def rule(number, kind=matching.RESOLUTION, company=None, **wanted):
    return matching.Rule(
        number, kind, company, {name: frozenset(v) for name, v in wanted.items()}
    )


def traits(company=1, **values):
    return matching.Traits(
        company, {name: frozenset(value) for name, value in values.items()}
    )


URGENT = traits(priority=["3"], tag=[7, 8], team=[5])


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([], {}),
        ([rule(1)], {"resolution": 1}),
        ([rule(1), rule(2)], {"resolution": 1}),
        ([rule(1, priority=["0"]), rule(2)], {"resolution": 2}),
        ([rule(1, priority=["2", "3"])], {"resolution": 1}),
        ([rule(1, priority=["3"], team=[4])], {}),
        ([rule(1, tag=[8, 9])], {"resolution": 1}),
        ([rule(1, severity=["1"])], {}),
        ([rule(1, tag=[])], {"resolution": 1}),
        ([rule(1, company=2), rule(2, company=1)], {"resolution": 2}),
        (
            [rule(1, matching.FIRST_RESPONSE), rule(2)],
            {"first_response": 1, "resolution": 2},
        ),
    ],
)
def test_the_first_policy_that_fits_makes_the_promise(rules, found):
    assert matching.match(rules, URGENT) == found


@pytest.mark.parametrize(
    ("told", "used", "said"),
    [
        (0, 40, []),
        (0, 50, [50]),
        (50, 74.9, []),
        (0, 95, [50, 75, 90]),
        (75, 120, [90]),
    ],
)
def test_each_warning_is_said_once(told, used, said):
    assert warnings.passed((50, 75, 90), told, used) == said
    assert warnings.to_come((90, 50, 75), told) == [
        share for share in (50, 75, 90) if share > told
    ]


def test_attainment_counts_running_past_due_as_missed_and_leaves_out_what_does_not_count():
    figure = attained.attainment(
        [
            (MET, False),
            (MET, False),
            (BREACHED, False),
            (RUNNING, True),
            (RUNNING, False),
            (PAUSED, False),
            (VOID, False),
        ]
    )
    assert (figure.met, figure.missed, figure.judged, figure.share) == (2, 2, 4, 50)
    assert attained.attainment([]).share is None


def test_a_working_time_can_be_kept_and_read_again():
    leave = (at(10), at(12))
    working = WorkingTime(
        "Europe/Berlin", (Attendance(0, 0, 3600, 1), Attendance(0, 0, 60)), (leave,)
    )
    again = WorkingTime.from_json(working.to_json())
    assert again.digest() == working.digest()
    assert list(again.spans(at(0), at(400))) == list(working.spans(at(0), at(400)))
    assert WorkingTime.from_json(ALWAYS.to_json()) == ALWAYS
    assert working.digest() != OFFICE.digest()
