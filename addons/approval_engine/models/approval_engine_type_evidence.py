from odoo import fields, models


class ApprovalEngineType(models.Model):
    """How old evidence may be."""

    _inherit = "approval_engine.type"  # pylint: disable=consider-merging-classes-inherited

    evidence_max_hours = fields.Integer(
        "Evidence Is Old After (Hours)",
        default=48,
        help="Approvers are told that what they see is older than this. 0: never.",
    )
