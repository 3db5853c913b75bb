"""Questions about a request: which are open, and whether the clock stands still for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

MOST_TEXT = 4000  # characters of a question or an answer
MOST_OPEN = 20  # open questions of one request

# why somebody may not answer: stable codes, the wording belongs to the model
UNKNOWN = "unknown"  # no question of this request
ANSWERED = "answered"  # somebody was first
CLOSED = "closed"  # its step was decided, or the decision began anew


@dataclass(frozen=True)
class Entry:
    """A question, or the answer to one."""

    id: int
    round: int
    step_id: int = 0
    answers: int = 0  # id of the question; 0: it is a question


def open_questions(
    entries: Iterable[Entry], *, round_: int, open_steps: Collection[int]
) -> list[int]:
    """:return: ids of the questions that wait for an answer

    :param round_: the round of the request now; earlier ones are over
    :param open_steps: ids of the steps to be decided now
    """
    rows = list(entries)
    answered = {row.answers for row in rows if row.answers}
    return [
        row.id
        for row in rows
        if not row.answers
        and row.id not in answered
        and row.round == round_
        and row.step_id in open_steps
    ]


def refuse_answer(
    entries: Iterable[Entry],
    question_id: int,
    *,
    round_: int,
    open_steps: Collection[int],
) -> str | None:
    """:return: why this question cannot be answered now, or None"""
    rows = list(entries)
    if question_id not in {row.id for row in rows if not row.answers}:
        return UNKNOWN
    if question_id in {row.answers for row in rows}:
        return ANSWERED
    if question_id not in open_questions(rows, round_=round_, open_steps=open_steps):
        return CLOSED
    return None
