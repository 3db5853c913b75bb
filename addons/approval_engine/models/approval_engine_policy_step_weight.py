from odoo import api, fields, models
from odoo.exceptions import ValidationError

MOST = 10  # the heaviest a voice can be
LINES = 20  # of one step


class ApprovalEnginePolicyStepWeight(models.Model):
    """How much the voice of one person counts in a step that adds up weights."""

    _name = "approval_engine.policy_step.weight"
    _description = "Weight of an Approver"
    _order = "step_id, weight desc, id"
    _rec_name = "user_id"

    step_id = fields.Many2one(
        "approval_engine.policy_step", required=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("share", "=", False)],
    )
    weight = fields.Integer(required=True, default=2)

    _person_uniq = models.Constraint(
        "UNIQUE(step_id, user_id)", "This person has a weight in this step already."
    )

    @api.constrains("weight", "step_id")
    def _check_weight(self):
        for line in self:
            if not 1 <= line.weight <= MOST:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s: the weight of %(user)s is %(weight)s. Give 1 to %(most)s.",
                        step=line.step_id.name,
                        user=line.user_id.name,
                        weight=line.weight,
                        most=MOST,
                    )
                )
            if len(line.step_id.weight_ids) > LINES:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s has more than %(most)s weights. Use several steps, or a number of approvals.",
                        step=line.step_id.name,
                        most=LINES,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.step_id._refuse_unless_draft()
        return lines

    def write(self, vals):
        self.step_id._refuse_unless_draft()
        result = super().write(vals)
        self.step_id._refuse_unless_draft()  # nor move into another step
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_draft(self):
        self.step_id._refuse_unless_draft()
