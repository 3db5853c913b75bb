from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.event_hub.fields import LooseMany2one


class ApprovalEngineCheckpointEntry(models.Model):
    """A decision that was deleted. Only its fingerprint: who asked what, and who decided, is gone."""

    _name = "approval_engine.checkpoint_entry"
    _inherit = ["event_hub.append_only"]
    _description = "Decision Under a Checkpoint"
    _order = "decision_id"
    _rec_name = "decision_id"
    _log_access = False

    checkpoint_id = LooseMany2one(
        "approval_engine.checkpoint",
        "Checkpoint",
        required=True,
        readonly=True,
        index=True,
    )
    decision_id = fields.Integer(required=True, readonly=True, aggregator=None)
    decision_hash = fields.Char("Hash of the Decision", required=True, readonly=True)
    request_id = fields.Integer(
        "Number of the Request", required=True, readonly=True, aggregator=None
    )

    _decision_uniq = models.UniqueIndex("(decision_id)")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise AccessError(self.env._("Checkpoints cannot be created by hand."))
