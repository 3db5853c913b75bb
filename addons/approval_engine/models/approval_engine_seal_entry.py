from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.event_hub.fields import LooseMany2one


class ApprovalEngineSealEntry(models.Model):
    """One decision under a seal. Only fingerprints: whoever verifies the chain learns nothing else."""

    _name = "approval_engine.seal_entry"
    _inherit = ["event_hub.append_only"]
    _description = "Sealed Decision"
    _order = "position"
    _rec_name = "position"
    _log_access = False

    seal_id = LooseMany2one(
        "approval_engine.seal", "Seal", required=True, readonly=True, index=True
    )
    position = fields.Integer(
        "No.", required=True, readonly=True, aggregator=None, help="Over all seals."
    )
    decision_id = fields.Integer(
        required=True,
        readonly=True,
        aggregator=None,
        help="Its number; negative: that of a checkpoint. Who may not read the decision learns nothing else.",
    )
    decision_hash = fields.Char("Hash of the Decision", required=True, readonly=True)

    _position_uniq = models.UniqueIndex("(position)")
    _decision_uniq = models.UniqueIndex("(decision_id)")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._("Seals cannot be created or changed by hand."),
        )

    def open_decision(self):
        """:return: action that shows the decision, or the checkpoint, to those who may read it"""
        self.ensure_one()
        if self.decision_id < 0:
            return self._open_checkpoint()
        return {
            "type": "ir.actions.act_window",
            "res_model": "approval_engine.decision",
            "res_id": self.decision_id,
            "views": [(False, "form")],
        }

    def _open_checkpoint(self):
        checkpoints = self.env["approval_engine.checkpoint"]
        return {
            "type": "ir.actions.act_window",
            "res_model": checkpoints._name,
            "res_id": checkpoints.search([("number", "=", -self.decision_id)]).id,
            "views": [(False, "form")],
        }
