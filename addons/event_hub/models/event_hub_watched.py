from dataclasses import dataclass

from odoo import api, models

from ..policies import changes
from ..tools import history, trace

WATCHED = "event_hub.watched"  # key in the cursor's precommit data


@dataclass
class Noted:
    """A record as it was when this transaction first touched it."""

    record: models.BaseModel
    values: dict[str, changes.Value] | None  # None: it did not exist
    traces: trace.TraceMap
    history: bool


class EventHubWatched(models.AbstractModel):
    """A model of Odoo's own whose changes are told as events.

    Compares each record once per transaction, before the commit: nested writes and
    computed fields tell one event, not several, and one that is undone tells none.
    """

    _name = "event_hub.watched"
    _inherit = ["event_hub.emitter"]
    _description = "Tells its changes as events"

    _hub_created = changes.CREATED  # event type of a new record
    _hub_watched = {}  # stored field: event type, or {value: event type}

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._hub_note(new=True)
        return records

    def write(self, vals):
        if vals:
            self._hub_note()
        return super().write(vals)

    # ------------------------------------------------------------------ noticing

    def _hub_note(self, new=False):
        """Remember records as they are, unless this transaction has them already.

        Called by ``write``; a watched field that is computed from other records calls it
        in its compute method, before anything is assigned.

        :param new: they were made just now, whatever was written on them meanwhile
        """
        precommit = self.env.cr.precommit
        if WATCHED not in precommit.data:
            precommit.data[WATCHED] = {}
            precommit.add(self.env["event_hub.watched"]._hub_tell_noted)
        noted = precommit.data[WATCHED]
        for record in self.filtered("id"):
            key = record._name, record.id
            if new or key not in noted:
                values = None if new else record._hub_values()
                noted[key] = Noted(record, values, trace.in_force(), history.is_told())

    def _hub_values(self):
        """:return: ``{field: Value}`` of what is watched"""
        record = self.sudo()
        return {name: _value(record, name) for name in self._hub_watched}

    @api.model
    def _hub_tell_noted(self):
        """Emit what has changed; runs before the commit, once more if that notes further records."""
        noted = self.env.cr.precommit.data.pop(WATCHED, {})
        alive = {}
        for name, ids in _ids_by_model(noted).items():
            alive[name] = set(self.env[name].browse(ids).exists().ids)
        for (name, id_), note in noted.items():
            if id_ in alive[name]:
                with trace.use(note.traces), history.telling(note.history):
                    note.record._hub_tell(note.values)

    def _hub_is_told(self):
        """:return: whether this record's story belongs in the ledger; extend by super()"""
        self.ensure_one()
        return True

    def _hub_tell(self, before):
        if not self._hub_is_told():
            return
        if before is None:
            self._emit(self._hub_created, **self._hub_attributes())
            return
        after = self._hub_values()
        for name, watch in self._hub_watched.items():
            label = self._fields[name]._description_string(self.env)
            told = changes.tell(name, label, watch, before[name], after[name])
            if told:
                attributes = {**self._hub_attributes(), **told.attributes}
                self._emit(told.type, told.activity or None, **attributes)

    def _hub_attributes(self):
        """:return: JSON values that each event of this record carries; extend by super()"""
        return {}


def _ids_by_model(noted):
    result = {}
    for name, id_ in noted:
        result.setdefault(name, []).append(id_)
    return result


def _value(record, name):
    field, value = record._fields[name], record[name]
    if field.relational:
        return changes.Value(
            ",".join(map(str, value.ids)), ", ".join(value.mapped("display_name"))
        )
    if field.type == "selection":
        labels = dict(field._description_selection(record.env))
        return changes.Value(value or "", labels.get(value) or value or "")
    text = field.convert_to_export(value, record)
    return changes.Value(str(text), str(text))
