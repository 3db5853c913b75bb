import ast
from datetime import date

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.event_hub.tools.caches import remembered

from ..policies import in_force, policy_state
from ..tools.hidden import hidden_path
from .approval_engine_authority import IN_USE

LINES = ("step_ids", "escalation_ids")


class ApprovalEnginePolicy(models.Model):
    """Which policy a request falls under."""

    _inherit = "approval_engine.policy"  # pylint: disable=consider-merging-classes-inherited

    @api.constrains("condition")
    def _check_condition(self):
        requests = self.env["approval_engine.request"]
        for policy in self.filtered("condition"):
            hidden = hidden_path(requests, policy._condition_domain())
            if hidden:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s: “Only If” (condition) asks for %(path)s, which you may not read.",
                        policy=policy.name,
                        path=hidden,
                    )
                )

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
        requests = self.env["approval_engine.request"] if request is None else request
        active = self._active_for(kind, company)
        return next(active._first_fitting(company, requests), self.browse())

    @api.model
    def _for_all(self, requests):
        """:return: {request: the policy in force for it, may be empty}"""
        active = self._active_for(requests.type_id, requests.company_id)
        found = {}
        for (kind, company), some in requests.grouped(
            lambda request: (request.type_id, request.company_id)
        ).items():
            mine = active.filtered(
                lambda p, k=kind, c=company: (
                    p.type_id == k and p.company_id in (c, c.browse())
                )
            )
            found |= zip(some, mine._first_fitting(company, some), strict=True)
        return found

    @api.model
    def _active_for(self, kinds, companies):
        return self.sudo().search_fetch(
            [
                ("type_id", "in", kinds.ids),
                ("company_id", "in", (*companies.ids, False)),
                ("state", "=", policy_state.ACTIVE),
            ]
        )

    def _first_fitting(self, company, requests):
        """Yield the policy of ``self`` for each of ``requests``, of one type and ``company``; of none: the one
        without a condition.
        """
        candidates = [policy._as_candidate() for policy in self]
        bounded = any(c.period != in_force.Period() for c in candidates)
        # without a bound it is the same policy every day
        day = self[0].with_company(company)._today() if bounded else date.min
        by_id = {policy.id: policy for policy in self}
        ordered = [by_id[key] for key in in_force.in_order(candidates, day)]
        fitting = {
            policy: requests.sudo().filtered_domain(policy._condition_domain())
            for policy in ordered
            if policy.condition
        }
        for request in requests or [None]:
            yield next(
                (
                    p
                    for p in ordered
                    if not p.condition or (request and request in fitting[p])
                ),
                self.browse(),
            )

    def _know_lines(self):
        """Take the steps and levels of what is in use from memory instead of the database."""
        for policy in self.filtered(lambda p: p.state in IN_USE):
            for name, ids in zip(LINES, policy._lines_in_use(), strict=True):
                self._fields[name]._update_cache(policy, ids)

    @remembered("self.id")
    def _lines_in_use(self):
        """Of a policy that is or was in force these never change: its next version has its own.

        Putting it in force calls ``forget``, so nothing of a transaction that is undone stays behind.

        :return: (ids of the steps, ids of the levels)
        """
        return tuple(tuple(self.sudo()[name].ids) for name in LINES)

    def _as_candidate(self):
        return in_force.Candidate(
            self.id,
            self.sequence,
            bool(self.company_id),
            bool(self.condition),
            self._period(),
        )
