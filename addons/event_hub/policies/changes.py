"""Which event a changed field tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CHANGED = "hub.record_changed"  # of a field nobody named an event for
CREATED = "hub.record_created"

Watch = str | Mapping[str, str]  # one event type, or one for each value of the field


@dataclass(frozen=True)
class Value:
    """A field's value, as the database has it and as people read it. Empty: ``Value("", "")``."""

    key: str
    label: str


@dataclass(frozen=True)
class Told:
    type: str
    activity: str  # "" = the label of the event type
    attributes: dict[str, str]


def tell(
    field: str, label: str, watch: Watch | None, before: Value, after: Value
) -> Told | None:
    """What a change of one field is told as; None if it is not worth an event.

    :param label: the field's name for people
    :param watch: what the model says of this field; None: nothing, so it is told in general terms
    """
    if before == after:
        return None
    attributes = {"field": field, "from": before.label, "to": after.label}
    if isinstance(watch, Mapping):
        kind = watch.get(after.key)
        return Told(kind, "", attributes) if kind else None
    return Told(watch or CHANGED, f"{label}: {after.label or '–'}", attributes)
