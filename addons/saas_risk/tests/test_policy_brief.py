"""The account brief: cited, deterministic, silent about what is not known."""

from datetime import date
from decimal import Decimal as D

import pytest

from odoo.addons.saas_risk.policies.brief import (
    AccountFacts,
    ConcessionFacts,
    HealthFacts,
    InvoiceFacts,
    Ref,
    SubscriptionFacts,
    account_brief,
    days_words,
    money,
)

TODAY = date(2026, 3, 1)
BARE = AccountFacts(
    Ref("res.partner", 1), "Borealis GmbH", "strategic", D("8000"), "EUR"
)
INVOICE = InvoiceFacts(Ref("inv", 2), "INV-7", D("8000"), "EUR", 3, date(2026, 2, 27))
FULL = AccountFacts(
    Ref("res.partner", 1),
    "Borealis GmbH",
    "strategic",
    D("8000"),
    "EUR",
    owner="Ada",
    subscription=SubscriptionFacts(
        Ref("sub", 3), "SUB/1", "past_due", date(2026, 4, 17)
    ),
    invoice=INVOICE,
    health=HealthFacts(
        Ref("assessment", 4), D("25"), "critical", ("3 failed attempts on INV-7",)
    ),
    open_tickets=2,
    oldest_ticket=Ref("ticket", 5),
    other_unpaid=(
        InvoiceFacts(Ref("inv", 6), "INV-8", D("10"), "USD", 0),
        InvoiceFacts(Ref("inv", 7), "INV-9", D("5"), "EUR", 1),
    ),
    concessions=(
        ConcessionFacts(Ref("concession", 8), "grace", date(2025, 11, 2)),
        ConcessionFacts(Ref("concession", 9), "credit", date(2025, 6, 1)),
    ),
)


def test_a_full_brief_reads_like_this():
    assert [(s.text, s.model, s.id) for s in account_brief(FULL, TODAY)] == [
        (
            "Borealis GmbH is a strategic account worth 8,000.00 EUR a month. Ada looks after it.",
            "res.partner",
            1,
        ),
        (
            "Invoice INV-7 over 8,000.00 EUR is unpaid after 3 failed attempts, "
            "the last on 2026-02-27.",
            "inv",
            2,
        ),
        (
            "Subscription SUB/1 is past due and renews on 2026-04-17 (in 47 days).",
            "sub",
            3,
        ),
        ("2 other invoices over 5.00 EUR and 10.00 USD are open as well.", "inv", 6),
        (
            "Health is critical at 25.00 of 100: 3 failed attempts on INV-7.",
            "assessment",
            4,
        ),
        ("2 support tickets are open.", "ticket", 5),
        (
            "2 concessions were granted before, the latest (grace) on 2025-11-02.",
            "concession",
            8,
        ),
    ]


def test_the_same_facts_give_the_same_brief():
    assert account_brief(FULL, TODAY) == account_brief(FULL, TODAY)


def test_what_is_not_known_makes_no_sentence():
    (only,) = account_brief(BARE, TODAY)
    assert only.text == (
        "Borealis GmbH is a strategic account worth 8,000.00 EUR a month. It has no owner."
    )


def test_every_sentence_cites_a_record():
    assert all(s.model and s.id for s in account_brief(FULL, TODAY))


@pytest.mark.parametrize(
    ("renewal", "words"),
    [
        (date(2026, 3, 1), "renews on 2026-03-01 (today)"),
        (date(2026, 3, 2), "renews on 2026-03-02 (in 1 day)"),
        (date(2026, 2, 27), "was due for renewal on 2026-02-27 (2 days ago)"),
        (None, "no renewal date is known"),
    ],
)
def test_the_renewal_is_told_in_days(renewal, words):
    sub = SubscriptionFacts(Ref("sub", 3), "SUB/1", "active", renewal)
    facts = AccountFacts(Ref("p", 1), "A", "growth", D(0), "EUR", subscription=sub)
    assert words in account_brief(facts, TODAY)[1].text


def test_a_paid_invoice_is_said_to_be_paid():
    paid = InvoiceFacts(Ref("inv", 2), "INV-7", D("1"), "EUR", 0, paid=True)
    facts = AccountFacts(Ref("p", 1), "A", "growth", D(0), "EUR", invoice=paid)
    assert account_brief(facts, TODAY)[1].text == "Invoice INV-7 over 1.00 EUR is paid."


def test_one_of_a_thing_is_singular():
    facts = AccountFacts(
        Ref("p", 1),
        "A",
        "growth",
        D(0),
        "EUR",
        invoice=InvoiceFacts(Ref("inv", 2), "I", D(1), "EUR", 1),
        open_tickets=1,
        oldest_ticket=Ref("t", 1),
        concessions=(ConcessionFacts(Ref("c", 1), "grace", TODAY),),
    )
    text = " ".join(s.text for s in account_brief(facts, TODAY))
    assert "1 failed attempt." in text
    assert "1 support ticket is open." in text
    assert "1 concession was granted before" in text


@pytest.mark.parametrize(
    ("days", "words"), [(0, "today"), (1, "in 1 day"), (-3, "3 days ago")]
)
def test_days_are_words(days, words):
    assert days_words(days) == words


def test_money_is_grouped_and_names_its_currency():
    assert money(D("96000"), "EUR") == "96,000.00 EUR"
