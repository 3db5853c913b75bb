import ast

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..policies import in_force, policy_state


class ApprovalEnginePolicy(models.Model):
    """Which policy a request falls under."""

    _inherit = "approval_engine.policy"  # pylint: disable=consider-merging-classes-inherited

    @api.constrains("condition")
    def _check_condition(self):
        for policy in self.filtered("condition"):
            policy._condition_domain()

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for policy in self:
            if (
                policy.date_from
                and policy.date_to
                and policy.date_from > policy.date_to
            ):
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s: “In Force Until” (%(end)s) is before “In Force From” (%(begin)s).",
                        policy=policy.name,
                        end=policy.date_to,
                        begin=policy.date_from,
                    )
                )

    def _condition_domain(self):
        """:return: the condition as a ``Domain`` over requests; plain values only, no code

        :raises ValidationError: it is none; says why
        """
        self.ensure_one()
        if not self.condition:
            return Domain.TRUE
        requests = self.env["approval_engine.request"]
        try:
            domain = Domain(ast.literal_eval(self.condition.strip()))
            domain.validate(requests)
        except (
            ValueError,
            SyntaxError,
            TypeError,
            RecursionError,
            MemoryError,
        ) as error:
            raise ValidationError(
                self.env._(
                    "Policy %(policy)s: “Only If” (condition) is no condition over approval requests: %(why)s",
                    policy=self.name,
                    why=error,
                )
            ) from error
        return domain

    @api.model
    def _for(self, kind, company, request=None):
        """:return: the policy in force for requests of a type, may be empty

        The company's own come before the common ones, those whose condition holds before the
        one without.

        :param request: what is asked; None: whatever falls under no condition
        """
        active = self.sudo().search(
            [
                ("type_id", "=", kind.id),
                ("company_id", "in", (company.id, False)),
                ("state", "=", policy_state.ACTIVE),
            ]
        )
        candidates = [policy._as_candidate() for policy in active]
        day = active[:1].with_company(company)._today() if active else None
        for key in in_force.in_order(candidates, day):
            policy = active.browse(key)
            if policy._fits(request):
                return policy
        return self.browse()

    def _as_candidate(self):
        return in_force.Candidate(
            self.id,
            self.sequence,
            bool(self.company_id),
            bool(self.condition),
            self._period(),
        )

    def _fits(self, request):
        if not self.condition:
            return True
        return bool(request) and bool(
            request.sudo().filtered_domain(self._condition_domain())
        )
