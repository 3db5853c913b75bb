from odoo import fields, models

from ..policies import adherence

WHYS = [
    (adherence.NEVER, "Never asked"),
    (adherence.WAITING, "Asked, not decided"),
    (adherence.REJECTED_, "Rejected"),
    (adherence.ENDED, "Asked, then recalled, expired, lapsed or failed"),
    (adherence.OTHER, "Another content was approved"),
    (adherence.LATER, "Approved once it was in force"),
    (adherence.FORGED, "The approval does not verify"),
]


class ApprovalEngineAdherenceLine(models.TransientModel):
    """A document in force without a valid approval."""

    _name = "approval_engine.adherence_line"
    _description = "Document Without a Valid Approval"
    _order = "part_id, id"

    adherence_id = fields.Many2one(
        "approval_engine.adherence", required=True, ondelete="cascade", index=True
    )
    part_id = fields.Many2one(
        "approval_engine.adherence_part",
        "Definition",
        required=True,
        ondelete="cascade",
        index=True,
    )
    name = fields.Char("Document", readonly=True)
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    why = fields.Selection(WHYS, readonly=True)
    request_id = fields.Many2one(
        "approval_engine.request",
        "Approval",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="The one that comes closest; none if nobody asked.",
    )

    def open_record(self):
        """:return: action that shows the document, to those who may read it"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
