from odoo import Command, api, fields, models

from ..policies import deadlines, managers, routing, seats
from .approval_engine_policy_limits import BY_ACCOUNT, WINDOWS

ROLE = "role"
MANAGER = "manager"
ACCOUNT_OWNER = "account_owner"
OWNER = "owner"
WHO = [
    (ROLE, "A role, such as Finance"),
    (MANAGER, "The manager of the requester"),
    (ACCOUNT_OWNER, "The owner of the account"),
    (OWNER, "The owner of the policy"),
]


class ApprovalEnginePolicyTemplate(models.Model):
    """A policy to begin with. Using it makes a draft that can be changed in all; it never puts anything in force."""

    _name = "approval_engine.policy_template"
    _description = "Approval Policy Template"
    _order = "sequence, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    type_id = fields.Many2one(
        "approval_engine.type", required=True, ondelete="cascade", index=True
    )
    summary = fields.Char(required=True, help="What it does, in a sentence.")
    deadline_hours = fields.Float(default=24, help="Hours to decide. 0: no deadline.")
    timeout_action = fields.Selection(
        deadlines.TIMEOUT_ACTIONS, required=True, default=deadlines.ESCALATE
    )
    window_days = fields.Integer("Days That Count")
    window_by = fields.Selection(WINDOWS, required=True, default=BY_ACCOUNT)
    auto_amount = fields.Float(
        "Needs Nobody Up To",
        help="In the currency of the company. 0: somebody decides.",
    )
    step_ids = fields.One2many(
        "approval_engine.policy_template_step", "template_id", "Steps", copy=True
    )
    who_words = fields.Char("Who Decides", compute="_compute_words")
    limit_words = fields.Char("Limits", compute="_compute_words")

    @api.depends(
        "step_ids.name",
        "step_ids.sequence",
        "step_ids.amount_from",
        "auto_amount",
        "window_days",
        "deadline_hours",
    )
    @api.depends_context("allowed_company_ids")
    def _compute_words(self):
        currency = self.env.company.currency_id
        for template in self:
            template.who_words = template._who_words(currency)
            template.limit_words = template._limit_words(currency)

    def _who_words(self, currency):
        groups = self.step_ids.sorted("sequence").grouped("sequence").values()
        return self.env._(", then ").join(
            self.env._(" and ").join(step._words(currency) for step in group)
            for group in groups
        )

    def _limit_words(self, currency):
        said = []
        if self.auto_amount > 0:
            limit = currency.format(self.auto_amount)
            said.append(self.env._("nobody is asked up to %s", limit))
        if self.window_days:
            said.append(
                self.env._("what was asked in %s days adds up", self.window_days)
            )
        if self.deadline_hours > 0:
            said.append(self.env._("%s hours to decide", f"{self.deadline_hours:g}"))
        return "; ".join(said)

    # ------------------------------------------------------------------ using it

    def action_use(self):
        """Make a draft of a policy, and open it.

        :return: action that opens the draft, and says which roles nobody here has
        """
        self.ensure_one()
        policy, missing = self._make_policy()
        opened = {
            "type": "ir.actions.act_window",
            "res_model": policy._name,
            "res_id": policy.id,
            "views": [(False, "form")],
        }
        if not missing:
            return opened
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("A draft, with something to fill in"),
                "message": self._missing_words(missing),
                "next": opened,
            },
        }

    def _make_policy(self):
        """:return: (the draft, names of the roles nobody here has)"""
        policies = self.env["approval_engine.policy"]
        missing, steps = [], []
        for step in self.step_ids.sorted("sequence"):
            values, lacks = step._policy_step_values()
            steps.append(Command.create(values))
            missing += lacks
        policy = policies.create(self._policy_values() | {"step_ids": steps})
        missing = list(dict.fromkeys(missing))
        if missing:
            policy.message_post(body=self._missing_words(missing))
        return policy, missing

    def _policy_values(self):
        return {
            "name": self.name,
            "type_id": self.type_id.id,
            "company_id": self.env.company.id,
            "currency_id": self.env.company.currency_id.id,
            "owner_id": self.env.uid,
            "deadline_hours": self.deadline_hours,
            "timeout_action": self.timeout_action,
            "window_days": self.window_days,
            "window_by": self.window_by,
            "auto_amount": self.auto_amount,
        }

    def _missing_words(self, missing):
        return self.env._(
            "Nobody here who can approve is known as %(roles)s: there the owner of the policy decides for now. Name "
            "people or a group in these steps, before the policy is put in force.",
            roles=", ".join(missing),
        )


class ApprovalEnginePolicyTemplateRole(models.Model):
    """What a company calls, say, Finance: the groups whose people may have that part, the first with people counts."""

    _name = "approval_engine.policy_template_role"
    _description = "Role in Policy Templates"
    _order = "name, id"

    name = fields.Char(required=True)
    group_ids = fields.Many2many(
        "res.groups",
        "approval_engine_policy_template_role_group_rel",
        "role_id",
        "group_id",
        string="Groups",
        help="Apps that are installed add theirs, once.",
    )
    offered_ids = fields.Many2many(
        "res.groups",
        "approval_engine_policy_template_role_offered_rel",
        "role_id",
        "group_id",
        help="What apps added: what was taken away again stays away.",
    )

    @api.model
    def _offer(self, groups):
        """Add the groups of an app, at its installation and at every update; what is known is left alone.

        :param groups: {XML id of a role: XML id of a group}
        """
        for role_name, group_name in groups.items():
            role = self.env.ref(role_name, raise_if_not_found=False)
            group = self.env.ref(group_name)
            if role and group not in role.offered_ids:
                link = [Command.link(group.id)]
                role.write({"group_ids": link, "offered_ids": link})
        return True

    def _group(self, company):
        """:return: the first group with somebody who can approve in this company; empty if there is none"""
        for group in self.sudo().group_ids.sorted("id"):
            if group.all_user_ids._able_to_approve(company):
                return group
        return self.env["res.groups"]


class ApprovalEnginePolicyTemplateStep(models.Model):
    _name = "approval_engine.policy_template_step"
    _description = "Step of a Policy Template"
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        "approval_engine.policy_template", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(
        default=10, help="Steps with the same number run in parallel."
    )
    name = fields.Char(required=True)
    who = fields.Selection(WHO, required=True, default=ROLE)
    role_id = fields.Many2one(
        "approval_engine.policy_template_role", ondelete="restrict"
    )
    mode = fields.Selection(seats.MODES, required=True, default=seats.ANY)
    amount_from = fields.Float("Above", help="In the currency of the company.")
    comment_required = fields.Boolean()
    identity_required = fields.Boolean("Password Required")
    bar_account_owner = fields.Boolean("Not the Account Owner")

    def _words(self, currency):
        if not self.amount_from:
            return self.name
        return self.env._(
            "%(who)s above %(amount)s",
            who=self.name,
            amount=currency.format(self.amount_from),
        )

    def _policy_step_values(self):
        """:return: (values of the step of a policy, [the role that nobody has])"""
        values = {
            "sequence": self.sequence,
            "name": self.name,
            "mode": self.mode,
            "amount_from": self.amount_from,
            "comment_required": self.comment_required,
            "identity_required": self.identity_required,
            "bar_account_owner": self.bar_account_owner,
        }
        if self.who == MANAGER:
            return values | {
                "route": routing.MANAGERS,
                "manager_reach": managers.LEVELS,
                "manager_levels": 1,
            }, []
        if self.who == ACCOUNT_OWNER:
            path = "partner_id.account_owner_id"
            return values | {"route": routing.FIELD, "field_path": path}, []
        group = self.role_id._group(self.env.company) if self.who == ROLE else None
        if group:
            return values | {"group_id": group.id}, []
        own = {"user_ids": [Command.set([self.env.uid])]}
        return values | own, [
            self.role_id.name or self.name
        ] if self.who == ROLE else []
