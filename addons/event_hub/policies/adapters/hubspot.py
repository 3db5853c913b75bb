"""HubSpot's CRM events in our words: an array of up to 100 events in each request.

Shapes: https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide. Tickets are mirrored; an
event names the ticket and, for a change, one property. HubSpot does not say which company a ticket
belongs to; only events of companies name an account.

``eventId`` alone is not unique, says HubSpot, and ``attemptNumber`` counts up when a request is repeated.
"""

from __future__ import annotations

from typing import Any

from ..cloudevents import BadEnvelope, CloudEvent, Item, check_storable
from .base import (
    Adapter,
    Data,
    Headers,
    Sample,
    as_object,
    epoch,
    required,
    short,
    text,
    vendor_event,
)

# https://developers.hubspot.com/docs/guides/crm/understanding-the-crm#object-type-ids
OBJECTS = {"0-1": "contact", "0-2": "company", "0-3": "deal", "0-5": "ticket"}
PROPERTIES = {
    "subject": ("title", None),
    "content": ("description", None),
    "hs_ticket_category": ("category", 200),
    "hs_ticket_priority": ("priority", 100),
    "hs_pipeline_stage": ("status", 100),
}
STAGES = {
    "1": "new",
    "2": "waiting_for_customer",
    "3": "open",
    "4": "closed",
}  # of the pipeline HubSpot ships


def read(headers: Headers, value: Any) -> list[Item]:
    """:raise BadEnvelope: if the whole is no event and no array"""
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise BadEnvelope("$: must be an array of events")
    return [_item(index, event) for index, event in enumerate(value)]


def _item(index: int, value: Any) -> Item:
    try:
        check_storable(value)
        event = parse(value)
    except BadEnvelope as error:
        place = str(error).replace("$", f"$[{index}]", 1)
        return Item(index, None, None, place)
    return Item(index, event, event.id)


def parse(value: Any) -> CloudEvent:
    """:raise BadEnvelope: naming the place"""
    event = as_object(value)
    kind, _, action = required(event, "subscriptionType").partition(".")
    if kind == "object":
        kind = OBJECTS.get(
            str(event.get("objectTypeId")), f"object_{event.get('objectTypeId')}"
        )
    our_type, data = _translate(kind, action, event)
    return vendor_event(
        "hubspot",
        id=_identity(event),
        account=event.get("portalId"),
        type=our_type,
        subject=event.get("objectId") if kind == "company" else None,
        time=epoch(event.get("occurredAt"), "$.occurredAt", 1000),
        data=data,
    )


def _identity(event: Data) -> str:
    """:return: of all that stays the same when HubSpot repeats itself"""
    parts = (event.get(name) for name in ("subscriptionId", "objectId", "occurredAt"))
    return "-".join(
        [required(event, "eventId", numbers=True), *(text(p) or "" for p in parts)]
    )


def _translate(kind: str, action: str, event: Data) -> tuple[str, Data]:
    ticket = short(event.get("objectId"), 200)
    if kind == "ticket" and action == "creation":
        return "support.ticket_created", {"ticket": ticket}
    if kind == "ticket" and action == "propertyChange":
        return "support.ticket_updated", {"ticket": ticket, **_property(event)}
    data = {name: item for name, item in event.items() if name != "attemptNumber"}
    return f"hubspot.{kind}.{action}", data


def _property(event: Data) -> Data:
    name, value = text(event.get("propertyName")), text(event.get("propertyValue"))
    field, length = PROPERTIES.get(name or "", (None, None))
    if field is None or value is None:
        return {"change": name, "current": value}
    if field == "status":
        value = STAGES.get(value, value)
    return {field: value[:length] if length else value, "change": name}


ADAPTER = Adapter(
    code="hubspot",
    label="HubSpot",
    scheme="hubspot",
    vendor_docs="https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide",
    read=read,
    same_body=True,
    batch=True,
    samples={
        "ticket.creation": Sample(
            [
                {
                    "eventId": 1001,
                    "subscriptionId": 12,
                    "portalId": 345,
                    "appId": 678,
                    "occurredAt": 1767258000000,
                    "subscriptionType": "ticket.creation",
                    "attemptNumber": 0,
                    "objectId": 9001,
                    "changeSource": "CRM",
                    "changeFlag": "NEW",
                }
            ]
        )
    },
)
