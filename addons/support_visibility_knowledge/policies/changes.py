"""What changed between two versions of a text, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

SAME, ADDED, REMOVED = "same", "added", "removed"
MAX_WORDS = 5000  # longer texts are compared line by line

_PARTS = re.compile(r"\s+|\w+|[^\w\s]")


def changes(before: str, after: str) -> list[tuple[str, str]]:
    """:return: ``[(same | added | removed, text)]``, in reading order; what was removed comes first"""
    old, new = _parts(before), _parts(after)
    if max(len(old), len(new)) > 2 * MAX_WORDS:
        old, new = before.splitlines(True), after.splitlines(True)
    found: list[tuple[str, str]] = []
    for tag, i, j, k, m in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            found.append((SAME, "".join(old[i:j])))
            continue
        if j > i:
            found.append((REMOVED, "".join(old[i:j])))
        if m > k:
            found.append((ADDED, "".join(new[k:m])))
    return found


def _parts(text: str) -> list[str]:
    return _PARTS.findall(text)
