"""Stripe's events in our words.

Shapes: https://docs.stripe.com/api/events and /api/invoices/object. Until API version
2025-03-31 (basil) an invoice named its subscription in ``subscription``; since then in
``parent.subscription_details.subscription``. References may be ids or expanded objects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..cloudevents import CloudEvent
from .base import (
    Adapter,
    Data,
    Sample,
    amount,
    as_it_is,
    as_object,
    count,
    currency_of,
    epoch,
    iso_of_epoch,
    part,
    per_month,
    reader,
    required,
    short,
    subject_of,
    vendor_event,
)


def parse(value: Any) -> CloudEvent:
    """Translate one Stripe event.

    A type without translation becomes ``stripe.<type>`` with its object as data: it is then
    set aside as unknown, and can be replayed once somebody defines it.

    :raise BadEnvelope: naming the place
    """
    event = as_object(value)
    obj = as_object(part(event, "data").get("object"), "$.data.object")
    kind = required(event, "type")
    our_type, translate = TRANSLATIONS.get(kind, (f"stripe.{kind}", as_it_is))
    return vendor_event(
        "stripe",
        id=required(event, "id"),
        account=event.get("account"),
        type=our_type,
        subject=_customer(obj),
        time=epoch(event.get("created"), "$.created"),
        data=translate(obj),
    )


def subscription_of(invoice: Data) -> str | None:
    """:return: the subscription of an invoice, in its old or its new shape"""
    details = part(invoice, "parent", "subscription_details")
    return _ref(invoice.get("subscription")) or _ref(details.get("subscription"))


# ------------------------------------------------------------- translations


def _invoice_failed(invoice: Data) -> Data:
    return {
        **_invoice(invoice),
        "amount": amount(
            _first_int(invoice, "amount_due", "amount_remaining", "total"),
            invoice.get("currency"),
        ),
        "attempt": invoice.get("attempt_count"),
        "decline_code": _decline_code(invoice),
    }


def _invoice_paid(invoice: Data) -> Data:
    return {
        **_invoice(invoice),
        "amount": amount(
            _first_int(invoice, "amount_paid", "amount_due", "total"),
            invoice.get("currency"),
        ),
    }


def _invoice(invoice: Data) -> Data:
    return {
        "invoice": _ref(invoice),
        "number": invoice.get("number"),
        "currency": currency_of(invoice),
        "subscription": subscription_of(invoice),
    }


def _disputed(dispute: Data) -> Data:
    charge = dispute.get("charge")
    invoice = _ref(part(dispute, "charge").get("invoice")) or _ref(
        part(dispute, "metadata").get("invoice")
    )
    return {
        "invoice": invoice or _ref(charge),
        "charge": _ref(charge),
        "dispute": _ref(dispute),
        "reason": dispute.get("reason"),
        "amount": amount(dispute.get("amount"), dispute.get("currency")),
        "currency": currency_of(dispute),
    }


def _subscription(subscription: Data) -> Data:
    lines = part(subscription, "items").get("data")
    line = lines[0] if isinstance(lines, list) and lines else {}
    price = part(line, "price")
    seats = part(line).get("quantity")
    why = part(subscription, "cancellation_details")
    return {
        "subscription": _ref(subscription),
        "plan": price.get("lookup_key") or price.get("nickname") or _ref(price),
        "seats": seats,
        "mrr": _mrr(price, seats),
        "currency": currency_of(price) or currency_of(subscription),
        "status": subscription.get("status"),
        "effective_at": iso_of_epoch(
            subscription.get("ended_at")
            or subscription.get("current_period_start")
            or part(line).get("current_period_start")  # since API version 2025-03-31
        ),
        "reason": short(
            why.get("comment") or why.get("feedback") or why.get("reason"), 2000
        ),
    }


TRANSLATIONS: dict[str, tuple[str, Callable[[Data], Data]]] = {
    "invoice.payment_failed": ("billing.payment_failed", _invoice_failed),
    "invoice.payment_succeeded": ("billing.payment_succeeded", _invoice_paid),
    "invoice.paid": ("billing.payment_succeeded", _invoice_paid),
    "charge.dispute.created": ("billing.invoice_disputed", _disputed),
    "customer.subscription.created": ("subscription.created", _subscription),
    "customer.subscription.updated": ("subscription.changed", _subscription),
    "customer.subscription.deleted": ("subscription.cancelled", _subscription),
}


# ------------------------------------------------------------------- pieces


def _ref(value: Any) -> str | None:
    """:return: the id of a reference that may be expanded"""
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) and value else None


def _customer(obj: Data) -> str | None:
    """:return: the customer an object is about, also of an expanded charge"""
    found = _ref(obj.get("customer")) or _ref(part(obj, "charge").get("customer"))
    if found is None and obj.get("object") == "customer":
        found = _ref(obj)
    return subject_of(found, "data.object.customer")


def _decline_code(invoice: Data) -> str | None:
    failure = part(invoice, "payment_intent", "last_payment_error")
    code = (
        failure.get("decline_code")
        or failure.get("code")
        or part(invoice, "charge").get("failure_code")
    )
    return code if isinstance(code, str) else None


def _mrr(price: Data, quantity: Any) -> int | float | None:
    recurring = part(price, "recurring")
    unit = amount(price.get("unit_amount"), price.get("currency"))
    seats = count(quantity)
    return per_month(
        None if unit is None or seats is None else unit * seats,
        recurring.get("interval"),
        recurring.get("interval_count", 1),
    )


def _first_int(obj: Data, *names: str) -> int | None:
    for name in names:
        value = obj.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None


ADAPTER = Adapter(
    code="stripe",
    label="Stripe",
    scheme="stripe",
    vendor_docs="https://docs.stripe.com/api/events",
    read=reader(parse),
    samples={
        "invoice.payment_failed": Sample(
            {
                "id": "evt_sample_1",
                "object": "event",
                "type": "invoice.payment_failed",
                "created": 1767258000,
                "data": {
                    "object": {
                        "id": "in_sample_1",
                        "object": "invoice",
                        "number": "F-1001",
                        "customer": "cus_sample_1",
                        "currency": "eur",
                        "amount_due": 120000,
                        "attempt_count": 1,
                        "subscription": "sub_sample_1",
                    }
                },
            }
        )
    },
)
