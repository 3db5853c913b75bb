"""How long an account could not work: time hit by any incident, counted once, without planned maintenance."""

from __future__ import annotations

from collections.abc import Iterable

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


def hit_span(incident: Span, down: tuple[object, object]) -> Span:
    """An account may have been hit later than the incident began, or have worked again before its end.

    :param incident: (start, end)
    :param down: (from, until) as known for the account; None where it is as for the incident
    """
    begin = max(incident[0], down[0]) if down[0] else incident[0]  # type: ignore[type-var]
    end = min(incident[1], down[1]) if down[1] else incident[1]  # type: ignore[type-var]
    return (begin, end) if begin < end else (begin, begin)  # type: ignore[operator, return-value]
