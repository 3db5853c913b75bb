"""GitHub's webhooks in our words.

Shapes: https://docs.github.com/en/webhooks/webhook-events-and-payloads. What happened is in the header
``x-github-event``, which the signature does not cover, and in the body; so the identity of an event is made of
the body alone, and a recorded request under a new delivery id is no new event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..cloudevents import BadEnvelope, CloudEvent, Item, check_storable
from .base import (
    Adapter,
    Data,
    Headers,
    Sample,
    as_object,
    digest,
    iso_time,
    one,
    part,
    short,
    text,
    vendor_event,
)

HEADER = "x-github-event"

# (the issue, what happened to it, the whole body) -> our type, the object it is about, its data
IssueReader = Callable[[Data, str | None, Data], tuple[str, Data, Data]]


def read(headers: Headers, value: Any) -> list[Item]:
    check_storable(value)
    return one(parse(headers, value))


def read_as_engineering(headers: Headers, value: Any) -> list[Item]:
    """Issues are work of engineers that tickets wait for, not tickets."""
    check_storable(value)
    return one(parse(headers, value, issues=_engineering_issue))


def parse(
    headers: Headers, value: Any, issues: IssueReader | None = None
) -> CloudEvent:
    """:param issues: reads an issue, by default as a ticket
    :raise BadEnvelope: naming the place"""
    body = as_object(value)
    event = headers.get(HEADER, "").strip().lower()
    if not event.replace("_", "").isalnum() or not event.isascii():
        raise BadEnvelope(f"header {HEADER}: must name the event, such as release")
    action = text(body.get("action"))
    our_type, about, data = _translate(event, action, body, issues or _ticket)
    return vendor_event(
        "github",
        id=digest(value),
        account=part(body, "repository").get("full_name"),
        type=our_type,
        subject=None if issues else _owner(body),  # engineers work for all customers
        time=_time(about),
        data=data,
    )


def _translate(
    event: str, action: str | None, body: Data, issues: IssueReader
) -> tuple[str, Data, Data]:
    """:return: our type, the object it is about, and its data"""
    if event == "release" and action == "published" and part(body, "release"):
        release = part(body, "release")
        return "release.published", release, _release(release, body)
    if event == "issues" and part(body, "issue"):
        return issues(part(body, "issue"), action, body)
    name = f"github.{event}.{action}" if action else f"github.{event}"
    return (
        name,
        {},
        {k: v for k, v in body.items() if k not in ("organization", "sender")},
    )


def _owner(body: Data) -> str | None:
    return text(part(body, "organization").get("login")) or text(
        part(body, "repository", "owner").get("login")
    )


def _release(release: Data, body: Data) -> Data:
    repository = text(part(body, "repository").get("full_name"))
    return {
        "version": text(release.get("tag_name")),
        "components": [repository] if repository else None,
        "title": text(release.get("name")),
        "url": text(release.get("html_url")),
        "prerelease": release.get("prerelease") is True,
    }


def _ticket(issue: Data, action: str | None, body: Data) -> tuple[str, Data, Data]:
    is_new = action == "opened"
    kind = "support.ticket_created" if is_new else "support.ticket_updated"
    return kind, issue, _as_ticket(issue, action, body)


def _engineering_issue(
    issue: Data, action: str | None, body: Data
) -> tuple[str, Data, Data]:
    repository = text(part(body, "repository").get("full_name")) or ""
    number = text(issue.get("number"))
    state = "deleted" if action == "deleted" else short(issue.get("state"), 100)
    return (
        "engineering.issue_updated",
        issue,
        {
            "issue": short(issue.get("html_url"), 500),
            "key": f"{repository}#{number}"[-200:] if number else None,
            "title": text(issue.get("title")),
            "status": state,
            "status_there": short(issue.get("state_reason"), 100) or state,
        },
    )


def _as_ticket(issue: Data, action: str | None, body: Data) -> Data:
    repository = text(part(body, "repository").get("full_name")) or ""
    number = text(issue.get("number"))
    return {
        "ticket": f"{repository}#{number}"[-200:] if number else None,
        "title": text(issue.get("title")),
        "description": text(issue.get("body")),
        "category": short(part(issue, "type").get("name"), 200),
        "status": _status(issue),
        "change": action,
        "url": text(issue.get("html_url")),
    }


def _status(issue: Data) -> str | None:
    state = short(issue.get("state"), 100)
    if state == "closed" and issue.get("state_reason") == "completed":
        return "solved"
    return state


def _time(about: Data) -> Any:
    for name in ("published_at", "updated_at", "created_at"):
        if text(about.get(name)):
            return iso_time(about[name], f"$.{name}")
    return None


ADAPTER = Adapter(
    code="github",
    label="GitHub",
    scheme="github",
    vendor_docs="https://docs.github.com/en/webhooks/webhook-events-and-payloads",
    read=read,
    same_body=True,
    samples={
        "release published": Sample(
            {
                "action": "published",
                "release": {
                    "tag_name": "v2.4.0",
                    "name": "2.4",
                    "published_at": "2026-01-01T09:00:00Z",
                },
                "repository": {"full_name": "acme/app", "owner": {"login": "acme"}},
            },
            {HEADER: "release"},
        )
    },
)

ENGINEERING = Adapter(
    code="github_engineering",
    label="GitHub, issues of engineers",
    scheme="github",
    vendor_docs="https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues",
    read=read_as_engineering,
    same_body=True,
    samples={
        "issue closed": Sample(
            {
                "action": "closed",
                "issue": {
                    "number": 12,
                    "title": "Export stops at 50 %",
                    "state": "closed",
                    "html_url": "https://github.com/acme/app/issues/12",
                    "updated_at": "2026-01-01T09:00:00Z",
                },
                "repository": {"full_name": "acme/app", "owner": {"login": "acme"}},
            },
            {HEADER: "issues"},
        )
    },
)
