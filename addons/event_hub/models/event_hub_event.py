import json
import logging
from datetime import datetime, timezone
from functools import partial

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, json_default

from ..const import TEST_TYPE
from ..fields import LooseMany2one
from ..tools import trace
from ..tools.attribute_domain import with_attributes
from ..tools.event_row import EventRow

_logger = logging.getLogger(__name__)

dumps = partial(json.dumps, ensure_ascii=False, default=json_default)

BUFFER = (
    "event_hub.buffer"  # key in the cursor's precommit data: EventRows not yet written
)
COLUMNS = (
    "type",
    "case_type",
    "case_model",
    "case_id",
    "activity",
    "account_id",
    "actor",
    "actor_id",
    "occurred_at",
    "recorded_at",
    "correlation",
    "causation",
    "company_id",
    "attributes",
    "message_id",
    "source_id",
    "ce_source",
    "ce_id",
    "depth",
    "history",
    "automation_id",
)
PAGE = 500  # rows per INSERT
INSERT = f"""
    INSERT INTO event_hub_event (id, {", ".join(COLUMNS)})
    VALUES %s ON CONFLICT DO NOTHING RETURNING id
"""
NUMBERED = f"({', '.join(['%s'] * (len(COLUMNS) + 1))})"
NUMBERED_BY_DATABASE = f"(DEFAULT, {', '.join(['%s'] * len(COLUMNS))})"
INSERT_OBJECTS = (
    "INSERT INTO event_hub_event_object (event_id, role, res_model, res_id) VALUES %s"
)


class EventHubEvent(models.Model):
    """The ledger: what happened, in order, never changed. Times are naive UTC, in microseconds."""

    _name = "event_hub.event"
    _inherit = ["event_hub.append_only"]
    _description = "Business Event"
    _order = "occurred_at desc, id desc"
    _rec_name = "activity"
    _log_access = False

    type = fields.Char(
        required=True, readonly=True, help="Such as billing.payment_failed."
    )
    activity = fields.Char(
        required=True, readonly=True, help="The step's name, for people."
    )
    case_type = fields.Char(
        readonly=True, help="Kind of case this is a step of, such as subscription."
    )
    case_model = fields.Char(readonly=True)
    case_id = fields.Many2oneReference(model_field="case_model", readonly=True)
    account_id = LooseMany2one("res.partner", "Account", readonly=True)
    actor = fields.Char(
        readonly=True, help="Login of who did it, source:<code>, or system."
    )
    actor_id = LooseMany2one("res.users", "Actor User", readonly=True)
    occurred_at = fields.Datetime(required=True, readonly=True)
    recorded_at = fields.Datetime(required=True, readonly=True)
    correlation = fields.Char(
        required=True,
        readonly=True,
        index=True,
        help="The same on everything of one story.",
    )
    causation = LooseMany2one("event_hub.event", "Caused By", readonly=True)
    company_id = LooseMany2one("res.company", "Company", readonly=True)
    attributes = fields.Json(readonly=True)
    message_id = LooseMany2one(
        "event_hub.message", "Message", readonly=True, index="btree_not_null"
    )
    source_id = LooseMany2one("event_hub.source", "Source", readonly=True)
    ce_source = fields.Char("CloudEvent Source", readonly=True)
    ce_id = fields.Char("CloudEvent Id", readonly=True)
    depth = fields.Integer(
        readonly=True,
        help="How many events lie between this one and the outside world.",
    )
    history = fields.Boolean(
        readonly=True, help="Imported past: it feeds figures and never fires anything."
    )
    automation_id = LooseMany2one(
        "base.automation",
        "Rule",
        readonly=True,
        help="The rule that did it, if one did.",
    )
    object_ids = fields.One2many(
        "event_hub.event_object", "event_id", "Objects", readonly=True
    )

    _time_idx = models.Index("(occurred_at, id)")
    _account_time_idx = models.Index("(account_id, occurred_at)")
    _type_time_idx = models.Index("(type, occurred_at)")
    _identity_uniq = models.UniqueIndex(
        "(source_id, ce_source, ce_id) WHERE ce_id IS NOT NULL"
    )
    _history_uniq = models.UniqueIndex(
        "(ce_source, ce_id) WHERE ce_id IS NOT NULL AND source_id IS NULL"
    )

    # --------------------------------------------------------------------- guard

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(
            self.env._(
                "Events cannot be created by hand. Send them to a source, or let a record emit them."
            )
        )

    # ------------------------------------------------------------------ writing

    @api.model
    def _buffer(self, rows):
        """Keep rows until precommit, when all of them are written in one batch."""
        precommit = self.env.cr.precommit
        if BUFFER not in precommit.data:
            precommit.data[BUFFER] = []
            precommit.add(self.sudo()._flush_emitted)
        precommit.data[BUFFER].extend(rows)

    @api.model
    def _flush_emitted(self):
        """Write what was emitted so far.

        :return: the new events
        """
        # Without the key, whoever emits during the rest of precommit asks for one more flush.
        rows = self.env.cr.precommit.data.pop(BUFFER, None)
        return self._append(rows) if rows else self.browse()

    @api.model
    def _append(self, rows: list[EventRow]):
        """Write ``rows`` to the ledger, plan the reactions to them and wake the worker.

        The only way in. A row whose identity (source, ce_source, ce_id) is known is left out.

        :return: the new events, in the order of ``rows``
        """
        new = self.sudo()._insert(rows)
        live = {
            id_: (row.type, row.case_model or None)
            for id_, row in new
            if not row.history and row.type != TEST_TYPE
        }
        if live:
            runs = self.env["event_hub.run"].sudo()
            heard = runs._heard(set(live.values()))
            # what nobody hears is not read back
            runs._plan(
                self.sudo().browse(i for i, kind in live.items() if kind in heard)
            )
            self.env["event_hub.delivery"].sudo()._plan(self.sudo().browse(live))
        return self.browse([id_ for id_, _row in new])

    def _insert(self, rows):
        """:return: list of ``(id, row)``: those that are new, in order"""
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        labels = self.env["event_hub.event_type"]._labels({row.type for row in rows})
        records = [self._record(row, now, labels) for row in rows]
        if any(row.ce_id for row in rows):
            new = self._insert_unknown(rows, records)
        else:  # without an identity none is left out, and they come back as they went
            ids = self._insert_records(records, NUMBERED_BY_DATABASE)
            new = list(zip(ids, rows, strict=True))
        self._insert_objects(new)
        return new

    def _insert_unknown(self, rows, records):
        ids = self._reserve_ids(len(rows))
        numbered = [(id_, *record) for id_, record in zip(ids, records, strict=True)]
        inserted = set(self._insert_records(numbered, NUMBERED))
        return [
            (id_, row) for id_, row in zip(ids, rows, strict=True) if id_ in inserted
        ]

    def _insert_records(self, records, template):
        """:return: the ids of those that were inserted, in order"""
        return [
            row[0]
            for row in self.env.cr.execute_values(
                INSERT, records, template=template, page_size=PAGE, fetch=True
            )
        ]

    def _reserve_ids(self, count):
        """:return: ``count`` ids, ascending; knowing them beforehand tells which rows were new"""
        self.env.cr.execute(
            "SELECT nextval('event_hub_event_id_seq') FROM generate_series(1, %s)",
            [count],
        )
        return sorted(row[0] for row in self.env.cr.fetchall())

    @staticmethod
    def _record(row, now, labels):
        return (
            row.type,
            row.case_type or None,
            row.case_model or None,
            row.case_id or None,
            row.activity or labels.get(row.type) or row.type,
            row.account_id or None,
            row.actor or None,
            row.actor_id or None,
            row.occurred_at,
            now,
            row.correlation,
            row.causation or None,
            row.company_id or None,
            Json(row.attributes, dumps=dumps) if row.attributes else None,
            row.message_id or None,
            row.source_id or None,
            row.ce_source,
            row.ce_id,
            row.depth,
            row.history,
            row.automation_id,
        )

    def _insert_objects(self, numbered_rows):
        objects = [
            (id_, obj.role, obj.res_model, obj.res_id)
            for id_, row in numbered_rows
            for obj in row.objects
        ]
        if objects:
            self.env.cr.execute_values(INSERT_OBJECTS, objects, page_size=PAGE)

    # ------------------------------------------------------------------ reading

    @api.model
    def _known_identities(self, identities):
        """:param identities: ``(source id, ce_source, ce_id)``
        :return: the set of those that are in the ledger
        """
        wanted = set(identities)
        if not wanted:
            return set()
        self.env.cr.execute(
            SQL(
                "SELECT source_id, ce_source, ce_id FROM event_hub_event WHERE (source_id, ce_source, ce_id) IN %s",
                tuple(wanted),
            )
        )
        return set(self.env.cr.fetchall())

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Conditions on attributes can be searched too: ``("attributes.tier", "=", "strategic")``."""
        return super()._search(with_attributes(domain), *args, **kwargs)

    def _trace(self):
        """:return: the ``Trace`` of whatever this event causes"""
        self.ensure_one()
        return trace.Trace(
            correlation=self.correlation,
            causation=self.id,
            actor_id=self.actor_id.id or None,
            actor=self.actor or "",
            depth=self.depth + 1,
        )

    def _trace_map(self):
        """:return: the ``TraceMap`` of one handler call about these events"""
        traces = [(event, event._trace()) for event in self]
        return trace.TraceMap(
            default=traces[-1][1] if traces else None,
            by_case={
                (e.case_model, e.case_id): t
                for e, t in traces
                if e.case_model and e.case_id
            },
            by_account={e.account_id.id: t for e, t in traces if e.account_id},
        )

    def _traced(self):
        """:return: context manager: what is emitted inside is caused by this event"""
        return trace.use(self._trace())

    @api.model
    def _note_maintenance(self, model_name, reason):
        """Leave a line in the ledger about a change of append-only rows."""
        _logger.info("Maintenance of %s: %s", model_name, reason)
        self._append(
            [
                EventRow(
                    type="hub.maintenance",
                    activity="Maintenance",
                    correlation=trace.new_correlation(),
                    occurred_at=datetime.now(timezone.utc).replace(tzinfo=None),
                    case_type="maintenance",
                    company_id=self.env.company.id,
                    actor=self.env.user.login,
                    actor_id=self.env.uid,
                    attributes={"model": model_name, "reason": reason},
                )
            ]
        )
        return True
