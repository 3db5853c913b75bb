"""What changed between two contents, whom it concerns, and whether two results are the same.

Content is JSON: ``{field: value}``, and for lines ``{field: {id of the line: {field: value}}}``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .integrity import canonical_json
from .seats import APPROVED, SKIPPED, UNDECIDED, WAITING, Seat, Step, deciders

CHANGED = "changed"
ADDED = "added"  # a line
REMOVED = "removed"  # a line


@dataclass(frozen=True)
class Change:
    field: str
    old: Any = None
    new: Any = None
    line: str = ""  # id of the line; empty: of the record itself
    line_field: str = ""
    kind: str = CHANGED


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """:return: each value that differs, in the order of the fields' names"""
    changes: list[Change] = []
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if isinstance(before, Mapping) or isinstance(after, Mapping):
            changes += _diff_lines(name, before or {}, after or {})
        elif before != after:
            changes.append(Change(name, before, after))
    return tuple(changes)


def _diff_lines(
    name: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterable[Change]:
    for line in sorted({*old, *new}, key=_line_order):
        before, after = old.get(line), new.get(line)
        if before is None:
            yield Change(name, None, after, line, kind=ADDED)
        elif after is None:
            yield Change(name, before, None, line, kind=REMOVED)
        else:
            for field in sorted({*before, *after}):
                if before.get(field) != after.get(field):
                    yield Change(name, before.get(field), after.get(field), line, field)


def _line_order(line: str) -> tuple[int, int | str]:
    return (0, int(line)) if line.isdigit() else (1, line)


def same_result(
    approved: Mapping[str, Any], found: Mapping[str, Any], known: Mapping[str, Any]
) -> bool:
    """Whether what came about is what was approved.

    Lines born meanwhile have other ids than in the trial that was shown to the approvers: they count by
    their values.

    :param known: the content before, whose lines keep their ids
    """
    return _comparable(approved, known) == _comparable(found, known)


def _comparable(content: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    result = {}
    for name, value in content.items():
        if isinstance(value, Mapping):
            old = {
                id_: line
                for id_, line in value.items()
                if id_ in (known.get(name) or ())
            }
            born = sorted(
                canonical_json(line) for id_, line in value.items() if id_ not in old
            )
            value = [old, born]
        result[name] = value
    return canonical_json(result)


# ---------------------------------------------------------------------- whose approvals stand


def is_touched(looks_at: Collection[str], changed: Collection[str]) -> bool:
    """:param looks_at: names of the fields a step looks at; empty: all
    :param changed: names of the fields that changed
    """
    return not looks_at or bool(set(looks_at).intersection(changed))


def kept_steps(
    old: Sequence[Step],
    new: Sequence[Step],
    looks_at: Mapping[int, Collection[str]],
    changed: Collection[str],
) -> dict[int, Step]:
    """Steps whose approval stands although the content is another.

    :param old: steps as they were decided, ``key`` = that of the policy step
    :param new: steps the new content asks for, same keys
    :return: ``{key: the old step}``, of those that are asked for as before, by people who may still decide them
    """
    before = {step.key: step for step in old if step.state == APPROVED}
    return {
        step.key: before[step.key]
        for step in new
        if step.key in before
        and (before[step.key].mode, before[step.key].quorum) == (step.mode, step.quorum)
        and not is_touched(looks_at.get(step.key, ()), changed)
        and not step.barred & deciders([before[step.key]])
    }


def carry(steps: Sequence[Step], kept: Mapping[int, Step]) -> tuple[Step, ...]:
    """Take the seats of kept steps as they were decided; their people sit in no other step.

    :param steps: the new route, all of it still to be decided
    :param kept: ``{key of the new step: the step as it was decided}``
    """
    spent = {
        user_id
        for step in kept.values()
        for seat in step.seats
        if seat.state not in (*UNDECIDED, SKIPPED)
        for user_id in (seat.user_id, seat.decided_by)
        if user_id
    }
    return tuple(
        _carried(step, kept[step.key]) if step.key in kept else _without(step, spent)
        for step in steps
    )


def _carried(step: Step, decided: Step) -> Step:
    seats = {seat.user_id: seat for seat in step.seats}
    for seat in decided.seats:
        seats[seat.user_id] = seat
    closed = tuple(
        seat if seat.user_id in {s.user_id for s in decided.seats} else _skipped(seat)
        for seat in seats.values()
    )
    return replace(step, state=APPROVED, seats=closed)


def _skipped(seat: Seat) -> Seat:
    return replace(seat, state=SKIPPED)


def _without(step: Step, spent: Collection[int]) -> Step:
    seats = tuple(
        _skipped(seat)
        if seat.user_id in spent and seat.state in UNDECIDED
        else replace(seat, state=WAITING)
        for seat in step.seats
    )
    return replace(step, state=WAITING, seats=seats)


def rekeyed(step: Step, key: int) -> Step:
    return replace(step, key=key)
