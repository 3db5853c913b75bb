from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..policies import policy_state, seats
from ..policies.routing import StepRule
from ..policies.sentence import StepWords
from . import approval_engine_authority as authority


class ApprovalEnginePolicyStep(models.Model):
    """Who decides, in which order, and above which amount."""

    _name = "approval_engine.policy_step"
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
        required=True,
        default=seats.ANY,
        help="Anybody: the first answer decides. Everybody: one no rejects. A number of them: rejected once "
        "that number is out of reach.",
    )
    quorum = fields.Integer(
        default=1, help="Approvals needed; only for a number of them."
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

    @api.constrains("mode", "quorum")
    def _check_quorum(self):
        for step in self:
            if step.mode == seats.QUORUM and step.quorum < 1:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s: a quorum of %(quorum)s decides nothing. Ask for at least one approval.",
                        step=step.name,
                        quorum=step.quorum,
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

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._refuse_unless_draft()
        return steps

    def write(self, vals):
        self._refuse_unless_draft()
        result = super().write(vals)
        self._refuse_unless_draft()  # a step must not move into another policy either
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_draft(self):
        self._refuse_unless_draft()

    def _refuse_unless_draft(self):
        frozen = self.policy_id.filtered(
            lambda policy: policy.state != policy_state.DRAFT
        )
        if frozen:
            raise UserError(frozen[0]._frozen_message())

    def _candidates(self, company):
        """:return: ((user id, why), …): named people first, then members of the group; those with access only"""
        self.ensure_one()
        able = self._able_users(company)
        named = [(user.id, seats.NAMED) for user in self.user_ids if user in able]
        members = self._members().sorted("id")
        return (*named, *((user.id, seats.GROUP) for user in members if user in able))

    def _is_candidate(self, user, company):
        """:return: as being in ``_candidates``, without reading everybody"""
        asked = user in self.user_ids or self._is_member(user)
        return bool(
            asked
            and user.active
            and not user.share
            and user.has_group("approval_engine.group_approval_user")
            and company in user.company_ids
        )

    def _members(self):
        """:return: of the group, those who have a say: two people agreed on them"""
        if self.policy_id.state not in authority.IN_USE:
            return self.group_id.all_user_ids  # putting it in force agrees on them
        return self.env["approval_engine.authority"]._confirmed(self.group_id)

    def _is_member(self, user):
        """:return: as being in ``_members``, without reading everybody"""
        return bool(self.group_id) and self.env[
            "approval_engine.authority"
        ]._is_confirmed(user, self.group_id)

    def _able_users(self, company):
        """Those who can open a request: active, inside, with the right group and the company."""
        group = self.env.ref("approval_engine.group_approval_user")
        people = (self.user_ids | self._members()) & group.all_user_ids
        return people.filtered(
            lambda u: u.active and not u.share and company in u.company_ids
        )

    def _rules(self, company):
        """:return: the steps as the policies see them"""
        return [
            StepRule(
                step.id,
                step.sequence,
                step.name,
                step.mode,
                step.quorum,
                step.amount_from,
                step.amount_to,
                step._candidates(company),
            )
            for step in self
        ]

    def _words(self):
        """:return: the steps as a person reads them"""
        return [
            StepWords(
                step.sequence,
                step._who_words(),
                step.mode if step._is_several() else seats.ALL,
                step.quorum,
                step.currency_id.format(step.amount_from) if step.amount_from else "",
                step.currency_id.format(step.amount_to) if step.amount_to else "",
            )
            for step in self
        ]

    def _is_several(self):
        return bool(self.group_id) or len(self.user_ids) > 1

    def _who_words(self):
        people = ", ".join(self.user_ids.mapped("name"))
        if people and self.group_id:
            people = self.env._(
                "%(people)s and %(group)s", people=people, group=self.group_id.name
            )
        who = people or self.group_id.name or self.env._("nobody")
        return self.name if self.name == who else f"{self.name} ({who})"
