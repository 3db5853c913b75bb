"""The steps of one request as people would explain them: who sits where, and what an answer does.

Written from the documents, not from the code under test. People are numbers, in the order in which
they were born.
"""

import copy
from dataclasses import dataclass, field, replace

WAITING, PENDING, APPROVED, REJECTED, SKIPPED = (
    "waiting",
    "pending",
    "approved",
    "rejected",
    "skipped",
)
OPEN = (WAITING, PENDING)
COUNTED = ("quorum", "percent", "weighted")


@dataclass
class Seat:
    user: int
    why: str = "named"
    state: str = WAITING
    by: int | None = None  # who decided in the place of ``user``
    weight: int = 1

    def __deepcopy__(self, _memo):  # the usual way is slow
        return replace(self)


@dataclass
class Step:
    rule: int | None  # index of the policy's step; None: none of the policy
    sequence: int
    name: str
    mode: str
    need: int = 0
    state: str = WAITING
    seats: list = field(default_factory=list)
    barred: set = field(default_factory=set)  # when it was laid
    rank: int = 0  # older steps come first where nothing else tells them apart

    def __deepcopy__(self, _memo):
        return replace(
            self, seats=[replace(s) for s in self.seats], barred=set(self.barred)
        )

    def seat(self, user):
        return next((seat for seat in self.seats if seat.user == user), None)

    def users(self, *states):
        return [seat.user for seat in self.seats if seat.state in states]

    def worth(self, state):
        """What the seats in ``state`` count: their weight where weights add up, else one each."""
        return sum(
            seat.weight if self.mode == "weighted" else 1
            for seat in self.seats
            if seat.state == state
        )

    def missing_answers(self):
        """Mode all: who has not answered; whoever was called in late stands for one of them."""
        first = [s for s in self.seats if s.why != "escalated" and s.state in OPEN]
        late = [s for s in self.seats if s.why == "escalated" and s.state == APPROVED]
        return max(len(first) - len(late), 0)


def people_who_decided(steps):
    """Whose seats are filled, and who filled them: they decide nothing else of this request."""
    found = set()
    for step in steps:
        for seat in step.seats:
            if seat.state in (APPROVED, REJECTED):
                found |= {seat.user} | ({seat.by} - {None})
    return found


# ---------------------------------------------------------------------- enough people


def first_short(steps):
    """The first undecided step that cannot be decided any more if each person decides once."""
    wants = _wants(steps)
    for end in range(1, len(wants) + 1):
        if not _all_met([(need, people) for _step, need, people in wants[:end]]):
            return wants[end - 1][0]
    return None


def _wants(steps):
    """[(step, how much it still needs, {person: what they give})]"""
    spent = people_who_decided(steps)
    wants, needed_before = [], set()
    undecided = [step for step in steps if step.state in OPEN]
    for step in sorted(undecided, key=lambda s: (s.sequence, len(s.seats), s.rank)):
        people = {
            seat.user: seat.weight if step.mode == "weighted" else 1
            for seat in step.seats
            if seat.state in OPEN and seat.user not in spent | step.barred
        }
        wants.append((step, _need_of(step, people, needed_before), people))
        if step.mode == "all":
            needed_before |= set(people)
    return wants


def _need_of(step, people, needed_before):
    if step.mode == "any":
        return 1
    if step.mode in COUNTED:
        return max(step.need - step.worth(APPROVED), 0)
    # everybody, but who has to answer an earlier step cannot answer this one too; somebody must
    least = 0 if step.users(APPROVED) else 1
    return max(min(len(set(people) - needed_before), step.missing_answers()), least)


def _all_met(wants):
    """Try every way of sending each person to one step or to none."""
    left = {tuple(max(need, 0) for need, _people in wants)}
    for person in sorted({p for _need, people in wants for p in people}):
        tried = set(left)
        for needs in left:
            for at, (_need, people) in enumerate(wants):
                if person in people and needs[at]:
                    tried.add(
                        (
                            *needs[:at],
                            max(needs[at] - people[person], 0),
                            *needs[at + 1 :],
                        )
                    )
        left = tried
    return any(not any(needs) for needs in left)


def call_in_owner(steps, owner, requester):
    """Give the policy's owner a seat in each step that is short of people.

    :return: the step that stays short, None if none does
    """
    out = {requester} | people_who_decided(steps)
    while step := first_short(steps):
        if owner is None or owner in out | step.barred or step.seat(owner):
            return step
        give_owner(step, owner)
    return None


def give_owner(step, owner):
    heaviest = max((seat.weight for seat in step.seats), default=1)
    step.seats.append(Seat(owner, "owner", step.state, weight=heaviest))


# ---------------------------------------------------------------------- deciding


def open_next(steps):
    """The undecided steps with the lowest number are to be decided now, side by side."""
    undecided = [step.sequence for step in steps if step.state in OPEN]
    for step in steps:
        if step.state == WAITING and step.sequence == min(undecided):
            step.state = PENDING
            for seat in step.seats:
                seat.state = PENDING if seat.state == WAITING else seat.state


def close(steps):
    for step in steps:
        if step.state in OPEN:
            finish(step, SKIPPED)


def finish(step, state):
    step.state = state
    for seat in step.seats:
        seat.state = SKIPPED if seat.state in OPEN else seat.state


def places(steps, holder, user):
    """The open steps in which ``user`` may answer for ``holder``, fewest people first."""
    found = [
        step
        for step in steps
        if step.state == PENDING
        and holder in step.users(PENDING)
        and not step.barred & {holder, user}
    ]
    return sorted(found, key=lambda s: (len(s.users(PENDING)), s.rank))


def whose_seats(steps, user, lenders):
    """One's own seat comes first; a seat of somebody who decided is not lent any more."""
    if places(steps, user, user):
        return [user]
    spent = people_who_decided(steps)
    return [
        lender
        for lender in sorted(lenders)
        if lender not in spent and places(steps, lender, user)
    ]


@dataclass
class Answer:
    steps: list
    step: Step  # that was decided
    holder: int  # whose seat was filled
    short: bool = False  # another step would be left without people enough
    outcome: str = PENDING  # of the request


def answer(steps, user, verdict, lenders, owner, requester):
    """Of several seats the one is filled that needs the owner least."""
    tried = [
        _answer_one(steps, steps.index(step), holder, user, verdict, owner, requester)
        for holder in whose_seats(steps, user, lenders)
        for step in places(steps, holder, user)
    ]
    return min(tried, key=lambda a: (a.short, sum(len(s.seats) for s in a.steps)))


def _answer_one(steps, at, holder, user, verdict, owner, requester):
    steps = copy.deepcopy(steps)
    _fill(steps, steps[at], holder, user, verdict)
    for step in steps:
        state = _settled(step) if step.state == PENDING else step.state
        if state != step.state:
            finish(step, state)
    result = Answer(steps, steps[at], holder)
    if any(step.state == REJECTED for step in steps):
        close(steps)
        result.outcome = REJECTED
        return result
    result.short = call_in_owner(steps, owner, requester) is not None
    open_next(steps)
    if all(step.state == APPROVED for step in steps):
        result.outcome = APPROVED
    return result


def _fill(steps, chosen, holder, user, verdict):
    """All other seats of these people fall away: one person, one seat."""
    for step in steps:
        for seat in step.seats:
            if step is chosen and seat.user == holder:
                seat.state, seat.by = verdict, None if user == holder else user
            elif seat.user in (holder, user) and seat.state in OPEN:
                seat.state = SKIPPED


def _settled(step):
    yes, no = step.users(APPROVED), step.users(REJECTED)
    if step.mode == "any":
        return REJECTED if no else APPROVED if yes else PENDING
    if step.mode == "all":
        if no:
            return REJECTED
        return APPROVED if yes and not step.missing_answers() else PENDING
    if step.worth(APPROVED) >= step.need:
        return APPROVED
    reachable = step.worth(APPROVED) + step.worth(PENDING) >= step.need
    return REJECTED if no and not reachable else PENDING
