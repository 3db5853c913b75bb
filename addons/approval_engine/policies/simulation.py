"""What a policy would have made of cases that lie in the past: pure figures over planned routes."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import TypeVar

from .seats import ALL, ANY, WEIGHTED

# what would have become of a case
PEOPLE = "people"  # people would have decided it
OWNER = "owner"  # at least one step only by the policy's owner, as nobody else could
AUTOMATIC = "automatic"  # nobody would have been asked
STUCK = "stuck"  # a step that nobody, or too few, could have decided
NO_STEP = "no_step"  # no step of the policy is for it
OUTCOMES = [
    (PEOPLE, "People decide"),
    (OWNER, "The policy's owner has to step in"),
    (AUTOMATIC, "Approved by the policy itself"),
    (STUCK, "Nobody could decide it"),
    (NO_STEP, "No step is for it"),
]
UNDECIDABLE = frozenset({STUCK, NO_STEP})

# against what really happened
SAME = "same"
MORE = "more"  # further steps, none less
FEWER = "fewer"
OTHER = "other"  # some steps come, others go
UNCOMPARED = "uncompared"  # nothing really happened: a made-up case
DIFFERENCES = [
    (SAME, "The same steps"),
    (MORE, "More steps"),
    (FEWER, "Fewer steps"),
    (OTHER, "Other steps"),
    (UNCOMPARED, "Nothing to compare with"),
]
CHANGED = frozenset({MORE, FEWER, OTHER})

WEEK = timedelta(days=7)
T = TypeVar("T", bound=Hashable)


# ---------------------------------------------------------------------- what counts together


@dataclass(frozen=True)
class Part:
    """A case as the rolling total of the policy sees it."""

    key: int
    at: datetime
    size: float  # without sign, in the currency of the company
    together: Hashable = None  # cases with the same value count together
    counts: bool = True  # False: it was turned down, so later cases do not count it


def counted_before(parts: Iterable[Part], days: int) -> dict[int, float]:
    """:return: {key: what the cases of the ``days`` before add to this one}; the series itself, in order

    Of two cases at the same moment the one with the lower key was first.

    :param days: 0: each case by itself
    """
    found: dict[int, float] = {}
    open_: dict[Hashable, deque[Part]] = {}
    for part in sorted(parts, key=lambda p: (p.at, p.key)):
        window = open_.setdefault(part.together, deque())
        while window and window[0].at <= part.at - timedelta(days=days):
            window.popleft()
        found[part.key] = sum(p.size for p in window) if days else 0.0
        if part.counts:
            window.append(part)
    return found


# ---------------------------------------------------------------------- how long it takes


@dataclass(frozen=True)
class Asked:
    """A step of a route, planned or real, with those asked."""

    name: str
    sequence: int = 0
    mode: str = ANY
    quorum: int = 0  # approvals, or weight of them, needed; not for "all" and "any"
    people: tuple[tuple[int, int], ...] = ()  # (user id, weight)
    by_owner: bool = False  # only the policy's owner is left

    @property
    def users(self) -> frozenset[int]:
        return frozenset(user_id for user_id, _weight in self.people)


def waiting(steps: Sequence[Asked], usual: Mapping[int, float | None]) -> float | None:
    """How long a route usually takes, in seconds; None: not known.

    Steps with one number run side by side, so the slowest counts; groups follow each other.

    :param usual: median of the seconds each person takes; who is missing, or None: not known
    """
    groups: dict[int, float] = {}
    for step in steps:
        one = _step_waiting(step, usual)
        if one is None:
            return None
        groups[step.sequence] = max(groups.get(step.sequence, 0.0), one)
    return sum(groups.values())


def _step_waiting(step: Asked, usual: Mapping[int, float | None]) -> float | None:
    """The answer that decides it: of everybody the last, else the one that reaches what is needed."""
    known = sorted(
        (seconds, weight)
        for user_id, weight in step.people
        if (seconds := usual.get(user_id)) is not None
    )
    if step.mode == ALL:
        whole = known and len(known) == len(step.people)
        return known[-1][0] if whole else None
    need = 1 if step.mode == ANY else step.quorum
    for seconds, weight in known:
        need -= weight if step.mode == WEIGHTED else 1
        if need <= 0:
            return seconds
    return None


# ---------------------------------------------------------------------- against what happened


@dataclass(frozen=True)
class Difference:
    kind: str
    added: tuple[str, ...] = ()  # names of steps that nobody really met
    dropped: tuple[str, ...] = ()


def compare(planned: Sequence[Asked], real: Sequence[Asked] | None) -> Difference:
    """Which steps come and which go. A step is the same one if its name is, or if the same people are asked.

    :param real: None: nothing happened
    """
    if real is None:
        return Difference(UNCOMPARED)
    left = list(real)
    added: list[Asked] = []
    for same in (_same_name, _same_people):
        planned, added = (added if same is _same_people else list(planned)), []
        for step in planned:
            match = next((one for one in left if same(step, one)), None)
            if match is None:
                added.append(step)
            else:
                left.remove(match)
    names = tuple(s.name for s in added), tuple(s.name for s in left)
    kind = {(False, False): SAME, (True, False): MORE, (False, True): FEWER}
    return Difference(kind.get((bool(added), bool(left)), OTHER), *names)


def _same_name(one: Asked, other: Asked) -> bool:
    return one.name.strip().casefold() == other.name.strip().casefold()


def _same_people(one: Asked, other: Asked) -> bool:
    return bool(one.users) and one.users == other.users


# ---------------------------------------------------------------------- figures


@dataclass(frozen=True)
class Outcome:
    """What would have become of one case."""

    at: datetime
    outcome: str
    steps: tuple[Asked, ...]
    difference: Difference
    waits: float | None = None  # seconds, as the people asked usually take
    waited: float | None = None  # the same for the steps that were really laid

    @property
    def added(self) -> float | None:
        """Seconds more than on the route it really took; None: not known, or nothing to compare with."""
        if self.waits is None or self.waited is None:
            return None
        return self.waits - self.waited


def outcome_of(steps: Sequence[Asked], *, problem: str | None, auto: bool) -> str:
    """:param problem: of ``policies.routing.Route``"""
    if problem:
        return NO_STEP if problem == NO_STEP else STUCK
    if auto:
        return AUTOMATIC
    return OWNER if any(step.by_owner for step in steps) else PEOPLE


@dataclass(frozen=True)
class Load:
    """What one person would be asked, and really was."""

    user_id: int
    cases: int
    per_week: float
    real_cases: int
    real_per_week: float


@dataclass(frozen=True)
class Figures:
    cases: int
    automatic: int
    stuck: int  # nobody could have decided them
    by_owner: int
    changed: int  # would have met another step
    compared: int  # cases with something real to compare with
    waits: float | None  # median of seconds to the decision; None: known for none
    waits_known: int
    added: float | None  # seconds more than really, over all cases where both are known
    added_known: int

    @property
    def automatic_share(self) -> float | None:
        """From 0 to 1; None without cases."""
        return self.automatic / self.cases if self.cases else None


@dataclass(frozen=True)
class Tally:
    """What is counted of cases, slice by slice; the order of the slices does not matter."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    differences: Mapping[str, int] = field(default_factory=dict)
    waits: Sequence[float] = ()  # seconds, where known
    added: float = 0.0
    added_known: int = 0
    load: Mapping[int, int] = field(default_factory=dict)  # {user id: cases}
    real_load: Mapping[int, int] = field(default_factory=dict)

    def plus(
        self,
        outcomes: Sequence[Outcome],
        real: Iterable[Sequence[Asked]] = (),
    ) -> Tally:
        """:param real: the steps that were really laid, case by case"""
        added = [o.added for o in outcomes if o.added is not None]
        return Tally(
            _more(self.outcomes, (o.outcome for o in outcomes)),
            _more(self.differences, (o.difference.kind for o in outcomes)),
            [*self.waits, *(o.waits for o in outcomes if o.waits is not None)],
            self.added + sum(added),
            self.added_known + len(added),
            _more(self.load, _people(o.steps for o in outcomes)),
            _more(self.real_load, _people(real)),
        )


def _more(before: Mapping[T, int], found: Iterable[T]) -> dict[T, int]:
    counts = dict(before)
    for one in found:
        counts[one] = counts.get(one, 0) + 1
    return counts


def _people(routes: Iterable[Sequence[Asked]]) -> Iterable[int]:
    """:return: each person of a case once, case after case"""
    for steps in routes:
        yield from frozenset().union(*(step.users for step in steps))


def figures(tally: Tally) -> Figures:
    kinds, differences = tally.outcomes, tally.differences
    cases = sum(kinds.values())
    return Figures(
        cases=cases,
        automatic=kinds.get(AUTOMATIC, 0),
        stuck=sum(kinds.get(kind, 0) for kind in UNDECIDABLE),
        by_owner=kinds.get(OWNER, 0),
        changed=sum(differences.get(kind, 0) for kind in CHANGED),
        compared=cases - differences.get(UNCOMPARED, 0),
        waits=median(tally.waits) if tally.waits else None,
        waits_known=len(tally.waits),
        added=tally.added if tally.added_known else None,
        added_known=tally.added_known,
    )


def load(tally: Tally, period: timedelta) -> list[Load]:
    """:return: who is asked in how many cases, the busiest first; a case counts once for each person

    :param period: over which the cases are spread; less than a week counts as a week
    """
    weeks = max(period / WEEK, 1.0)
    cases, real = tally.load, tally.real_load
    found = [
        Load(
            user_id,
            cases.get(user_id, 0),
            cases.get(user_id, 0) / weeks,
            real.get(user_id, 0),
            real.get(user_id, 0) / weeks,
        )
        for user_id in {*cases, *real}
    ]
    return sorted(found, key=lambda one: (-one.cases, -one.real_cases, one.user_id))
