from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError

from ..policies import progress, routing
from ..tools.route_reads import RouteReads


class ApprovalEngineRequest(models.Model):
    """Who is asked: the route a request takes under its policy."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _lay_route(self):
        policy = self.policy_id
        self._take_turns({self: policy})
        reads = RouteReads(self, {self: policy})
        route, note, amount = self._routes_of(reads)[self]
        facts = reads.facts(self)
        self._refuse_route_problem(route, policy)
        told = {"counted": note, "at_stake": amount}
        self._write_guarded(
            {"policy_snapshot": {**(self.policy_snapshot or {}), **told}}
        )
        self.step_ids.unlink()
        barred = {rule.id: rule._barred(facts) for rule in policy.step_ids}
        rows = self.env["approval_engine.request_step"]._lay(self, route.steps, barred)
        self.invalidate_recordset(["step_ids"])
        steps = [
            replace(step, key=row.id)
            for row, step in zip(rows, route.steps, strict=True)
        ]
        self._write_steps(progress.open_steps(steps))

    def _plan_routes(self, policies):
        """How these requests would go, one after another: what the first is given counts for the second.

        Writes nothing, also works on records made by ``new``, and takes as many queries for many as for one.

        :param policies: {request: policy}, or one policy for all of them
        :return: {request: (``policies.routing.Route``, what else counted in words, amount at stake in the
            policy's currency)}
        """
        if not isinstance(policies, dict):
            policies = dict.fromkeys(self, policies)
        return self._routes_of(RouteReads(self, policies))

    def _routes_of(self, reads):
        """:param reads: ``RouteReads``; :return: as ``_plan_routes``"""
        reads.look_at_people()
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
