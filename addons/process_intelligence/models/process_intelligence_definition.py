import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.event_hub.policies.arguments import (
    ANY,
    FLAG,
    MAYBE_OBJECT,
    MAYBE_TEXT,
    TEXT,
)
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..policies import insight
from ..policies.csv_log import ImportOptions, parse_attributes
from ..policies.filters import parse_filters
from ..policies.refusal import Refusal
from ..tools import questions, wording


class ProcessIntelligenceDefinition(models.Model):
    """A process: which events are its steps, and the questions about how it flows.

    Answers are counted from the events that the asking user may see, never from stored totals.
    """

    _name = "process_intelligence.definition"
    _inherit = ["process_intelligence.ledger_rows"]
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
    description = fields.Text()
    log_ids = fields.One2many("process_intelligence.log", "definition_id", "Imports")
    event_count = fields.Integer("Events", compute="_compute_counts")
    case_count = fields.Integer("Cases", compute="_compute_counts")

    _ledger_needs_case_type = models.Constraint(
        "CHECK(source <> 'ledger' OR case_type <> '')",
        "A process of the ledger needs a case type. Use Discover from the ledger to see which there are.",
    )

    # ------------------------------------------------------------------ fields

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("source", "case_type", "company_id", "log_ids.event_count")
    def _compute_counts(self):
        imported = {
            definition.id: (events, cases if logs == 1 else None)
            for definition, events, cases, logs in self.env[
                "process_intelligence.log"
            ]._read_group(
                [("definition_id", "in", self.ids)],
                ["definition_id"],
                ["event_count:sum", "case_count:sum", "__count"],
            )
        }
        for definition in self:
            events, cases = imported.get(definition.id, (0, 0))
            # Cases of several imports may be the same ones, so only the events can tell their number.
            if definition._origin and (definition.source == "ledger" or cases is None):
                events, cases = self.env.execute_query(
                    questions.totals(definition._origin._rows())
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

    # ------------------------------------------------------------------ where the events are

    def _rows(self) -> SQL:
        """SELECT of ``(case_key, activity, ts, seq, resource, attributes)`` the user may see."""
        self.ensure_one()
        self.check_access("read")
        return self._ledger_rows() if self.source == "ledger" else self._log_rows()

    def _log_rows(self) -> SQL:
        query = self.env["process_intelligence.log_event"]._search(
            [("definition_id", "=", self.id)]
        )
        return SQL(
            "SELECT case_key, activity::text AS activity, ts, id AS seq, resource, attributes FROM %s WHERE %s",
            query.from_clause,
            query.where_clause or SQL("TRUE"),
        )

    def _ledger_rows(self) -> SQL:
        return self._ledger_select(self._ledger_domain())

    def _ledger_domain(self) -> Domain:
        domain = Domain("case_type", "=", self.case_type) & Domain(
            "case_id", "!=", False
        )
        return (
            domain & Domain("company_id", "=", self.company_id.id)
            if self.company_id
            else domain
        )

    # ------------------------------------------------------------------ questions

    @takes(filters=MAYBE_OBJECT)
    def process_map(self, filters=None):
        """The directly-follows map of the cases that pass the filters.

        :param filters: see ``policies/filters.py``
        :return: ``{"activities": [{"name", "count", "start", "end"}], "transitions": [{"source", "target", "count",
            "p50_seconds", "p95_seconds"}], "cases", "events"}``, most frequent first; ``start`` and ``end`` count
            cases, percentiles are interpolated (``percentile_cont``)
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        return definition._map(definition._parsed(filters))

    @takes(filters=MAYBE_OBJECT, limit=ANY)
    def variants(self, filters=None, limit=100):
        """The different ways that cases went.

        :return: ``[{"path": [activity], "count": cases}]``, most frequent first
        """
        definition = self._one()
        return definition._ways(
            definition._parsed(filters), self._checked_limit(limit)
        )[0]

    @takes(filters=MAYBE_OBJECT, limit=ANY)
    def explore(self, filters=None, limit=100):
        """Everything the map screen shows, in one call.

        :return: ``{"map", "variants", "variant_count", "summary": {"median_seconds", "first", "last", "slowest"},
            "total_cases"}``; ``slowest`` is a transition or false; ``total_cases`` counts those before filters
        """
        definition = self._one()
        parsed = definition._parsed(filters)
        ways, variant_count = definition._ways(parsed, self._checked_limit(limit))
        answer = definition._map(parsed)
        return {
            "map": answer,
            "variants": ways,
            "variant_count": variant_count,
            "summary": definition._summary(answer, parsed),
            "total_cases": answer["cases"]
            if parsed.keeps_everything
            else definition.case_count,
        }

    @takes(filters=MAYBE_OBJECT)
    def open_cases(self, filters=None):
        """Open the records behind a figure.

        :return: a window action: the cases of the ledger, or the imported events, that pass the filters
        """
        definition = self._one()
        query = questions.case_keys(
            definition._rows(), definition._parsed(filters), const.MAX_CASES_OPENED
        )
        found = self.env.execute_query(query)
        return definition._cases_action(
            [row[0] for row in found], found[0][1] if found else 0
        )

    def _map(self, filters):
        activities, transitions = [], []
        for name, target, count, start, end, percentiles in self._answer(
            questions.process_map(self._rows(), filters)
        ):
            if target is None:
                activities.append(
                    {"name": name, "count": count, "start": start, "end": end}
                )
            else:
                transitions.append(
                    {
                        "source": name,
                        "target": target,
                        "count": count,
                        "p50_seconds": round(percentiles[0], 6),
                        "p95_seconds": round(percentiles[1], 6),
                    }
                )
        return {
            "activities": sorted(
                activities, key=lambda item: (-item["count"], item["name"])
            ),
            "transitions": sorted(
                transitions,
                key=lambda item: (-item["count"], item["source"], item["target"]),
            ),
            "cases": sum(item["start"] for item in activities),
            "events": sum(item["count"] for item in activities),
        }

    def _ways(self, filters, limit):
        rows = self._answer(questions.variants(self._rows(), filters, limit))
        return [{"path": path, "count": count} for path, count, _all in rows], rows[0][
            2
        ] if rows else 0

    def _summary(self, answer, filters):
        median, first, last = self._answer(questions.span(self._rows(), filters))[0]
        steps = [
            insight.Step(t["source"], t["target"], t["count"], t["p50_seconds"])
            for t in answer["transitions"]
        ]
        slowest = insight.slowest_step(
            steps, answer["cases"], const.SLOW_STEP_MIN_SHARE
        )
        return {
            "median_seconds": median or 0.0,
            "first": _iso(first),
            "last": _iso(last),
            "slowest": {
                "source": slowest.source,
                "target": slowest.target,
                "count": slowest.count,
                "p50_seconds": slowest.p50_seconds,
            }
            if slowest
            else False,
        }

    def _answer(self, query):
        return self.env.execute_query(query)

    def _cases_action(self, keys, total):
        if self.source == "ledger":
            return self._ledger_cases_action(keys, total)
        return self._window(
            "process_intelligence.log_event",
            total,
            [("definition_id", "=", self.id), ("case_key", "in", keys)],
            {"search_default_by_case": 1},
        )

    def _ledger_cases_action(self, keys, total):
        by_model = {}
        for key in keys:
            model, _comma, res_id = key.rpartition(",")
            by_model.setdefault(model, []).append(int(res_id))
        if len(by_model) == 1:
            [(model, ids)] = by_model.items()
            return self._window(
                model, total, [("id", "in", ids)], {"active_test": False}
            )
        domain = Domain("case_type", "=", self.case_type) & Domain.OR(
            Domain("case_model", "=", model) & Domain("case_id", "in", ids)
            for model, ids in by_model.items()
        )
        return self._window("event_hub.event", total, list(domain), {})

    def _window(self, model, total, domain, context):
        shown = const.MAX_CASES_OPENED
        name = self.env._(
            "%(process)s: %(total)s cases", process=self.name, total=total
        )
        if total > shown:
            name = self.env._(
                "%(process)s: the first %(shown)s of %(total)s cases",
                process=self.name,
                shown=shown,
                total=total,
            )
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "domain": domain,
            "views": [[False, "list"], [False, "form"]],
            "context": context,
            "target": "current",
        }

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
    ):
        """Import an event log, all of it or nothing.

        :param data_base64: the CSV file (UTF-8, with column names), plain or gzip, as base64
        :param case, activity, timestamp, resource: column names; events with equal timestamps keep the file's order
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
        try:
            options = ImportOptions(
                case=case,
                activity=activity,
                timestamp=timestamp,
                resource=resource or None,
                attributes=parse_attributes(attributes),
                timestamp_format=timestamp_format or None,
                tz=tz,
                delimiter=delimiter,
            )
        except Refusal as refusal:
            raise wording.refused(self.env, refusal) from refusal
        return definition._import(data_base64, options, background=background)

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

    # ------------------------------------------------------------------ input

    def _one(self, operation="read"):
        """:return: self, when it is one process that the user may use"""
        if len(self) != 1:
            raise ValidationError(
                self.env._(
                    "Name exactly one process (ids), not %(count)s.", count=len(self)
                )
            )
        self.check_access(operation)
        return self

    def _parsed(self, filters):
        try:
            return parse_filters(filters)
        except Refusal as refusal:
            raise wording.refused(self.env, refusal) from refusal

    def _checked_limit(self, limit):
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise ValidationError(
                self.env._(
                    "limit must be a whole number from 1 on, not %(value)s.",
                    value=json.dumps(limit, default=str),
                )
            )
        return min(limit, const.MAX_VARIANTS)


def _iso(moment):
    return moment.isoformat() + "Z" if moment else False
