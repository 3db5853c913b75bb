"""How healthy an account is: 100 = healthiest, 0 = worst.

A score is a base line plus points per signal. Everything is counted in
hundredths of a point as integers, so that the lines a person sees add up to
the score they see, exactly. A cap, and the bounds of 0 and 100, are lines of
their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

HEALTHY = "healthy"
WATCH = "watch"
AT_RISK = "at_risk"
CRITICAL = "critical"
STATUSES = (HEALTHY, WATCH, AT_RISK, CRITICAL)

AT_LEAST = "at_least"  #: a step applies from its value upwards (more is worse)
AT_MOST = "at_most"  #: a step applies from its value downwards (less is worse)

LOWEST = 0
HIGHEST = 100_00  # hundredths

BASE, CAP, FLOOR, CEILING = "base", "cap", "floor", "ceiling"


@dataclass(frozen=True)
class Step:
    """From ``at`` on the signal brings ``points`` (hundredths)."""

    at: Decimal
    points: int


@dataclass(frozen=True)
class Cap:
    """From ``at`` on the score is at most ``score`` (hundredths), for one tier or for all."""

    at: Decimal
    score: int
    tier: str | None = None


@dataclass(frozen=True)
class Signal:
    code: str
    direction: str
    steps: tuple[Step, ...]
    cap: Cap | None = None


@dataclass(frozen=True)
class Observation:
    """What a signal says about one account now.

    :param value: None = unknown, which is neither good nor bad
    :param words: the reason in words, for a person
    :param model, record_id: the record that shows it
    """

    signal: str
    value: Decimal | None
    words: str = ""
    model: str = ""
    record_id: int = 0


@dataclass(frozen=True)
class Contribution:
    signal: str
    points: int  # hundredths
    words: str
    model: str
    record_id: int


@dataclass(frozen=True)
class Thresholds:
    """Lowest scores (hundredths) of healthy, watch and at risk; below is critical."""

    healthy: int = 75_00
    watch: int = 55_00
    at_risk: int = 35_00


@dataclass(frozen=True)
class Assessment:
    score: int  # hundredths
    status: str
    contributions: tuple[Contribution, ...]
    unknown: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Words of what pulls the score down, worst first."""
        bad = [c for c in self.contributions if c.points < 0 and c.words]
        return tuple(c.words for c in sorted(bad, key=lambda c: c.points))


def parse_steps(text: str) -> tuple[Step, ...]:
    """Read ``"1: -30, 2: -50"`` into steps.

    :raises ValueError: with the part that cannot be read
    """
    steps = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        at, colon, points = part.partition(":")
        try:
            if not colon:
                raise InvalidOperation
            step = Step(_finite(at), hundredths(_finite(points)))
        except InvalidOperation:
            raise ValueError(part) from None
        steps.append(step)
    if len({step.at for step in steps}) != len(steps):
        raise ValueError(text)
    return tuple(steps)


def _finite(text: str) -> Decimal:
    number = Decimal(text.strip())
    if not number.is_finite():
        raise InvalidOperation
    return number


def hundredths(value: Decimal) -> int:
    return int((value * 100).to_integral_value())


def status_of(score: int, thresholds: Thresholds) -> str:
    if score >= thresholds.healthy:
        return HEALTHY
    if score >= thresholds.watch:
        return WATCH
    return AT_RISK if score >= thresholds.at_risk else CRITICAL


def points_of(signal: Signal, value: Decimal) -> int:
    """Points of the furthest step that the value has reached, else 0."""
    reached = [
        step for step in signal.steps if _reaches(signal.direction, value, step.at)
    ]
    if not reached:
        return 0
    furthest = max if signal.direction == AT_LEAST else min
    return furthest(reached, key=lambda step: step.at).points


def assess(
    *,
    base: int,
    signals: Sequence[Signal],
    observations: Mapping[str, Observation],
    thresholds: Thresholds,
    tier: str | None = None,
    base_line: tuple[str, str, int] = ("", "", 0),
    cap_words: str = "",
) -> Assessment:
    """Assess one account.

    :param base: score of an account about which nothing bad is known (hundredths)
    :param observations: by signal; a signal without one is unknown
    :param base_line: words, model and id shown with the base line
    :param cap_words: words of the cap line
    """
    lines = [Contribution(BASE, base, *base_line)]
    unknown = []
    for signal in signals:
        seen = observations.get(signal.code)
        if seen is None or seen.value is None:
            unknown.append(signal.code)
            continue
        points = points_of(signal, seen.value)
        if points:
            lines.append(
                Contribution(
                    signal.code, points, seen.words, seen.model, seen.record_id
                )
            )
    lines.extend(
        _cap_line(sum(c.points for c in lines), signals, observations, tier, cap_words)
    )
    lines.extend(_bound_line(sum(c.points for c in lines)))
    score = sum(c.points for c in lines)
    return Assessment(score, status_of(score, thresholds), tuple(lines), tuple(unknown))


def _reaches(direction: str, value: Decimal, at: Decimal) -> bool:
    return value >= at if direction == AT_LEAST else value <= at


def _cap_line(
    score: int,
    signals: Iterable[Signal],
    observations: Mapping[str, Observation],
    tier: str | None,
    words: str,
) -> list[Contribution]:
    """The lowest cap that applies, if the score is above it."""
    applying = []
    for signal in signals:
        seen = observations.get(signal.code)
        if signal.cap is None or seen is None or seen.value is None:
            continue
        right_tier = signal.cap.tier is None or signal.cap.tier == tier
        if right_tier and _reaches(signal.direction, seen.value, signal.cap.at):
            applying.append((signal.cap.score, seen))
    if not applying:
        return []
    cap, seen = min(applying, key=lambda pair: pair[0])
    if score <= cap:
        return []
    return [
        Contribution(CAP, cap - score, words or seen.words, seen.model, seen.record_id)
    ]


def _bound_line(score: int) -> list[Contribution]:
    if score < LOWEST:
        return [Contribution(FLOOR, LOWEST - score, "", "", 0)]
    if score > HIGHEST:
        return [Contribution(CEILING, HIGHEST - score, "", "", 0)]
    return []
