from odoo import models
from odoo.exceptions import UserError

from ..policies import progress, routing
from ..tools.route_reads import RouteReads


class ApprovalEngineRequest(models.Model):
    """Who is asked: the route a request takes under its policy."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _lay_route(self):
        """Ask anew, under the policy it has."""
        policies = {self: self.policy_id}
        self._take_turns(policies)
        reads = RouteReads(self, policies)
        routes = self._usable_routes(reads)
        self._write_guarded(self._route_values(routes[self]))
        self._lay_routes(reads, routes)

    def _usable_routes(self, reads):
        """:return: as ``_plan_routes``

        :raises UserError: (422) nobody, or too few, could decide one of them
        """
        routes = self._routes_of(reads)
        for request in self:
            with self._naming(request):
                request._refuse_route_problem(
                    routes[request][0], reads.policies[request]
                )
        return routes

    def _route_values(self, planned):
        _route, note, amount = planned
        told = {"counted": note, "at_stake": amount}
        return {"policy_snapshot": {**(self.policy_snapshot or {}), **told}}

    def _lay_routes(self, reads, routes):
        """Write the steps and seats, the first steps open, and tell those who are asked.

        :param routes: as ``_plan_routes``
        """
        again = self.filtered(lambda request: request.round > 1)
        again.step_ids.unlink()
        planned = [
            (
                request,
                progress.open_steps(routes[request][0].steps),
                reads.bars(request),
            )
            for request in self
        ]
        rows = self.env["approval_engine.request_step"]._lay_all(planned)
        self._know_route(*rows)
        self._let_them_see({request: steps for request, steps, _bars in planned})
        for request in self.filtered("open_questions"):
            request._count_questions()  # those of the round before need no answer

    def _plan_routes(self, policies):
        """How these requests would go, one after another: what the first is given counts for the second.

        Writes nothing, also works on records made by ``new``, and takes as many queries for many as for one.

        :param policies: {request: policy}, or one policy for all of them
        :return: {request: (``policies.routing.Route``, what else counted in words, amount at stake in the
            policy's currency)}
        """
        if not isinstance(policies, dict):
            policies = dict.fromkeys(self, policies)
        reads = RouteReads(self, policies)
        reads.look_at_people()
        return self._routes_of(reads)

    def _routes_of(self, reads):
        """:param reads: ``RouteReads``; :return: as ``_plan_routes``"""
        found = {}
        for request in self:
            found[request] = request._route_under(reads.policies[request], reads)
            reads.give(request, found[request][0])
        return found

    def _plan_route(self, policy):
        """:return: as ``_plan_routes``, of one request"""
        return self._plan_routes(policy)[self]

    def _route_under(self, policy, reads):
        """The route of one request; extended by super().

        :param reads: ``RouteReads`` of the batch
        """
        amount, counted = reads.stakes[self]
        route = routing.build_route(
            policy.step_ids._rules(self, amount, reads),
            amount=amount,
            requester_id=self.requester_id.id,
            owner_id=reads.owner_id(policy, self.company_id),
        )
        return route, self._window_note(policy, counted), amount

    def _amount_for(self, policy):
        """:return: the amount in the policy's currency"""
        return self._amount_in(policy.currency_id)

    def _amount_in(self, currency):
        """:return: the amount in ``currency``, at the rate of the day it was submitted; for a draft of today"""
        return self._converted(self.amount, self.currency_id, currency)

    def _refuse_route_problem(self, route, policy):
        if route.problem == routing.NO_STEP:
            raise UserError(
                self.env._(
                    "Policy %(policy)s has no step for %(amount)s. Its owner %(owner)s can add one in a new version.",
                    policy=policy.display_name,
                    amount=self.currency_id.format(self.amount),
                    owner=policy.owner_id.name or "?",
                )
            )
        if route.problem:
            raise UserError(self._unreachable_message(policy, route.short_step))

    def _unreachable_message(self, policy, step):
        return self.env._(
            "Policy %(policy)s, step %(step)s: not enough people are left to decide it. The requester does not count, "
            "nobody decides two steps, and the policy's owner (%(owner)s) cannot step in. Add people with access to "
            "Approvals to the step, or give the policy another owner, in a new version.",
            policy=policy.display_name,
            step=step,
            owner=policy.owner_id.name or self.env._("none"),
        )
