"""Jira's webhooks in our words.

Shapes: https://developer.atlassian.com/cloud/jira/platform/webhooks/. Jira numbers no delivery that its signature
covers, so the identity of an event is made of the body.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ..cloudevents import CloudEvent
from .base import (
    Adapter,
    Data,
    Sample,
    as_object,
    digest,
    epoch,
    part,
    reader,
    required,
    short,
    text,
    vendor_event,
)

ISSUE_EVENTS = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")


def parse(value: Any) -> CloudEvent:
    """:raise BadEnvelope: naming the place"""
    body = as_object(value)
    kind = required(body, "webhookEvent")
    issue = part(body, "issue")
    heard = kind in ISSUE_EVENTS and text(issue.get("key"))
    return vendor_event(
        "jira",
        id=digest(value),
        account=urlsplit(text(issue.get("self")) or "").netloc or None,
        type="engineering.issue_updated" if heard else f"jira.{kind}",
        time=epoch(body.get("timestamp"), "$.timestamp", per_second=1000),
        data=_issue(issue, kind) if heard else _without_people(body),
    )


def _issue(issue: Data, kind: str) -> Data:
    fields = part(issue, "fields")
    status = part(fields, "status")
    # The name of a status is the team's own word; its category is one of three.
    category = text(part(status, "statusCategory").get("key"))
    return {
        "issue": _link(issue),
        "key": short(issue.get("key"), 200),
        "title": text(fields.get("summary")),
        "status": "deleted" if kind.endswith("deleted") else short(category, 100),
        "status_there": short(status.get("name"), 100),
    }


def _link(issue: Data) -> str | None:
    """:return: the address people open, from the one programs ask"""
    key, here = text(issue.get("key")), text(issue.get("self")) or ""
    base = here.split("/rest/")[0] if "/rest/" in here else ""
    return f"{base}/browse/{key}"[:500] if base and key else None


def _without_people(body: Data) -> Data:
    return {name: value for name, value in body.items() if name != "user"}


ADAPTER = Adapter(
    code="jira",
    label="Jira",
    scheme="jira",
    vendor_docs="https://developer.atlassian.com/cloud/jira/platform/webhooks/",
    read=reader(parse),
    same_body=True,
    samples={
        "issue updated": Sample(
            {
                "timestamp": 1767258000000,
                "webhookEvent": "jira:issue_updated",
                "issue": {
                    "id": "10002",
                    "self": "https://acme.atlassian.net/rest/api/2/issue/10002",
                    "key": "ABC-7",
                    "fields": {
                        "summary": "Export stops at 50 %",
                        "status": {
                            "name": "In Review",
                            "statusCategory": {"key": "indeterminate"},
                        },
                    },
                },
            }
        )
    },
)
