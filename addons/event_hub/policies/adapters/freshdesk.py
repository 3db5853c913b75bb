"""Freshdesk's automation webhooks in our words.

Shapes: https://support.freshdesk.com/support/solutions/articles/132589. The *simple* content is
an object ``freshdesk_webhook`` whose keys are the chosen placeholders; the *advanced* content is what its
author wrote, taken here if it uses the same names, with or without the outer object.

Freshdesk sends neither an id nor a time of the event. The same content twice is one event, so a rule
should send something that changes with each event (``ticket_updated_at``, the latest comment), or an
``event_id`` of its author's making.
"""

from __future__ import annotations

from typing import Any

from ..cloudevents import CloudEvent
from .base import (
    Adapter,
    Data,
    Sample,
    as_object,
    digest,
    iso_time,
    reader,
    required,
    short,
    text,
    vendor_event,
)

STATUSES = {"2": "open", "3": "pending", "4": "resolved", "5": "closed"}
PRIORITIES = {"1": "low", "2": "medium", "3": "high", "4": "urgent"}
CREATED = "ticket_action:created"


def parse(value: Any) -> CloudEvent:
    """:raise BadEnvelope: naming the place"""
    whole = as_object(value)
    inside = "freshdesk_webhook" in whole
    place = "$.freshdesk_webhook" if inside else "$"
    ticket = as_object(whole["freshdesk_webhook"], place) if inside else whole
    number = required(ticket, "ticket_id", place, numbers=True)
    return vendor_event(
        "freshdesk",
        id=text(ticket.get("event_id")) or f"{number[:200]}:{digest(value)}",
        type="support.ticket_created" if _is_new(ticket) else "support.ticket_updated",
        subject=_company(ticket),
        time=_time(ticket, place),
        data=_data(ticket, number),
    )


def _is_new(ticket: Data) -> bool:
    event = ticket.get("triggered_event")
    return isinstance(event, str) and CREATED in event.replace(" ", "")


def _company(ticket: Data) -> Any:
    for name in (
        "account",
        "ticket_company_id",
        "ticket_company_name",
        "ticket_contact_company",
    ):
        if text(ticket.get(name)):
            return ticket[name]
    return None


def _time(ticket: Data, place: str) -> Any:
    for name in ("event_time", "ticket_updated_at"):
        if text(ticket.get(name)):
            return iso_time(ticket[name], f"{place}.{name}")
    return None


def _data(ticket: Data, number: str) -> Data:
    return {
        "ticket": number[:200],
        "title": text(ticket.get("ticket_subject")),
        "description": text(ticket.get("ticket_description")),
        "category": short(
            ticket.get("ticket_category", ticket.get("ticket_ticket_type")), 200
        ),
        "priority": _word(ticket.get("ticket_priority"), PRIORITIES),
        "status": _word(ticket.get("ticket_status"), STATUSES),
        "email": short(
            ticket.get("ticket_contact_email", ticket.get("ticket_requester_email")),
            320,
        ),
        "assignee": text(ticket.get("ticket_agent_email"))
        or text(ticket.get("ticket_agent_name")),
        "group": text(ticket.get("ticket_group_name")),
        "change": text(ticket.get("triggered_event")),
    }


def _word(value: Any, words: dict[str, str]) -> str | None:
    """:return: the word of a code, or the word itself"""
    found = short(value, 100)
    return None if found is None else words.get(found, found.lower())


ADAPTER = Adapter(
    code="freshdesk",
    label="Freshdesk",
    scheme="bearer",
    vendor_docs="https://support.freshdesk.com/support/solutions/articles/132589",
    read=reader(parse),
    same_body=True,
    samples={
        "ticket created": Sample(
            {
                "freshdesk_webhook": {
                    "ticket_id": 1001,
                    "ticket_subject": "Export fails",
                    "ticket_status": "Open",
                    "ticket_priority": "High",
                    "ticket_company_name": "ACC-001",
                    "ticket_contact_email": "ann@example.com",
                    "triggered_event": "{ticket_action:created}",
                }
            }
        )
    },
)
