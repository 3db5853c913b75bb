"""Three messages that nobody could act on: each says why, and can be replayed once its cause is gone."""

from datetime import datetime, timedelta
from typing import Any

from .accounts import CURRENCY
from .shapes import Letter
from .telling import CE_SOURCE

#: not among the forty: the billing system knows this customer, we do not
NEW_CUSTOMER = "ACC-041"
#: a type that telemetry sends since its last release and nobody has defined here
NEW_TYPE = "usage.quota_reached"


def letters(now: datetime) -> tuple[Letter, ...]:
    return (
        _letter(
            "account",
            "billing",
            "unknown_account",
            now - timedelta(hours=31),
            "billing.payment_succeeded",
            NEW_CUSTOMER,
            {
                "invoice": "INV-041-01",
                "amount": 468.0,
                "currency": CURRENCY,
                "subscription": "SUB-041",
            },
        ),
        _letter(
            "type",
            "telemetry",
            "unknown_type",
            now - timedelta(hours=9),
            NEW_TYPE,
            "ACC-009",
            {"metric": "api_calls", "limit": 50000, "value": 50000},
        ),
        _letter(
            "schema",
            "identity",
            "schema",
            now - timedelta(hours=52),
            "identity.user_deactivated",
            "ACC-011",
            {"user": 4711, "role": "editor"},
        ),
    )


def _letter(
    key: str,
    source: str,
    error_code: str,
    at: datetime,
    type_: str,
    account: str,
    data: dict[str, Any],
) -> Letter:
    event = {
        "specversion": "1.0",
        "id": f"wait-{key}",
        "source": CE_SOURCE.format(code=source),
        "type": type_,
        "subject": account,
        "time": at.isoformat(timespec="seconds") + "Z",
        "data": data,
    }
    return Letter(key, source, error_code, at, event)
