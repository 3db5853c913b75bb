"""Bins of a histogram of durations that a few endless cases cannot flatten."""

import math

MAX_BINS = 30
MIN_BINS = 6
MINUTE, HOUR, DAY = 60, 3_600, 86_400
#: Widths that people count in, in seconds.
WIDTHS = (
    *(1, 2, 5, 10, 15, 30),
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR * n for n in (1, 2, 4, 6, 12)),
    *(DAY * n for n in (1, 2, 5, 7, 14, 30, 60, 90, 180, 365)),
)


def edges(
    count: int, low: float, high: float, lower: float, upper: float
) -> list[float]:
    """Lower edges of the bins, in seconds; the last bin is open above.

    Width by Freedman and Diaconis (1981): ``2 IQR / n^(1/3)``, made a round one and held within MIN_BINS and
    MAX_BINS; bins end at Tukey's outer fence (third quartile + 3 IQR), so that what lies far out shares the last.

    :param count: cases
    :param low, high: the shortest and longest, seconds
    :param lower, upper: first and third quartile, seconds
    :return: rising, at least one
    """
    if not count:
        return []
    between = upper - lower
    top = min(high, upper + 3 * between) if between else high
    reach = max(0.0, top - low)
    ideal = 2 * between / count ** (1 / 3)
    width = _round_up(min(max(ideal, reach / (MAX_BINS - 2)), max(reach / MIN_BINS, 1)))
    first = math.floor(low / width) * width
    return [first + width * n for n in range(math.floor((top - first) / width) + 1)]


def bins(edges: list[float], counts: dict[int, int]) -> list[dict[str, object]]:
    """:param counts: by place of the bin, from 1 on
    :return: ``[{"from", "to", "count"}]``; ``to`` is false in the last one, which is open
    """
    ends: list[float | bool] = [*edges[1:], False]
    return [
        {"from": low, "to": high, "count": counts.get(place, 0)}
        for place, (low, high) in enumerate(zip(edges, ends, strict=False), start=1)
    ]


def _round_up(width: float) -> float:
    if width > WIDTHS[-1]:
        return math.ceil(width / WIDTHS[-1]) * WIDTHS[-1]
    return next(known for known in WIDTHS if known >= width)
