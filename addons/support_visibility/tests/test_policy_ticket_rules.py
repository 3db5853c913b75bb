import itertools
from datetime import datetime, timedelta

import pytest

from odoo.addons.support_visibility.policies import priority, words
from odoo.addons.support_visibility.policies.contact import Contact, match_contact
from odoo.addons.support_visibility.policies.durations import (
    age_words,
    elapsed_hours,
    elapsed_seconds,
)
from odoo.addons.support_visibility.policies.escalation import (
    MAX_REASON_CHARS,
    Seat,
    reason_problem,
    route,
)

NOON = datetime(2026, 3, 2, 12)
LEVELS = [priority.LOW, priority.MEDIUM, priority.HIGH]


@pytest.mark.parametrize(
    ("impact", "urgency", "expected"),
    [
        ("1", "1", "0"),
        ("1", "2", "0"),
        ("1", "3", "1"),
        ("2", "1", "0"),
        ("2", "2", "1"),
        ("2", "3", "2"),
        ("3", "1", "1"),
        ("3", "2", "2"),
        ("3", "3", "3"),
    ],
)
def test_priority_is_impact_times_urgency(impact, urgency, expected):
    assert priority.priority_of(impact, urgency) == expected


@pytest.mark.parametrize("fixed", LEVELS)
def test_priority_never_falls_when_impact_or_urgency_rise(fixed):
    by_urgency = [priority.priority_of(fixed, level) for level in LEVELS]
    by_impact = [priority.priority_of(level, fixed) for level in LEVELS]
    assert by_urgency == sorted(by_urgency)
    assert by_impact == sorted(by_impact)


def test_an_unknown_impact_has_no_priority():
    with pytest.raises(KeyError):
        priority.priority_of("9", "1")


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("new", "new"),
        ("Open", "open"),
        ("In Progress", "open"),
        ("in-progress", "open"),
        ("  OPEN ", "open"),
        ("pending", "waiting"),
        ("On-Hold", "waiting"),
        ("Waiting on customer", "waiting"),
        ("resolved", "solved"),
        ("Done", "solved"),
        ("closed", "closed"),
        ("CANCELLED", "closed"),
        ("", None),
        (None, None),
        ("purple", None),
        (7, None),
        (True, None),
        ({}, None),
        (["open"], None),
    ],
)
def test_status_words_of_other_helpdesks_are_understood_or_left_alone(word, state):
    assert words.state_of(word) == state


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("low", "0"),
        ("P4", "0"),
        ("Normal", "1"),
        ("medium", "1"),
        ("high", "2"),
        ("p2", "2"),
        ("URGENT", "3"),
        ("Critical", "3"),
        ("p1", "3"),
        ("", None),
        ("whatever", None),
        (None, None),
    ],
)
def test_priority_words_are_understood_or_left_alone(word, value):
    assert words.priority_of(word) == value


@pytest.mark.parametrize(
    ("word", "value"),
    [
        (1, "1"),
        ("1", "1"),
        ("SEV-1", "1"),
        ("sev2", "2"),
        ("S3", "3"),
        ("minor", "3"),
        (4, "4"),
        (5, None),
        (True, None),
        ("", None),
        (None, None),
        (1.0, None),
    ],
)
def test_severity_words_are_understood_or_left_alone(word, value):
    assert words.severity_of(word) == value


def test_no_word_means_two_things():
    for table in (words._STATES, words._PRIORITIES, words._SEVERITIES):
        all_words = list(
            itertools.chain.from_iterable(entry.split() for entry in table.values())
        )
        assert len(all_words) == len(set(all_words))
        assert all(words.key(word) == word for word in all_words)


@pytest.mark.parametrize(
    ("email", "contacts", "expected"),
    [
        ("a@x", [], None),
        (None, [Contact(1, "a@x", 10, None)], None),
        ("", [Contact(1, "", 10, None)], None),
        ("a@x", [Contact(1, "b@x", 10, None)], None),
        ("a@x", [Contact(1, "a@x", 10, None)], 1),
        ("a@x", [Contact(1, "a@x", 10, 5)], 1),
        ("a@x", [Contact(1, "a@x", 10, 6)], None),
        ("a@x", [Contact(7, "a@x", 10, None), Contact(3, "a@x", 10, None)], 3),
        ("a@x", [Contact(1, "a@x", 10, None), Contact(2, "a@x", 11, None)], None),
        ("a@x", [Contact(1, "a@x", 10, None), Contact(2, "a@x", 11, 5)], 2),
        ("a@x", [Contact(1, "a@x", 10, 6), Contact(2, "a@x", 11, None)], 2),
    ],
)
def test_a_contact_is_matched_by_exact_address_in_its_company(
    email, contacts, expected
):
    assert match_contact(email, 5, contacts) == expected


@pytest.mark.parametrize(
    ("reason", "reason_class", "problem"),
    [
        ("No contract in the system", "missing_data", None),
        ("x", "technical_depth", None),
        ("x", "capacity", None),
        ("x", "policy", None),
        ("x", "customer_request", None),
        ("", "policy", "no_reason"),
        ("   ", "policy", "no_reason"),
        (None, "policy", "no_reason"),
        (7, "policy", "no_reason"),
        ("x" * (MAX_REASON_CHARS + 1), "policy", "too_long"),
        ("x", "boredom", "unknown_class"),
        ("x", None, "unknown_class"),
        ("x", "", "unknown_class"),
        ("x", [], "unknown_class"),
        ("x", {"a": 1}, "unknown_class"),
    ],
)
def test_an_escalation_needs_a_reason_and_its_class(reason, reason_class, problem):
    assert reason_problem(reason, reason_class) == problem


@pytest.mark.parametrize(
    ("seat", "next_team", "next_leader", "leader", "expected"),
    [
        (Seat(1, 9), 2, 8, None, Seat(2, 8)),
        (Seat(1, 9), 2, None, 7, Seat(2, None)),
        (Seat(1, 9), None, None, 7, Seat(1, 7)),
        (Seat(1, 9), None, None, None, Seat(1, 9)),
        (Seat(1, None), None, None, None, Seat(1, None)),
        (Seat(1, 9), 1, 8, 7, Seat(1, 7)),
        (Seat(None, 9), None, None, None, Seat(None, 9)),
    ],
)
def test_an_escalated_ticket_goes_up_or_stands_out(
    seat, next_team, next_leader, leader, expected
):
    assert (
        route(
            seat=seat,
            next_team_id=next_team,
            next_leader_id=next_leader,
            leader_id=leader,
        )
        == expected
    )


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        (NOON, NOON, 0),
        (NOON, NOON + timedelta(hours=2), 7200),
        (NOON, NOON - timedelta(hours=2), 0),
        (None, NOON, 0),
    ],
)
def test_elapsed_seconds_are_whole_and_never_negative(start, end, seconds):
    assert elapsed_seconds(start, end) == seconds


def test_elapsed_hours_need_both_ends():
    assert elapsed_hours(NOON, NOON + timedelta(minutes=90)) == 1.5
    assert elapsed_hours(None, NOON) == 0.0
    assert elapsed_hours(NOON, None) == 0.0


@pytest.mark.parametrize(
    ("days", "is_open", "is_stale", "words_"),
    [
        (0.0, True, False, "today"),
        (0.99, True, False, "today"),
        (1.0, True, False, "1 d"),
        (9.7, True, True, "9 d overdue"),
        (0.5, False, False, "took less than a day"),
        (2.0, False, False, "took 2 d"),
    ],
)
def test_an_age_reads_in_words(days, is_open, is_stale, words_):
    assert age_words(days, is_open=is_open, is_stale=is_stale) == words_
