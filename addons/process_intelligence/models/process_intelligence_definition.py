from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.event_hub.policies.arguments import (
    ANY,
    FLAG,
    MAYBE_TEXT,
    TEXT,
)
from odoo.addons.event_hub.tools.arguments import takes

from ..policies.csv_log import ImportOptions, parse_attributes
from ..policies.refusal import Refusal
from ..tools import questions, wording


class ProcessIntelligenceDefinition(models.Model):
    """A process: which events are its steps, and the questions about how it flows.

    Answers are counted from the events that the asking user may see, never from stored totals.
    """

    _name = "process_intelligence.definition"
    _inherit = [
        "process_intelligence.drift_watch",
        "process_intelligence.finding_watch",
        "process_intelligence.asking_times",
        "process_intelligence.asking_compare",
        "process_intelligence.asking_causes",
        "process_intelligence.asking_opportunities",
        "process_intelligence.asking_objects",
        "process_intelligence.asking_rules",
        "process_intelligence.asking_guide",
        "process_intelligence.asking_exchange",
        "process_intelligence.asking_preview",
        "process_intelligence.asking_quality",
        "process_intelligence.asking_replay",
        "process_intelligence.asking_mini",
        "process_intelligence.asking_dots",
        "process_intelligence.asking_screen",
        "process_intelligence.asking_tiles",
        "process_intelligence.asking_cases",
        "process_intelligence.asking",
    ]
    _description = "Process"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    source = fields.Selection(
        [("ledger", "Ledger"), ("log", "Imported logs")],
        required=True,
        default="log",
        help="Where the steps come from: business events of this database, or files you import.",
    )
    case_type = fields.Char(
        help="Kind of case in the ledger, such as subscription. Only for processes of the ledger."
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        index=True,
        help="Without a company, everyone who may see processes sees this one.",
    )
    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        check_company=True,
        help="Who answers for this process.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Calendar",
        check_company=True,
        help="Business time is counted in it. Empty: only time on the clock is told.",
    )
    start_activity_ids = fields.Many2many(
        comodel_name="process_intelligence.activity",
        string="Begins With",
        relation="process_intelligence_start_activity_rel",
        column1="definition_id",
        column2="activity_id",
        copy=False,
        domain="[('definition_id', '=', id)]",
        groups="process_intelligence.group_process_manager",
        help="Cases that begin elsewhere are not whole and count as finished nowhere. Empty: they begin anywhere.",
    )
    end_activity_ids = fields.Many2many(
        comodel_name="process_intelligence.activity",
        string="Ends With",
        relation="process_intelligence_end_activity_rel",
        column1="definition_id",
        column2="activity_id",
        copy=False,
        domain="[('definition_id', '=', id)]",
        groups="process_intelligence.group_process_manager",
        help="A case whose last step is one of these is finished; the others still run. Empty: every case counts as "
        "finished.",
    )
    description = fields.Text()
    activity_ids = fields.One2many(
        "process_intelligence.activity",
        "definition_id",
        "Activities",
        groups="process_intelligence.group_process_manager",
    )
    log_ids = fields.One2many("process_intelligence.log", "definition_id", "Imports")
    rule_ids = fields.One2many("process_intelligence.rule", "definition_id", "Rules")
    event_count = fields.Integer("Events", compute="_compute_counts")
    case_count = fields.Integer("Cases", compute="_compute_counts")

    _ledger_needs_case_type = models.Constraint(
        "CHECK(source <> 'ledger' OR coalesce(case_type, '') <> '')",
        "A process of the ledger needs a case type. Use Discover from the ledger to see which there are.",
    )

    # ------------------------------------------------------------------ fields

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("source", "case_type", "company_id", "log_ids.event_count")
    def _compute_counts(self):
        logs = self.env["process_intelligence.log"]
        readable = Domain("id", "in", logs._search([("definition_id", "in", self.ids)]))
        imported = {
            definition.id: (events, cases if count == 1 else None)
            for definition, events, cases, count in logs.sudo()._read_group(
                readable,
                ["definition_id"],
                ["event_count:sum", "case_count:sum", "__count"],
            )
        }
        sums_tell = logs._sums_tell()
        for definition in self:
            events, cases = imported.get(definition.id, (0, 0))
            # Cases of several imports may be the same ones, so only the events can tell their number.
            if definition._origin and (
                definition.source == "ledger" or cases is None or not sums_tell
            ):
                events, cases = self.env.execute_query(
                    questions.totals(definition._origin._relations())
                )[0]
            definition.event_count, definition.case_count = events, cases

    @api.constrains("company_id", "source")
    def _check_imports_fit(self):
        for definition in self:
            if definition.source == "ledger" and definition.log_ids:
                raise ValidationError(
                    self.env._(
                        "%(process)s has imported logs. Delete them before it reads the ledger.",
                        process=definition.name,
                    )
                )
            if any(
                log.company_id != definition.company_id for log in definition.log_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(process)s has imported logs and cannot move to another company. Import them there instead.",
                        process=definition.name,
                    )
                )

    @api.constrains("start_activity_ids", "end_activity_ids")
    def _check_ends(self):
        for definition in self:
            for activity in definition.start_activity_ids | definition.end_activity_ids:
                if activity.definition_id != definition:
                    raise ValidationError(
                        self.env._(
                            "“%(activity)s” is not an activity of %(process)s. Choose one of its own.",
                            activity=activity.name,
                            process=definition.name,
                        )
                    )

    @api.constrains("company_id")
    def _check_noted_fit(self):
        """What was noted tells names of its process, so it stays where the process is."""
        for definition in self.sudo().filtered("company_id"):
            of_others = Domain("definition_id", "=", definition.id) & Domain(
                "company_id", "!=", definition.company_id.id
            )
            for model in ("violation", "finding"):
                if (
                    self.env[f"process_intelligence.{model}"]
                    .sudo()
                    .search_count(of_others, limit=1)
                ):
                    raise ValidationError(
                        self.env._(
                            "%(process)s has broken rules or findings of its company and cannot move to another one. "
                            "Define it there instead.",
                            process=definition.name,
                        )
                    )

    # ------------------------------------------------------------------ where the events are

    def _rows(self, keys=None) -> SQL:
        """SELECT of the events that the user may see, as ``tools/stored.py`` describes them.

        :param keys: SELECT of the cases that are wanted: of ``case_model, case_id`` in the ledger, else ``case_key``
        """
        self.ensure_one()
        self.check_access("read")
        return (
            self._ledger_rows(keys) if self.source == "ledger" else self._log_rows(keys)
        )

    def _every_row(self, keys=None) -> SQL:
        """SELECT of all events, whoever may see them; for the writer of what is stored."""
        if self.source == "log":
            return self.sudo()._log_rows(keys)
        return self.sudo()._ledger_select(self._ledger_domain(), keys)

    def _log_rows(self, keys=None) -> SQL:
        query = self.env["process_intelligence.log_event"]._search(
            [("definition_id", "=", self.id)]
        )
        return SQL(
            """
            SELECT case_key, NULL::varchar AS case_model, NULL::int4 AS case_id, activity::text AS activity, ts,
                   id AS seq, resource, company_id, attributes
              FROM %s WHERE %s AND %s
            """,
            query.from_clause,
            query.where_clause or SQL("TRUE"),
            SQL("case_key IN (%s)", keys) if keys else SQL("TRUE"),
        )

    def _ledger_rows(self, keys=None) -> SQL:
        domain = self._ledger_domain()
        return self._ledger_select(domain, keys, self._ledger_models(domain, keys))

    def _ledger_domain(self) -> Domain:
        domain = Domain("case_type", "=", self.case_type) & Domain(
            "case_id", "!=", False
        )
        return (
            domain & Domain("company_id", "=", self.company_id.id)
            if self.company_id
            else domain
        )

    # ------------------------------------------------------------------ what is stored

    @api.model_create_multi
    def create(self, vals_list):
        definitions = super().create(vals_list)
        definitions.filtered(lambda d: d.source == "ledger")._mark_stale()
        return definitions

    def write(self, vals):
        if not _SHAPES & vals.keys():
            return super().write(vals)
        with self._every_rule()._beginning_anew():
            done = super().write(vals)
        self._mark_stale()
        return done

    def _every_rule(self):
        """:return: the rules of these processes, archived ones too, for what happens to them by itself"""
        return (
            self.env["process_intelligence.rule"]
            .sudo()
            .with_context(active_test=False)
            .search([("definition_id", "in", self.ids)])
        )

    def _left_out_ids(self):
        """:return: activities that are no steps, as a frozenset of ids"""
        return frozenset(self.activity_ids.filtered("ignored").ids)

    def _counting_as(self):
        """:return: ``(activity, what it counts as)`` of those that count as another one, as a frozenset of ids"""
        return frozenset(
            (one.id, one.shown_as_id.id) for one in self.activity_ids if one.shown_as_id
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_stored(self):
        for definition in self:
            self.env["process_intelligence.store"]._drop(definition)

    @api.ondelete(at_uninstall=False)
    def _unlink_followed(self):
        """The database would leave their messages and activities behind."""
        self._every_rule().unlink()
        findings = self.env["process_intelligence.finding"].sudo()
        findings.search([("definition_id", "in", self.ids)]).unlink()

    def _note_names(self, events):
        """Note the activities that ``events`` carry and that are not known yet."""
        self.env["process_intelligence.activity"].sudo().create(
            [
                {"definition_id": self.id, "name": name}
                for name, _id in self._new_names(events)
            ]
        )
        self.env.flush_all()

    def _cover_openings(self, events):
        """Have the openings of the calendar wherever ``events`` lie."""
        if not self.calendar_id:
            return
        [[first, last]] = self.env.execute_query(
            SQL("SELECT min(ts), max(ts) FROM (%s) AS ev", events)
        )
        if first:
            self.env["process_intelligence.opening"]._cover(
                self.calendar_id, first, last
            )

    def _calendars(self):
        """:return: the calendars that processes count by"""
        return (
            self.with_context(active_test=False)
            .search([("calendar_id", "!=", False)])
            .calendar_id
        )

    # ------------------------------------------------------------------ imports

    @takes(
        data_base64=TEXT,
        case=TEXT,
        activity=TEXT,
        timestamp=TEXT,
        resource=MAYBE_TEXT,
        attributes=ANY,
        timestamp_format=MAYBE_TEXT,
        tz=MAYBE_TEXT,  # says itself which zones there are
        delimiter=TEXT,
        lifecycle=MAYBE_TEXT,
        background=FLAG,
    )
    def import_csv(
        self,
        data_base64,
        case,
        activity,
        timestamp,
        resource=None,
        attributes=None,
        timestamp_format=None,
        tz="UTC",
        delimiter=",",
        background=False,
        lifecycle=None,
    ):
        """Import an event log, all of it or nothing.

        :param data_base64: the CSV file (UTF-8, with column names), plain or gzip, as base64
        :param case, activity, timestamp, resource: column names; events with equal timestamps keep the file's order
        :param lifecycle: column that says ``start`` or ``complete``; it is kept as the attribute ``lifecycle``
        :param attributes: list of columns to keep, or mapping of attribute name to column
        :param timestamp_format: directives of ``datetime.strptime``; recognised when left out
        :param tz: zone of timestamps that name none
        :param background: only queue the file; a Scheduled Action imports it and reports on the log
        :return: ``{"events", "cases", "rejected": [{"line", "reason"}]}`` and ``rejected_total`` (at most 100 lines
            are named), ``log`` (id, or false when nothing was imported), ``notes`` (what was left out, in words)
        :raises ValidationError: the file as a whole cannot be read: no such column, unknown zone, empty …
        :raises ConflictError: the same file was imported before
        """
        definition = self._one("write")
        options = self._csv_options(
            *(case, activity, timestamp, resource, attributes),
            *(timestamp_format, tz, delimiter, lifecycle),
        )
        return definition._import(data_base64, options, background=background)

    def _csv_options(self, case, activity, timestamp, resource, attributes, *others):
        """:param others: timestamp_format, tz, delimiter, lifecycle of ``import_csv``"""
        timestamp_format, tz, delimiter, lifecycle = others
        try:
            return ImportOptions(
                case=case,
                activity=activity,
                timestamp=timestamp,
                resource=resource or None,
                attributes=parse_attributes(attributes)
                + ((("lifecycle", lifecycle),) if lifecycle else ()),
                timestamp_format=timestamp_format or None,
                tz=tz,
                delimiter=delimiter,
            )
        except Refusal as refusal:
            raise wording.refused(self.env, refusal) from refusal

    def _import(self, data_base64, options, file_name=None, background=False):
        if self.source != "log":
            raise ValidationError(
                self.env._(
                    "%(process)s reads the ledger. Import into a process whose source is imported logs.",
                    process=self.name,
                )
            )
        return self.env["process_intelligence.log"]._import(
            self, data_base64, options, file_name, background
        )

    # ------------------------------------------------------------------ screens

    def open_map(self):
        """:return: the client action of the map, on this process"""
        self._one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "process_intelligence.process_map_action"
        )
        return {**action, "params": {"definition_id": self.id}}


#: A change of these makes other cases and steps of the same events.
_SHAPES = {"source", "case_type", "company_id", "calendar_id", "active"}
