from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.event_hub.tools import caches

from ..policies import escalation_chain as chain
from ..policies.escalation import REASON_CLASSES


class SupportVisibilityEscalationStep(models.Model):
    """What happens when the time of a promise runs out: one row for each step of the chain."""

    _name = "support_visibility.escalation_step"
    _description = "Escalation Step"
    _inherit = ["event_hub.remembered"]
    _order = "sequence, id"
    _rec_names_search = ["policy_id", "team_id"]
    _check_company_auto = True

    name = fields.Char("Step", compute="_compute_name")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    policy_id = fields.Many2one(
        "support_visibility.sla_policy",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Empty: for the promises of every policy.",
    )
    team_id = fields.Many2one(
        "support_visibility.team",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Empty: for the tickets of every team.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    moment = fields.Selection(
        chain.MOMENTS,
        "When",
        required=True,
        default=chain.BROKEN,
        help="Shares of the time come only where the policy warns at that share.",
    )
    minutes = fields.Integer(
        "Minutes Later", help="Minutes day and night after that moment; 0: at once."
    )
    act = fields.Selection(
        chain.ACTS, "What Is Done", required=True, default=chain.LEADER
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        domain="[('share', '=', False)]",
        index="btree_not_null",
        help="Who is told, or gets the ticket.",
    )
    to_team_id = fields.Many2one(
        "support_visibility.team",
        "Specialist Queue",
        index="btree_not_null",
        check_company=True,
    )
    reason_class = fields.Selection(
        REASON_CLASSES,
        "Kind of Reason",
        required=True,
        default="policy",
        help="Kept with each escalation, so that people can learn from it.",
    )

    _minutes_positive = models.Constraint(
        "CHECK(minutes >= 0)", "A step comes at its moment or later: 0 minutes or more."
    )

    @api.depends("moment", "minutes", "act")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("moment", "act")
        }
        for step in self:
            when = labels["moment"].get(step.moment, "")
            what = labels["act"].get(step.act, "")
            step.name = (
                self.env._(
                    "%(when)s, %(minutes)s minutes later: %(what)s",
                    when=when,
                    minutes=step.minutes,
                    what=what,
                )
                if step.minutes
                else self.env._("%(when)s: %(what)s", when=when, what=what)
            )

    @api.constrains("act", "user_id", "to_team_id")
    def _check_target(self):
        for step in self:
            if step.act in chain.NEEDS_PERSON and not step.user_id:
                raise ValidationError(
                    self.env._("%(step)s: choose the person in Person.", step=step.name)
                )
            if step.act == chain.QUEUE and not step.to_team_id:
                raise ValidationError(
                    self.env._(
                        "%(step)s: choose the team in Specialist Queue.", step=step.name
                    )
                )

    @api.model
    @caches.remembered()
    def _steps(self):
        """:return: the steps in force, in their order, as plain values"""
        steps = self.sudo().with_context(active_test=True).search(Domain.TRUE)
        return tuple(
            chain.Step(
                step.id,
                step.moment,
                step.minutes,
                step.policy_id.id or None,
                step.team_id.id or None,
                step.company_id.id or None,
            )
            for step in steps
        )
