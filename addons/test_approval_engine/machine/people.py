"""Who can decide at all, who belongs to which group, and who stands in for whom."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Person:
    name: str
    active: bool = True
    access: bool = True  # to Approvals
    manager: int | None = None  # of this person
    reads_all: bool = False
    of_account: bool = False  # belongs to the account
    groups: set = field(default_factory=set)

    @property
    def able(self):
        return self.active and self.access


@dataclass
class Loan:
    lender: int
    delegate: int
    begin: datetime
    end: datetime
    limit: float = 0
    kinds: frozenset = frozenset()  # empty: all
    revoked: bool = False
    shown: bool = False  # what waits was shown to the delegate

    def is_live(self, now):
        return not self.revoked and self.begin <= now < self.end

    def covers(self, request, now):
        return (
            self.is_live(now)
            and (not self.kinds or request.kind in self.kinds)
            and (not self.limit or request.size <= self.limit)
        )


class People:
    """Membership gives a say only once a second person agreed; what the system does needs none."""

    def __init__(self, persons):
        self.all = list(persons)
        self.say = {}  # (group, person): whether it counts
        self.loans = []
        self.account_owner = None
        self.follow(agreed=True)

    def __getitem__(self, number):
        return self.all[number]

    def __len__(self):
        return len(self.all)

    def able(self, numbers):
        return [number for number in numbers if self.all[number].able]

    def follow(self, agreed):
        """Somebody joined or left: rows of those who are no members (any more) end."""
        members = {
            (group, number)
            for number, person in enumerate(self.all)
            for group in person.groups
            if person.active
        }
        self.say = {key: counts for key, counts in self.say.items() if key in members}
        for key in members:
            self.say.setdefault(key, agreed)

    def members(self, group):
        """In the group, agreed on, and active."""
        return [
            number
            for number, person in enumerate(self.all)
            if group in person.groups
            and person.active
            and self.say.get((group, number), False)
        ]

    def line(self, number):
        """The managers above somebody, from the nearest up."""
        found = []
        above = self.all[number].manager
        while above is not None and above != number and above not in found:
            found.append(above)
            above = self.all[above].manager
        return found

    def account_people(self):
        return {n for n, person in enumerate(self.all) if person.of_account}

    # ------------------------------------------------------------------ lending

    def cannot_lend(self, new):
        """Whether a loan is refused: nobody lends to themselves, to who has no access, or in a ring."""
        return (
            new.end <= new.begin
            or new.lender == new.delegate
            or len(self.able([new.lender, new.delegate])) < 2
            or self._rings(new)
        )

    def _rings(self, new):
        """At some moment a chain of loans, all live then, leads from the delegate back to the lender."""
        others = [loan for loan in self.loans if not loan.revoked]
        moments = {new.begin} | {loan.begin for loan in others}
        for moment in moments:
            if not new.begin <= moment < new.end:
                continue
            live = [loan for loan in others if loan.begin <= moment < loan.end]
            reached, fresh = set(), {new.delegate}
            while fresh:
                reached |= fresh
                fresh = {x.delegate for x in live if x.lender in fresh} - reached
            if new.lender in reached:
                return True
        return False
