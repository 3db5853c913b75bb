from datetime import datetime

import pytest

from odoo.addons.event_hub.policies.adapters import stripe
from odoo.addons.event_hub.policies.cloudevents import BadEnvelope


def event(kind, obj, **more):
    return {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "created": 1_700_000_000,
        "data": {"object": obj},
        **more,
    }


INVOICE = {
    "id": "in_1",
    "object": "invoice",
    "number": "F-1",
    "customer": "cus_1",
    "currency": "eur",
    "amount_due": 1999,
    "amount_paid": 0,
    "attempt_count": 3,
    "subscription": "sub_1",
}


def test_a_failed_payment_is_translated():
    parsed = stripe.parse(event("invoice.payment_failed", INVOICE))
    assert (parsed.id, parsed.source, parsed.type, parsed.subject) == (
        "evt_1",
        "stripe",
        "billing.payment_failed",
        "cus_1",
    )
    assert parsed.time == datetime(2023, 11, 14, 22, 13, 20)
    assert parsed.data == {
        "invoice": "in_1",
        "number": "F-1",
        "currency": "EUR",
        "subscription": "sub_1",
        "amount": 19.99,
        "attempt": 3,
    }


@pytest.mark.parametrize("kind", ["invoice.paid", "invoice.payment_succeeded"])
def test_a_payment_is_translated(kind):
    parsed = stripe.parse(event(kind, {**INVOICE, "amount_paid": 2000}))
    assert parsed.type == "billing.payment_succeeded"
    assert (parsed.data["amount"], parsed.data["invoice"]) == (20, "in_1")


@pytest.mark.parametrize(
    "invoice,expected",
    [
        ({"subscription": "sub_1"}, "sub_1"),
        ({"subscription": {"id": "sub_1"}}, "sub_1"),
        (
            {
                "parent": {
                    "type": "subscription_details",
                    "subscription_details": {"subscription": "sub_2"},
                }
            },
            "sub_2",
        ),
        (
            {
                "subscription": None,
                "parent": {"subscription_details": {"subscription": {"id": "sub_3"}}},
            },
            "sub_3",
        ),
        ({"parent": None}, None),
        ({"parent": {"subscription_details": None}}, None),
        ({}, None),
        ({"subscription": 5}, None),
    ],
)
def test_the_subscription_is_found_in_old_and_new_shape(invoice, expected):
    assert stripe.subscription_of(invoice) == expected


@pytest.mark.parametrize(
    "minor,currency,major",
    [
        (1999, "usd", 19.99),
        (2000, "EUR", 20),
        (500, "jpy", 500),
        (500, "KRW", 500),
        (1234, "kwd", 1.234),
        (100, "ugx", 1),
        (-250, "usd", -2.5),
        (0, "usd", 0),
        (None, "usd", None),
        ("5", "usd", None),
        (True, "usd", None),
        (1.5, "usd", None),
        (10**16, "usd", None),
        (1999, None, 19.99),
    ],
)
def test_amounts_are_in_major_units(minor, currency, major):
    assert stripe.amount(minor, currency) == major


def test_a_dispute_is_translated():
    charge = {"id": "ch_1", "invoice": "in_9", "customer": {"id": "cus_9"}}
    dispute = {
        "id": "dp_1",
        "object": "dispute",
        "charge": charge,
        "amount": 700,
        "currency": "usd",
        "reason": "fraudulent",
    }
    parsed = stripe.parse(event("charge.dispute.created", dispute))
    assert (parsed.type, parsed.subject) == ("billing.invoice_disputed", "cus_9")
    assert parsed.data == {
        "invoice": "in_9",
        "charge": "ch_1",
        "dispute": "dp_1",
        "reason": "fraudulent",
        "amount": 7,
        "currency": "USD",
    }
    bare = stripe.parse(event("charge.dispute.created", {**dispute, "charge": "ch_1"}))
    assert (bare.subject, bare.data["invoice"]) == (None, "ch_1")


@pytest.mark.parametrize(
    "price,seats,mrr",
    [
        (
            {
                "unit_amount": 1000,
                "currency": "usd",
                "recurring": {"interval": "month"},
            },
            5,
            50,
        ),
        (
            {
                "unit_amount": 12000,
                "currency": "usd",
                "recurring": {"interval": "year"},
            },
            2,
            20,
        ),
        (
            {
                "unit_amount": 3000,
                "currency": "usd",
                "recurring": {"interval": "month", "interval_count": 3},
            },
            1,
            10,
        ),
        (
            {"unit_amount": 3000, "currency": "usd", "recurring": {"interval": "week"}},
            1,
            None,
        ),
        (
            {
                "unit_amount": None,
                "currency": "usd",
                "recurring": {"interval": "month"},
            },
            1,
            None,
        ),
    ],
)
def test_a_subscription_is_translated(price, seats, mrr):
    sub = {
        "id": "sub_1",
        "customer": "cus_1",
        "items": {"data": [{"quantity": seats, "price": {"id": "price_1", **price}}]},
    }
    parsed = stripe.parse(event("customer.subscription.updated", sub))
    assert parsed.type == "subscription.changed"
    assert parsed.data.get("mrr") == mrr
    assert (parsed.data["subscription"], parsed.data["plan"], parsed.data["seats"]) == (
        "sub_1",
        "price_1",
        seats,
    )


def test_an_unknown_type_keeps_its_name_behind_stripes():
    parsed = stripe.parse(event("payout.paid", {"id": "po_1", "amount": 5}))
    assert (parsed.type, parsed.data) == (
        "stripe.payout.paid",
        {"id": "po_1", "amount": 5},
    )


def test_a_connected_account_is_another_source():
    assert (
        stripe.parse(event("payout.paid", {}, account="acct_1")).source
        == "stripe/acct_1"
    )


@pytest.mark.parametrize(
    "value,place",
    [
        ([], "$:"),
        ({}, "$.data.object"),
        ({"data": []}, "$.data.object"),
        (event("x", {}) | {"id": None}, "$.id"),
        (event("x", {}) | {"type": 3}, "$.type"),
        (event("x", {}) | {"created": "now"}, "$.created"),
        (event("x", {}) | {"created": -5}, "$.created"),
        (event("x", {"customer": "c" * 300}), "$.data.object.customer"),
    ],
)
def test_a_bad_event_names_the_place(value, place):
    with pytest.raises(BadEnvelope) as caught:
        stripe.parse(value)
    assert str(caught.value).startswith(place)


def test_an_expanded_failure_gives_the_decline_code():
    intent = {
        "id": "pi_1",
        "last_payment_error": {
            "code": "card_declined",
            "decline_code": "insufficient_funds",
        },
    }
    parsed = stripe.parse(
        event("invoice.payment_failed", {**INVOICE, "payment_intent": intent})
    )
    assert parsed.data["decline_code"] == "insufficient_funds"


@pytest.mark.parametrize(
    "recurring,seats",
    [
        ({"interval": ["month"]}, 1),
        ({"interval": {}}, 1),
        ({"interval": "month", "interval_count": 10**400}, 1),
        ({"interval": "month"}, 10**400),
    ],
)
def test_a_price_nobody_can_compute_has_no_mrr(recurring, seats):
    price = {"unit_amount": 100, "currency": "usd", "recurring": recurring}
    items = {"data": [{"quantity": seats, "price": {"id": "price_1", **price}}]}
    sub = {"id": "sub_1", "customer": "cus_1", "items": items}
    assert "mrr" not in stripe.parse(event("customer.subscription.updated", sub)).data
