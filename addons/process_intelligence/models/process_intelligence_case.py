from odoo import fields, models

from odoo.addons.event_hub.fields import LooseMany2one


class ProcessIntelligenceCase(models.Model):
    """One case of a process as its steps add up. Derived from the events, written by ``process_intelligence.store``.

    Nobody has a right to this table: questions read it and show what the asking user may see.
    """

    _name = "process_intelligence.case"
    _inherit = ["event_hub.guarded"]
    _description = "Case of a Process"
    _log_access = False
    _rec_name = "case_key"

    definition_id = LooseMany2one(
        "process_intelligence.definition", "Process", required=True, readonly=True
    )
    case_key = fields.Char("Case", required=True, readonly=True)
    case_model = fields.Char(readonly=True)
    case_id = fields.Many2oneReference(
        "Record", model_field="case_model", readonly=True
    )
    company_id = LooseMany2one("res.company", "Company", readonly=True)
    mixed = fields.Boolean(
        readonly=True, help="Its events belong to more than one company."
    )
    first_ts = fields.Datetime("First Step", required=True, readonly=True)
    last_ts = fields.Datetime("Last Step", required=True, readonly=True)
    length = fields.Integer(  # pylint: disable=attribute-deprecated
        "Steps", required=True, readonly=True
    )
    open_span = fields.Float(
        "Business Time (s)",
        readonly=True,
        help="Of the process's calendar, from the first to the last step. Empty without a calendar.",
    )
    path = fields.Char(
        required=True,
        readonly=True,
        help="Ids of the activities in order, each between commas: ,3,5,3,",
    )
    attributes = fields.Json(
        readonly=True,
        help="Each attribute with all the values that its events carry; null: some event has none.",
    )

    _case_uniq = models.UniqueIndex("(definition_id, case_key)")
    _mixed_idx = models.Index("(definition_id) WHERE mixed")
    _record_idx = models.Index(
        "(definition_id, case_model, case_id) WHERE case_model IS NOT NULL"
    )
