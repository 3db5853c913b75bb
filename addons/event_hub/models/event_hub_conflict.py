# The gate goes past its own `write`, which refuses everybody else.
# pylint: disable=super-method-mismatch,method-required-super
import json
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..exceptions import ConflictError
from ..fields import LooseMany2one
from ..policies import ownership
from ..policies.ownership import IGNORE, KEPT, OPEN, RAISE, TAKEN
from ..tools import trace


class EventHubConflict(models.Model):
    """A source offered another value for a field that is not its own; a person keeps ours or takes theirs.

    Times are naive UTC.
    """

    _name = "event_hub.conflict"
    _inherit = ["event_hub.guarded", "event_hub.emitter", "event_hub.loose"]
    _description = "Field Conflict"
    _order = "id desc"
    _rec_name = "field"
    _hub_case_type = "conflict"

    source_id = fields.Many2one(
        "event_hub.source", "Offered By", required=True, readonly=True, index=True
    )
    res_model = fields.Char("Record Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record Id", model_field="res_model", required=True, readonly=True
    )
    record_name = fields.Char("Record", compute="_compute_record_name")
    field = fields.Char("Field Name", required=True, readonly=True)
    field_label = fields.Char("Field", compute="_compute_record_name")
    current_value = fields.Text("Ours", readonly=True)
    offered_value = fields.Text("Theirs", readonly=True)
    offered_raw = fields.Text(readonly=True, help="As it would be written, in JSON.")
    offered_at = fields.Datetime(
        "Offered", required=True, readonly=True, help="When it was so in the source."
    )
    state = fields.Selection(
        ownership.STATES, required=True, readonly=True, default=OPEN
    )
    owner_id = fields.Many2one(
        "res.users", "Decides", readonly=True, index="btree_not_null"
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    company_id = fields.Many2one(related="source_id.company_id", store=True)
    account_id = LooseMany2one("res.partner", "Account", readonly=True)
    correlation = fields.Char(readonly=True, index=True)

    _open_uniq = models.UniqueIndex(
        "(source_id, res_model, res_id, field) WHERE state = 'open'"
    )
    _known_idx = models.Index("(source_id, res_model, res_id, field, id)")

    # --------------------------------------------------------------------- display

    @api.depends("res_model", "res_id", "field")
    def _compute_record_name(self):
        """The name as far as the reader may read the record."""
        for model, conflicts in self.grouped("res_model").items():
            known = model in self.env
            records = (
                self.env[model].browse(set(conflicts.mapped("res_id"))).exists()
                if known
                else self.browse()
            )
            names = {
                record.id: record.display_name
                for record in records._filtered_access("read")
            }
            for conflict in conflicts:
                field = known and self.env[model]._fields.get(conflict.field)
                conflict.field_label = (
                    field._description_string(self.env) if field else conflict.field
                )
                conflict.record_name = names.get(conflict.res_id, False)

    def action_open_record(self):
        """:return: action that opens the record"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------ how it begins

    @api.model
    def _offer(self, records, offered, sources):
        """A service user wrote fields of another system: ask a person where the values differ.

        :param records: what was written, with the service user's rights
        :param offered: ``{field: value}`` as given to ``write``
        :param sources: ids of the sources the user speaks for
        """
        found = [
            (record, name, value)
            for name, value in offered.items()
            for record in records.sudo()
            if _differs(record, name, value)
        ]
        if not found:
            return True
        causes = self._causes([record for record, _name, _value in found])
        known = self._known(records, offered, sources)
        rows = []
        for record, name, value in found:
            source, moment, correlation = causes.get(record.id, (None, None, None))
            source = source if source in sources else min(sources)
            moment = (moment or _now()).replace(microsecond=0)
            raw = json.dumps(value, default=str)
            last, last_id = known.get((source, record.id, name), (None, None))
            verdict = ownership.decide(ownership.Offer(raw, moment), last)
            if verdict == IGNORE:
                continue
            values = {
                "current_value": _words(record, name, record[name]),
                "offered_value": _words(record, name, value, written=True),
                "offered_raw": raw,
                "offered_at": moment,
                "correlation": correlation or trace.new_correlation(),
            }
            if verdict == RAISE:
                rows.append((record, name, source, values))
            else:
                super(EventHubConflict, self.browse(last_id)).write(values)
        super().create(self._prepare_rows(rows))._tell("hub.conflict_opened")
        return True

    def _prepare_rows(self, rows):
        """:param rows: tuples of record, name of the field, source id and what was offered
        :return: values of new conflicts; who decides is looked up once per field and source
        """
        deciders = {}
        for record, name, source, _values in rows:
            if (name, source) not in deciders:
                deciders[name, source] = self._decider(record._name, name, source)
        return [
            {
                **values,
                "source_id": source,
                "res_model": record._name,
                "res_id": record.id,
                "field": name,
                "owner_id": deciders[name, source].id,
                "account_id": _account(record),
            }
            for record, name, source, values in rows
        ]

    def _causes(self, records):
        """:return: ``{record id: (source id, when it was so, correlation)}`` of the events that are being handled"""
        traces = {
            record.id: trace.find(record._name, record.id, _account(record))
            for record in records
        }
        ids = {t.causation for t in traces.values() if t and t.causation}
        events = self.env["event_hub.event"].sudo().browse(ids).exists()
        by_id = {event.id: event for event in events}
        return {
            res_id: (
                by_id[t.causation].source_id.id,
                by_id[t.causation].occurred_at,
                t.correlation,
            )
            if t.causation in by_id
            else (None, None, t.correlation)
            for res_id, t in traces.items()
            if t
        }

    @api.model
    def _known(self, records, names, sources):
        """:return: ``{(source id, record id, field): (Known, id)}`` of the last conflict about each, one query"""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (source_id, res_id, field)
                       source_id, res_id, field, state, offered_raw, offered_at, id
                  FROM event_hub_conflict
                 WHERE source_id = ANY(%s) AND res_model = %s AND res_id = ANY(%s) AND field = ANY(%s)
              ORDER BY source_id, res_id, field, id DESC
                """,
                list(sources),
                records._name,
                records.ids,
                list(names),
            )
        )
        return {
            (source, res_id, name): (ownership.Known(state, raw, moment), id_)
            for source, res_id, name, state, raw, moment, id_ in rows
        }

    def _decider(self, model, name, source_id):
        """:return: who decides conflicts about a field: its entry says so, else the source's owner"""
        source = self.env["event_hub.source"].sudo().browse(source_id)
        entry = (
            self.env["event_hub.field_owner"]
            .sudo()
            .search(
                [
                    ("model", "=", model),
                    ("field", "=", name),
                    ("company_id", "=", source.company_id.id),
                ],
                limit=1,
            )
        )
        users = entry.owner_id.filtered("active") or source.owner_id.filtered("active")
        return users

    def _tell(self, event_type):
        for conflict in self:
            conflict._emit(
                event_type,
                field=conflict.field,
                model=conflict.res_model,
                source=conflict.source_id.code,
                state=conflict.state,
            )

    # --------------------------------------------------------------------- the gate

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(
            self.env._("Conflicts arise when sources write; nobody makes them by hand.")
        )

    def write(self, vals):
        raise UserError(
            self.env._("A conflict is decided with Keep Ours or Take Theirs.")
        )

    @api.ondelete(at_uninstall=True)  # else a flag in the context would let it through
    def _unlink_never(self):
        raise UserError(self.env._("Conflicts stay on record."))

    def _decide(self, state):
        """The one gate of ``state``.

        :raise ConflictError: if one of them is decided already, or being decided
        """
        conflicts = self._for_decider()
        locked = conflicts.try_lock_for_update()
        locked.invalidate_recordset(["state"])
        if locked != conflicts or any(
            state not in ownership.TRANSITIONS[conflict.state] for conflict in locked
        ):
            raise ConflictError(
                self.env._("Somebody has decided one of these conflicts. Reload.")
            )
        return super(EventHubConflict, conflicts).write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _for_decider(self):
        """:return: ``self`` in superuser mode, once it is clear that the caller may decide"""
        self.check_access("read")
        admin = self.env.su or self.env.user.has_group("event_hub.group_hub_admin")
        others = self.sudo().filtered(lambda c: c.owner_id != self.env.user)
        if others and not admin:
            raise AccessError(
                self.env._(
                    "Only administrators of the event hub and who was asked decide conflicts."
                )
            )
        return self.sudo()

    def _assign(self, user):
        return super().write({"owner_id": user.id})

    # ---------------------------------------------------------------------- actions

    def action_keep(self):
        """Our value stays; the same offer is not asked about again."""
        self._decide(KEPT)
        self.sudo()._tell("hub.conflict_resolved")
        return True

    def action_take(self):
        """Write the offered value, with the rights of who decides.

        :raise AccessError: if that person may not write the record
        """
        self._decide(TAKEN)
        for conflict in self:
            offer = conflict.sudo()
            record = self.env[offer.res_model].browse(offer.res_id).exists()
            if not record:
                raise UserError(
                    self.env._(
                        "The record of the conflict about %(field)s no longer exists. Keep ours.",
                        field=conflict.field_label,
                    )
                )
            record.write({offer.field: json.loads(offer.offered_raw)})
        self.sudo()._tell("hub.conflict_resolved")
        return True


def _now():
    return datetime.now(timezone.utc).replace(tzinfo=None)


def _differs(record, name, value):
    """Whether ``value``, as given to ``write``, is another one than the record holds."""
    field = record._fields[name]
    cached = field.convert_to_cache(value, record)
    return field.convert_to_record(cached, record) != record[name]


def _words(record, name, value, written=False):
    """:return: the value as people read it"""
    field = record._fields[name]
    if written:
        value = field.convert_to_record(field.convert_to_cache(value, record), record)
    if field.type == "selection":
        labels = dict(field._description_selection(record.env))
        return labels.get(value, value) or ""
    if field.type == "many2one":
        return value.display_name if value else ""
    if field.type == "boolean":
        return record.env._("yes") if value else record.env._("no")
    return "" if value is False or value is None else str(value)


def _account(record):
    """:return: id of the account a record is about, None if it is about none"""
    for name in ("account_id", "partner_id"):
        field = record._fields.get(name)
        if field is not None and field.comodel_name == "res.partner":
            return record[name].commercial_partner_id.id or None
    if record._name == "res.partner":
        return record.commercial_partner_id.id
    return None
