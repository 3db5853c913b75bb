from odoo import fields, models


class ProcessIntelligenceImportColumn(models.TransientModel):
    """One column of the file in the import wizard, and the part it plays."""

    _name = "process_intelligence.import_column"
    _description = "Column of an Imported File"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "process_intelligence.import_wizard",
        required=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer()
    name = fields.Char("Column", required=True)
    sample = fields.Char("First Values")
    role = fields.Selection(
        [
            ("case", "Case"),
            ("activity", "Activity"),
            ("timestamp", "Time"),
            ("resource", "Who"),
            ("attribute", "Attribute"),
            ("ignore", "Leave out"),
        ],
        required=True,
        default="ignore",
        help="Case: what the steps belong to, such as a ticket number. Activity: the name of the step. "
        "Time: when it happened. Who: the person or team that did it. Attribute: kept, to choose and compare cases by.",
    )
