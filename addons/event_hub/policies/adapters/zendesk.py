"""Zendesk's events in our words.

Shapes: https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events. These are
the webhooks that subscribe to *Zendesk events*; one that a trigger calls sends what its author
wrote, and is read by mappings.
"""

from __future__ import annotations

from typing import Any

from ..cloudevents import CloudEvent
from .base import (
    Adapter,
    Data,
    Sample,
    as_object,
    iso_time,
    part,
    reader,
    required,
    short,
    text,
    vendor_event,
)

PREFIX = "zen:event-type:"
CREATED = "ticket.created"
# Changes of a ticket that our own tickets mirror; the others keep Zendesk's name.
CHANGES = frozenset(
    f"ticket.{name}"
    for name in (
        "status_changed custom_status_changed priority_changed subject_changed description_changed "
        "type_changed agent_assignment_changed group_assignment_changed organization_changed "
        "requester_changed tags_changed"
    ).split()
)


def parse(value: Any) -> CloudEvent:
    """:raise BadEnvelope: naming the place"""
    event = as_object(value)
    kind = required(event, "type").removeprefix(PREFIX)
    detail = as_object(event.get("detail"), "$.detail")
    our_type, data = _translate(kind, detail, event)
    return vendor_event(
        "zendesk",
        id=required(event, "id"),
        account=event.get("account_id"),
        type=our_type,
        subject=detail.get("organization_id"),
        time=iso_time(event.get("time"), "$.time"),
        data=data,
    )


def _translate(kind: str, detail: Data, event: Data) -> tuple[str, Data]:
    if kind == CREATED:
        return "support.ticket_created", _ticket(detail)
    if kind in CHANGES:
        return "support.ticket_updated", {**_ticket(detail), **_change(kind, event)}
    data = {
        "detail": detail,
        "event": event.get("event"),
        "about": event.get("subject"),
    }
    return f"zendesk.{kind}", data


def _ticket(detail: Data) -> Data:
    return {
        "ticket": short(detail.get("id"), 200),
        "title": text(detail.get("subject")),
        "description": text(detail.get("description")),
        "category": _lower(detail.get("type"), 200),
        "priority": _lower(detail.get("priority"), 100),
        "status": _lower(detail.get("status"), 100),
        "channel": text(part(detail, "via").get("channel")),
        "requester": text(detail.get("requester_id")),
        "assignee": text(detail.get("assignee_id")),
        "group": text(detail.get("group_id")),
    }


def _change(kind: str, event: Data) -> Data:
    change = part(event, "event")
    return {
        "change": kind.removeprefix("ticket.").removesuffix("_changed"),
        "previous": change.get("previous"),
        "current": change.get("current"),
    }


def _lower(value: Any, length: int) -> str | None:
    """Ticket events have these words in upper case."""
    found = short(value, length)
    return found.lower() if found else None


ADAPTER = Adapter(
    code="zendesk",
    label="Zendesk",
    scheme="zendesk",
    vendor_docs="https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events",
    read=reader(parse),
    same_body=True,
    samples={
        "ticket.created": Sample(
            {
                "id": "sample-1",
                "type": "zen:event-type:ticket.created",
                "account_id": 12345,
                "time": "2026-01-01T09:00:00Z",
                "zendesk_event_version": "2022-11-06",
                "subject": "zen:ticket:1001",
                "detail": {
                    "id": "1001",
                    "subject": "Export fails",
                    "description": "The invoice export stops at 50 %.",
                    "status": "NEW",
                    "priority": "HIGH",
                    "type": "INCIDENT",
                    "organization_id": "501",
                },
                "event": {},
            }
        )
    },
)
