from odoo import fields, models
from odoo.exceptions import UserError

from ..policies import progress, routing, seats


class ApprovalEngineRequest(models.Model):
    """Who is asked: the route a request takes under its policy."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _lay_route(self):
        route = self._plan_route(self.policy_id)
        self._refuse_route_problem(route, self.policy_id)
        self.step_ids.unlink()
        rows = self.env["approval_engine.request_step"]._lay(self, route.steps)
        self.invalidate_recordset(["step_ids"])
        steps = [
            seats.Step(
                row.id,
                step.sequence,
                step.name,
                step.mode,
                step.quorum,
                step.state,
                step.seats,
            )
            for row, step in zip(rows, route.steps, strict=True)
        ]
        self._write_steps(progress.open_steps(steps))

    def _plan_route(self, policy):
        """:return: the ``policies.routing.Route`` this request takes under ``policy``"""
        return routing.build_route(
            policy.step_ids._rules(self.company_id),
            amount=self._amount_for(policy),
            requester_id=self.requester_id.id,
            owner_id=policy._able_owner(self.company_id).id or None,
        )

    def _amount_for(self, policy):
        """:return: the amount in the policy's currency"""
        return self._amount_in(policy.currency_id)

    def _amount_in(self, currency):
        """:return: the amount in ``currency``, at the rate of the day it was submitted; for a draft of today"""
        if self.currency_id == currency:
            return self.amount
        moment = fields.Datetime.context_timestamp(
            self, self.submitted_at or fields.Datetime.now()
        )
        return self.currency_id._convert(
            self.amount, currency, self.company_id, moment.date()
        )

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
