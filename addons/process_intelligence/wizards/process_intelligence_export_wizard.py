from odoo import api, fields, models

FORMATS = [
    ("xes", "XES"),
    ("ocel", "OCEL 2.0, JSON"),
    ("sqlite", "OCEL 2.0, SQLite"),
    ("csv", "CSV"),
]


class ProcessIntelligenceExportWizard(models.TransientModel):
    """Choose a format, get the file."""

    _name = "process_intelligence.export_wizard"
    _description = "Export a Process"

    definition_id = fields.Many2one(
        "process_intelligence.definition", "Process", required=True, ondelete="cascade"
    )
    file_format = fields.Selection(
        FORMATS,
        "Format",
        required=True,
        default="xes",
        help="XES: for any tool of process mining. OCEL 2.0: with every record that events touch. "
        "CSV: for spreadsheets, one line per step.",
    )
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)
    notes = fields.Text(readonly=True)

    @api.constrains("definition_id")
    def _check_may_read(self):
        """Else the form tells the name of a hidden process. Constraints run as superuser, so say who asks."""
        self.definition_id.sudo(False).check_access("read")

    def export_file(self):
        """Write the file and offer it.

        :return: the next action
        """
        self.ensure_one()
        answer = self._answer()
        self.write(
            {
                "file": answer["data_base64"],
                "file_name": answer["name"],
                "notes": "\n".join(answer["notes"]),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Export"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }

    def _answer(self):
        definition = self.definition_id
        return {
            "xes": definition.export_xes,
            "csv": definition.export_csv,
            "ocel": definition.export_ocel,
            "sqlite": lambda: definition.export_ocel(format="sqlite"),
        }[self.file_format]()
