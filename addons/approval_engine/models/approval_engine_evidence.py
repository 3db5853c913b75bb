from odoo import api, fields, models

from odoo.addons.event_hub.fields import LooseMany2one

from ..fields import FrozenJson


class ApprovalEngineEvidence(models.Model):
    """What somebody saw when they decided: never changed, found by the fingerprint in the decision."""

    _name = "approval_engine.evidence"
    _inherit = ["approval_engine.born", "event_hub.append_only"]
    _description = "Evidence of a Decision"
    _order = "id desc"
    _rec_name = "hash"
    _log_access = False

    request_id = LooseMany2one(
        "approval_engine.request", "Request", required=True, readonly=True, index=True
    )
    company_id = LooseMany2one(
        "res.company", "Company", required=True, readonly=True, index=True
    )
    hash = fields.Char(required=True, readonly=True, index=True)
    packet = FrozenJson(required=True, readonly=True)
    frozen_at = fields.Datetime(required=True, readonly=True)

    @api.model
    def _keep_all(self, packets):
        """:param packets: [(request, packet, its fingerprint)]"""
        now = fields.Datetime.now()
        rows = [
            {
                "request_id": request.id,
                "company_id": request.company_id.id,
                "hash": digest,
                "packet": packet,
                "frozen_at": now,
            }
            for request, packet, digest in packets
        ]
        return self._bear(rows)
