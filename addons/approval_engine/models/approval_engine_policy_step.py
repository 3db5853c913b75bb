from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies import seats
from ..policies.routing import StepRule
from . import approval_engine_authority as authority

# what the words of a step hang on
READ_ALOUD = (
    "sequence",
    "name",
    "mode",
    "quorum",
    "percent",
    "user_ids.name",
    "group_id.name",
    "amount_from",
    "amount_to",
    "route",
    "manager_reach",
    "manager_levels",
    "field_path",
    "matrix_role_id.name",
    "pick",
    "pick_count",
    "condition",
    "comment_required",
    "identity_required",
    "bar_account_owner",
    "bar_creator",
)


class ApprovalEnginePolicyStep(models.Model):
    """Who decides, in which order, and above which amount."""

    _name = "approval_engine.policy_step"
    _inherit = ["approval_engine.policy_part"]
    _description = "Approval Policy Step"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "approval_engine.policy", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(
        default=10, help="Steps with the same number run in parallel."
    )
    name = fields.Char(
        required=True, help="Who this is, as people say it, such as Finance."
    )
    mode = fields.Selection(
        seats.MODES,
        "How Many",
        required=True,
        default=seats.ANY,
        help="Anybody: the first answer decides. Everybody: one no rejects. A number, a share or a weight: rejected "
        "once it is out of reach.",
    )
    quorum = fields.Integer(
        "Needed",
        default=1,
        help="Approvals needed; for “Enough weight” the weight they have to add up to.",
    )
    percent = fields.Integer(
        "Share (%)",
        default=50,
        help="Of those asked when the request is submitted, rounded up.",
    )
    weight_ids = fields.One2many(
        "approval_engine.policy_step.weight",
        "step_id",
        "Weights",
        copy=True,
        help="Whoever is not listed weighs 1.",
    )
    user_ids = fields.Many2many(
        "res.users",
        "approval_engine_policy_step_user_rel",
        string="People",
        domain=[("share", "=", False)],
    )
    group_id = fields.Many2one("res.groups", ondelete="restrict")
    amount_from = fields.Monetary(
        "Above", help="Only above this amount. 0: from the first cent."
    )
    amount_to = fields.Monetary(
        "Up To", help="Only up to and including this amount. 0: no upper bound."
    )
    currency_id = fields.Many2one(related="policy_id.currency_id")
    comment_required = fields.Boolean(
        help="Who approves has to say why. Who rejects always has to."
    )
    identity_required = fields.Boolean(
        "Password Required",
        help="Who decides confirms their password in the browser. Programs cannot decide this step.",
    )
    bar_account_owner = fields.Boolean(
        "Not the Account Owner",
        help="Whoever owns the account does not decide this step.",
    )
    bar_creator = fields.Boolean(
        "Not the Author of the Record",
        help="Whoever created the record it is about does not decide this step.",
    )

    @api.constrains("mode", "quorum", "percent")
    def _check_quorum(self):
        for step in self:
            if step.mode in (seats.QUORUM, seats.WEIGHTED) and step.quorum < 1:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s: a quorum of %(quorum)s decides nothing. Ask for at least one approval.",
                        step=step.name,
                        quorum=step.quorum,
                    )
                )
            if step.mode == seats.PERCENT and not 1 <= step.percent <= 100:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s: a share of %(percent)s %% cannot be. Give 1 to 100.",
                        step=step.name,
                        percent=step.percent,
                    )
                )

    @api.constrains("amount_from", "amount_to")
    def _check_amounts(self):
        for step in self:
            bounded = step.amount_to and step.amount_from >= step.amount_to
            if step.amount_from < 0 or step.amount_to < 0 or bounded:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s: “Above” must be less than “Up To”, and neither negative.",
                        step=step.name,
                    )
                )

    def _rules(self, request, amount, reads):
        """:return: the steps as the policies see them, for this request

        :param amount: that chooses the steps, in the currency of the policy
        :param reads: ``RouteReads``
        """
        return [step._rule(request, amount, reads) for step in self]

    def _rule(self, request, amount, reads):
        barred = self._barred(reads.facts(request))
        rule = StepRule(
            self.id,
            self.sequence,
            self.name,
            self.mode,
            self.quorum,
            self.amount_from,
            self.amount_to,
            barred=frozenset(barred),
            percent=self.percent,
            pick=self._pick_size(),
            holds=not self.condition or reads.holds(self, request),
        )
        return self._with_candidates(rule, request, amount, reads)

    def _members(self, reads=None):
        """:return: of the group, those who have a say: two people agreed on them

        :param reads: ``RouteReads``, where several requests are asked about
        """
        if not self.group_id:
            return self.env["res.users"]
        # putting it in force agrees on its members
        confirmed = self.policy_id.state in authority.IN_USE
        if reads:
            return reads.members(self.group_id, confirmed)
        if not confirmed:
            return self.group_id.all_user_ids
        return self.env["approval_engine.authority"]._confirmed(self.group_id)

    def _is_member(self, user):
        """:return: as being in ``_members``, without reading everybody"""
        return bool(self.group_id) and self.env[
            "approval_engine.authority"
        ]._is_confirmed(user, self.group_id)

    def _snapshot(self):
        """:return: JSON of the steps as they were when a request was submitted"""
        return [
            {
                "sequence": step.sequence,
                "name": step.name,
                "mode": step.mode,
                "quorum": step.quorum,
                "amount_from": step.amount_from,
                "amount_to": step.amount_to,
                "users": step.user_ids.mapped("login"),
                "group": step.group_id.full_name or "",
                "words": step.words,
            }
            for step in self
        ]
