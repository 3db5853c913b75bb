"""What approvals promise, as a plain program: the second opinion the real models are held against.

Written from the documents, not from the code under test, and without Odoo. A call says in advance
with which kinds of refusal the real one may answer ({403, 409, 422}), or, where it is allowed
(an empty set), does what has to come of it.
"""

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from . import steps as s
from .steps import APPROVED, OPEN, PENDING, REJECTED, SKIPPED, Seat, Step

FORBIDDEN, CONFLICT, INVALID = 403, 409, 422
COUNTS = ("pending", "approved", "failed", "executed")
LIVE = ("pending", "approved", "failed")
RETRY, FACTOR, RETRIES = timedelta(seconds=30), 4, 5
MOST_PAUSE = 72  # hours, of a policy without a deadline


@dataclass(frozen=True)
class Rule:
    """A step of the policy. ``group``: whose members are asked besides ``people``."""

    sequence: int
    mode: str
    need: int = 1  # a number, a share in percent, or a weight
    people: tuple = ()
    group: int | None = None
    managers: int = 0  # ask so many levels above the requester instead
    above: int = 0
    upto: int = 0
    urgent_only: bool = False
    comment: bool = False
    bar_owner: bool = False
    bar_author: bool = False
    looks: tuple = ()
    weights: tuple = ()  # (person, weight)

    def applies(self, stake, urgent):
        return (
            (not self.urgent_only or urgent)
            and (not self.above or stake > self.above)
            and (not self.upto or stake <= self.upto)
        )


@dataclass(frozen=True)
class Policy:
    rules: tuple
    owner: int | None
    hours: int = 24
    urgent_hours: int = 0
    timeout: str = "expire"
    levels: tuple = ()  # (percent of the time, "user" | "group" | "manager", whom)
    pause: bool = True
    auto: int = 0
    window_days: int = 0
    window_by: str = "account"
    bar_beneficiary: bool = True
    options: tuple = ()


@dataclass
class Request:
    requester: int
    kind: int
    content: dict  # amount, reason, urgent, beneficiary, option
    account: bool
    author: int
    state: str = "draft"
    round: int = 0
    size: float = 0  # of the amount, when it was frozen
    stake: float = 0
    signed: dict | None = None  # the content that is decided on
    steps: list = field(default_factory=list)
    asked: set = field(default_factory=set)
    log: list = field(default_factory=list)  # (round, action, who, for whom, step)
    added: list = field(default_factory=list)
    submitted: datetime | None = None
    due: datetime | None = None
    levels: list = field(default_factory=list)  # (when, which)
    levels_done: set = field(default_factory=set)
    extended: bool = False
    paused: tuple | None = None  # (since, when it was due, when it runs again)
    questions: list = field(default_factory=list)  # [round, rank, answered]
    waits: int = 0  # questions
    attempts: int = 0
    next_try: datetime | None = None
    needed: bool = True
    broken: bool = False
    stamps: int = 0

    @property
    def is_changed(self):
        return self.content != self.signed

    def people_acted(self):
        return any(who != "policy" for _round, _action, who, _for, _step in self.log)


class Approvals:
    """One policy, its people and their requests."""

    def __init__(self, people, policy, now):
        self.people = people
        self.policy = policy
        self.now = now
        self.requests = []

    # ------------------------------------------------------------------ who is asked

    @property
    def owner(self):
        owner = self.policy.owner
        return owner if owner is not None and self.people[owner].able else None

    def bars(self, rule, request):
        """Who must not decide a step, beside the requester."""
        found = set()
        if self.policy.bar_beneficiary:
            found |= {request.content["beneficiary"]} - {None}
            found |= self.people.account_people() if request.account else set()
        if rule.bar_owner and request.account:
            found |= {self.people.account_owner} - {None}
        if rule.bar_author:
            found.add(request.author)
        return found

    def candidates(self, rule, request, barred):
        """Seats of those who qualify today, named people first."""
        weights = dict(rule.weights) if rule.mode == "weighted" else {}
        if rule.managers:
            line = self.people.able(self.people.line(request.requester))
            free = [n for n in line if n not in barred | {request.requester}]
            found = free[: rule.managers]
            return [Seat(n, "manager", weight=weights.get(n, 1)) for n in found]
        members = [] if rule.group is None else self.people.members(rule.group)
        found = [Seat(n, weight=weights.get(n, 1)) for n in rule.people]
        found += [
            Seat(n, "group", weight=weights.get(n, 1))
            for n in members
            if n not in rule.people
        ]
        return [seat for seat in found if self.people[seat.user].able]

    def counted_before(self, request):
        """What was asked within the window counts too, whoever split it."""
        policy = self.policy
        since = self.now - timedelta(days=policy.window_days)
        same = {
            "account": lambda other: other.account == request.account,
            "requester": lambda other: other.requester == request.requester,
            "type": lambda other: True,
        }[policy.window_by]
        return sum(
            other.size
            for other in self.requests
            if other is not request
            and policy.window_days
            and other.state in COUNTS
            and other.submitted > since
            and same(other)
        )

    def plan(self, request, stake):
        """:return: the steps, or None where nobody would decide or too few could"""
        rules = [
            (rule.sequence, at, rule)
            for at, rule in enumerate(self.policy.rules)
            if rule.applies(stake, request.content["urgent"])
        ]
        if not rules:
            return None
        laid = [self._laid(at, rule, request) for _seq, at, rule in sorted(rules)]
        if s.call_in_owner(laid, self.owner, request.requester):
            return None
        anywhere = set()
        for rule in self.policy.rules:
            anywhere |= self.bars(rule, request)
        again = [n for n in request.added if n != request.requester]
        for at, number in enumerate(again, start=1):
            first = min(step.sequence for step in laid)
            seats = [Seat(number, "added")] if self.people[number].able else []
            step = Step(None, first, f"added {number}", "all", seats=seats, rank=-at)
            laid.append(step)
        if again and s.call_in_owner(laid, self.owner, request.requester):
            return None
        for rank, step in enumerate(laid):
            step.rank = rank
            if step.rule is None:
                step.barred = anywhere
        return laid

    def _laid(self, at, rule, request):
        barred = self.bars(rule, request)
        seats = [
            seat
            for seat in self.candidates(rule, request, barred)
            if seat.user not in barred | {request.requester}
        ]
        need = 0
        if rule.mode in s.COUNTED:
            need = rule.need
        if rule.mode == "percent":
            need = max(-(-rule.need * len(seats) // 100), 1)
        name = f"step {at}"
        return Step(
            at, rule.sequence, name, rule.mode, need, "waiting", seats, barred, at
        )

    def today(self, request):
        """The steps, with those barred as well who became so since they were asked."""
        found = copy.deepcopy(request.steps)
        each = [self.bars(rule, request) for rule in self.policy.rules]
        for step in found:
            step.barred |= set().union(*each) if step.rule is None else each[step.rule]
        return found

    def holds(self, seat, step, request):
        """Whether the person of a seat has the right to it today."""
        if seat.why == "owner":
            return seat.user == self.owner
        person = self.people[seat.user]
        if seat.why in ("added", "escalated", "manager") or step.rule is None:
            return person.able
        rule = self.policy.rules[step.rule]
        member = rule.group is not None and seat.user in self.people.members(rule.group)
        return person.able and (seat.user in rule.people or member)

    # ------------------------------------------------------------------ who may see and decide

    def lenders(self, request, user):
        lent = {
            loan.lender
            for loan in self.people.loans
            if loan.delegate == user and loan.covers(request, self.now)
        }
        return {n for n in lent if not self.lost(request, n)}

    def lost(self, request, user):
        return [
            step
            for step in request.steps
            for seat in step.seats
            if seat.user == user
            and seat.state in OPEN
            and not self.holds(seat, step, request)
        ]

    def sees(self, request, user):
        return (
            user == request.requester
            or user in request.asked
            or self.people[user].reads_all
        )

    def tell(self, request):
        """Who is asked may read it from now on; who stands in too, unless barred from what is lent."""
        request.asked |= {seat.user for step in request.steps for seat in step.seats}
        for loan in self.people.loans:
            if loan.covers(request, self.now) and self._is_lent(request, loan):
                request.asked.add(loan.delegate)
        self.count_questions(request)

    def _is_lent(self, request, loan):
        return loan.delegate != request.requester and any(
            loan.lender in step.users(PENDING)
            and not step.barred & {loan.delegate, loan.lender}
            for step in self.today(request)
            if step.state == PENDING
        )

    def closed(self, request):
        """Why nobody decides it now."""
        if request.state == "draft":
            return {INVALID}
        if request.state != "pending":
            return {CONFLICT}
        late = request.due is not None and request.due <= self.now
        return {CONFLICT} if late or request.is_changed else set()

    def stranger(self, request, user):
        """Why this person has no say at all."""
        known = self.sees(request, user) and self.people[user].access
        return set() if known and user != request.requester else {FORBIDDEN}

    def why_not(self, request, user, decided_too=True):
        """All reasons why this person cannot decide now; empty: they can.

        :param decided_too: whether having decided already is one
        """
        kinds = self.stranger(request, user) | self.closed(request)
        if request.state != "pending":
            sits = any(step.seat(user) for step in request.steps)
            return kinds if sits else kinds | {FORBIDDEN}
        if self.lost(request, user):
            kinds.add(FORBIDDEN)
        return kinds | self._seatless(request, user, decided_too)

    def _seatless(self, request, user, decided_too):
        today, lenders = self.today(request), self.lenders(request, user)
        if user in s.people_who_decided(today):
            return {CONFLICT} if decided_too else self._undone(request, user, today)
        if s.whose_seats(today, user, lenders):
            return set()
        held = [
            (step, seat)
            for step in today
            for seat in step.seats
            if seat.user in {user, *lenders}
        ]
        if all(seat.state == SKIPPED and step.state in OPEN for step, seat in held):
            return {FORBIDDEN}
        if any(step.barred & {user, seat.user} for step, seat in held):
            return {FORBIDDEN, CONFLICT, INVALID}
        return {CONFLICT, INVALID}

    def touched(self, steps, user, lenders=()):
        """:return: [(step, seat)]: of this person, filled by them, or lent to them"""
        return [
            (step, seat)
            for step in steps
            for seat in step.seats
            if seat.user in {user, *lenders} or seat.by == user
        ]

    def _undone(self, request, user, today):
        """Who decided once has a say only as long as they could decide the same today."""
        filled = [
            (step, seat)
            for step, seat in self.touched(today, user)
            if seat.state not in (*OPEN, SKIPPED)
        ]
        free = self.free(request, user, filled)
        whole = self.people[user].able and len(free) == len(filled)
        return set() if whole else {FORBIDDEN}

    def free(self, request, user, held):
        """Those seats to which the right stands today, and from which nobody concerned is barred."""
        lending = {
            loan.lender
            for loan in self.people.loans
            if loan.delegate == user and loan.covers(request, self.now)
        }
        return [
            (step, seat)
            for step, seat in held
            if not step.barred & {user, seat.user}
            and seat.user in {user, *lending}
            and self.holds(seat, step, request)
        ]

    # ------------------------------------------------------------------ asking

    def submit(self, request, user):
        if user != request.requester:
            return {FORBIDDEN}
        if request.state != "draft":
            return {CONFLICT}
        trial = copy.deepcopy(request)
        trial.round += 1
        kinds = self._start(trial, request)
        return kinds or self._keep(request, trial)

    def _keep(self, request, trial):
        request.__dict__.update(trial.__dict__)
        return set()

    def _start(self, trial, origin):
        """Freeze it, start the clock, ask those who come first; ``origin`` is not counted with it."""
        trial.signed = dict(trial.content)
        trial.size = abs(trial.content["amount"])
        trial.state = "pending"
        if origin.state == "draft":
            trial.submitted = self.now
        self._start_clock(trial)
        trial.stake = trial.size + self.counted_before(origin)
        option_open = bool(self.policy.options) and not trial.content["option"]
        if (
            trial.size
            and trial.stake <= self.policy.auto
            and not option_open
            and not trial.people_acted()
        ):
            trial.steps = [Step(None, 0, "policy", "any", state=APPROVED)]
            trial.log.append((trial.round, "approve", "policy", None, "policy"))
            self._approved(trial)
            return set()
        laid = self.plan(trial, trial.stake)
        if laid is None:
            return {INVALID}
        trial.steps = laid
        s.open_next(trial.steps)
        self.tell(trial)
        return set()

    def _approved(self, request):
        request.state = "approved"
        request.next_try = self.now

    def edit(self, request, user, name, value):
        """Writing a field, as people do."""
        if user != request.requester:
            return {FORBIDDEN}
        if request.state != "draft":
            return {INVALID}
        request.content[name] = value
        return set()

    def recall(self, request, user):
        if user != request.requester:
            return {FORBIDDEN}
        if request.state != "pending":
            return {CONFLICT}
        self._end(request, "recalled")
        return set()

    def _end(self, request, state):
        request.state = state
        s.close(request.steps)
        self.count_questions(request)

    def resubmit(self, request, user):
        if user != request.requester:
            return {FORBIDDEN}
        if request.state not in (REJECTED, "recalled", "expired"):
            return {INVALID, CONFLICT}
        request.state, request.steps, request.due = "draft", [], None
        request.paused, request.waits, request.attempts = None, 0, 0
        return set()
