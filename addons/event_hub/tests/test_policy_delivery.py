"""When a delivery is tried again, and what each answer means."""

from datetime import date, datetime, timedelta

import pytest

from odoo.addons.event_hub.policies import delivery
from odoo.addons.event_hub.policies.delivery import DEAD, DELIVERED, PENDING, Answer

NOW = datetime(2026, 11, 21, 12, 0)


def decide(status, tries=1, retry_after=None, refused=False, jitter=0.0):
    return delivery.decide(
        Answer(status, retry_after, refused), tries=tries, now=NOW, jitter=jitter
    )


def test_ten_tries_span_about_75_hours():
    assert delivery.MAX_TRIES == 10
    assert (
        timedelta(hours=75) <= sum(delivery.WAITS, timedelta()) <= timedelta(hours=76)
    )
    assert list(delivery.WAITS) == sorted(delivery.WAITS)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_delivered(status):
    assert decide(status) == delivery.Outcome(DELIVERED)


@pytest.mark.parametrize(
    ("status", "problem"),
    [(None, "no_answer"), (301, "redirect"), (302, "redirect"), (307, "redirect"), (308, "redirect"), (304, "redirect"),
     (400, "http"), (401, "http"), (404, "http"), (429, "http"), (500, "http"), (503, "http"), (100, "http")],
)  # fmt: skip
def test_anything_else_is_a_failed_try_that_is_tried_again(status, problem):
    outcome = decide(status)
    assert (outcome.state, outcome.problem) == (PENDING, problem)
    assert outcome.next_try_at == NOW + delivery.WAITS[0]
    assert not outcome.disable_endpoint


def test_gone_disables_the_endpoint_at_once():
    assert decide(410) == delivery.Outcome(DEAD, "gone", disable_endpoint=True)


def test_a_refused_address_is_a_failed_try_of_its_own_kind():
    assert decide(None, refused=True).problem == "address"


@pytest.mark.parametrize("status", [None, 302, 500, 503])
def test_the_tenth_failed_try_is_the_last(status):
    assert decide(status, tries=9).state == PENDING
    assert decide(status, tries=10).state == DEAD
    assert decide(status, tries=11).state == DEAD


@pytest.mark.parametrize("tries", range(1, 10))
def test_each_wait_grows_by_at_most_its_jitter(tries):
    base = delivery.WAITS[tries - 1]
    assert decide(500, tries=tries).next_try_at == NOW + base
    assert (
        NOW + base
        < decide(500, tries=tries, jitter=0.99).next_try_at
        < NOW + base * 1.1
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, None), ("", None), ("0", None), ("-5", None), ("120", timedelta(seconds=120)),
        (" 120 ", timedelta(seconds=120)), ("99999999999999", timedelta(hours=24)), ("1.5", None), ("soon", None),
        ("Sat, 21 Nov 2026 12:10:00 GMT", timedelta(minutes=10)), ("Sat, 21 Nov 2026 11:00:00 GMT", None),
        ("Sat, 21 Nov 2026 13:10:00 +0100", timedelta(minutes=10)),
        ("Sat, 21 Nov 2099 12:00:00 GMT", timedelta(hours=24)),
        ("٣", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_or_date(raw, expected):
    assert delivery.parse_retry_after(raw, NOW) == expected


@pytest.mark.parametrize(
    ("status", "honoured"), [(429, True), (503, True), (500, False), (302, False)]
)
def test_retry_after_is_honoured_where_it_is_defined(status, honoured):
    wait = timedelta(seconds=3600) if honoured else delivery.WAITS[0]
    assert decide(status, retry_after="3600").next_try_at == NOW + wait


def test_retry_after_never_shortens_our_own_wait():
    assert decide(503, tries=4, retry_after="1").next_try_at == NOW + delivery.WAITS[3]


def test_only_a_dead_delivery_can_be_revived():
    states = [state for state, _label in delivery.STATES]
    moves = {(a, b) for a in states for b in delivery.TRANSITIONS[a]}
    assert moves == {
        (PENDING, PENDING),
        (PENDING, DELIVERED),
        (PENDING, DEAD),
        (DEAD, PENDING),
    }


TODAY = date(2026, 3, 5)
FAILING = {TODAY - timedelta(days=back): False for back in range(5)}


def test_five_failing_days_in_a_row_are_enough():
    assert delivery.failed_for_days(FAILING, TODAY)
    assert delivery.failed_for_days({**FAILING, date(2026, 2, 1): True}, TODAY)


@pytest.mark.parametrize("day", FAILING)
def test_a_day_with_a_success_or_without_a_try_breaks_the_row(day):
    assert not delivery.failed_for_days({**FAILING, day: True}, TODAY)
    rest = {known: ok for known, ok in FAILING.items() if known != day}
    assert not delivery.failed_for_days(rest, TODAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01", datetime(2026, 3, 1)),
        ("2026-03-01T10:00:00", datetime(2026, 3, 1, 10)),
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10)),
        ("2026-03-01T10:00:00+02:00", datetime(2026, 3, 1, 8)),
    ],
)
def test_a_moment_is_read_as_utc(text, expected):
    assert delivery.parse_moment(text) == expected


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-02-30", "0001-01-01T00:00:00+14:00"]
)
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError):
        delivery.parse_moment(text)
