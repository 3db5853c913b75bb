import base64
import io
import os
import tempfile

from odoo import models
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
from ..policies import exchange, exchange_out, ocel_out
from ..policies.exchange import ExchangeOptions, Told
from ..policies.refusal import Refusal
from ..tools import questions_exchange, wording

OCEL_FORMATS = ("json", "sqlite")
FETCHED = 10_000  # rows at a time


class ProcessIntelligenceAskingExchange(models.AbstractModel):
    """Processes as files of other tools, and such files as processes.

    Files hold the chosen cases with the activities as the map shows them, and only what the user may see.
    """

    _name = "process_intelligence.asking_exchange"
    _inherit = ["process_intelligence.asking"]
    _description = "Processes as Files"

    # ------------------------------------------------------------------ out

    @takes(filters=MAYBE_OBJECT)
    def export_xes(self, filters=None):
        """The chosen cases as XES (IEEE 1849-2023), case by case, steps in order.

        :return: ``{"name", "data_base64", "notes"}``; notes tell what XML could not hold
        :raises ValidationError: unknown filter key, bad value, more events than one file may hold
        """
        definition, parsed, relations = self._to_export(filters)
        kinds = definition._merged_kinds(parsed, relations)
        with tempfile.TemporaryFile() as file:
            replaced = exchange_out.write_xes(
                file,
                definition._told(parsed, relations),
                kinds,
                definition.name,
            )
            notes = []
            if replaced:
                notes.append(
                    self.env._(
                        "%(count)s characters that XML cannot hold were replaced by “\ufffd”.",
                        count=replaced,
                    )
                )
            return definition._file(file, ".xes", notes)

    @takes(filters=MAYBE_OBJECT)
    def export_csv(self, filters=None):
        """The chosen cases as CSV (UTF-8): case, activity, timestamp (UTC), resource and one column per attribute.

        Text that a spreadsheet would take for a formula begins with ``'``.

        :return: ``{"name", "data_base64", "notes"}``
        :raises ValidationError: unknown filter key, bad value, more events than one file may hold
        """
        definition, parsed, relations = self._to_export(filters)
        names = sorted(definition._merged_kinds(parsed, relations))
        with tempfile.TemporaryFile() as file:
            text = io.TextIOWrapper(file, encoding="utf-8", newline="")
            exchange_out.write_csv(text, definition._told(parsed, relations), names)
            text.flush()
            answer = definition._file(file, ".csv", [])
            text.detach()
        return answer

    @takes(filters=MAYBE_OBJECT, format=TEXT)
    def export_ocel(self, filters=None, format="json"):  # noqa: A002 - the name of the contract
        """The chosen cases as OCEL 2.0: each case is an object, and so is each record that its events touch.

        Of an imported OCEL log: each event of the chosen cases once, with all objects that it touched in its own log.
        What it carried alike in all its cases is the event's; else it is the cases' from then on.

        A record that is a case of this process itself relates to the other case, not to its events: a tool that
        looks at one kind of object finds the same steps as the map.

        :param format: ``json`` or ``sqlite``
        :return: ``{"name", "data_base64", "notes"}``
        :raises ValidationError: unknown format or filter key, bad value, more events than one file may hold
        """
        try:
            exchange.check_format(format, OCEL_FORMATS)
        except Refusal as refusal:
            raise wording.refused(self.env, refusal) from refusal
        definition, parsed, relations = self._to_export(filters)
        log = definition._ocel_log(parsed, relations)
        if format == "json":
            with tempfile.TemporaryFile() as file:
                text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
                ocel_out.write_ocel_json(text, log)
                text.flush()
                answer = definition._file(file, ".json", [])
                text.detach()
            return answer
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log.sqlite")
            lost = ocel_out.write_ocel_sqlite(path, log)
            with open(path, "rb") as file:
                return definition._file(file, ".sqlite", definition._order_notes(lost))

    def _order_notes(self, lost):
        if not lost:
            return []
        return [
            self.env._(
                "Events of which more than a thousand of one object happen at one time: %(count)s. Sort the file by"
                " ocel_id to have them in order, or take JSON.",
                count=lost,
            )
        ]

    def _to_export(self, filters):
        """:return: ``(process, filters, relations)``, when the chosen cases fit into one file"""
        definition = self._one()
        parsed = definition._parsed(filters)
        relations = definition._relations()
        [[count]] = self.env.execute_query(questions_exchange.size(relations, parsed))
        if count > const.MAX_EXPORTED_EVENTS:
            raise ValidationError(
                self.env._(
                    "filters: the chosen cases have %(count)s events, one file takes %(limit)s. "
                    "Choose fewer cases, such as those of one period.",
                    count=count,
                    limit=const.MAX_EXPORTED_EVENTS,
                )
            )
        return definition, parsed, relations

    def _file(self, file, extension, notes):
        file.seek(0)
        return {
            "name": exchange.file_name(self.name, extension),
            "data_base64": base64.b64encode(file.read()).decode(),
            "notes": notes,
        }

    def _told(self, filters, relations, *order):
        """The events of the chosen cases, one by one.

        :param order: and objects, as ``questions_exchange.events`` takes them; case by case unless told otherwise
        """
        query = questions_exchange.events(
            relations,
            filters,
            self._rows(),
            *(order or [questions_exchange.CASE_BY_CASE]),
        )
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(query)
        while rows := cr.fetchmany(FETCHED):
            for seq, case, activity, at, resource, attributes, *rest in rows:
                begins, event, objects, worn = rest
                yield Told(
                    seq,
                    case,
                    relations.names.of(activity),
                    at,
                    resource,
                    attributes or {},
                    begins,
                    event,
                    [tuple(pair) for pair in objects or ()],
                    worn or (),
                )

    def _kinds(self, filters, relations):
        """:return: ``{activity: {attribute: [kinds]}}``"""
        found = {}
        for activity, name, kinds in self.env.execute_query(
            questions_exchange.kinds(relations, filters, self._rows())
        ):
            found.setdefault(relations.names.of(activity), {})[name] = kinds
        return found

    def _merged_kinds(self, filters, relations):
        """:return: ``{attribute: kind}``, over all activities"""
        every = {}
        for kinds in self._kinds(filters, relations).values():
            for name, of_one in kinds.items():
                every.setdefault(name, set()).update(of_one)
        return {name: exchange.kind_of(kinds) for name, kinds in every.items()}

    # ------------------------------------------------------------------ objects

    def _ocel_log(self, filters, relations):
        links, kin = self._links(filters, relations)
        return ocel_out.OcelLog(
            ocel_out.together(self._told_of_objects(filters, relations)),
            self._case_kind(),
            {
                activity: {
                    name: exchange.kind_of(of_one) for name, of_one in kinds.items()
                }
                for activity, kinds in self._kinds(filters, relations).items()
            },
            links,
            kin,
        )

    def _told_of_objects(self, filters, relations):
        if self._touches_cases_too():
            return self._told(filters, relations, questions_exchange.BY_TIME)
        order = questions_exchange.BY_EVENT
        return self._told(filters, relations, order, self._log_objects())

    def _case_kind(self):
        return self.case_type if self.source == "ledger" else "case"

    def _touches_cases_too(self):
        """Whether each step is an event of one case and of further objects; else events tell their objects, of which
        the cases are some."""
        return self.source == "ledger" or not any(
            (log.options or {}).get("format") == "ocel" for log in self.sudo().log_ids
        )

    def _log_objects(self):
        query = self.env["process_intelligence.log_event"]._search(
            Domain("definition_id", "=", self.id)
        )
        return SQL(
            "SELECT id AS seq, log_id || ' ' || origin AS origin, objects, worn FROM %s WHERE %s",
            query.from_clause,
            query.where_clause or SQL("TRUE"),
        )

    def _links(self, filters, relations):
        """:return: ``({seq: [Link]}, [(case, other case, role)])``, of records that the user may read"""
        if self.source != "ledger" or not self._objects_readable():
            return {}, []
        rows = self._link_rows(filters, relations)
        cases = {
            case
            for (case,) in self.env.execute_query(
                SQL("WITH %s SELECT case_key FROM chosen", relations.chosen(filters))
            )
        }
        links, kin = {}, {}
        for seq, case, role, model, res_id in rows:
            record = f"{model},{res_id}"
            if record in cases:
                if record != case:
                    kin[case, record, role] = None
            else:
                # Of the type of the cases are the cases alone.
                kind = f"record {model}" if model == self.case_type else model
                links.setdefault(seq, []).append(ocel_out.Link(record, kind, role))
        return links, list(kin)

    def _objects_readable(self):
        return self.env["event_hub.event_object"].has_access("read")

    def _linked_objects(self):
        """:return: SELECT of ``event_id, role, case_model, case_id`` of records that events touch"""
        query = self.env["event_hub.event_object"]._search(Domain.TRUE)
        alias = query.table
        return query.select(
            *(
                SQL("%s AS %s", SQL.identifier(alias, column), SQL.identifier(name))
                for column, name in (
                    ("event_id", "event_id"),
                    ("role", "role"),
                    ("res_model", "case_model"),
                    ("res_id", "case_id"),
                )
            )
        )

    def _link_rows(self, filters, relations):
        objects = self._linked_objects()
        kinds = [
            model
            for (model,) in self.env.execute_query(
                questions_exchange.linked_models(relations, filters, objects)
            )
        ]
        visible = self._visible_cases(kinds, SQL.identifier("item"))
        return self.env.execute_query(
            questions_exchange.links(relations, filters, objects, visible)
        )

    # ------------------------------------------------------------------ in

    @takes(data_base64=TEXT, tz=MAYBE_TEXT, background=FLAG)
    def import_xes(self, data_base64, tz="UTC", background=False):
        """Import an XES log, all of it or nothing; attributes of a trace become those of its events.

        :param data_base64: the file, plain or gzip, as base64
        :param tz: zone of times that name none
        :param background: as in ``import_csv``
        :return: as ``import_csv``; lines are those of the file
        :raises ValidationError: the file as a whole cannot be read
        :raises ConflictError: the same file was imported before
        """
        return self._import_exchange(
            data_base64, ExchangeOptions("xes", tz=tz or "UTC"), background
        )

    @takes(data_base64=TEXT, object_type=ANY, tz=MAYBE_TEXT, background=FLAG)
    def import_ocel(self, data_base64, object_type=None, tz="UTC", background=False):
        """Import OCEL 2.0, JSON or SQLite, all of it or nothing.

        An event becomes a step of every object of the chosen type that it touches; those that touch none are
        left out and counted in ``notes``.

        :param data_base64: the file, plain or gzip, as base64
        :param object_type: whose objects are the cases; may be left out where there is one type only
        :param tz: zone of times that name none
        :param background: as in ``import_csv``
        :return: as ``import_csv``; lines are numbers of events in the file
        :raises ValidationError: the file as a whole cannot be read, no such type of object
        :raises ConflictError: the same file was imported before
        """
        if object_type is not None and object_type is not False:
            if not isinstance(object_type, str):
                raise ValidationError(
                    self.env._("object_type must be the name of a type of objects.")
                )
        return self._import_exchange(
            data_base64,
            ExchangeOptions("ocel", object_type or None, tz or "UTC"),
            background,
        )

    def _import_exchange(self, data_base64, options, background):
        definition = self._one("write")
        return definition._import(data_base64, options, background=background)
