from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..policies import seats


class ApprovalEnginePolicyStart(models.TransientModel):
    """A new policy from three questions: what, above how much, who."""

    _name = "approval_engine.policy_start"
    _description = "New Approval Policy"

    type_id = fields.Many2one(
        "approval_engine.type", "What needs approval?", required=True
    )
    amount_from = fields.Monetary(
        "Above how much?", help="0: always, whatever the amount."
    )
    user_ids = fields.Many2many(
        "res.users",
        "approval_engine_policy_start_user_rel",
        string="Who decides?",
        domain=[("share", "=", False)],
    )
    group_id = fields.Many2one("res.groups", "Or a whole group")
    everybody = fields.Boolean(
        "All of them",
        help="Everybody has to approve. Otherwise the first answer decides.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    sentence = fields.Char("In Words", compute="_compute_sentence")
    replaces_id = fields.Many2one(
        "approval_engine.policy", compute="_compute_replaces_id"
    )

    @api.depends("type_id", "amount_from", "user_ids", "group_id", "everybody")
    def _compute_sentence(self):
        for start in self:
            start.sentence = (
                self.env["approval_engine.policy"].new(start._values()).sentence
                if start.type_id
                else ""
            )

    @api.depends("type_id")
    def _compute_replaces_id(self):
        policies = self.env["approval_engine.policy"]
        for start in self:
            start.replaces_id = (
                policies._for(start.type_id, self.env.company)
                if start.type_id
                else policies
            )

    def action_create(self):
        """:return: action that opens the draft made from the answers"""
        self.ensure_one()
        if not self.user_ids and not self.group_id:
            raise UserError(
                self.env._(
                    "Say who decides (user_ids or group_id): people, or a group."
                )
            )
        policy = self.env["approval_engine.policy"].create(self._values())
        return {
            "type": "ir.actions.act_window",
            "res_model": policy._name,
            "res_id": policy.id,
            "views": [(False, "form")],
        }

    def _values(self):
        """:return: values of the draft"""
        return {
            "name": self.type_id.name,
            "type_id": self.type_id.id,
            "currency_id": self.currency_id.id,
            "owner_id": self.env.uid,
            "step_ids": [Command.create(self._step())],
        }

    def _step(self):
        return {
            "name": self.group_id.name
            or ", ".join(self.user_ids.mapped("name"))
            or "?",
            "user_ids": [Command.set(self.user_ids.ids)],
            "group_id": self.group_id.id,
            "mode": seats.ALL if self.everybody else seats.ANY,
            "amount_from": self.amount_from,
        }
