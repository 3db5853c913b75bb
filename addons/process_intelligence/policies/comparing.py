"""What two slices of a process differ in, from their figures alone. Seconds."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from . import significance
from .significance import Ranks, Share

#: Observations that each slice needs before anything is tested.
LEAST = 20
#: Size of an effect, Cohen's h or rank-biserial, from which a change is worth an alarm (Cohen, 1988: small).
WORTH_TELLING = 0.2


class Sizes(NamedTuple):
    """Cases of both slices, of both at once, and the finished ones of each."""

    one: int
    two: int
    both: int
    finished_one: int
    finished_two: int


class Move(NamedTuple):
    """A move of both slices, or the last steps of cases where ``target`` is None.

    :param count_one: moves; ``cases_one``: cases with it; ``visits_one``: cases first at the source here
    :param tested_one: cases with it that count in tests, each with its first such move
    :param seen_one: visits that count in tests
    :param median_one: of all its moves
    """

    source: str
    target: str | None
    count_one: int
    count_two: int
    cases_one: int
    cases_two: int
    visits_one: int
    visits_two: int
    tested_one: int
    tested_two: int
    seen_one: int
    seen_two: int
    median_one: float | None
    median_two: float | None
    rank_sum: float | None
    ties: float | None


class Lengths(NamedTuple):
    """Seconds from first to last step of finished cases."""

    tested_one: int
    tested_two: int
    median_one: float | None
    median_two: float | None
    rank_sum: float | None
    ties: float | None


@dataclass
class Test:
    """One difference: its figures, its raw p (None: too few), and what makes it count."""

    p: float | None
    effect: float
    answer: dict[str, Any] = field(default_factory=dict)


def tested_of(sizes: Sizes, shared_in_one: bool) -> tuple[int, int]:
    """:return: cases of each slice that count in tests: one that is in both counts in one of them only"""
    if shared_in_one:
        return sizes.one, sizes.two - sizes.both
    return sizes.one - sizes.both, sizes.two


def shared_in_one(sizes: Sizes) -> bool:
    """:return: whether cases in both slices count in tests as the first one's: the smaller slice keeps them"""
    return sizes.one <= sizes.two


def share_test(one: Share, two: Share) -> Test:
    enough = min(one.cases, two.cases) >= LEAST
    return Test(
        significance.shares_differ(one, two) if enough else None,
        significance.cohens_h(one, two),
    )


def time_test(ranks: Ranks) -> Test:
    enough = min(ranks.one, ranks.two) >= LEAST
    return Test(
        significance.durations_differ(ranks) if enough else None,
        significance.rank_biserial(ranks),
    )


def settle(tests: Sequence[Test]) -> None:
    """Write what each test says, all of them judged together, into its answer."""
    known = [test for test in tests if test.p is not None]
    ps = significance.adjusted([test.p for test in known if test.p is not None])
    for test in tests:
        test.answer.update(p=False, adjusted_p=False, differs=False)
        test.answer["effect"] = round(test.effect, 6)
    for test, p in zip(known, ps, strict=True):
        test.answer.update(
            p=test.p, adjusted_p=p, differs=p < significance.LEVEL and bool(test.effect)
        )


def compared(sizes: Sizes, moves: Iterable[Move], lengths: Lengths) -> dict[str, Any]:
    """:return: as ``definition.compare`` answers, without words"""
    moves = list(moves)
    tested = tested_of(sizes, shared_in_one(sizes))
    tests: list[Test] = []
    answer: dict[str, Any] = {
        "cases": {"one": sizes.one, "two": sizes.two},
        "shared_cases": sizes.both,
        "tested_cases": dict(zip(("one", "two"), tested, strict=True)),
        "least": LEAST,
        "throughput": _throughput(sizes, lengths, tests),
        "activities": [
            _activity(name, rows, sizes, tested, tests)
            for name, rows in _by_source(moves).items()
        ],
        "transitions": [
            _transition(move, sizes, tested, tests) for move in moves if move.target
        ],
    }
    settle(tests)
    answer["tests"] = sum(test.p is not None for test in tests)
    for name in ("activities", "transitions"):
        answer[name].sort(key=_most_different)
    return answer


def _by_source(moves: Iterable[Move]) -> dict[str, list[Move]]:
    found: dict[str, list[Move]] = defaultdict(list)
    for move in moves:
        found[move.source].append(move)
    return found


def _activity(
    name: str,
    rows: list[Move],
    sizes: Sizes,
    tested: tuple[int, int],
    tests: list[Test],
) -> dict[str, Any]:
    visits = sum(row.visits_one for row in rows), sum(row.visits_two for row in rows)
    seen = sum(row.seen_one for row in rows), sum(row.seen_two for row in rows)
    return {
        "name": name,
        "count": {
            "one": sum(row.count_one for row in rows),
            "two": sum(row.count_two for row in rows),
        },
        **_shares(visits, sizes),
        "share_test": _shown(_shares_tested(seen, tested), tests),
    }


def _transition(
    move: Move, sizes: Sizes, tested: tuple[int, int], tests: list[Test]
) -> dict[str, Any]:
    seen = move.tested_one, move.tested_two
    ranks = Ranks(*seen, move.rank_sum or 0.0, move.ties or 0.0)
    return {
        "source": move.source,
        "target": move.target,
        "count": {"one": move.count_one, "two": move.count_two},
        **_shares((move.cases_one, move.cases_two), sizes),
        "median_seconds": {
            "one": _known(move.median_one),
            "two": _known(move.median_two),
        },
        "share_test": _shown(_shares_tested(seen, tested), tests),
        "time_test": _shown(time_test(ranks), tests),
    }


def _throughput(sizes: Sizes, lengths: Lengths, tests: list[Test]) -> dict[str, Any]:
    ranks = Ranks(
        lengths.tested_one,
        lengths.tested_two,
        lengths.rank_sum or 0.0,
        lengths.ties or 0.0,
    )
    return {
        "cases": {"one": sizes.finished_one, "two": sizes.finished_two},
        "median_seconds": {
            "one": _known(lengths.median_one),
            "two": _known(lengths.median_two),
        },
        "time_test": _shown(time_test(ranks), tests),
    }


def _shares(cases: tuple[int, int], sizes: Sizes) -> dict[str, Any]:
    return {
        "cases": {"one": cases[0], "two": cases[1]},
        "share": {
            "one": round(Share(cases[0], sizes.one).value, 6),
            "two": round(Share(cases[1], sizes.two).value, 6),
        },
    }


def _shares_tested(seen: tuple[int, int], tested: tuple[int, int]) -> Test:
    return share_test(Share(seen[0], tested[0]), Share(seen[1], tested[1]))


def _shown(test: Test, tests: list[Test]) -> dict[str, Any]:
    tests.append(test)
    return test.answer


def _known(seconds: float | None) -> float | bool:
    return False if seconds is None else round(seconds, 6)


def _most_different(row: dict[str, Any]) -> tuple[Any, ...]:
    """Differences first, the largest effect first; then the most frequent."""
    tests = [row[name] for name in ("share_test", "time_test") if name in row]
    largest = max((abs(t["effect"]) for t in tests if t["differs"]), default=0.0)
    names = (row.get("name") or row["source"], row.get("target") or "")
    return (-largest, -sum(row["cases"].values()), *names)


def worth_telling(answer: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """:return: ``(kind of difference, row)`` that differ with at least a small effect, the largest first"""
    found = [
        (kind, row)
        for name in ("activities", "transitions")
        for row in answer[name]
        for kind in ("share_test", "time_test")
        if kind in row
    ]
    found.append(("time_test", answer["throughput"]))
    told = [
        (kind, row)
        for kind, row in found
        if row[kind]["differs"] and abs(row[kind]["effect"]) >= WORTH_TELLING
    ]
    return sorted(told, key=lambda pair: -abs(pair[1][pair[0]]["effect"]))
