"""Which rules react to an event, in what batches, as whom, and when a failed run is tried again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import patterns

PENDING = "pending"  #: waits to be carried out
DONE = "done"  #: the rule's actions ran
OBSERVED = "observed"  #: the rule only observes: what it would have done is in the note
SKIPPED = "skipped"  #: the rule's conditions did not hold
FAILED = "failed"  #: the last try failed; another one is due
DEAD = "dead"  #: given up; a person may retry

STATES = [
    (PENDING, "Pending"),
    (DONE, "Done"),
    (OBSERVED, "Observed"),
    (SKIPPED, "Skipped"),
    (FAILED, "Failed"),
    (DEAD, "Dead"),
]
TRANSITIONS: dict[str, frozenset[str]] = {
    PENDING: frozenset({DONE, OBSERVED, SKIPPED, FAILED, DEAD}),
    FAILED: frozenset({PENDING, DONE, OBSERVED, SKIPPED, FAILED, DEAD}),
    DEAD: frozenset({PENDING}),
    DONE: frozenset(),
    OBSERVED: frozenset(),
    SKIPPED: frozenset(),
}
DUE = (PENDING, FAILED)

MAX_DEPTH = 8  # reactions in a row before we call it a loop
MAX_TRIES = 5
BACKOFF_BASE = timedelta(seconds=10)
BACKOFF_CAP = timedelta(minutes=30)
BACKOFF_FLOOR = timedelta(seconds=1)

ANY_MODEL = (
    "event_hub.event"  # a rule on the ledger itself hears events about every model
)


@dataclass(frozen=True)
class Rule:
    id: int
    model: str
    pattern: str
    delay_minutes: int = 0  # between the record of the event and the run


@dataclass(frozen=True)
class Run:
    """One row of the queue, as far as grouping needs it."""

    id: int
    rule_id: int
    case: tuple[str, int]  # model and id of the record the event is about
    actor_id: int | None
    company_id: int | None

    @property
    def key(self) -> tuple[int, int | None, int | None]:
        return self.rule_id, self.actor_id, self.company_id


@dataclass(frozen=True)
class Person:
    """Somebody a batch may run as."""

    id: int
    active: bool
    company_ids: frozenset[int]


def listening(
    rules: Iterable[Rule], event_type: str, case_model: str | None
) -> list[Rule]:
    """The rules that react to an event of this type about a record of this model."""
    return [
        rule
        for rule in rules
        if rule.model in (case_model, ANY_MODEL)
        and patterns.matches(rule.pattern, event_type)
    ]


def is_loop(depth: int) -> bool:
    """Whether an event lies so deep in a chain of reactions that reacting again looks like a loop.

    :param depth: events between this one and the outside world
    """
    return depth >= MAX_DEPTH


def batches(runs: Sequence[Run]) -> list[list[Run]]:
    """Group runs of one rule, actor and company, keeping the order of events on each case.

    A run joins the latest batch of its key unless a later batch already holds a run on the
    same case: what happened to one record is reacted to in the order it happened.
    """
    result: list[list[Run]] = []
    latest: dict[
        tuple[int, int | None, int | None], int
    ] = {}  # index of a key's last batch
    last_on_case: dict[tuple[str, int], int] = {}
    for run in runs:
        index = latest.get(run.key)
        if index is None or last_on_case.get(run.case, -1) > index:
            index = len(result)
            result.append([])
            latest[run.key] = index
        result[index].append(run)
        last_on_case[run.case] = index
    return result


def due_at(rule: Rule, now: datetime) -> datetime:
    """:return: when a run planned ``now`` is carried out at the earliest, in whole seconds"""
    return now.replace(microsecond=0) + timedelta(minutes=rule.delay_minutes)


def halves(runs: Sequence[Run]) -> list[list[Run]]:
    """The parts a failed batch is tried again in; empty if it cannot be split."""
    if len(runs) < 2:
        return []
    middle = len(runs) // 2
    return [list(runs[:middle]), list(runs[middle:])]


def choose_actor(
    people: Iterable[Person | None], company_id: int | None
) -> Person | None:
    """The first who may act in the company: active, and one of its users. Nobody: the run fails.

    :param people: the event's actor, then the rule's owner
    """
    for person in people:
        if person is None or not person.active or not person.company_ids:
            continue
        if company_id is None or company_id in person.company_ids:
            return person
    return None


def backoff(tries: int, rand: float) -> timedelta | None:
    """The wait after the ``tries``-th failed try, with full jitter; None: give up.

    :param rand: a random number in [0, 1)
    """
    if tries >= MAX_TRIES:
        return None
    ceiling = min(BACKOFF_BASE * (1 << max(tries, 1)), BACKOFF_CAP)
    return max(ceiling * rand, BACKOFF_FLOOR)
