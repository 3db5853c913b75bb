"""In what order the story is told, so that each decision finds the world as it was then."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .shapes import Ask, PastEvent, Story, Vote

#: CloudEvents `source` of what each system said
CE_SOURCE = "https://{code}.lumenta.example"
#: what a source says within this time arrives as one message
BATCH_OF = timedelta(days=3)
#: an approved request is carried out by itself, this long after the last vote
CARRIED_OUT_AFTER = timedelta(seconds=40)

#: the order in which the events of a batch are told: an invoice before what becomes of it
TYPES_IN_ORDER = (
    "billing.payment_failed",
    "billing.invoice_disputed",
    "billing.payment_succeeded",
    "support.ticket_created",
    "support.ticket_updated",
    "onboarding.milestone_reached",
    "onboarding.milestone_late",
    "usage.reported",
)


@dataclass(frozen=True)
class Batch:
    """What one source said of one type, received a moment after the last of it."""

    source: str
    type: str
    received_at: datetime
    events: tuple[dict[str, Any], ...]  # CloudEvents


@dataclass(frozen=True)
class Turn:
    """One step of a request.

    :param how: ``open``, ``vote``, ``carry_out``, ``recall``, ``lapse`` or ``expire``
    """

    at: datetime
    ask: Ask
    how: str
    vote: Vote | None = None


def tell_in_order(story: Story) -> Iterator[Batch | Turn]:
    """Batches and turns as they followed each other; a turn finds all that was said before it."""
    turns = sorted((turn for ask in story.asks for turn in turns_of(ask)), key=_when)
    rest = list(story.events)  # by time
    for turn in turns:
        before = [event for event in rest if event.occurred_at <= turn.at]
        rest = rest[len(before) :]
        yield from batches(before)
        yield turn
    yield from batches(rest)


def _when(turn: Turn) -> datetime:
    return turn.at


def turns_of(ask: Ask) -> list[Turn]:
    """The steps of one request, by time."""
    turns = [Turn(ask.asked_at, ask, "open")]
    for vote in ask.votes:
        turns.append(Turn(ask.asked_at + vote.after, ask, "vote", vote))
    if ask.ending:
        turns.append(Turn(ask.asked_at + ask.ending.after, ask, ask.ending.how))
    elif is_decided(ask) and all(vote.approve for vote in ask.votes):
        turns.append(Turn(turns[-1].at + CARRIED_OUT_AFTER, ask, "carry_out"))
    return turns


def is_decided(ask: Ask) -> bool:
    """Whether the votes settle it under the demo's policies."""
    if any(not vote.approve for vote in ask.votes):
        return True
    needed = 2 if ask.type == "service_continuity" or ask.amount > 1000 else 1
    return len(ask.votes) >= needed


def batches(events: list[PastEvent]) -> Iterator[Batch]:
    """Events, given by time, as batches by source and type; later spans after earlier ones."""
    while events:
        until = events[0].occurred_at + BATCH_OF
        span = [event for event in events if event.occurred_at < until]
        events = events[len(span) :]
        for type_ in TYPES_IN_ORDER:
            said = [event for event in span if event.type == type_]
            if said:
                yield Batch(
                    said[0].source,
                    type_,
                    said[-1].occurred_at + timedelta(seconds=2),
                    tuple(map(_cloud_event, said)),
                )


def _cloud_event(event: PastEvent) -> dict[str, Any]:
    """What belongs to one invoice or ticket shares a correlation id."""
    case = next(
        (str(event.data[key]) for key in ("invoice", "ticket") if key in event.data),
        event.id,
    )
    correlation = hashlib.sha256(f"{event.account} {case}".encode()).hexdigest()[:32]
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": CE_SOURCE.format(code=event.source),
        "type": event.type,
        "subject": event.account,
        "time": event.occurred_at.isoformat() + "Z",
        "correlationid": correlation,
        "data": event.data,
    }
