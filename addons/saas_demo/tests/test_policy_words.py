import json
from datetime import datetime

import pytest

from odoo.addons.saas_demo.policies import messages, words


@pytest.mark.parametrize(
    ("type_", "attributes", "said"),
    [
        (
            "billing.payment_failed",
            {"attempt": 2, "invoice": "INV-1", "decline_code": "card_expired"},
            "Attempt 2 to collect invoice INV-1 failed: card expired.",
        ),
        (
            "billing.payment_failed",
            {"invoice": "INV-1"},
            "Attempt unknown to collect invoice INV-1 failed: no reason given.",
        ),
        (
            "risk.health_changed",
            {"from": "healthy", "to": "at_risk"},
            "Health went from healthy to at risk.",
        ),
        ("approval.decided", {}, "Felix decided."),
        ("crm.something_new", {}, "Something new."),
        (
            "billing.payment_succeeded",
            {"invoice": "{0.__class__}"},
            "Invoice {0.__class__} was paid.",
        ),
    ],
)
def test_events_are_told_in_words(type_, attributes, said):
    assert words.sentence(type_, attributes, "Felix", "Something new") == said


BILL = messages.Bill("ACC-001", "INV-9", 120.5, "EUR", "SUB-001", "0" * 31 + "1")


def test_three_attempts_are_three_messages_of_one_correlation():
    said = [
        (identity, json.loads(body))
        for identity, body in messages.failed_attempts(BILL, datetime(2026, 11, 21, 9))
    ]
    assert len({identity for identity, _ in said}) == 3
    assert [event["data"]["attempt"] for _, event in said] == [1, 2, 3]
    assert {event["correlationid"] for _, event in said} == {BILL.correlation}
    assert {event["subject"] for _, event in said} == {"ACC-001"}
    assert said[0][1]["time"] == "2026-11-21T09:00:00.000Z"


def test_the_payment_names_the_same_invoice():
    _identity, body = messages.payment(BILL, datetime(2026, 11, 21, 9))
    event = json.loads(body)
    assert event["type"] == "billing.payment_succeeded"
    assert event["data"] == {
        "invoice": "INV-9",
        "amount": 120.5,
        "currency": "EUR",
        "subscription": "SUB-001",
    }
