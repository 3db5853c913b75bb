from odoo import SUPERUSER_ID, api, fields, models

from ..const import EXCEPTION_EVENT
from ..policies import integrity, trail

TRAILED = (
    "name",
    "active",
    "model",
    "company_id",
    "type_id",
    "mode",
    "hold_create",
    "hold_write",
    "hold_unlink",
    "hold_enter",
    "method_names",
    "field_ids",
    "line_field_ids",
    "domain",
    "amount_field_id",
    "currency_field_id",
    "account_field_id",
    "in_force",
    "in_force_at_field_id",
    "state",
    "proposed_by_id",
)
LIFE = frozenset({"active", "state", "proposed_by_id"})  # not what it says
NOTHING = "–"


class ApprovalEngineGoverned(models.Model):
    """Who changes what waits for an approval is seen: each change is kept, and what no second person agreed to is told
    to the auditors.
    """

    _name = "approval_engine.governed"
    _inherit = ["approval_engine.governed", "event_hub.emitter"]
    _hub_case_type = "governance"
    _hub_imports_history = False  # nobody loosens it by a sheet unseen

    change_ids = fields.One2many(
        "approval_engine.governed_change", "governed_id", "Changes", readonly=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._keep_trail({})
        return records

    def write(self, vals):
        before = self._trailed()
        result = super().write(vals)
        self._keep_trail(before)
        return result

    def unlink(self):
        self._keep_trail(self._trailed(), gone=True)
        return super().unlink()

    def _trailed(self):
        """:return: ``{id: {field: value}}``, values as JSON that people can read"""
        return {
            record.id: {name: _plain(record, name) for name in TRAILED}
            for record in self.sudo().exists()
        }

    def _keep_trail(self, before, gone=False):
        """Write down what was changed, and tell it."""
        after = {} if gone else self._trailed()
        rows = []
        for record in self.sudo():
            old, new = before.get(record.id, {}), after.get(record.id, {})
            what = trail.kind(old, new)
            if what:
                rows.append(record._trail_values(what, trail.differences(old, new)))
        self.env["approval_engine.governed_change"].sudo()._bear(rows)
        # an installation or update changes what its addons bring
        if self.pool.ready and self.env.uid == SUPERUSER_ID:
            for row in rows:
                told = (
                    before.get(row["governed_id"], {}),
                    after.get(row["governed_id"], {}),
                )
                if any(values.get("active") for values in told):
                    self.browse(row["governed_id"])._tell_change(row)

    def _trail_values(self, what, changes):
        user = self.env.user
        return {
            "governed_id": self.id,
            "name": self.name,
            "company_id": self.company_id.id,
            "kind": what,
            "user_id": user.id,
            "user_login": user.login,
            "at": fields.Datetime.now(),
            "changes": integrity.without_null(changes),
            "words": self._changes_words(what, changes),
        }

    def _changes_words(self, what, changes):
        return "; ".join(
            f"{self._fields[name]._description_string(self.env)}: {self._change_words(what, name, old, new)}"
            for name, (old, new) in changes.items()
        )

    def _differing_words(self, old, new):
        """:return: what another version of this says otherwise, as ``_trailed`` tells both; may be empty"""
        found = trail.differences(old, new).items()
        said = {name: both for name, both in found if name not in LIFE}
        return self._changes_words(trail.CHANGED, said)

    def _change_words(self, what, name, old, new):
        if what in (trail.MADE, trail.DELETED):
            return self._value_words(name, new if what == trail.MADE else old)
        return f"{self._value_words(name, old)} → {self._value_words(name, new)}"

    def _value_words(self, name, value):
        field = self._fields[name]
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if isinstance(value, list):
            return ", ".join(value)
        if field.type == "selection" and value:
            return dict(field._description_selection(self.env)).get(value, value)
        return str(value) if value else NOTHING

    def _tell_change(self, row):
        self._emit(
            EXCEPTION_EVENT,
            kind=f"governance_{row['kind']}",
            governed=row["name"],
            changes=row["words"],
            by=row["user_login"],
        )


def _plain(record, name):
    """:return: what stands in a field, with names for records"""
    value = record[name]
    if not isinstance(value, models.BaseModel):
        return value or None
    if value._name == "ir.model.fields":
        names = sorted(f"{one.model}.{one.name}" for one in value)
    else:
        names = value.mapped("display_name")
    return names or None
