"""Which mails no person wrote, and what becomes of them.

RFC 3834 (Auto-Submitted, the null return path), RFC 2076 (Precedence) and MS-OXCMAIL (X-Auto-Response-Suppress).
None of them is ever answered by a machine: two machines that answer each other never stop.
"""

from __future__ import annotations

from dataclasses import dataclass

PASS = "pass"  #: a person wrote it, as far as one can tell
ASIDE = "aside"  #: sent by a program, perhaps of use: for a person to look at
CUT = "cut"  #: an answer of a machine, or a loop: it is counted and goes no further

OWN_ADDRESS = "own_address"
TOO_MANY = "too_many"
NULL_PATH = "null_path"
AUTO_REPLY = "auto_reply"
AUTO_GENERATED = "auto_generated"
BULK = "bulk"
SUPPRESS = "suppress"

REPLY_MARKS = frozenset({"auto_reply", "auto-reply"})
BULK_MARKS = frozenset({"bulk", "list", "junk"})


@dataclass(frozen=True)
class Marks:
    """What the headers of a mail say about who sent it; header values as they came."""

    auto_submitted: str = ""
    precedence: str = ""
    suppress: str = ""  # X-Auto-Response-Suppress
    auto_reply: str = ""  # X-Autoreply or X-Autorespond
    return_path: str | None = None  # None: the header is missing
    is_own: bool = False  # sent from an address of ours that takes mail in
    recent: int = 0  # mails of this sender within the window, this one not counted
    limit: int = 0  # the most of them; 0: any number


@dataclass(frozen=True)
class Verdict:
    fate: str  # PASS, ASIDE or CUT
    reason: str = ""


def judge(marks: Marks) -> Verdict:
    """:return: whether a mail goes on, and why not; the surest sign first"""
    for holds, fate, reason in (
        (marks.is_own, CUT, OWN_ADDRESS),
        (_word(marks.auto_submitted) == "auto-replied", CUT, AUTO_REPLY),
        (_word(marks.precedence) in REPLY_MARKS, CUT, AUTO_REPLY),
        (_word(marks.auto_reply) not in ("", "no"), CUT, AUTO_REPLY),
        (_is_null(marks.return_path), CUT, NULL_PATH),
        (0 < marks.limit <= marks.recent, CUT, TOO_MANY),
        (_word(marks.auto_submitted) not in ("", "no"), ASIDE, AUTO_GENERATED),
        (_word(marks.precedence) in BULK_MARKS, ASIDE, BULK),
        (_word(marks.suppress) not in ("", "none"), ASIDE, SUPPRESS),
    ):
        if holds:
            return Verdict(fate, reason)
    return Verdict(PASS)


def _word(value: str) -> str:
    """:return: the keyword of a header, without parameters and comments"""
    return value.split(";")[0].split("(")[0].strip().lower()


def _is_null(path: str | None) -> bool:
    """An empty return path, which is no missing one: RFC 5321 asks for it on whatever must not be answered."""
    return path is not None and path.strip() in ("", "<>")
