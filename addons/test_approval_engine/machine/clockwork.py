"""The model of what happens by itself: deadlines, lost seats, carrying out, delegations that begin."""

import copy
from datetime import timedelta

from . import steps as s
from .deciding import Deciding
from .model import CONFLICT, FACTOR, FORBIDDEN, INVALID, LIVE, RETRIES, RETRY
from .steps import OPEN, PENDING, SKIPPED, Seat


class Clockwork(Deciding):
    # ------------------------------------------------------------------ time runs out

    def deadlines(self):
        """One run of the job: close what is late, then ask others, then let stopped clocks run again."""
        for what in (self._time_out, self._escalate, self._give_up_waiting):
            for request in self.requests:
                if request.state == "pending":
                    what(request)

    def _time_out(self, request):
        if request.due is None or request.due > self.now:
            return
        ask_owner = self.policy.timeout == "escalate" and not request.extended
        if ask_owner and self._seat_more(request, {}):
            request.due = self.now + timedelta(hours=self._hours(request))
            request.levels, request.extended = [], True
            return
        late = "rejected" if self.policy.timeout == "reject" else "expired"
        self._end(request, late)

    def _escalate(self, request):
        if request.paused or (request.due and request.due <= self.now):
            return
        reached = [
            at
            for when, at in sorted(request.levels)
            if when <= self.now and at not in request.levels_done
        ]
        for at in reached:
            wanted = {
                step.rank: self._people_of(self.policy.levels[at], step)
                for step in request.steps
                if step.state == PENDING
            }
            self._seat_more(request, wanted)
            request.levels_done.add(at)

    def _people_of(self, level, step):
        _percent, who, whom = level
        if who == "user":
            return self.people.able([whom])
        if who == "group":
            return self.people.able(self.people.members(whom))
        above = [self.people[number].manager for number in step.users(PENDING)]
        return self.people.able([n for n in above if n is not None])

    def _seat_more(self, request, wanted):
        """Whoever is new gets a seat in the open steps; where nobody is, the policy's owner.

        :return: whether somebody is new
        """
        steps = self.today(request)
        owner = [] if self.owner is None else [self.owner]
        for people in (wanted, dict.fromkeys((x.rank for x in steps), owner)):
            if self._add_late(steps, people, request):
                self._take_over(request, steps)
                return True
        return False

    def _add_late(self, steps, wanted, request):
        out = {request.requester} | s.people_who_decided(steps)
        new = 0
        for step in steps:
            known = {seat.user for seat in step.seats} | out | step.barred
            for number in dict.fromkeys(wanted.get(step.rank, ())):
                if step.state == PENDING and number not in known:
                    step.seats.append(Seat(number, "escalated", PENDING))
                    new += 1
        return new

    def _give_up_waiting(self, request):
        if request.paused and request.paused[2] <= self.now:
            self.resume(request)

    # ------------------------------------------------------------------ lost seats

    def seats(self):
        """One run of the job: those who lost the right lose the seat; the step is asked of those of today."""
        for request in self.requests:
            if request.state == "pending" and self._is_missing(request):
                self._reseat(request)

    def _is_missing(self, request):
        open_ = [step for step in request.steps if step.state in OPEN]
        return any(
            not step.users(*OPEN)
            or any(
                seat.state in OPEN and not self.holds(seat, step, request)
                for seat in step.seats
            )
            for step in open_
        )

    def _reseat(self, request):
        steps = copy.deepcopy(request.steps)
        out = {request.requester} | s.people_who_decided(steps)
        for step in steps:
            if step.state in OPEN:
                self._resolve(step, request, out)
        s.call_in_owner(steps, self.owner, request.requester)
        for step in steps:
            empty = step.state in OPEN and not step.users(*OPEN)
            able = self.owner is not None and self.owner not in out | step.barred
            if empty and able and not step.seat(self.owner):
                s.give_owner(step, self.owner)
        if steps != request.steps:
            self._take_over(request, steps)

    def _resolve(self, step, request, out):
        kept = [
            seat
            for seat in step.seats
            if seat.state in OPEN and self._keeps(seat, step, request)
        ]
        if kept and len(kept) == len(step.users(*OPEN)):
            return
        for seat in step.seats:
            if seat.state in OPEN and seat not in kept:
                seat.state = SKIPPED
        self._ask_anew(step, request, out)

    def _keeps(self, seat, step, request):
        """As ``holds``; where somebody is asked as manager, being able is enough."""
        return seat.user not in step.barred and self.holds(seat, step, request)

    def _ask_anew(self, step, request, out):
        if step.rule is None:
            return
        rule = self.policy.rules[step.rule]
        sitting = {seat.user for seat in step.seats if seat.state != SKIPPED}
        for found in self.candidates(rule, request, step.barred):
            if found.user in out | step.barred | sitting:
                continue
            known = step.seat(found.user)
            if known:
                known.why, known.weight = found.why, found.weight
                known.state = step.state
            else:
                found.state = step.state
                step.seats.append(found)

    # ------------------------------------------------------------------ carrying out

    def execute(self):
        """One run of the job."""
        due = [
            request
            for request in self.requests
            if request.state in ("approved", "failed")
            and request.next_try
            and request.next_try <= self.now
        ]
        for request in due:
            self._carry_out(request)

    def _carry_out(self, request):
        if not request.needed:
            self._lapse(request)
        elif request.is_changed:
            trial = copy.deepcopy(request)
            if self.reopen(trial, request, keep=True):
                self._failed(request)
            else:
                self._keep(request, trial)
        elif request.broken:
            self._failed(request)
        else:
            request.state, request.next_try = "executed", None
            request.attempts += 1
            request.stamps += 1

    def _failed(self, request):
        request.state = "failed"
        request.attempts += 1
        wait = RETRY * FACTOR ** (request.attempts - 1)
        again = request.attempts <= RETRIES
        request.next_try = self.now + wait if again else None

    def recheck(self, request):
        """The reason is looked at: where it went away, nothing is left to decide or to do."""
        if request.state in LIVE and not request.needed:
            self._lapse(request)

    def _lapse(self, request):
        self._end(request, "lapsed")
        request.next_try = None

    def retry(self, request, user):
        if not self.people[user].reads_all:
            return {FORBIDDEN}
        if request.state != "failed":
            return {CONFLICT}
        request.next_try, request.attempts = self.now, 0
        return set()

    def complete(self, request, user, reason):
        """A manager says that it was done by hand; never who asked for it, or is barred."""
        if not self.people[user].reads_all or user == request.requester:
            return {FORBIDDEN}
        barred = set().union(*(step.barred for step in self.today(request)))
        if user in barred or not self.people[user].able:
            return {FORBIDDEN}
        if not reason:
            return {INVALID}
        if request.state != "failed":
            return {CONFLICT}
        request.log.append((request.round, "complete", user, None, None))
        request.state, request.next_try = "executed", None
        return set()

    # ------------------------------------------------------------------ lending

    def lend(self, loan):
        if self.people.cannot_lend(loan):
            return {INVALID}
        self.people.loans.append(loan)
        self.begin()
        return set()

    def begin(self):
        """Those whose delegation has begun see what waits for their lender."""
        for loan in self.people.loans:
            if loan.is_live(self.now) and not loan.shown:
                loan.shown = True
                for request in self.requests:
                    waits = request.state == "pending"
                    if waits and loan.covers(request, self.now):
                        if self._is_lent(request, loan):
                            request.asked.add(loan.delegate)

    def revoke(self, loan, user):
        involved = (loan.lender, loan.delegate)
        if user not in involved and not self.people[user].reads_all:
            return {FORBIDDEN}
        if loan.revoked or self.now >= loan.end:
            return {INVALID}
        loan.revoked = True
        return set()
