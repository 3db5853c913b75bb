from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.event_hub.policies import (
    backoff,
    correlation,
    identity,
    patterns,
    rate,
    states,
)

NOW = datetime(2026, 3, 1, 12)
HEX = "0123456789abcdef0123456789abcdef"
PARENT = f"00-{HEX}-0123456789abcdef-01"


@pytest.mark.parametrize(
    "known,new,verdict",
    [
        (None, "a", "new"),
        ("a", "a", "duplicate"),
        ("a", "b", "conflict"),
    ],
)
def test_the_same_id_is_a_duplicate_only_with_the_same_body(known, new, verdict):
    assert identity.decide_identity(known, new) == verdict


def test_the_digest_is_of_raw_bytes():
    assert identity.body_digest(b"{}") != identity.body_digest(b"{} ")


@pytest.mark.parametrize(
    "correlationid,parents,expected",
    [
        (HEX, (PARENT,), HEX),
        (HEX.upper(), (), HEX),
        ("01234567-89ab-cdef-0123-456789abcdef", (), HEX),
        (None, (PARENT,), HEX),
        (None, (None, PARENT), HEX),
        (None, ("garbage", PARENT), HEX),
        (None, (f"00-{'0' * 32}-0123456789abcdef-01",), "new"),
        (None, (f"ff-{HEX}-0123456789abcdef-01",), "new"),
        (None, (), "new"),
    ],
)
def test_correlation_is_the_senders_own_then_the_trace_then_new(
    correlationid, parents, expected
):
    assert (
        correlation.decide_correlation(correlationid, parents, lambda: "new")
        == expected
    )


@given(st.text(min_size=1))
def test_any_correlation_of_a_sender_becomes_the_same_32_hex_digits(value):
    one = correlation.decide_correlation(value, (), lambda: "new")
    assert one == correlation.normalise(value) and len(one) == 32 and int(one, 16) >= 0


@pytest.mark.parametrize("attempts,ceiling", [(1, 5), (2, 10), (3, 20), (4, 40)])
def test_waits_double_with_full_jitter(attempts, ceiling):
    none = backoff.decide_retry(attempts=attempts, now=NOW, random=0.0)
    half = backoff.decide_retry(attempts=attempts, now=NOW, random=0.5)
    assert none.next_try_at == NOW
    assert half.next_try_at == NOW + timedelta(seconds=ceiling / 2)


def test_the_fifth_failure_is_the_last():
    assert backoff.decide_retry(
        attempts=5, now=NOW, random=0.5
    ) == backoff.RetryDecision(True, None)


def test_waits_have_a_cap():
    decision = backoff.decide_retry(attempts=30, now=NOW, random=1.0, max_attempts=99)
    assert decision.next_try_at == NOW + timedelta(seconds=backoff.CAP_SECONDS)


def test_a_burst_passes_then_the_rate_rules():
    bucket, allowed = None, 0
    for _ in range(30):
        taken = rate.take(bucket, now=0.0, rate=5, burst=20)
        bucket, allowed = taken.bucket, allowed + taken.allowed
    assert allowed == 20
    refused = rate.take(bucket, now=0.0, rate=5, burst=20)
    assert not refused.allowed and refused.retry_after == pytest.approx(0.2)
    assert rate.take(bucket, now=0.2, rate=5, burst=20).allowed


def test_a_bucket_never_holds_more_than_its_burst():
    bucket = rate.take(None, now=0.0, rate=5, burst=2).bucket
    assert rate.take(bucket, now=1e9, rate=5, burst=2).bucket.tokens == 1


def test_a_clock_that_runs_backwards_gives_nothing():
    bucket = rate.Bucket(0.0, 100.0)
    assert not rate.take(bucket, now=50.0, rate=5, burst=2).allowed


def test_a_source_without_rate_is_closed_not_broken():
    assert rate.take(rate.Bucket(0, 0), now=1.0, rate=0, burst=2).retry_after == 3600


@given(st.lists(st.floats(0, 10), max_size=60))
def test_no_more_than_burst_and_rate_allow_ever_passes(pauses):
    bucket, now, allowed = None, 0.0, 0
    for pause in pauses:
        now += pause
        taken = rate.take(bucket, now=now, rate=2, burst=5)
        bucket, allowed = taken.bucket, allowed + taken.allowed
    assert allowed <= 5 + 2 * now + 1e-6


ALLOWED = {
    ("received", "processed"),
    ("received", "failed"),
    ("received", "parked"),
    ("received", "dead"),
    ("failed", "received"),
    ("failed", "processed"),
    ("failed", "failed"),
    ("failed", "parked"),
    ("failed", "dead"),
    ("parked", "received"),
    ("dead", "received"),
}


@pytest.mark.parametrize("source", states.TRANSITIONS)
@pytest.mark.parametrize("target", states.TRANSITIONS)
def test_every_pair_of_states(source, target):
    assert states.may_move(source, target) == ((source, target) in ALLOWED)


def test_what_can_be_replayed():
    assert states.REPLAYABLE == {"failed", "parked", "dead"}
    assert not states.may_move("nonsense", "received")


@pytest.mark.parametrize(
    "pattern,event_type,hit",
    [
        ("billing.*", "billing.payment_failed", True),
        ("billing.*", "billing", False),
        ("*", "a.b.c", True),
        ("approval.*", "approval.step.done", True),
        ("approval.executed", "approval.executed", True),
        ("Approval.*", "approval.executed", False),
        ("billing.*, approval.*", "approval.executed", True),
        ("billing.* risk.*", "risk.x", True),
        ("", "a", False),
        (None, "a", False),
        (" , ", "a", False),
        ("billing.payment_?ailed", "billing.payment_failed", True),
    ],
)
def test_patterns(pattern, event_type, hit):
    assert patterns.matches(pattern, event_type) is hit
