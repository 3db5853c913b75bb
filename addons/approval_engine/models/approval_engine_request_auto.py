from odoo import api, fields, models

from ..const import APPROVE, POLICY_LOGIN
from ..policies import auto, routing, seats

AUTO_STEP = -1_000_000  # key of a planned step that is no step of the policy


class ApprovalEngineRequest(models.Model):
    """What needs nobody: the policy approves it, in a step of its own that everybody can see."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    auto_approved = fields.Boolean(
        "Approved By Policy",
        readonly=True,
        copy=False,
        help="Nobody was asked: the amount is within what the policy approves itself.",
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {"auto_approved"}

    def _blank_values(self):
        return super()._blank_values() | {"auto_approved": False}

    def _needs_nobody(self, policy, stake):
        """:param stake: what chooses the steps: with what else counts, so that nothing is split to get around it

        :return: whether ``policy`` approves this itself
        """
        if not policy.auto_amount or not self.amount:
            return False
        return auto.needs_nobody(
            stake,
            policy.auto_amount,
            people_decided=any(not d.by_policy for d in self.decision_ids),
            option_open=bool(self.type_id.option_ids) and not self.option,
        )

    def _route_under(self, policy, reads):
        stake, counted = reads.stakes[self]
        if not self._needs_nobody(policy, stake):
            return super()._route_under(policy, reads)
        return self._route_of_policy(), self._window_note(policy, counted), stake

    def _route_of_policy(self):
        """:return: a route of the one step that the policy decides"""
        step = seats.Step(
            AUTO_STEP,
            0,
            self.env._("The policy itself"),
            seats.ANY,
            state=seats.APPROVED,
        )
        return routing.Route(steps=(step,))

    def _lay_routes(self, reads, routes):
        result = super()._lay_routes(reads, routes)
        for request in self:
            if all(step.state == seats.APPROVED for step in routes[request][0].steps):
                request._approve_by_policy(request.step_ids[:1])
        return result

    def _approve_by_policy(self, step):
        """Write down that the policy decided, and go on as with any approval."""
        policy = self.policy_id
        robot = self.env.ref("base.user_root")
        self.env["approval_engine.decision"]._append(
            self,
            APPROVE,
            step,
            self._auto_words(policy),
            more={
                "user_id": robot.id,
                "user_login": POLICY_LOGIN,
                "user_name": policy.display_name,
                "by_policy": policy.display_name,
            },
        )
        self._write_guarded({"auto_approved": True})
        self._tell(
            "approval.auto_approved",
            policy=policy.display_name,
            limit=policy.auto_amount,
            limit_currency=policy.currency_id.name,
        )
        self._approved_by_now()

    def _answers_for_policy(self):
        """:return: in whose name an effect is carried out that no person approved"""
        return self.policy_id._able_owner(self.company_id) or self.requester_id

    def _auto_words(self, policy):
        return self.env._(
            "Up to %(limit)s it needs nobody.",
            limit=policy.currency_id.format(policy.auto_amount),
        )

    def _mode_words(self, step):
        """:param step: as the policies have it, or a row"""
        planned = isinstance(step, seats.Step)
        people = step.seats if planned else step.assignment_ids
        if step.state == seats.APPROVED and not people:
            return self._auto_words(self.policy_id or self._find_policy())
        return super()._mode_words(step)
