from odoo import fields, models


class ProcessIntelligenceDiscoveryLine(models.TransientModel):
    _name = "process_intelligence.discovery_line"
    _description = "Case Type Found in the Ledger"
    _order = "id"

    wizard_id = fields.Many2one(
        "process_intelligence.discovery", required=True, ondelete="cascade", index=True
    )
    selected = fields.Boolean("Create")
    name = fields.Char("Process Name", required=True)
    case_type = fields.Char(readonly=True)
    event_count = fields.Integer("Events", readonly=True)
    case_count = fields.Integer("Cases", readonly=True)
    definition_id = fields.Many2one(
        "process_intelligence.definition", "Already Defined", readonly=True
    )
