"""Ledger events in words for the Start page."""

from collections.abc import Mapping
from typing import Any

_DECLINES = {
    "insufficient_funds": "not enough money",
    "card_expired": "card expired",
    "do_not_honor": "the bank said no",
}

_SENTENCES = {
    "billing.payment_failed": "Attempt {attempt} to collect invoice {invoice} failed: {decline}.",
    "billing.payment_succeeded": "Invoice {invoice} was paid.",
    "risk.payment_failures_repeated": "{failures} failures on invoice {invoice}: that is one too many.",
    "risk.payment_recovered": "The payment trouble is over.",
    "risk.subscription_past_due": "The subscription is past due.",
    "risk.subscription_grace": "The subscription is in grace.",
    "risk.subscription_suspended": "The subscription is suspended.",
    "risk.subscription_reactivated": "The subscription is active again.",
    "risk.health_changed": "Health went from {from} to {to}.",
    "risk.concession_granted": "It is noted as a concession.",
    "ai.suggested": "A brief about the account was written for the approvers.",
    "approval.submitted": "A decision was asked for.",
    "approval.decided": "{actor} decided.",
    "approval.approved": "Everybody asked has approved.",
    "approval.rejected": "The request was rejected.",
    "approval.lapsed": "The request lapsed: its reason is gone.",
    "approval.expired": "Nobody decided in time; the request expired.",
    "approval.recalled": "The request was taken back.",
    "approval.executed": "The decision was carried out.",
    "approval.failed": "Carrying out the decision failed.",
    "approval.reopened": "The request was opened again.",
}

_PLAIN = {"at_risk": "at risk", "past_due": "past due"}


class _Blanks(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "unknown"


def sentence(
    type_: str, attributes: Mapping[str, Any], actor: str, activity: str = ""
) -> str:
    """One event as a sentence.

    :param actor: the name of who did it, "" if unknown
    :param activity: what the ledger calls it, used for types not known here

    >>> sentence("billing.payment_succeeded", {"invoice": "INV-1"}, "")
    'Invoice INV-1 was paid.'
    """
    values = _Blanks(
        {key: _PLAIN.get(str(value), str(value)) for key, value in attributes.items()}
    )
    values["actor"] = actor or "Somebody"
    code = str(attributes.get("decline_code", ""))
    values["decline"] = _DECLINES.get(code, code.replace("_", " ") or "no reason given")
    template = _SENTENCES.get(type_)
    if template is None:
        return (activity or type_).rstrip(".") + "."
    return template.format_map(values)
