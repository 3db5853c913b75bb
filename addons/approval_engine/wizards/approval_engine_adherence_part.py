from odoo import api, fields, models

from ..policies import adherence


class ApprovalEngineAdherencePart(models.TransientModel):
    """The figures of one definition."""

    _name = "approval_engine.adherence_part"
    _description = "Adherence of One Definition"
    _order = "id"

    adherence_id = fields.Many2one(
        "approval_engine.adherence", required=True, ondelete="cascade", index=True
    )
    name = fields.Char("What is Governed", readonly=True)
    model = fields.Char(readonly=True)
    kind = fields.Char(readonly=True)
    documents = fields.Integer("In Force", readonly=True)
    approved = fields.Integer("With a Valid Approval", readonly=True)
    without = fields.Integer(compute="_compute_share")
    share = fields.Char(
        compute="_compute_share",
        help="With a valid approval / in force. A dash where nothing came into force.",
    )
    words = fields.Char("Which Documents", readonly=True)

    @api.depends("documents", "approved")
    def _compute_share(self):
        for part in self:
            share = adherence.share(part.approved, part.documents)
            part.without = part.documents - part.approved
            part.share = "–" if share is None else f"{int(share * 1000) / 10} %"

    def open_lines(self):
        """:return: action that lists the documents without a valid approval"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "approval_engine.approval_engine_adherence_line_action"
        )
        return action | {
            "domain": [("part_id", "=", self.id)],
            "display_name": self.name,
        }
