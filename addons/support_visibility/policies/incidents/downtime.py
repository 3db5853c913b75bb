"""How long an account could not work: time hit by any incident, counted once, without planned maintenance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from ..sla.spans import Span, merged, total, within, without

Trouble = tuple[
    Span, Sequence[Span]
]  #: when it hit; the announced work that excuses it


def downtime_minutes(troubles: Iterable[Trouble], bounds: Span | None = None) -> float:
    """Announced work excuses only the incident it was announced for.

    :param troubles: when incidents hit the account, each with its announced work; both may overlap
    :param bounds: only what lies inside
    :return: minutes
    """
    felt = [
        span for hit, work in troubles for span in without(merged([hit]), merged(work))
    ]
    counted: Iterable[Span] = merged(felt)
    if bounds:
        counted = within(counted, bounds)
    return total(counted).total_seconds() / 60


def hit_span(
    incident: Span, down_from: datetime | None, down_until: datetime | None
) -> Span:
    """An account may have been hit later than the incident began, or have worked again before its end.

    :param incident: (start, end)
    :param down_from: as known for the account; None where it is as for the incident, as ``down_until``
    """
    begin = max(incident[0], down_from) if down_from else incident[0]
    end = min(incident[1], down_until) if down_until else incident[1]
    return (begin, max(begin, end))
