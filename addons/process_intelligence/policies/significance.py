"""Whether two groups differ: tests, intervals and sizes of effects, each with its source."""

from collections.abc import Sequence
from math import asin, erfc, exp, lgamma, sqrt
from statistics import NormalDist
from typing import NamedTuple

#: Adjusted p below which a difference counts.
LEVEL = 0.05
#: Below this expected count the normal approximation of shares is not trusted (Cochran, 1954).
LEAST_EXPECTED = 5
#: Up to so many terms the exact test costs nothing worth saving.
EXACT_TERMS = 1_000
#: Tables within this factor of the observed one are as likely as it; floats are not exact.
AS_LIKELY = 1 + 1e-7


class Share(NamedTuple):
    """``hits`` of ``cases``."""

    hits: int
    cases: int

    @property
    def value(self) -> float:
        return self.hits / self.cases if self.cases else 0.0


def two_sided(z: float) -> float:
    """:return: p of a standard normal value"""
    return erfc(abs(z) / sqrt(2))


def shares_differ(one: Share, two: Share) -> float:
    """:return: p: by Fisher's exact test where that is cheap or needed, else by the z-test"""
    hits, cases = one.hits + two.hits, one.cases + two.cases
    rare = min(hits, cases - hits)
    fewer = min(one.cases, two.cases)
    if min(rare, fewer) <= EXACT_TERMS or rare * fewer / cases < LEAST_EXPECTED:
        return fisher_exact(one, two)
    return two_sided(z_of_shares(one, two))


def z_of_shares(one: Share, two: Share) -> float:
    """:return: pooled two-proportion z; 0 where nothing varies"""
    if not one.cases or not two.cases:
        return 0.0
    pooled = (one.hits + two.hits) / (one.cases + two.cases)
    spread = sqrt(pooled * (1 - pooled) * (1 / one.cases + 1 / two.cases))
    return (one.value - two.value) / spread if spread else 0.0


def fisher_exact(one: Share, two: Share) -> float:
    """Two-sided: the probability of all tables with these margins that are at most as likely as the observed one.

    Fisher (1922); each next table's probability follows from the one before.
    """
    hits, cases = one.hits + two.hits, one.cases + two.cases
    low, high = max(0, hits - two.cases), min(hits, one.cases)
    if low == high:
        return 1.0
    # From the likeliest table outwards, so that nothing vanishes before it is counted.
    middle = (hits + 1) * (one.cases + 1) // (cases + 2)
    middle = min(max(middle, low), high)
    weights = {middle: 1.0}
    for up, last in ((1, high), (-1, low)):
        weight = 1.0
        for k in range(middle, last, up):
            weight *= _ratio(k, one.cases, two.cases, hits, up)
            weights[k + up] = weight
    observed = weights[one.hits]
    every = sum(weights.values())
    likely = sum(w for w in weights.values() if w <= observed * AS_LIKELY)
    return min(1.0, likely / every)


def _ratio(k: int, one: int, two: int, hits: int, up: int) -> float:
    """Probability of ``k + up`` hits in the first group by that of ``k``."""
    if up > 0:
        return (one - k) * (hits - k) / ((k + 1) * (two - hits + k + 1))
    return k * (two - hits + k) / ((one - k + 1) * (hits - k + 1))


def hypergeometric(k: int, one: int, two: int, hits: int) -> float:
    """:return: probability that ``k`` of all ``hits`` fall into the first group"""

    def choose(n: int, r: int) -> float:
        return lgamma(n + 1) - lgamma(r + 1) - lgamma(n - r + 1)

    return exp(choose(one, k) + choose(two, hits - k) - choose(one + two, hits))


def cohens_h(one: Share, two: Share) -> float:
    """``2 asin sqrt(p1) - 2 asin sqrt(p2)`` (Cohen, 1988): 0.2 is small, 0.5 medium, 0.8 large."""
    return 2 * asin(sqrt(one.value)) - 2 * asin(sqrt(two.value))


# ---------------------------------------------------------------------- durations


class Ranks(NamedTuple):
    """What ranks say of two samples.

    :param one, two: sizes
    :param rank_sum: of the first sample, ties share their mean rank
    :param ties: sum of ``t^3 - t`` over the sizes of ties
    """

    one: int
    two: int
    rank_sum: float
    ties: float

    @property
    def u(self) -> float:
        """Pairs in which the first sample's value is larger; a tie is half of one."""
        return self.rank_sum - self.one * (self.one + 1) / 2


def durations_differ(ranks: Ranks) -> float:
    """:return: two-sided p of Mann and Whitney (1947): normal, with ties and continuity corrected (Lehmann, 1975)"""
    one, two, every = ranks.one, ranks.two, ranks.one + ranks.two
    if not one or not two:
        return 1.0
    variance = one * two / 12 * (every + 1 - ranks.ties / (every * (every - 1)))
    if variance <= 0:
        return 1.0
    away = max(0.0, abs(ranks.u - one * two / 2) - 0.5)
    return two_sided(away / sqrt(variance))


def rank_biserial(ranks: Ranks) -> float:
    """``2 U / (n1 n2) - 1`` (Cureton, 1956; Wendt, 1972): 1 where all of the first sample is larger, -1 smaller."""
    pairs = ranks.one * ranks.two
    return 2 * ranks.u / pairs - 1 if pairs else 0.0


# ---------------------------------------------------------------------- intervals


class Interval(NamedTuple):
    low: float
    high: float


def wilson(share: Share, level: float = 0.95) -> Interval:
    """:return: the score interval of a share (Wilson, 1927), without continuity correction"""
    if not share.cases:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + level) / 2)
    n, p = share.cases, share.value
    middle = p + z * z / (2 * n)
    reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    below = 1 + z * z / n
    low = 0.0 if not share.hits else (middle - reach) / below
    high = 1.0 if share.hits == n else (middle + reach) / below
    return Interval(max(0.0, low), min(1.0, high))


def newcombe(one: Share, two: Share, level: float = 0.95) -> Interval:
    """:return: interval of ``p1 - p2`` from both score intervals (Newcombe, 1998, method 10)"""
    difference = one.value - two.value
    first, second = wilson(one, level), wilson(two, level)
    low = sqrt((one.value - first.low) ** 2 + (second.high - two.value) ** 2)
    high = sqrt((first.high - one.value) ** 2 + (two.value - second.low) ** 2)
    return Interval(difference - low, difference + high)


# ---------------------------------------------------------------------- many tests


def adjusted(ps: Sequence[float]) -> list[float]:
    """:return: p of each test, controlled for the share of false finds (Benjamini and Hochberg, 1995), in that order"""
    order = sorted(range(len(ps)), key=lambda place: ps[place], reverse=True)
    found, least = [0.0] * len(ps), 1.0
    for above, place in enumerate(order):
        least = min(least, ps[place] * len(ps) / (len(ps) - above))
        found[place] = least
    return found
