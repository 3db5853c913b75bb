"""How full somebody's hands are."""

from __future__ import annotations

HEALTHY, WATCH, AT_RISK, CRITICAL = "healthy", "watch", "at_risk", "critical"
WATCH_FROM = 75  # percent of the capacity


def status(load: int, capacity: int) -> str:
    """:param capacity: most tickets at once; 0: no limit, so never too many"""
    if not capacity:
        return HEALTHY
    percent = 100 * load / capacity
    if percent > 100:
        return CRITICAL
    if percent == 100:
        return AT_RISK
    return WATCH if percent >= WATCH_FROM else HEALTHY


def percent(load: int, capacity: int) -> int | None:
    """:return: None without a limit"""
    return round(100 * load / capacity) if capacity else None
