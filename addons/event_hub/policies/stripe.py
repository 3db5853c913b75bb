"""Stripe's events in our words.

Shapes: https://docs.stripe.com/api/events and /api/invoices/object. Until API version
2025-03-31 (basil) an invoice named its subscription in ``subscription``; since then in
``parent.subscription_details.subscription``. References may be ids or expanded objects.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from .cloudevents import MAX_LENGTH, BadEnvelope, CloudEvent

# https://docs.stripe.com/currencies#zero-decimal; UGX and ISK are sent with two decimals.
ZERO_DECIMAL = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()
)
THREE_DECIMAL = frozenset("BHD JOD KWD OMR TND".split())
MAX_COUNT = 2**31 - 1  # seats, or intervals of a price
MONTHS = {"month": 1, "year": 12}  # of a price's recurring interval

Data = dict[str, Any]


def parse(value: Any) -> CloudEvent:
    """Translate one Stripe event.

    A type without translation keeps its own name and its object as data: it is then set
    aside as unknown, and can be replayed once somebody defines it.

    :raise BadEnvelope: naming the place
    """
    if not isinstance(value, dict):
        raise BadEnvelope("$: an event is a JSON object")
    obj = _dict(value.get("data")).get("object")
    if not isinstance(obj, dict):
        raise BadEnvelope("$.data.object: must be an object")
    kind = _text(value, "type")
    our_type, translate = TRANSLATIONS.get(kind, (kind, _as_it_is))
    account = value.get("account")
    return CloudEvent(
        id=_text(value, "id"),
        source=f"stripe/{account}"
        if isinstance(account, str) and len(account) < 256
        else "stripe",
        type=our_type,
        subject=_customer(obj),
        time=_time(value.get("created"), "$.created"),
        data=_without_none(translate(obj)),
    )


def amount(minor: Any, currency: Any) -> int | float | None:
    """:return: ``minor`` units of ``currency`` in major units; None if it is no integer"""
    if not isinstance(minor, int) or isinstance(minor, bool) or abs(minor) >= 10**15:
        return None
    code = str(currency or "").upper()
    digits = 0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2
    major = Decimal(minor).scaleb(-digits)
    return int(major) if major == major.to_integral_value() else float(major)


def subscription_of(invoice: Data) -> str | None:
    """:return: the subscription of an invoice, in its old or its new shape"""
    details = _dict(_dict(invoice.get("parent")).get("subscription_details"))
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
        "currency": _currency(invoice),
        "subscription": subscription_of(invoice),
    }


def _disputed(dispute: Data) -> Data:
    charge = dispute.get("charge")
    invoice = _ref(_dict(charge).get("invoice")) or _ref(
        _dict(dispute.get("metadata")).get("invoice")
    )
    return {
        "invoice": invoice or _ref(charge),
        "charge": _ref(charge),
        "dispute": _ref(dispute),
        "reason": dispute.get("reason"),
        "amount": amount(dispute.get("amount"), dispute.get("currency")),
        "currency": _currency(dispute),
    }


def _subscription(subscription: Data) -> Data:
    lines = _dict(subscription.get("items")).get("data")
    line = _dict(lines[0]) if isinstance(lines, list) and lines else {}
    price = _dict(line.get("price"))
    return {
        "subscription": _ref(subscription),
        "plan": price.get("lookup_key") or price.get("nickname") or _ref(price),
        "seats": line.get("quantity"),
        "mrr": _mrr(price, line.get("quantity")),
        "currency": _currency(price) or _currency(subscription),
        "status": subscription.get("status"),
        "effective_at": _iso(
            subscription.get("ended_at") or subscription.get("current_period_start")
        ),
    }


def _as_it_is(obj: Data) -> Data:
    return obj


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


def _dict(value: Any) -> Data:
    return value if isinstance(value, dict) else {}


def _ref(value: Any) -> str | None:
    """:return: the id of a reference that may be expanded"""
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) and value else None


def _customer(obj: Data) -> str | None:
    """:return: the customer an object is about, also of an expanded charge"""
    found = _ref(obj.get("customer")) or _ref(_dict(obj.get("charge")).get("customer"))
    if found is None and obj.get("object") == "customer":
        found = _ref(obj)
    if found and len(found) > MAX_LENGTH["subject"]:
        raise BadEnvelope(
            f"$.data.object.customer: longer than {MAX_LENGTH['subject']} characters"
        )
    return found


def _decline_code(invoice: Data) -> str | None:
    failure = _dict(_dict(invoice.get("payment_intent")).get("last_payment_error"))
    code = (
        failure.get("decline_code")
        or failure.get("code")
        or _dict(invoice.get("charge")).get("failure_code")
    )
    return code if isinstance(code, str) else None


def _mrr(price: Data, quantity: Any) -> int | float | None:
    recurring = _dict(price.get("recurring"))
    interval, count = recurring.get("interval"), recurring.get("interval_count", 1)
    unit = amount(price.get("unit_amount"), price.get("currency"))
    if (
        unit is None
        or not isinstance(interval, str)
        or interval not in MONTHS
        or not isinstance(quantity, int)
        or not isinstance(count, int)
        or not 0 <= quantity <= MAX_COUNT
        or not 1 <= count <= MAX_COUNT
    ):
        return None
    return round(unit * quantity / (MONTHS[interval] * count), 3)


def _first_int(obj: Data, *names: str) -> int | None:
    for name in names:
        value = obj.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None


def _currency(obj: Data) -> str | None:
    currency = obj.get("currency")
    return currency.upper() if isinstance(currency, str) else None


def _time(value: Any, place: str) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**11:
        raise BadEnvelope(f"{place}: must be seconds since the epoch")
    return datetime.fromtimestamp(value, timezone.utc).replace(tzinfo=None)


def _iso(value: Any) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**11:
        return None
    return datetime.fromtimestamp(value, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(value: Data, name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str) or not text or len(text) > MAX_LENGTH[name]:
        raise BadEnvelope(
            f"$.{name}: must be text of 1 to {MAX_LENGTH[name]} characters"
        )
    return text


def _without_none(data: Data) -> Data:
    return {name: value for name, value in data.items() if value is not None}
