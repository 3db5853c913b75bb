from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from .. import const
from ..policies import csv_log, guess
from ..policies.csv_log import ImportOptions
from ..policies.csv_source import Upload
from ..policies.exchange import ExchangeOptions, format_of_file
from ..policies.exchange_in import object_types, read_ocel
from ..policies.refusal import Refusal
from ..tools import import_sight, wording
from ..tools.import_sight import table

TIME_FORMATS = [
    ("auto", "Recognise it"),
    ("%d/%m/%Y %H:%M", "31/12/2026 23:59 (day first)"),
    ("%m/%d/%Y %H:%M", "12/31/2026 23:59 (month first)"),
    ("%d/%m/%Y %H:%M:%S", "31/12/2026 23:59:59 (day first)"),
    ("%m/%d/%Y %H:%M:%S", "12/31/2026 23:59:59 (month first)"),
    ("custom", "Another format"),
]


class ProcessIntelligenceImportWizard(models.TransientModel):
    """Upload a file, confirm what its columns are, see the map."""

    _name = "process_intelligence.import_wizard"
    _description = "Import a File"

    definition_id = fields.Many2one(
        "process_intelligence.definition",
        "Into Process",
        domain=[("source", "=", "log")],
        help="Leave empty to make a new process.",
    )
    name = fields.Char(
        "Process Name", compute="_compute_name", store=True, readonly=False
    )
    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()
    kind = fields.Selection(
        [("csv", "CSV"), ("xes", "XES"), ("ocel", "OCEL 2.0")], compute="_compute_kind"
    )
    object_type = fields.Char(
        "Cases Are",
        compute="_compute_object_type",
        store=True,
        readonly=False,
        help="The type of objects that are the cases; each event counts as a step of all those it touches.",
    )
    object_types = fields.Char("Types in the File", compute="_compute_object_types")
    delimiter = fields.Selection(
        [(",", "Comma ,"), (";", "Semicolon ;"), ("\t", "Tab"), ("|", "Bar |")],
        compute="_compute_delimiter",
        precompute=True,
        store=True,
        readonly=False,
        required=True,
    )
    tz = fields.Selection(
        _tz_get,
        "Time Zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="Zone of the times in the file, where they name none themselves.",
    )
    time_format = fields.Selection(TIME_FORMATS, required=True, default="auto")
    custom_format = fields.Char(
        help="Directives of Python's strptime, such as %Y-%m-%d %H:%M:%S."
    )
    column_ids = fields.One2many(
        "process_intelligence.import_column",
        "wizard_id",
        "Columns",
        compute="_compute_columns",
        store=True,
        readonly=False,
    )
    preview = fields.Html(
        "First Rows", compute="_compute_preview", sanitize_attributes=False
    )
    problem = fields.Char(compute="_compute_preview")
    sight = fields.Html(
        "What Will Be Imported",
        compute="_compute_sight",
        store=True,
        sanitize_attributes=False,
        help="Read from the file; nothing is written yet.",
    )
    is_whole = fields.Boolean(
        "All of It Was Read", compute="_compute_sight", store=True
    )
    advice = fields.Char("What Is Missing", compute="_compute_advice")
    rejected = fields.Html("Lines That Cannot Be Read", readonly=True)
    rejected_count = fields.Integer(readonly=True)

    @api.constrains("definition_id")
    def _check_may_read(self):
        """Else the form tells the name of a hidden process. Constraints run as superuser, so say who asks."""
        self.definition_id.sudo(False).check_access("read")

    @api.depends("file_name")
    def _compute_name(self):
        for wizard in self:
            if wizard.file_name and not wizard.name:
                stem = wizard.file_name.removesuffix(".gz").rsplit(".", 1)[0]
                wizard.name = (
                    stem.replace("_", " ").replace("-", " ").strip().capitalize()
                )

    @api.depends("file_name")
    def _compute_kind(self):
        for wizard in self:
            wizard.kind = format_of_file(wizard.file_name or "")

    @api.depends("file", "file_name")
    def _compute_object_type(self):
        for wizard in self:
            wizard.object_type = next(iter(wizard._object_types()[0]), False)

    @api.depends("file", "file_name")
    def _compute_object_types(self):
        for wizard in self:
            wizard.object_types = ", ".join(wizard._object_types()[0])

    def _object_types(self):
        """:return: (types of objects in the file, what is wrong with it or false)"""
        content = self._content()
        if self.kind != "ocel" or not content:
            return [], False
        # Several fields ask; the file is as large as it is.
        known = self.env.cr.cache
        key = "process_intelligence.object_types", hash(content)
        if key not in known:
            try:
                raw = Upload.decode(content).content(const.MAX_OCEL_BYTES)
                known[key] = object_types(read_ocel(raw)), False
            except Refusal as refusal:
                reason = wording.reason(self.env, refusal.code, refusal.facts)
                known[key] = [], reason
        return known[key]

    @api.depends("file", "file_name")
    def _compute_delimiter(self):
        for wizard in self:
            rows, _problem = wizard._rows("\n")
            wizard.delimiter = (
                guess.guess_delimiter(rows[0][0]) if rows and rows[0] else ","
            )

    @api.depends("file", "file_name", "delimiter")
    def _compute_columns(self):
        for wizard in self:
            rows, _problem = wizard._rows(wizard.delimiter)
            wizard.column_ids = [fields.Command.clear()] + [
                fields.Command.create(values) for values in wizard._column_values(rows)
            ]

    def _column_values(self, rows):
        if not rows:
            return []
        header, samples = rows[0], rows[1:]
        roles = {
            index: role for role, index in guess.guess_roles(header, samples).items()
        }
        return [
            {
                "sequence": index,
                "name": name,
                "sample": "  ·  ".join(
                    row[index] for row in samples[:3] if len(row) > index
                )[:120],
                "role": roles.get(index, "attribute"),
            }
            for index, name in enumerate(header)
        ]

    @api.depends("file", "file_name", "delimiter")
    def _compute_preview(self):
        for wizard in self:
            rows, problem = wizard._rows(wizard.delimiter)
            wizard.problem = problem or wizard._problem_of_size()
            wizard.preview = table(rows[0], rows[1:]) if rows else False

    @api.depends(
        *("file", "file_name", "object_type", "tz", "column_ids.role"),
        *("delimiter", "time_format", "custom_format"),
    )
    def _compute_sight(self):
        """Of logs of other tools as soon as they are there; of a CSV, whose columns come first, by the button."""
        for wizard in self:
            wizard.sight, wizard.is_whole = False, False
            if wizard.kind != "csv" and not wizard.problem and not wizard.advice:
                most = const.PREVIEW_EVENTS if wizard._is_large() else None
                wizard._look(most)

    def _look(self, most=None):
        """Read the file as it would be imported, and keep what is told of it."""
        content = self._content()
        if not content:
            return
        try:
            sight = self.env["process_intelligence.log"]._preview(
                Upload.decode(content), self._options(), most
            )
        except Refusal as refusal:
            reason = wording.reason(self.env, refusal.code, refusal.facts)
            self.sight, self.is_whole = import_sight.refused_page(reason), True
        else:
            self.sight = import_sight.page_of(self.env, sight)
            self.is_whole = sight["whole"]

    def check_file(self):
        """Read all of the file and show what would be imported; nothing is written.

        :return: the form again
        """
        self.ensure_one()
        self._look()
        return self._again()

    @api.depends("file", "file_name", "object_type", "column_ids.role")
    def _compute_advice(self):
        """What has to be chosen before the file can be imported, told beside the choice."""
        for wizard in self:
            wizard.advice = wizard._missing() if wizard._content() else False

    def _missing(self):
        if self.kind == "csv":
            return self.column_ids and self._wrong_roles(self._columns_by_role())
        types = self._object_types()[0]
        if self.kind == "ocel" and types and self.object_type not in types:
            facts = {"object_type": self.object_type or "", "present": types}
            return wording.reason(self.env, "unknown_object_type", facts)
        return False

    def _columns_by_role(self):
        return {
            role: self.column_ids.filtered(
                lambda column, role=role: column.role == role
            ).mapped("name")
            for role in ("case", "activity", "timestamp", "resource", "attribute")
        }

    def _rows(self, delimiter):
        """:return: (header and first rows, what is wrong with the file or false)"""
        content = self._content()
        if not content:
            return [], False
        if self.kind != "csv":
            return [], self._object_types()[1]
        try:
            lines = Upload.decode(content).lines()
            if (
                delimiter == "\n"
            ):  # the plain first line, to look for the delimiter in it
                return [[next(lines, "")]], False
            return csv_log.preview(lines, delimiter or ",", const.PREVIEW_ROWS), False
        except Refusal as refusal:
            return [], wording.reason(self.env, refusal.code, refusal.facts)

    def _problem_of_size(self):
        """:return: why a file whose beginning can be read cannot be taken, or false"""
        try:
            self._measures()
        except Refusal as refusal:
            return wording.reason(self.env, refusal.code, refusal.facts)
        return False

    def _measures(self):
        """:return: ``Measures`` of the file, None without one"""
        content = self._content()
        if not content:
            return None
        return Upload.decode(content).measure(const.MAX_BYTES[self.kind or "csv"])

    def _content(self):
        return self.with_context(bin_size=False).file

    # ------------------------------------------------------------------ import

    def import_file(self):
        """Import and open the map; when lines are refused, stay and show them.

        :return: the next action
        """
        self.ensure_one()
        content = self._content()
        options = self._options()
        background = self._is_large()
        with self.env.cr.savepoint() as savepoint:
            definition = self._definition()
            answer = definition._import(
                content, options, file_name=self.file_name, background=background
            )
            if answer["rejected_total"]:
                savepoint.rollback()  # no new process without its events
                self.env.invalidate_all(flush=False)
        if answer["rejected_total"]:
            return self._show_rejected(answer)
        return self._open_log(answer["log"]) if background else definition.open_map()

    def _is_large(self):
        try:
            measures = self._measures()
        except Refusal as refusal:
            raise wording.refused(self.env, refusal) from refusal
        return bool(measures) and measures.size > const.BACKGROUND_FROM_BYTES

    def _definition(self):
        if self.definition_id:
            self.definition_id.check_access("write")
            return self.definition_id
        return self.env["process_intelligence.definition"].create(
            {"name": self.name or self.file_name}
        )

    def _options(self):
        if self.kind != "csv":
            kind = self.object_type if self.kind == "ocel" else None
            return ExchangeOptions(self.kind, kind or None, self.tz)
        columns = self._columns_by_role()
        wrong = self._wrong_roles(columns)
        if wrong:
            raise ValidationError(wrong)
        formats = {"auto": None, "custom": self.custom_format or None}
        return ImportOptions(
            case=columns["case"][0],
            activity=columns["activity"][0],
            timestamp=columns["timestamp"][0],
            resource=next(iter(columns["resource"]), None),
            attributes=tuple((name, name) for name in columns["attribute"]),
            timestamp_format=formats.get(self.time_format, self.time_format),
            tz=self.tz,
            delimiter=self.delimiter,
        )

    def _wrong_roles(self, columns):
        """:return: a sentence, false when each part is played by as many columns as it may"""
        labels = dict(self.column_ids._fields["role"]._description_selection(self.env))
        for role in ("case", "activity", "timestamp"):
            if len(columns[role]) != 1:
                return self.env._(
                    "Choose exactly one column as %(role)s; now there are %(count)s.",
                    role=labels[role],
                    count=len(columns[role]),
                )
        if len(columns["resource"]) > 1:
            return self.env._(
                "Choose at most one column as %(role)s.", role=labels["resource"]
            )
        return False

    def _show_rejected(self, answer):
        rows = [[str(item["line"]), item["reason"]] for item in answer["rejected"]]
        self.write(
            {
                "rejected": table([self.env._("Line"), self.env._("Reason")], rows),
                "rejected_count": answer["rejected_total"],
            }
        )
        return self._again()

    def _again(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import a File"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }

    def _open_log(self, log_id):
        return {
            "type": "ir.actions.act_window",
            "res_model": "process_intelligence.log",
            "res_id": log_id,
            "views": [[False, "form"]],
            "target": "current",
        }
