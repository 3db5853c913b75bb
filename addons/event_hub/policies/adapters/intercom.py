"""Intercom's notifications in our words.

Shapes: https://developers.intercom.com/docs/references/webhooks/webhook-models. Conversations and tickets are both
tickets here, and never the same one: their numbers are told apart by a letter.
"""

from __future__ import annotations

from typing import Any

from ..cloudevents import CloudEvent
from .base import (
    Adapter,
    Data,
    Sample,
    as_object,
    epoch,
    part,
    plain,
    reader,
    required,
    short,
    text,
    vendor_event,
)

CREATED = (
    "ticket.created",
    "conversation.user.created",
    "conversation.contact.created",
)
FAMILIES = {"ticket": "T", "conversation": "C"}
STATES = {  # of a ticket; a conversation says open, closed or snoozed
    "submitted": "new",
    "in_progress": "open",
    "waiting_on_customer": "pending",
    "resolved": "solved",
    "snoozed": "pending",
}


def parse(value: Any) -> CloudEvent:
    """:raise BadEnvelope: naming the place"""
    body = as_object(value)
    topic = required(body, "topic")
    item = part(body, "data", "item")
    letter = FAMILIES.get(topic.split(".")[0])
    heard = letter and text(item.get("id"))
    kind = "support.ticket_created" if topic in CREATED else "support.ticket_updated"
    return vendor_event(
        "intercom",
        id=required(body, "id"),
        account=body.get("app_id"),
        type=kind if heard else f"intercom.{topic}",
        subject=_company(item),
        time=epoch(body.get("created_at"), "$.created_at"),
        data=_ticket(item, topic, f"{letter}{text(item.get('id'))}")
        if heard
        else dict(item),
    )


def _ticket(item: Data, topic: str, number: str) -> Data:
    said = part(item, "source")
    words = part(item, "ticket_attributes")
    return {
        "ticket": number[:200],
        "title": text(words.get("_default_title_"))
        or text(item.get("title"))
        or text(said.get("subject")),
        "description": text(words.get("_default_description_"))
        or plain(said.get("body")),
        "category": short(part(item, "ticket_type").get("name"), 200),
        "priority": _priority(item.get("priority")),
        "status": _status(item),
        "email": short(_email(item), 320),
        "change": topic,
    }


def _priority(value: Any) -> str | None:
    """A conversation is a priority or not, which says nothing about how urgent the others are."""
    return "high" if value is True or value == "priority" else None


def _status(item: Data) -> str | None:
    word = text(item.get("ticket_state")) or text(
        part(item, "ticket_state").get("category")
    )
    found = short(word or item.get("state"), 100)
    return None if found is None else STATES.get(found, found)


def _email(item: Data) -> str | None:
    author = part(item, "source", "author")
    asked = text(author.get("email")) if author.get("type") != "admin" else None
    return asked or next((text(c.get("email")) for c in _contacts(item)), None)


def _company(item: Data) -> str | None:
    direct = text(part(item, "company").get("company_id"))
    return direct or text(item.get("company_id"))


def _contacts(item: Data) -> list[Data]:
    contacts = part(item, "contacts").get("contacts")
    found = contacts if isinstance(contacts, list) else []
    return [contact for contact in found if isinstance(contact, dict)]


ADAPTER = Adapter(
    code="intercom",
    label="Intercom",
    scheme="intercom",
    vendor_docs="https://developers.intercom.com/docs/references/webhooks/webhook-models",
    read=reader(parse),
    samples={
        "ticket.created": Sample(
            {
                "type": "notification_event",
                "id": "notif_1",
                "app_id": "abc123",
                "topic": "ticket.created",
                "created_at": 1767258000,
                "data": {
                    "item": {
                        "type": "ticket",
                        "id": "1001",
                        "ticket_attributes": {
                            "_default_title_": "Export fails",
                            "_default_description_": "It stops at 50 %.",
                        },
                        "ticket_state": "submitted",
                        "company_id": "ACC-001",
                    }
                },
            }
        )
    },
)
