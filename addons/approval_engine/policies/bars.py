"""Who must not decide a step, beyond whoever asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from .persons import ONE_EACH, Logins, spread

BENEFICIARY = "beneficiary"  # gains by it
ACCOUNT_OWNER = "account_owner"  # answers for the account it is about
CREATOR = "creator"  # made the record it is about
ASKED = "asked"  # asked for it, under another login


@dataclass(frozen=True)
class Facts:
    """Who is what to a request: ids of users."""

    beneficiaries: frozenset[int] = frozenset()
    account_owners: frozenset[int] = frozenset()
    creators: frozenset[int] = frozenset()
    askers: frozenset[int] = frozenset()  # further logins of whoever asked
    logins: Logins = field(default_factory=lambda: ONE_EACH, hash=False)


def barred(
    facts: Facts, *, beneficiary: bool, account_owner: bool, creator: bool
) -> dict[int, str]:
    """:return: {user id: why}, the first reason that applies to each; for every login of a person"""
    found: dict[int, str] = {}
    for wanted, people, why in (
        (True, facts.askers, ASKED),
        (beneficiary, facts.beneficiaries, BENEFICIARY),
        (account_owner, facts.account_owners, ACCOUNT_OWNER),
        (creator, facts.creators, CREATOR),
    ):
        for user_id in people if wanted else ():
            found.setdefault(user_id, why)
    return spread(found, facts.logins)
