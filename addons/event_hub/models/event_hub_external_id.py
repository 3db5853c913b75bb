from odoo import api, fields, models
from odoo.exceptions import ValidationError


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

    @api.constrains("source_id", "res_model", "res_id")
    def _check_record(self):
        """Only what is there, in the source's company, and for who links it to see."""
        for model, links in self.grouped("res_model").items():
            if model not in self.env:
                raise ValidationError(
                    self.env._("There is no model %(model)s.", model=model)
                )
            records = self.env[model].browse(links.mapped("res_id"))
            there = records.exists()
            if not self.env.su:
                there.check_access("read")
            by_id = {record.id: record for record in there}
            for link in links:
                link._check_is_linkable(by_id.get(link.res_id))

    def _check_is_linkable(self, record):
        """:param record: what it links to; None if there is no such record"""
        if not record:
            raise ValidationError(
                self.env._(
                    "External id %(id)s: there is no record %(number)s of %(model)s.",
                    id=self.external_id,
                    number=self.res_id,
                    model=self.res_model,
                )
            )
        company = record.sudo().company_id if "company_id" in record._fields else None
        if company and company != self.sudo().company_id:
            raise ValidationError(
                self.env._(
                    "External id %(id)s: the record belongs to another company than the source.",
                    id=self.external_id,
                )
            )
