"""What was changed in a definition, old and new side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MADE = "made"
CHANGED = "changed"
DELETED = "deleted"
ON = "on"  # switched on again
OFF = "off"  # switched off: nothing is held by it any more


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """:return: ``{name: (old, new)}`` of what differs; None for what was or is not there"""
    return {
        name: (old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    }


def kind(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """:return: what happened; empty if nothing did"""
    if not old or not new:
        return MADE if new else DELETED if old else ""
    changed = differences(old, new)
    if "active" in changed:
        return ON if new.get("active") else OFF
    return CHANGED if changed else ""
