"""What a rule must have before it acts, what changed in it, and when it has had its day."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.event_hub.policies import governance, ownership, throttle
from odoo.addons.event_hub.policies.governance import Charter, Figures

TODAY = date(2026, 3, 1)
WHOLE = Charter(
    purpose="Ask before a strategic customer is cut off",
    owner=True,
    owner_active=True,
    approval_path="asks",
    approval_reason="Finance and Customer Success decide",
    minutes_saved=15,
    estimate_basis="Ten cases watched in January",
    review_at=date(2026, 9, 1),
    has_actions=True,
)


def test_a_whole_charter_has_no_gap():
    assert governance.gaps(WHOLE, TODAY) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"purpose": "  "}, ["purpose"]),
        ({"owner": False}, ["owner"]),
        ({"owner_active": False}, ["owner_archived"]),
        ({"owner": False, "owner_active": False}, ["owner"]),
        ({"approval_path": "", "approval_reason": ""}, ["approval"]),
        ({"approval_path": "none", "approval_reason": " "}, ["approval_reason"]),
        ({"minutes_saved": -1}, ["minutes"]),
        ({"estimate_basis": ""}, ["basis"]),
        ({"minutes_saved": 0, "estimate_basis": ""}, []),
        ({"review_at": None}, ["review"]),
        ({"review_at": date(2026, 2, 28)}, ["review_overdue"]),
        ({"review_at": TODAY}, []),
        ({"has_actions": False}, ["actions"]),
    ],
)
def test_each_gap_is_named(change, expected):
    assert governance.gaps(replace(WHOLE, **change), TODAY) == expected


def test_no_charter_at_all_is_one_gap():
    assert governance.gaps(None, TODAY) == ["charter"]


def test_changes_name_what_came_what_went_and_what_differs():
    before = {"mode": "observe", "gone": 1, "same": 3}
    after = {"mode": "act", "same": 3, "new": "x"}
    found = governance.changes(before, after)
    assert [(c.what, c.before, c.after) for c in found] == [
        ("mode", "observe", "act"),
        ("new", None, "x"),
        ("gone", 1, None),
    ]


def test_a_short_value_is_one_line_and_code_is_a_unified_diff():
    found = governance.changes(
        {"active": False, "code": "a = 1\nb = 2\nc = 3"},
        {"active": True, "code": "a = 1\nb = 5\nc = 3"},
    )
    text = governance.diff_text(found)
    assert text.splitlines()[0] == "active: no → yes"
    assert "  -b = 2" in text.splitlines()
    assert "  +b = 5" in text.splitlines()
    assert "a = 1" in text


def test_a_first_version_tells_what_is_there_and_leaves_out_what_is_not():
    text = governance.first_text(
        {
            "name": "Rule",
            "on": True,
            "paused": False,
            "wait": 0,
            "code": "a\nb",
            "x": None,
        }
    )
    assert text == "name: Rule\non: yes\ncode:\n  a\n  b"


def test_a_very_long_diff_is_cut_and_says_so():
    text = governance.diff_text(
        governance.changes({"code": "x\n"}, {"code": "\n".join(map(str, range(9999)))})
    )
    assert len(text.splitlines()) == governance.LONGEST_DIFF_LINES + 1
    assert text.endswith("more lines")


SNAPSHOTS = st.dictionaries(st.text(max_size=3), st.none() | st.integers() | st.text())


@given(SNAPSHOTS, SNAPSHOTS)
def test_equal_snapshots_have_no_change_and_every_difference_is_told(before, after):
    assert governance.changes(after, after) == []
    told = {change.what for change in governance.changes(before, after)}
    every = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert told == every


YOUNG = Figures(10, None, 0, 0, 0, 0, False)
OLD = Figures(400, 2, 100, 0, 0, 900, True)


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        (YOUNG, None),
        (OLD, None),
        (replace(OLD, idle_days=None, done=0), "never_ran"),
        (replace(OLD, idle_days=90), "idle"),
        (replace(OLD, idle_days=89), None),
        (replace(OLD, minutes_saved=59), "low_value"),
        (replace(OLD, minutes_saved=0, has_estimate=False), None),
        (replace(OLD, overridden=50), "overridden"),
        (replace(OLD, overridden=49), None),
        (replace(YOUNG, done=4, overridden=4), "overridden"),
        (replace(YOUNG, done=3, overridden=3), None),
        (replace(YOUNG, done=4, failed=5), "failing"),
        (replace(YOUNG, done=4, failed=4), None),
    ],
)
def test_a_rule_is_a_retire_candidate_for_a_reason(figures, reason):
    assert governance.retire_reason(figures) == reason


# ------------------------------------------------------------------------- throttle


def candidates(*cases):
    return [
        throttle.Candidate(number, ("m", case)) for number, case in enumerate(cases)
    ]


def test_the_first_of_each_case_goes_on_and_the_others_are_told_apart():
    first, repeated = throttle.one_per_case(candidates(7, 8, 7, 9, 8))
    assert [c.run_id for c in first] == [0, 1, 3]
    assert [c.run_id for c in repeated] == [2, 4]


@given(st.lists(st.integers(0, 5)))
def test_nothing_is_lost_and_no_case_goes_on_twice(cases):
    every = candidates(*cases)
    first, repeated = throttle.one_per_case(every)
    assert sorted(c.run_id for c in first + repeated) == [c.run_id for c in every]
    assert len({c.case for c in first}) == len(first)


def test_the_period_is_counted_from_now():
    now = datetime(2026, 3, 1, 12)
    assert throttle.closed_until(now, 1.5) - now == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("hours", "delay", "wrong"),
    [(0, 0, None), (24, 60, None), (-1, 0, "throttle"), (0, -1, "delay"), (1e9, 0, "throttle"), (0, 10**9, "delay")],
)  # fmt: skip
def test_a_period_or_delay_below_zero_or_beyond_a_year_is_a_mistake(
    hours, delay, wrong
):
    assert throttle.problem(hours, delay) == wrong


# ------------------------------------------------------------------------ ownership


@pytest.mark.parametrize(
    ("written", "sources", "foreign"),
    [
        (["tier", "name"], {2}, ["tier"]),
        (["tier", "name"], {1}, []),
        (["name"], {2}, []),
        (["hand"], {1}, ["hand"]),
        (["hand", "tier"], {2}, ["hand", "tier"]),
        (["tier"], {1, 2}, []),
    ],
)
def test_a_field_is_foreign_unless_the_writer_speaks_for_its_owner(
    written, sources, foreign
):
    owners = {"tier": frozenset({1}), "hand": frozenset()}
    assert ownership.foreign_fields(written, owners, frozenset(sources)) == foreign


NOON = datetime(2026, 3, 1, 12)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "value", "age", "expected"),
    [
        (None, None, HOUR, "raise"),
        ("open", "old", HOUR, "refresh"),
        ("open", "old", timedelta(0), "refresh"),
        ("open", "new", -HOUR, "ignore"),
        ("kept", "new", HOUR, "ignore"),
        ("kept", "old", HOUR, "raise"),
        ("kept", "old", -HOUR, "ignore"),
        ("taken", "new", HOUR, "raise"),
        ("taken", "old", -HOUR, "ignore"),
    ],
)
def test_the_newest_offer_counts_and_an_answer_is_not_asked_for_twice(
    state, value, age, expected
):
    known = state and ownership.Known(state, value, NOON - age)
    assert ownership.decide(ownership.Offer("new", NOON), known) == expected


def test_a_digest_tells_that_a_secret_changed_and_not_what_it_is():
    first, second = governance.digest("https://a/1"), governance.digest("https://a/2")
    assert first != second
    assert "https" not in first
    assert governance.digest(False) is False
    assert governance.digest("") is False
