"""What one version of a policy says differently from another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

CHANGED = "changed"
ADDED = "added"
REMOVED = "removed"


@dataclass(frozen=True)
class Part:
    """A step, or another line of a policy: its name and what it says, label by label."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    values: Mapping[str, str] = field(default_factory=dict)  # {label: text}
    steps: Sequence[Part] = ()
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)  # {label: lines}


@dataclass(frozen=True)
class Change:
    kind: str
    label: str  # of the field or list; empty: the part as a whole
    part: str = ""  # name of the step; empty: the policy
    old: str = ""
    new: str = ""


def diff(old: Content, new: Content) -> list[Change]:
    """:return: what changes, steps first; empty if both say the same"""
    found = _steps(old.steps, new.steps)
    found += _values(old.values, new.values)
    for label in dict.fromkeys([*old.lists, *new.lists]):
        found += _lines(label, old.lists.get(label, ()), new.lists.get(label, ()))
    return found


def _values(
    old: Mapping[str, str], new: Mapping[str, str], part: str = ""
) -> list[Change]:
    return [
        Change(CHANGED, label, part, old.get(label, ""), new.get(label, ""))
        for label in dict.fromkeys([*old, *new])
        if old.get(label, "") != new.get(label, "")
    ]


def _steps(old: Sequence[Part], new: Sequence[Part]) -> list[Change]:
    pairs, gone, come = _matched(old, new)
    found: list[Change] = []
    for before, after in pairs:
        values = _values(before.values, after.values, after.name)
        if before.name != after.name:
            found.append(Change(CHANGED, "", after.name, before.name, after.name))
        found += values
    found += [Change(ADDED, "", part.name) for part in come]
    return found + [Change(REMOVED, "", part.name) for part in gone]


def _matched(
    old: Sequence[Part], new: Sequence[Part]
) -> tuple[list[tuple[Part, Part]], list[Part], list[Part]]:
    """A step is the same one by what it says whole, else by its name, else by what else it says (renamed)."""
    gone, come = list(old), list(new)
    pairs: list[tuple[int, Part, Part]] = []
    for same in (_is_equal, _has_name, _says_same):
        for after in list(come):
            before = next((one for one in gone if same(one, after)), None)
            if before is not None:
                gone.remove(before)
                come.remove(after)
                pairs.append((list(new).index(after), before, after))
    pairs.sort(key=lambda pair: pair[0])
    return [(before, after) for _at, before, after in pairs], gone, come


def _is_equal(one: Part, other: Part) -> bool:
    return one == other


def _has_name(one: Part, other: Part) -> bool:
    return one.name == other.name


def _says_same(one: Part, other: Part) -> bool:
    return dict(one.values) == dict(other.values)


def _lines(label: str, old: Sequence[str], new: Sequence[str]) -> list[Change]:
    left = list(old)
    come = []
    for line in new:
        if line in left:
            left.remove(line)
        else:
            come.append(line)
    return [
        *(Change(ADDED, label, new=line) for line in come),
        *(Change(REMOVED, label, old=line) for line in left),
    ]
