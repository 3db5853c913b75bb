"""How long an account could not work: time hit by any incident, counted once, without planned maintenance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..sla.spans import Span, merged, total, within, without


def downtime_minutes(
    hits: Iterable[Span], maintenance: Iterable[Span], bounds: Span | None = None
) -> float:
    """:param hits: when incidents hit the account; they may overlap
    :param maintenance: announced windows, which do not count
    :param bounds: only what lies inside
    :return: minutes
    """
    counted: Iterable[Span] = without(merged(hits), merged(maintenance))
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
