"""How many promises are likely to be broken within the next hours, at the pace seen so far.

The promises that still can be kept are worked off by due time (earliest due date first, which keeps the greatest
lateness smallest: J. R. Jackson, 1955, Management Science Research Project report 43). What is broken already comes
last, since nothing more is lost by it (as in J. M. Moore, 1968, https://doi.org/10.1287/mnsc.15.1.102).

A team finishes ``rate`` promises an hour, one after the other, at random (a Poisson process). The k-th in the line is
then done after an Erlang(k, rate) time, so

    P(k-th is late) = P(Poisson(rate * hours left) < k) = sum of e^-m m^i / i!  for i < k,  m = rate * hours left

and the expected number of broken promises is the sum over the line (linearity of expectation). Beyond ``EXACT``
places the Erlang distribution is read by the cube root of Wilson and Hilferty, 1931
(https://doi.org/10.1073/pnas.17.12.684). Not counted: promises to tickets that are not there yet.

The rate is what the same team finished in the same hours of the same weekday in the last weeks: nights, weekends and
shifts are in it without a calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import erf, exp, sqrt

HOURS = 8
WEEKS = 4
LIKELY = 0.5  # more likely late than not
EXACT = 60  # places

SAME_HOURS, YESTERDAY, UNKNOWN = "same_hours", "yesterday", "unknown"
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Basis:
    """:param kind: SAME_HOURS of the last weeks, YESTERDAY at these hours, or UNKNOWN: nothing to look back at
    :param spans: (from, until), naive UTC, to count finished promises in
    """

    kind: str
    spans: tuple[Span, ...]

    @property
    def hours(self) -> float:
        return sum((b - a).total_seconds() for a, b in self.spans) / 3600


@dataclass(frozen=True)
class Forecast:
    """:param due: promises that run out within the hours looked at
    :param expected: how many of them are broken on average
    :param likely: keys of those that are late with more than even odds
    """

    due: int
    expected: float
    likely: tuple[int, ...]


def basis(now: datetime, known_since: datetime | None, hours: int = HOURS) -> Basis:
    """Where to look for the pace of the next hours.

    :param known_since: when the first promise was made; None: none was
    """
    ahead = timedelta(hours=hours)
    if known_since is None:
        return Basis(UNKNOWN, ())
    weeks = (now - timedelta(weeks=week) for week in range(1, WEEKS + 1))
    spans = tuple((begin, begin + ahead) for begin in weeks if begin >= known_since)
    if spans:
        return Basis(SAME_HOURS, spans)
    day_before = now - timedelta(days=1)
    if day_before >= known_since:
        return Basis(YESTERDAY, ((day_before, day_before + ahead),))
    return Basis(UNKNOWN, ())


def forecast(
    dues: Iterable[tuple[int, datetime]], now: datetime, rate: float
) -> Forecast:
    """:param dues: (key, when it runs out) of the promises of one team that still can be kept
    :param rate: promises finished an hour
    :return: ``Forecast``
    """
    line = sorted(dues, key=lambda due: (due[1], due[0]))
    odds = [
        (key, late(place, max(0.0, (at - now).total_seconds() / 3600), rate))
        for place, (key, at) in enumerate(line, 1)
    ]
    return Forecast(
        len(line),
        sum(chance for _key, chance in odds),
        tuple(key for key, chance in odds if chance > LIKELY),
    )


def together(forecasts: Sequence[Forecast]) -> Forecast:
    """:return: all teams as one: each works at its own pace, in its own line"""
    return Forecast(
        sum(f.due for f in forecasts),
        sum(f.expected for f in forecasts),
        tuple(key for f in forecasts for key in f.likely),
    )


def late(place: int, hours: float, rate: float) -> float:
    """:param place: in the line, 1 = next
    :return: chance that less than ``place`` promises are finished in so many hours"""
    mean = rate * hours
    if mean <= 0:
        return 1.0
    return _sum(place, mean) if place <= EXACT else _wilson_hilferty(place, mean)


def _sum(place: int, mean: float) -> float:
    term = total = exp(-mean)
    for count in range(1, place):
        term *= mean / count
        total += term
    return min(1.0, total)


def _wilson_hilferty(place: int, mean: float) -> float:
    ninth = 1 / (9 * place)
    z = ((mean / place) ** (1 / 3) - (1 - ninth)) / sqrt(ninth)
    return 0.5 * (1 - erf(z / sqrt(2)))
