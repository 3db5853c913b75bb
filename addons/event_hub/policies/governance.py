"""What a governed rule must have before it may act, what changed in it, and when it has had its day."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

OBSERVE = "observe"  #: says what it would do, does nothing
ACT = "act"  #: does it
MODES = [(OBSERVE, "Observe"), (ACT, "Act")]

NO_APPROVAL = "none"  #: nobody is asked before it takes effect; the reason says why
ASKS_FIRST = "asks"  #: it asks, and a person decides before anything takes effect
CHECKED_AFTER = "after"  #: it takes effect, and a person looks at it afterwards
APPROVAL_PATHS = [
    (NO_APPROVAL, "None, because …"),
    (ASKS_FIRST, "A person decides before it takes effect"),
    (CHECKED_AFTER, "A person checks it afterwards"),
]

IDLE_DAYS = 90  # without a run: nothing shows that anybody needs it
LOW_VALUE_MINUTES = 60  # saved in 90 days, by the stated estimate
OVERRIDDEN_SHARE = 0.5  # of what it did: people undo more than they keep
OVERRIDDEN_LEAST = 4  # overrides before the share says anything
FAILED_SHARE = 0.5
FAILED_LEAST = 4
LONGEST_DIFF_LINES = 400
SECRET_NAME = ": webhook_url"  # how the names of such values in a snapshot end
DIGESTED = "secret, SHA-256 "


# ------------------------------------------------------------------- the charter


@dataclass(frozen=True)
class Charter:
    """What is written down about a rule, and whether the rule does anything at all."""

    purpose: str
    owner: bool
    owner_active: bool
    approval_path: str
    approval_reason: str
    minutes_saved: float  # per run
    estimate_basis: str
    review_at: date | None
    has_actions: bool


def gaps(charter: Charter | None, today: date) -> list[str]:
    """What is missing before the rule may act, as codes in the order a person fills them in; empty: nothing."""
    if charter is None:
        return ["charter"]
    found = {
        "actions": not charter.has_actions,
        "purpose": not charter.purpose.strip(),
        "owner": not charter.owner,
        "owner_archived": charter.owner and not charter.owner_active,
        "approval": not charter.approval_path,
        "approval_reason": bool(charter.approval_path)
        and not charter.approval_reason.strip(),
        "minutes": charter.minutes_saved < 0,
        "basis": charter.minutes_saved > 0 and not charter.estimate_basis.strip(),
        "review": charter.review_at is None,
        "review_overdue": charter.review_at is not None and charter.review_at < today,
    }
    return [code for code, missing in found.items() if missing]


# ------------------------------------------------------------------ its versions


@dataclass(frozen=True)
class Change:
    what: str
    before: Any
    after: Any


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs between two flat snapshots, in the order of the later one; None: not there."""
    names = [*after, *(name for name in before if name not in after)]
    return [
        Change(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def diff_text(found: list[Change]) -> str:
    """The changes as text: one line for a short value, a unified diff for a long one."""
    lines: list[str] = []
    for change in found:
        old, new = _text(change.before), _text(change.after)
        if "\n" in old or "\n" in new:
            lines.append(f"{change.what}:")
            lines.extend(_unified(old, new))
        else:
            lines.append(f"{change.what}: {old or '—'} → {new or '—'}")
    if len(lines) > LONGEST_DIFF_LINES:
        left = len(lines) - LONGEST_DIFF_LINES
        lines = [*lines[:LONGEST_DIFF_LINES], f"… {left} more lines"]
    return "\n".join(lines)


def first_text(snapshot: Mapping[str, Any]) -> str:
    """A first version as text: what is there, one line each, long values below their name."""
    lines: list[str] = []
    for name, value in snapshot.items():
        text = "" if value is False or value == 0 else _text(value)
        if "\n" in text:
            lines.append(f"{name}:")
            lines.extend(f"  {line}" for line in text.splitlines())
        elif text:
            lines.append(f"{name}: {text}")
    return "\n".join(lines)


def digest(secret: str | bool | None) -> str | bool:
    """What stands for a secret in a version: it tells that the secret changed, and not what it is; False for none."""
    if not isinstance(secret, str) or not secret:
        return False
    return f"{DIGESTED}{hashlib.sha256(secret.encode()).hexdigest()[:16]}"


def without_secrets(
    snapshot: Mapping[str, Any], text: str, secrets: Set[str]
) -> tuple[dict[str, Any], str]:
    """A version that was kept with addresses of webhooks in it, each as its ``digest``.

    :param secrets: those of the rule's versions so far: a diff tells also what was there before
    """
    cleaned = {
        name: digest(value)
        if value in secrets and name.endswith(SECRET_NAME)
        else value
        for name, value in snapshot.items()
    }
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, str(digest(secret)))
    return cleaned, text


def secrets_of(snapshot: Mapping[str, Any]) -> set[str]:
    """The addresses of webhooks that a version of old holds as they are."""
    return {
        value
        for name, value in snapshot.items()
        if name.endswith(SECRET_NAME)
        and isinstance(value, str)
        and not value.startswith(DIGESTED)
    }


def _text(value: Any) -> str:
    if value is None or value is False or value == "":
        return "no" if value is False else ""
    if value is True:
        return "yes"
    return str(value)


def _unified(old: str, new: str) -> list[str]:
    compared = difflib.unified_diff(
        old.splitlines(), new.splitlines(), lineterm="", n=2
    )
    return [f"  {line}" for line in list(compared)[2:]]


# --------------------------------------------------------------- has it had its day


@dataclass(frozen=True)
class Figures:
    """A rule in the last 90 days."""

    age_days: int  # since it was made
    idle_days: int | None  # since its last run; None: it never ran
    done: int
    failed: int  # failed or given up
    overridden: int
    minutes_saved: float
    has_estimate: bool


def retire_reason(figures: Figures) -> str | None:
    """Why the rule may have had its day, as a code; None: it earns its keep, or is too young to say."""
    if figures.overridden >= OVERRIDDEN_LEAST and figures.overridden >= (
        OVERRIDDEN_SHARE * figures.done
    ):
        return "overridden"
    if figures.failed >= FAILED_LEAST and figures.failed > FAILED_SHARE * (
        figures.done + figures.failed
    ):
        return "failing"
    if figures.age_days < IDLE_DAYS:
        return None
    if figures.idle_days is None:
        return "never_ran"
    if figures.idle_days >= IDLE_DAYS:
        return "idle"
    if figures.has_estimate and figures.minutes_saved < LOW_VALUE_MINUTES:
        return "low_value"
    return None
