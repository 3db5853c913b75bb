"""The model of what people do with a request that waits for them, and of asking anew."""

import copy
from datetime import timedelta

from . import steps as s
from .model import (
    CONFLICT,
    FORBIDDEN,
    INVALID,
    LIVE,
    MOST_PAUSE,
    Approvals,
)
from .steps import APPROVED, OPEN, PENDING, SKIPPED, WAITING, Seat, Step


class Deciding(Approvals):
    def decide(self, request, user, verdict, comment="", option=None):
        """:param verdict: APPROVED or REJECTED"""
        kinds = self.why_not(request, user)
        if verdict != APPROVED and not comment:
            kinds.add(INVALID)
        if kinds:
            return kinds
        today = self.today(request)
        lenders = self.lenders(request, user)
        found = s.answer(today, user, verdict, lenders, self.owner, request.requester)
        kinds = self._answer_refused(request, found, verdict, comment, option)
        if kinds:
            return kinds
        self._answered(request, user, found, verdict, option)
        return set()

    def _answer_refused(self, request, found, verdict, comment, option):
        kinds = {INVALID} if found.short else set()
        if verdict != APPROVED:
            return kinds
        rule = found.step.rule
        if rule is not None and self.policy.rules[rule].comment and not comment:
            kinds.add(INVALID)
        return kinds | self._option_refused(request, option)

    def _option_refused(self, request, option):
        chosen = option or request.content["option"]
        if option and option not in self.policy.options:
            return {INVALID}
        if self.policy.options and not chosen:
            return {INVALID}
        standing = any(step.users(APPROVED) for step in request.steps)
        other = standing and option and option != request.content["option"]
        return {CONFLICT} if other else set()

    def _answered(self, request, user, found, verdict, option):
        if verdict == APPROVED and option:
            request.content["option"] = request.signed["option"] = option
        holder = None if found.holder == user else found.holder
        action = "approve" if verdict == APPROVED else "reject"
        name = found.step.name
        request.log.append((request.round, action, user, holder, name))
        self._take_over(request, found.steps)
        if found.outcome == APPROVED:
            self._approved(request)
        elif found.outcome != PENDING:
            request.state = "rejected"

    def _take_over(self, request, steps):
        """Write steps that were looked at with the bars of today; what is kept are those of when it was laid."""
        barred = {step.rank: step.barred for step in request.steps}
        for step in steps:
            step.barred = barred.get(step.rank, step.barred)
        request.steps = steps
        self.tell(request)

    # ------------------------------------------------------------------ options

    def choose(self, request, user, option):
        kinds = self.why_not(request, user, decided_too=False)
        if option not in self.policy.options:
            kinds.add(INVALID)
        if kinds or option == request.content["option"]:
            return kinds
        trial = copy.deepcopy(request)
        standing = any(step.users(APPROVED) for step in request.steps)
        trial.content["option"] = trial.signed["option"] = option
        trial.log.append((trial.round, "choose", user, None, None))
        kinds = self.reopen(trial, request) if standing else set()
        return kinds or self._keep(request, trial)

    # ------------------------------------------------------------------ another content

    def change(self, request, name, value):
        """Code changes what is asked: what was decided before is decided anew."""
        trial = copy.deepcopy(request)
        trial.content[name] = value
        kinds = set()
        if trial.state in LIVE:
            kinds = self.reopen(trial, request, keep=True)
        return kinds or self._keep(request, trial)

    def reopen(self, trial, origin, keep=False):
        """:param keep: approvals stand of steps that look at nothing that changed"""
        before = {
            step.rule: step
            for step in trial.steps
            if keep and step.rule is not None and step.state == APPROVED
        }
        changed = {
            name
            for name, value in trial.content.items()
            if value != origin.signed[name]
        }
        standing = [
            entry
            for entry in trial.log
            if entry[0] == trial.round and entry[1] in ("approve", "carry")
        ]
        trial.round += 1
        trial.attempts, trial.next_try = 0, None
        kinds = self._start(trial, origin)
        if not kinds and trial.state == "pending":
            self._carry(trial, before, changed, standing)
        return kinds

    def _carry(self, trial, before, changed, standing):
        kept = {
            step.rule: before[step.rule]
            for step in trial.steps
            if step.rule in before
            and (step.mode, step.need)
            == (before[step.rule].mode, before[step.rule].need)
            and self._is_untouched(step, changed)
            and not step.barred & s.people_who_decided([before[step.rule]])
        }
        spent = s.people_who_decided(kept.values())
        steps = copy.deepcopy(trial.steps)
        for step in steps:
            self._carry_step(step, kept.get(step.rule), spent)
        if not kept or s.first_short(steps):
            return
        s.open_next(steps)
        self._take_over(trial, steps)
        names = [step.name for step in steps if step.rule in kept]
        trial.log += [
            (trial.round, "carry", None, None, name)
            for name in names
            for entry in standing
            if entry[4] == name
        ]
        if all(step.state == APPROVED for step in steps):
            self._approved(trial)

    def _is_untouched(self, step, changed):
        looks = self.policy.rules[step.rule].looks
        return bool(looks) and not changed & set(looks)

    def _carry_step(self, step, old, spent):
        if old:
            decided = {seat.user: seat for seat in copy.deepcopy(old.seats)}
            for seat in step.seats:
                seat.state = SKIPPED
                decided.setdefault(seat.user, seat)
            step.state, step.seats = APPROVED, list(decided.values())
            return
        step.state = WAITING
        for seat in step.seats:
            gone = seat.user in spent and seat.state in OPEN
            seat.state = SKIPPED if gone else WAITING

    # ------------------------------------------------------------------ questions

    def ask(self, request, user):
        kinds = self.why_not(request, user)
        if kinds:
            return kinds
        step = self._seat_of(request, user)
        request.questions.append([request.round, step.rank, False])
        if self.policy.pause:
            self._pause(request)
        self.count_questions(request)
        return set()

    def _seat_of(self, request, user):
        """The step a question is about: that of one's own seat, else of whom one stands in for."""
        own = [
            step
            for step in request.steps
            for seat in step.seats
            if user in (seat.user, seat.by)
        ]
        lenders = self.lenders(request, user)
        lent = [
            step
            for step in request.steps
            for seat in step.seats
            if seat.state == PENDING and seat.user in lenders
        ]
        return (own or lent)[0]

    def reply(self, request, user, at):
        """:param at: which question"""
        if not self.sees(request, user) or not self.people[user].access:
            return {FORBIDDEN}
        kinds = set() if user == request.requester else self._mute(request, user)
        if request.state != "pending" or at not in self.open_questions(request):
            kinds.add(CONFLICT)
        if kinds:
            return kinds
        request.questions[at][2] = True
        self.count_questions(request)
        return set()

    def _mute(self, request, user):
        """Of those asked, who answers nothing today."""
        today, lenders = self.today(request), self.lenders(request, user)
        held = self.touched(today, user, lenders)
        decided = user in s.people_who_decided(today)
        if not self.people[user].able or not self.free(request, user, held):
            return {FORBIDDEN}
        if decided:
            return set()
        if s.whose_seats(today, user, lenders):
            return {FORBIDDEN} if self.lost(request, user) else set()
        gone = all(seat.state == SKIPPED and step.state in OPEN for step, seat in held)
        barred = any(
            step.state == seat.state == PENDING and step.barred & {user, seat.user}
            for step, seat in held
        )
        return {FORBIDDEN} if gone or barred else set()

    def open_questions(self, request):
        pending = {step.rank for step in request.steps if step.state == PENDING}
        return [
            at
            for at, (round_, rank, answered) in enumerate(request.questions)
            if not answered and round_ == request.round and rank in pending
        ]

    def count_questions(self, request):
        """With the last one answered the clock runs again."""
        before, request.waits = request.waits, len(self.open_questions(request))
        if not request.waits and request.state == "pending":
            self.resume(request)
        return before

    def _hours(self, request):
        urgent = request.content["urgent"] and self.policy.urgent_hours
        return urgent or self.policy.hours

    def _start_clock(self, request):
        hours = self._hours(request)
        request.due = self.now + timedelta(hours=hours) if hours else None
        request.levels = [
            (self.now + timedelta(hours=hours * percent / 100), at)
            for at, (percent, _who, _whom) in enumerate(self.policy.levels)
            if hours
        ]
        request.levels_done, request.extended = set(), False
        request.paused = None

    def _pause(self, request):
        left = [at for _when, at in request.levels if at not in request.levels_done]
        if request.paused or not (request.due or left):
            return
        hours = self._hours(request) or MOST_PAUSE
        again = self.now + timedelta(hours=hours)
        request.paused = (self.now, request.due, again)
        request.due = None

    def resume(self, request):
        """As much time is left as when it stopped."""
        if not request.paused:
            return
        since, due, _again = request.paused
        stood = self.now - since
        request.due = due and due + stood
        request.levels = [
            (when + stood if when > since else when, at) for when, at in request.levels
        ]
        request.paused = None

    # ------------------------------------------------------------------ one more person

    def add(self, request, user, number):
        """``user`` asks ``number`` too: nothing is approved without them."""
        if user == self.policy.owner and user != request.requester:
            known = self.sees(request, user) and self.people[user].access
            today = set().union(*(step.barred for step in self.today(request)))
            free = known and self.people[user].able and user not in today
            kinds = (set() if free else {FORBIDDEN}) | self.closed(request)
        else:
            kinds = self.why_not(request, user)
        kinds |= self._add_refused(request, user, number)
        if kinds:
            return kinds
        trial = copy.deepcopy(request)
        trial.steps.append(self._added_step(trial, number))
        if s.call_in_owner(trial.steps, self.owner, trial.requester):
            return {INVALID}
        trial.log.append((trial.round, "add", user, None, None))
        trial.added += [] if number in trial.added else [number]
        self.tell(trial)
        return self._keep(request, trial)

    def _add_refused(self, request, user, number):
        if user == number or number in self._barred_anywhere(request):
            return {INVALID}
        if number in s.people_who_decided(request.steps):
            return {INVALID}
        if not self.people[number].able:
            return {INVALID}
        known = any(
            seat.user == number and seat.why == "added" and seat.state in OPEN
            for step in request.steps
            for seat in step.seats
        )
        return {CONFLICT} if known else set()

    def _barred_anywhere(self, request):
        found = {request.requester}
        for step in request.steps:
            found |= step.barred
        for rule in self.policy.rules:
            found |= self.bars(rule, request)
        return found

    def _added_step(self, request, number):
        now = [step.sequence for step in request.steps if step.state == PENDING]
        seats = [Seat(number, "added", PENDING)]
        rank = max(step.rank for step in request.steps) + 1
        return Step(
            None,
            min(now),
            f"added {number}",
            "all",
            state=PENDING,
            seats=seats,
            barred=self._barred_anywhere(request) - {request.requester},
            rank=rank,
        )
