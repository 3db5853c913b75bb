"""Health adds up, explains itself and knows what it does not know."""

from decimal import Decimal as D

import pytest

from odoo.addons.saas_risk.policies.health import (
    AT_LEAST,
    AT_MOST,
    Cap,
    Observation,
    Signal,
    Step,
    Thresholds,
    assess,
    parse_steps,
    points_of,
    status_of,
)

FAILURES = Signal(
    "failures",
    AT_LEAST,
    parse_steps("1: -30, 2: -50, 3: -70"),
    Cap(D(3), 25_00, "strategic"),
)
TICKETS = Signal("tickets", AT_LEAST, parse_steps("3: -5, 5: -12.25"))
USAGE = Signal("usage", AT_MOST, parse_steps("-20: -10, -50: -25"))
SIGNALS = (FAILURES, TICKETS, USAGE)


def seen(**values):
    return {
        code: Observation(
            code, None if value is None else D(str(value)), f"{code} is {value}", "m", 7
        )
        for code, value in values.items()
    }


def run(tier="standard", base=100_00, signals=SIGNALS, **values):
    return assess(
        base=base,
        signals=signals,
        observations=seen(**values),
        thresholds=Thresholds(),
        tier=tier,
    )


@pytest.mark.parametrize(
    ("tier", "values", "score", "status"),
    [
        ("standard", {"failures": 0, "tickets": 0, "usage": 0}, 100_00, "healthy"),
        ("standard", {"failures": 1, "tickets": 0, "usage": 0}, 70_00, "watch"),
        ("standard", {"failures": 2, "tickets": 0, "usage": 0}, 50_00, "at_risk"),
        ("standard", {"failures": 3, "tickets": 0, "usage": 0}, 30_00, "critical"),
        ("strategic", {"failures": 2, "tickets": 0, "usage": 0}, 50_00, "at_risk"),
        ("strategic", {"failures": 3, "tickets": 0, "usage": 0}, 25_00, "critical"),
        ("standard", {"failures": 9, "tickets": 9, "usage": -99}, 0, "critical"),
        ("standard", {"failures": 0, "tickets": 5, "usage": -20}, 77_75, "healthy"),
        ("standard", {}, 100_00, "healthy"),
    ],
)
def test_an_account_is_as_healthy_as_its_signals_say(tier, values, score, status):
    result = run(tier, **values)
    assert (result.score, result.status) == (score, status)
    assert sum(line.points for line in result.contributions) == score


def test_lines_add_up_whatever_is_observed():
    for failures in range(5):
        for tickets in range(8):
            for usage in (-80, -50, -20.5, 0, None):
                for tier in ("standard", "strategic"):
                    result = run(tier, failures=failures, tickets=tickets, usage=usage)
                    assert (
                        sum(line.points for line in result.contributions)
                        == result.score
                    )
                    assert 0 <= result.score <= 100_00


def test_a_cap_is_a_line_of_its_own():
    result = run("strategic", failures=3, tickets=0, usage=0)
    assert [(c.signal, c.points) for c in result.contributions] == [
        ("base", 100_00),
        ("failures", -70_00),
        ("cap", -5_00),
    ]


def test_a_score_below_its_cap_gets_no_cap_line():
    result = run("strategic", failures=3, tickets=5, usage=0)
    assert "cap" not in [c.signal for c in result.contributions]


def test_the_lowest_of_two_caps_holds():
    other = Signal("tickets", AT_LEAST, (), Cap(D(1), 10_00))
    result = run("strategic", signals=(FAILURES, other), failures=3, tickets=1)
    assert result.score == 10_00


def test_a_score_never_leaves_its_scale_and_shows_why():
    low = run(failures=3, tickets=5, usage=-50)
    assert low.score == 0 and low.contributions[-1].signal == "floor"
    bonus = Signal("tickets", AT_LEAST, (Step(D(1), 30_00),))
    high = run(base=90_00, signals=(bonus,), tickets=1)
    assert high.score == 100_00
    assert [c.points for c in high.contributions] == [90_00, 30_00, -20_00]


def test_what_is_not_known_is_listed_and_costs_nothing():
    result = run(failures=0, usage=None)
    assert result.unknown == ("tickets", "usage")
    assert result.score == 100_00


def test_reasons_are_words_worst_first():
    result = run(failures=1, tickets=3, usage=-50)
    assert result.reasons == ("failures is 1", "usage is -50", "tickets is 3")


def test_every_line_points_at_the_record_that_shows_it():
    (line,) = [c for c in run(failures=1).contributions if c.signal == "failures"]
    assert (line.model, line.record_id) == ("m", 7)


@pytest.mark.parametrize(
    ("score", "status"),
    [
        (100_00, "healthy"),
        (75_00, "healthy"),
        (74_99, "watch"),
        (55_00, "watch"),
        (54_99, "at_risk"),
        (35_00, "at_risk"),
        (34_99, "critical"),
        (0, "critical"),
    ],
)
def test_a_status_starts_at_its_threshold(score, status):
    assert status_of(score, Thresholds()) == status


@pytest.mark.parametrize(
    ("direction", "value", "points"),
    [
        (AT_LEAST, "0", 0),
        (AT_LEAST, "1", -1_00),
        (AT_LEAST, "4.99", -1_00),
        (AT_LEAST, "5", -2_00),
        (AT_MOST, "6", 0),
        (AT_MOST, "5", -2_00),
        (AT_MOST, "1.5", -2_00),
        (AT_MOST, "1", -1_00),
    ],
)
def test_the_furthest_step_reached_counts(direction, value, points):
    signal = Signal("x", direction, parse_steps("1: -1, 5: -2"))
    assert points_of(signal, D(value)) == points


def test_steps_are_read_from_text():
    assert parse_steps(" 1:-30 , 2.5: -50.25 ") == (
        Step(D(1), -30_00),
        Step(D("2.5"), -50_25),
    )
    assert parse_steps("") == ()


@pytest.mark.parametrize(
    "text", ["1", "1: x", "a: 1", "1: nan", "inf: 2", "1: 2, 1: 3", "1:2:3"]
)
def test_steps_nobody_can_read_are_refused(text):
    with pytest.raises(ValueError):
        parse_steps(text)
