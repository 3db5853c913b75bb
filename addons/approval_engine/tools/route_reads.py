"""What laying the routes of several requests reads: each thing once for all of them.

One route comes after another: a seat that one request gives counts when the next asks whose
turn it is, or who is least busy. Nothing here is kept longer than one batch.
"""

from __future__ import annotations

from functools import cached_property

from ..policies import progress, seats
from ..policies.routing import MANAGERS
from . import simulated

AFTER_ALL = 2**40  # seats given in this batch come after all that have an id


class RouteReads:
    """:param policies: {request: policy}"""

    def __init__(self, requests, policies):
        self.requests = requests
        self.policies = policies
        self._held, self._facts, self._owners = {}, {}, {}
        self._members, self._lines = {}, {}
        self._matrix, self._people = {}, {}
        self._load, self._turns, self._away = {}, {}, {}
        self._given = simulated.given()

    @cached_property
    def stakes(self):
        """{request: (amount that chooses the steps, how much of it was asked before)}"""
        return self.requests._stakes_under(self.policies)

    @cached_property
    def _insiders(self):
        return self.requests._insiders(self.policies)

    def look_at_people(self):
        """Read whom the policies name, those who ask and the managers above them, in one go."""
        env = self.requests.env
        policies = env["approval_engine.policy"].union(*set(self.policies.values()))
        policies._know_lines()
        steps = policies.sudo().step_ids
        # without looking who is active: that is read for all people together
        everybody = steps.with_context(active_test=False).user_ids
        named = [step._members(self) for step in steps if step.group_id]
        askers = self.requests.requester_id
        if any(step.route == MANAGERS for step in steps):
            named += [self.line_above(asker) for asker in askers]
        people = everybody | policies.sudo().owner_id | askers | env.user
        self.requests._look_at_people(people.union(*named))

    # ------------------------------------------------------------------ of a policy

    def owner_id(self, policy, company):
        """:return: id of the owner, if they can open requests of the company; else None"""
        key = policy, company
        if key not in self._owners:
            self._owners[key] = policy._able_owner(company).id or None
        return self._owners[key]

    def members(self, group, confirmed=True):
        """:return: the members of a group who have a say"""
        key = group, confirmed
        if key not in self._members:
            authority = group.env["approval_engine.authority"]
            self._members[key] = (
                authority._confirmed(group) if confirmed else group.all_user_ids
            )
        return self._members[key]

    def holds(self, step, request):
        """:return: whether the condition of a step is met by a request; asked once for all under its policy"""
        if step not in self._held:
            mine = self.requests.filtered(lambda r: self.policies[r] == step.policy_id)
            self._held[step] = set(step._meeting_condition(mine))
        return request in self._held[step]

    # ------------------------------------------------------------------ of a request

    def facts(self, request):
        """:return: ``bars.Facts``"""
        if request not in self._facts:
            rules = self.policies[request].step_ids
            self._facts[request] = request._bar_facts(rules, self._insiders)
        return self._facts[request]

    def bars(self, request):
        """:return: {policy step id: {user id: why}}"""
        facts = self.facts(request)
        steps = self.policies[request].step_ids
        return {step.id: step._barred(facts) for step in steps}

    def line_above(self, user):
        """:return: the managers above a person"""
        if user not in self._lines:
            self._lines[user] = user._approval_line()
        return self._lines[user]

    def matrix_lines(self, role, company, kind):
        """:return: the lines of a role that can fit requests of this company and type"""
        key = role, company, kind
        if key not in self._matrix:
            self._matrix[key] = role._lines_for(company, kind)
        return self._matrix[key]

    def people_of(self, line):
        """:return: whom a line of the matrix names"""
        if line not in self._people:
            self._people[line] = line._people()
        return self._people[line]

    # ------------------------------------------------------------------ the order of asking

    def load(self, step, user_ids):
        """:return: {user id: decisions that wait, with those given in this batch}"""
        self._look_up(self._load, user_ids, step._waiting_for)
        return {id_: self._load[id_] + self._given.load.get(id_, 0) for id_ in user_ids}

    def turns(self, step, user_ids, request):
        """:return: {user id: a number that grows with each time somebody is asked about this type}"""
        kind = request.type_id.id
        known = self._turns.setdefault(kind, {})
        self._look_up(known, user_ids, lambda ids: step._last_asked(ids, request))
        given = self._given.turns.get(kind, {})
        return {id_: given.get(id_) or known[id_] for id_ in user_ids}

    def away(self, step, user_ids):
        """:return: ids of those who are away now"""
        users = step.env["res.users"]
        self._look_up(
            self._away,
            user_ids,
            lambda ids: {user.id: 1 for user in users.browse(ids)._approval_away()},
        )
        return {id_ for id_ in user_ids if self._away[id_]}

    def _look_up(self, known, user_ids, read):
        unknown = [id_ for id_ in user_ids if id_ not in known]
        if unknown:
            known.update(dict.fromkeys(unknown, 0))
            known.update(read(unknown))

    def give(self, request, route):
        """Remember the seats of a route: the next request of the batch comes after it."""
        if route.problem:
            return
        turns = self._given.turns.setdefault(request.type_id.id, {})
        for step in progress.open_steps(route.steps):
            for seat in step.seats:
                self._given.count += 1
                turns[seat.user_id] = AFTER_ALL + self._given.count
                if seat.state == seats.PENDING:
                    load = self._given.load
                    load[seat.user_id] = load.get(seat.user_id, 0) + 1
