from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies import escalation


class ApprovalEngineEscalationLevel(models.Model):
    """Who else is asked once part of the time has passed without a decision."""

    _name = "approval_engine.escalation_level"
    _inherit = ["approval_engine.policy_part"]
    _description = "Approval Escalation Level"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "approval_engine.policy", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    after = fields.Float(
        required=True, default=75, help="How much of the time has passed."
    )
    unit = fields.Selection(escalation.UNITS, required=True, default=escalation.PERCENT)
    target = fields.Selection(
        escalation.TARGETS, "Asks", required=True, default=escalation.MANAGER
    )
    group_id = fields.Many2one("res.groups", ondelete="restrict")
    user_id = fields.Many2one(
        "res.users", "Person", ondelete="restrict", domain=[("share", "=", False)]
    )

    @api.constrains("after", "unit", "policy_id")
    def _check_after(self):
        for level in self:
            given = level.policy_id.deadline_hours
            hours = escalation.Level(level.after, level.unit).hours(given)
            if level.unit == escalation.PERCENT and not given:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s has no deadline, so %(after)g %% of its time never passes. Give it a "
                        "deadline, or say after how many hours.",
                        policy=level.policy_id.display_name,
                        after=level.after,
                    )
                )
            if hours <= 0 or (given and hours >= given):
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s, escalation after %(after)g %(unit)s: it has to lie after the start and "
                        "before the deadline of %(hours)g hours.",
                        policy=level.policy_id.display_name,
                        after=level.after,
                        unit=level._unit_words(),
                        hours=given,
                    )
                )

    @api.constrains("target", "group_id", "user_id")
    def _check_target(self):
        for level in self:
            wanted = {escalation.GROUP: "group_id", escalation.USER: "user_id"}.get(
                level.target
            )
            if wanted and not level[wanted]:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s, escalation after %(after)g %(unit)s: say who is asked (%(field)s).",
                        policy=level.policy_id.display_name,
                        after=level.after,
                        unit=level._unit_words(),
                        field=f"{self._fields[wanted].string}, {wanted}",
                    )
                )

    # ------------------------------------------------------------------ use

    def _as_policy_level(self):
        return escalation.Level(self.after, self.unit)

    def _unit_words(self):
        return dict(self._fields["unit"]._description_selection(self.env))[self.unit]

    def _words(self):
        """:return: such as "after 75 % of the time the manager of each approver is asked too" """
        return self.env._(
            "after %(after)g %(unit)s %(who)s is asked too",
            after=self.after,
            unit=self._unit_words(),
            who=self._who_words(),
        )

    def _who_words(self):
        if self.target == escalation.GROUP:
            return self.group_id.name or "?"
        if self.target == escalation.USER:
            return self.user_id.name or "?"
        return self.env._("the manager of each approver")

    def _people_for(self, approvers):
        """:return: who this level asks, whether they may decide or not

        :param approvers: those who were asked before
        """
        self.ensure_one()
        if self.target == escalation.GROUP:
            return self.env["approval_engine.authority"]._confirmed(self.group_id)
        if self.target == escalation.USER:
            return self.user_id
        managers = approvers.browse()
        for approver in approvers:
            managers |= approver._approval_manager()
        return managers
