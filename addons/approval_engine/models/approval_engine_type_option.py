from odoo import fields, models


class ApprovalEngineTypeOption(models.Model):
    """One of the ways a request of this type can be decided."""

    _name = "approval_engine.type.option"
    _inherit = ["event_hub.remembered"]
    _description = "Approval Option"
    _order = "sequence, id"

    type_id = fields.Many2one(
        "approval_engine.type", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(
        required=True, help="Stable name for integrations, such as extend_grace."
    )
    name = fields.Char(required=True, translate=True)
    description = fields.Char(
        translate=True, help="What happens when this is chosen, in one sentence."
    )

    _code_uniq = models.Constraint(
        "UNIQUE(type_id, code)", "This type has an option with this code already."
    )

    def write(self, vals):
        self.type_id._refuse_rewiring({"code"}.intersection(vals))
        return super().write(vals)
