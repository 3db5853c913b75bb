"""What the billing system says when the page's buttons are pressed."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

#: CloudEvents `source` of the demo's billing system
SOURCE = "https://billing.lumenta.example"
#: failed attempts that one press of the button reports
ATTEMPTS = 3
DECLINE_CODES = ("insufficient_funds", "do_not_honor", "card_expired")


@dataclass(frozen=True)
class Bill:
    """The invoice an episode is about; `correlation`: 32 hex digits shared by all of it."""

    account: str
    invoice: str
    amount: float
    currency: str
    subscription: str
    correlation: str


def failed_attempts(bill: Bill, now: datetime) -> list[tuple[str, bytes]]:
    """The (webhook id, body) of each failed attempt. `now`: naive UTC."""
    return [_failed(bill, now, attempt) for attempt in range(1, ATTEMPTS + 1)]


def payment(bill: Bill, now: datetime) -> tuple[str, bytes]:
    """The (webhook id, body) of the payment that arrives after all."""
    return _cloud_event(bill, "billing.payment_succeeded", now, "paid", {})


def _failed(bill: Bill, now: datetime, attempt: int) -> tuple[str, bytes]:
    data = {
        "attempt": attempt,
        "decline_code": DECLINE_CODES[(attempt - 1) % len(DECLINE_CODES)],
    }
    return _cloud_event(bill, "billing.payment_failed", now, f"attempt-{attempt}", data)


def _cloud_event(
    bill: Bill, type_: str, now: datetime, what: str, data: dict[str, Any]
) -> tuple[str, bytes]:
    identity = f"{bill.invoice}-{what}"
    event = {
        "specversion": "1.0",
        "id": identity,
        "source": SOURCE,
        "type": type_,
        "subject": bill.account,
        "time": now.isoformat(timespec="milliseconds") + "Z",
        "datacontenttype": "application/json",
        "correlationid": bill.correlation,
        "data": {
            "invoice": bill.invoice,
            "amount": bill.amount,
            "currency": bill.currency,
            "subscription": bill.subscription,
            **data,
        },
    }
    return f"msg_{identity}", json.dumps(event).encode()
