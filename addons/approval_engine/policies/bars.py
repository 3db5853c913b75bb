"""Who must not decide a step, beyond whoever asked."""

from __future__ import annotations

from dataclasses import dataclass

BENEFICIARY = "beneficiary"  # gains by it
ACCOUNT_OWNER = "account_owner"  # answers for the account it is about
CREATOR = "creator"  # made the record it is about


@dataclass(frozen=True)
class Facts:
    """Who is what to a request: ids of users."""

    beneficiaries: frozenset[int] = frozenset()
    account_owners: frozenset[int] = frozenset()
    creators: frozenset[int] = frozenset()


def barred(
    facts: Facts, *, beneficiary: bool, account_owner: bool, creator: bool
) -> dict[int, str]:
    """:return: {user id: why}, the first reason that applies to each"""
    found: dict[int, str] = {}
    for wanted, people, why in (
        (beneficiary, facts.beneficiaries, BENEFICIARY),
        (account_owner, facts.account_owners, ACCOUNT_OWNER),
        (creator, facts.creators, CREATOR),
    ):
        for user_id in people if wanted else ():
            found.setdefault(user_id, why)
    return found
