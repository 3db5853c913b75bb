from odoo import fields, models


class EventHubExternalId(models.Model):
    """Who is who in other systems."""

    _name = "event_hub.external_id"
    _inherit = ["event_hub.guarded"]
    _description = "External Id"
    _rec_name = "external_id"
    _order = "source_id, res_model, external_id"

    source_id = fields.Many2one(
        "event_hub.source", required=True, ondelete="cascade", index=True
    )
    external_id = fields.Char("Id at the Source", required=True)
    res_model = fields.Char("Model", required=True, default="res.partner")
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True)
    company_id = fields.Many2one(related="source_id.company_id", store=True)

    _external_uniq = models.Constraint(
        "UNIQUE(source_id, res_model, external_id)",
        "This source already uses this external id for another record.",
    )
    _record_idx = models.Index("(res_model, res_id)")
