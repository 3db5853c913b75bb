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
    decision_id = LooseMany2one(
        "approval_engine.decision", "Decision", required=True, readonly=True
    )
    decision_hash = fields.Char("Hash of the Decision", required=True, readonly=True)

    _position_uniq = models.UniqueIndex("(position)")
    _decision_uniq = models.UniqueIndex("(decision_id)")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._("Seals cannot be created or changed by hand."),
        )
