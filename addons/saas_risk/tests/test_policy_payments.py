"""What counts as a failed attempt on an unpaid invoice."""

import itertools
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from odoo.addons.saas_risk.policies.payments import (
    CONTESTED,
    DISPUTED,
    FAILED,
    FIRST_SPELL,
    OPEN,
    PAID,
    SUCCEEDED,
    PaymentFact,
    invoice_standing,
)

T0 = datetime(2026, 3, 1, 9, 0)


def facts(text):
    """``"f1 f2 p f"``: failed with number 1, 2, paid, failed without number, an hour apart."""
    outcome = {"f": FAILED, "p": SUCCEEDED, "d": DISPUTED}
    return [
        PaymentFact(
            key=f"evt-{i}",
            outcome=outcome[word[0]],
            occurred_at=T0 + timedelta(hours=i),
            sequence=i,
            attempt=int(word[1:]) if word[1:] else None,
        )
        for i, word in enumerate(text.split())
    ]


@pytest.mark.parametrize(
    ("story", "state", "failures"),
    [
        ("", OPEN, 0),
        ("f1", OPEN, 1),
        ("f1 f2", OPEN, 2),
        ("f1 f2 f3", OPEN, 3),
        ("f f f", OPEN, 3),  # no numbers: each report is an attempt
        ("f1 f1 f1", OPEN, 1),  # one attempt, reported three times
        ("f1 f2 f2", OPEN, 2),
        ("f1 f f2", OPEN, 3),
        ("f7", OPEN, 1),  # six attempts we never heard of do not count
        ("f3 f2 f1", OPEN, 3),
        ("p", PAID, 0),
        ("f1 f2 p", PAID, 0),
        ("f1 f2 p f1", OPEN, 1),  # a payment starts the count anew
        ("f1 f2 p f3", OPEN, 1),
        ("f1 p f2 p", PAID, 0),
        ("f1 f2 p f1 f2 f3", OPEN, 3),
        ("d", CONTESTED, 0),
        ("f1 d", CONTESTED, 1),
        ("f1 d f2 f3", CONTESTED, 3),  # attempts go on while in dispute
        ("f1 d p", PAID, 0),
        ("p d", CONTESTED, 0),  # a charge-back
        ("p d p", PAID, 0),
    ],
)
def test_an_invoice_stands_as_its_story_says(story, state, failures):
    standing = invoice_standing(facts(story))
    assert (standing.state, standing.failures) == (state, failures)
    assert standing.unpaid == (state != PAID)


@pytest.mark.parametrize(
    "story", ["f1 f2 f3", "f1 f2 p f1 f2", "f1 p d f2", "f f p f f"]
)
def test_the_order_in_which_we_hear_of_it_changes_nothing(story):
    expected = invoice_standing(facts(story))
    for heard in itertools.permutations(facts(story)):
        renumbered = [
            PaymentFact(f.key, f.outcome, f.occurred_at, sequence, f.attempt)
            for sequence, f in enumerate(heard)
        ]
        assert invoice_standing(renumbered) == expected


def test_a_report_heard_twice_is_one_attempt():
    heard = facts("f f")
    assert invoice_standing(heard + heard).failures == 2


def test_a_late_failure_from_before_the_payment_leaves_the_invoice_paid():
    heard = facts("f1 f2 f3 p")
    late = PaymentFact("late", FAILED, T0 + timedelta(minutes=30), 99, 4)
    standing = invoice_standing([*heard, late])
    assert (standing.state, standing.failures) == (PAID, 0)


def test_a_late_payment_takes_away_the_failures_before_it():
    heard = facts("f1 f2 f3")
    late = PaymentFact("late", SUCCEEDED, T0 + timedelta(minutes=90), 99)
    standing = invoice_standing([*heard, late])
    assert (standing.state, standing.failures) == (OPEN, 1)
    assert standing.spell == (T0 + timedelta(minutes=90)).isoformat()


def test_arrival_decides_within_one_instant():
    failed = [PaymentFact(f"f{i}", FAILED, T0, i) for i in range(3)]
    payment = PaymentFact("p", SUCCEEDED, T0, 3)
    again = PaymentFact("g", FAILED, T0, 4)
    assert invoice_standing([*failed, payment]).state == PAID
    assert invoice_standing([*failed, payment, again]).failures == 1


def test_each_payment_starts_a_new_spell():
    spells = [
        invoice_standing(facts(story)).spell
        for story in ("f1 f2 f3", "f1 f2 f3 f4", "f1 p f1", "f1 p f1 p f1")
    ]
    assert spells[0] == spells[1] == FIRST_SPELL
    assert len(set(spells)) == 3


def test_first_and_last_failure_are_those_of_the_spell():
    standing = invoice_standing(facts("f1 p f1 f2 f2"))
    assert standing.first_failed_at == T0 + timedelta(hours=2)
    assert standing.last_failed_at == T0 + timedelta(hours=3)
    assert standing.paid_at == T0 + timedelta(hours=1)


def money(text):
    """``"f100 p40 p60usd"``: failed and paid amounts, an hour apart; euros unless said."""
    outcome = {"f": FAILED, "p": SUCCEEDED, "d": DISPUTED}
    return [
        PaymentFact(
            key=f"evt-{i}",
            outcome=outcome[word[0]],
            occurred_at=T0 + timedelta(hours=i),
            sequence=i,
            amount=Decimal(word[1:].removesuffix("usd")) if word[1:] else None,
            currency="USD" if word.endswith("usd") else "EUR",
        )
        for i, word in enumerate(text.split())
    ]


@pytest.mark.parametrize(
    ("story", "state", "failures", "received"),
    [
        ("f100 p100", PAID, 0, 0),
        ("f100 f100 f100 p1", OPEN, 3, 1),  # a small payment clears nothing
        ("f100 p99.99", OPEN, 1, "99.99"),
        ("f100 p0", OPEN, 1, 0),
        ("f100 p40 p60", PAID, 0, 0),  # the sum reaches it
        ("f100 p40 f60 p60", PAID, 0, 0),  # billing asked for the rest
        ("f100 p40 f100 p60", PAID, 0, 0),  # billing asked for all again
        ("f100 p40 f60 f60", OPEN, 3, 40),  # the count goes on
        ("f100 p120", PAID, 0, 0),
        ("f100 p100 p5", PAID, 0, 5),  # too much is no new debt
        ("f100 p100 f100 p40", OPEN, 1, 40),  # each spell counts its own money
        ("f100 p100usd", OPEN, 1, 0),  # another currency does not count
        ("f100 p40 p60usd", OPEN, 1, 40),
        ("f100usd p100usd", PAID, 0, 0),
        ("p40 p60", PAID, 0, 0),
        ("p40", PAID, 0, 0),  # nobody asked for more
        ("p40 f100", OPEN, 1, 40),
        ("f100 d p40", CONTESTED, 1, 40),
        ("f100 d p100", PAID, 0, 0),
        ("f0 p0", PAID, 0, 0),
    ],
)
def test_an_invoice_is_paid_when_its_payments_reach_what_is_due(
    story, state, failures, received
):
    standing = invoice_standing(money(story))
    assert (standing.state, standing.failures) == (state, failures)
    assert standing.received == Decimal(str(received))


@pytest.mark.parametrize(
    "story", ["f100 f100 p40 p60", "p40 f100 p60usd f60", "f100 p100 f100 p40"]
)
def test_money_counts_the_same_in_whatever_order_we_hear_of_it(story):
    expected = invoice_standing(money(story))
    for heard in itertools.permutations(money(story)):
        assert invoice_standing(heard) == expected


def test_a_partial_payment_ends_no_spell_and_is_named():
    standing = invoice_standing(money("f100 p40 p5usd"))
    assert standing.spell == FIRST_SPELL
    assert standing.paid_at is None
    assert standing.unsettled == ("evt-1", "evt-2")
    assert (standing.due, standing.currency) == (Decimal(100), "EUR")
