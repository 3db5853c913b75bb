from odoo import api, fields, models

from odoo.addons.event_hub.fields import LooseMany2one


class ProcessIntelligenceLogEvent(models.Model):
    """One line of an imported log. Written by an import only, deleted with it as a whole."""

    _name = "process_intelligence.log_event"
    _inherit = ["event_hub.guarded"]
    _description = "Imported Event"
    _order = "case_key, ts, id"
    _rec_name = "activity"
    _log_access = False

    # Loose: an import of a million rows would check a million foreign keys; the log's own one suffices.
    definition_id = LooseMany2one(
        "process_intelligence.definition", "Process", required=True, readonly=True
    )
    log_id = fields.Many2one(
        "process_intelligence.log",
        "Import",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = LooseMany2one("res.company", "Company", readonly=True)
    case_key = fields.Char("Case", required=True, readonly=True)
    activity = fields.Char(required=True, readonly=True)
    ts = fields.Datetime(
        "Time",
        required=True,
        readonly=True,
        help="With microseconds; equal times keep file order.",
    )
    line = fields.Integer(readonly=True, help="Line of the file.")
    resource = fields.Char(readonly=True)
    attributes = fields.Json(readonly=True)
    origin = fields.Char(
        readonly=True,
        help="Number of the event in its object-centric log: several cases may share it.",
    )
    objects = fields.Json(
        readonly=True,
        help="What the event touches in its object-centric log: type and object.",
    )
    worn = fields.Json(
        readonly=True,
        help="Names of the attributes that its case carries in its object-centric log, not the event.",
    )
    attribute_text = fields.Text("Attribute Values", compute="_compute_attribute_text")

    # Case by case in order, without a sort: what every question reads. Ids rise with the file's order.
    _case_idx = models.Index("(definition_id, case_key, ts, id) INCLUDE (activity)")
    # Rows of one import lie together, so a tiny index finds them for the cascade.
    _log_idx = models.Index("USING brin (log_id)")

    @api.depends("attributes")
    def _compute_attribute_text(self):
        for event in self:
            event.attribute_text = "\n".join(
                f"{name}: {value}" for name, value in (event.attributes or {}).items()
            )
