"""Chargebee's events in our words.

Shapes: https://apidocs.chargebee.com/docs/api/events. The time of an event is
``occurred_at`` in seconds; its objects are in ``content``, by kind; amounts are minor units.
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
    text,
    vendor_event,
)


def parse(value: Any) -> CloudEvent:
    """:raise BadEnvelope: naming the place"""
    event = as_object(value)
    content = as_object(event.get("content"), "$.content")
    kind = required(event, "event_type")
    our_type, translate = TRANSLATIONS.get(kind, (f"chargebee.{kind}", as_it_is))
    return vendor_event(
        "chargebee",
        id=required(event, "id"),
        type=our_type,
        subject=_customer(content),
        time=epoch(event.get("occurred_at"), "$.occurred_at"),
        data=translate(content),
    )


def _customer(content: Data) -> str | None:
    return text(part(content, "customer").get("id")) or next(
        (
            found
            for kind in ("invoice", "subscription", "transaction")
            if (found := text(part(content, kind).get("customer_id")))
        ),
        None,
    )


def _payment_failed(content: Data) -> Data:
    invoice, transaction = part(content, "invoice"), part(content, "transaction")
    return {
        **_invoice(content),
        "amount": _amount(transaction, "amount") or _amount(invoice, "amount_due"),
        "attempt": count(_attempts(invoice)),
        "decline_code": short(transaction.get("error_code"), 200),
        "decline_text": short(transaction.get("error_text"), 200),
    }


def _payment_succeeded(content: Data) -> Data:
    invoice, transaction = part(content, "invoice"), part(content, "transaction")
    return {
        **_invoice(content),
        "amount": _amount(transaction, "amount") or _amount(invoice, "amount_paid"),
    }


def _invoice(content: Data) -> Data:
    invoice, transaction = part(content, "invoice"), part(content, "transaction")
    return {
        "invoice": text(invoice.get("id")),
        "currency": currency_of(invoice, "currency_code")
        or currency_of(transaction, "currency_code"),
        "subscription": text(invoice.get("subscription_id"))
        or text(part(content, "subscription").get("id")),
    }


def _attempts(invoice: Data) -> Any:
    """:return: how often collection was tried: the failed transactions linked to the invoice"""
    linked = invoice.get("linked_payments")
    tried = [
        payment
        for payment in (linked if isinstance(linked, list) else [])
        if part(payment).get("txn_status") == "failure"
    ]
    return len(tried) or None


def _subscription(content: Data) -> Data:
    subscription = part(content, "subscription")
    item = _plan_item(subscription)
    plan = text(item.get("item_price_id")) or text(subscription.get("plan_id"))
    return {
        "subscription": text(subscription.get("id")),
        "plan": plan,
        "seats": count(item.get("quantity", subscription.get("plan_quantity"))),
        "mrr": _mrr(subscription, item),
        "currency": currency_of(subscription, "currency_code"),
        "status": text(subscription.get("status")),
        "effective_at": iso_of_epoch(
            subscription.get("cancelled_at")
            or subscription.get("changes_scheduled_at")
            or subscription.get("current_term_start")
        ),
        "reason": short(subscription.get("cancel_reason"), 2000),
    }


def _plan_item(subscription: Data) -> Data:
    """:return: the plan among the items of a subscription of Product Catalog 2.0, else nothing"""
    items = subscription.get("subscription_items")
    for item in items if isinstance(items, list) else []:
        if part(item).get("item_type") == "plan":
            return part(item)
    return {}


def _mrr(subscription: Data, item: Data) -> int | float | None:
    reported = subscription.get("mrr")  # in minor units, where the site computes it
    if reported is not None:
        return amount(reported, subscription.get("currency_code"))
    return per_month(
        amount(item.get("amount"), subscription.get("currency_code")),
        subscription.get("billing_period_unit"),
        subscription.get("billing_period"),
    )


def _amount(obj: Data, name: str) -> int | float | None:
    return amount(obj.get(name), obj.get("currency_code"))


TRANSLATIONS: dict[str, tuple[str, Callable[[Data], Data]]] = {
    "payment_failed": ("billing.payment_failed", _payment_failed),
    "payment_succeeded": ("billing.payment_succeeded", _payment_succeeded),
    "subscription_created": ("subscription.created", _subscription),
    "subscription_changed": ("subscription.changed", _subscription),
    "subscription_activated": ("subscription.changed", _subscription),
    "subscription_reactivated": ("subscription.changed", _subscription),
    "subscription_renewed": ("subscription.changed", _subscription),
    "subscription_cancelled": ("subscription.cancelled", _subscription),
}

ADAPTER = Adapter(
    code="chargebee",
    label="Chargebee",
    scheme="bearer",
    vendor_docs="https://apidocs.chargebee.com/docs/api/events",
    read=reader(parse),
    same_body=True,
    samples={
        "payment_failed": Sample(
            {
                "id": "ev_sample_1",
                "occurred_at": 1767258000,
                "object": "event",
                "api_version": "v2",
                "event_type": "payment_failed",
                "content": {
                    "transaction": {
                        "id": "txn_sample_1",
                        "amount": 120000,
                        "currency_code": "EUR",
                        "error_code": "insufficient_funds",
                    },
                    "invoice": {
                        "id": "1001",
                        "customer_id": "sample_customer",
                        "subscription_id": "sample_subscription",
                        "currency_code": "EUR",
                    },
                    "customer": {"id": "sample_customer"},
                },
            }
        )
    },
)
