"""Who puts a policy in force: two people, as one alone could change who watches over them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

PROPOSE = "propose"  # the first person: from now on it waits, frozen, for another
ACTIVATE = "activate"  # the second person
ALONE = "alone"  # nobody else could; allowed, and kept as an exception for the auditor
SYSTEM = "system"  # an installation or upgrade, nobody's click

SAME_PERSON = "same_person"  # refusal: who proposed it does not put it in force as well


@dataclass(frozen=True)
class Verdict:
    what: str = ""  # empty with a refusal
    refusal: str | None = None


def decide(
    *,
    user_id: int,
    proposer_id: int | None,
    others: int,
    system: bool,
    logins: Collection[int] = (),
) -> Verdict:
    """What comes of somebody activating a policy.

    :param proposer_id: who proposed it; None: nobody yet
    :param others: how many further people could activate it
    :param system: whether it is the system itself that activates
    :param logins: all of this person, if several
    """
    if system:
        return Verdict(SYSTEM)
    if others < 1:
        return Verdict(ALONE)
    if proposer_id is None:
        return Verdict(PROPOSE)
    if proposer_id in {user_id, *logins}:
        return Verdict(refusal=SAME_PERSON)
    return Verdict(ACTIVATE)
