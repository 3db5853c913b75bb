"""Who wrote: match an address with the contacts we know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Contact:
    id: int
    email: str  # normalised
    account_id: int  # commercial partner
    company_id: int | None  # None: shared by all companies


def match_contact(
    email: str | None, company_id: int, contacts: Sequence[Contact]
) -> int | None:
    """:return: the contact with exactly this address that ``company_id`` may use; None if there is none, or if the
        address belongs to more than one account (a person must choose then)

    A contact of the company wins over a shared one; among those of one account the oldest (lowest id) wins.
    """
    usable = [
        c
        for c in contacts
        if email and c.email == email and c.company_id in (None, company_id)
    ]
    own = [c for c in usable if c.company_id == company_id] or usable
    if len({c.account_id for c in own}) != 1:
        return None
    return min(c.id for c in own)
