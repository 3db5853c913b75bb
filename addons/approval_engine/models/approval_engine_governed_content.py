from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

from ..tools import passages

MOVED = "approval_engine.moved"  # in precommit.data: records whose governed content was written


class ApprovalEngineGoverned(models.Model):
    """What a governed record says, to whom it may concern: the same for everybody."""

    _inherit = "approval_engine.governed"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ looking

    @api.model
    def _plain(self, records):
        """:return: the same, seen by nobody in particular: nothing of the caller's rights or context"""
        env = records.env(user=SUPERUSER_ID, su=True, context={})
        return env[records._name].browse(records.ids)

    def _domain(self, rule, plain, ids):
        domain = Domain("id", "in", ids) & Domain(list(rule.domain))
        if rule.company_id and "company_id" in plain._fields:
            domain &= Domain("company_id", "in", (rule.company_id, False))
        return domain

    @api.model
    def _matching(self, rule, records):
        """:return: ids of the records that the rule holds as they are now"""
        if not rule.domain and not rule.company_id:
            return set(records.ids)
        plain = self._plain(records).with_context(active_test=False)
        return set(plain.search(self._domain(rule, plain, records.ids)).ids)

    @api.model
    def _contents(self, rule, records):
        """:return: ``{id: content}``: the governed values, see ``policies.content_diff``"""
        return self._contents_of(rule.fields, rule.lines, records)

    @api.model
    def _contents_of(self, names, lines, records):
        return {
            record.id: self._content_of(record, names, lines)
            for record in self._plain(records)
        }

    def _content_of(self, record, names, lines):
        if record._fields.get("company_id") and record["company_id"]:
            record = record.with_company(record["company_id"])
        return {
            name: {
                str(line.id): {one: _value(line, one) for one in lines[name]}
                for line in record[name].sorted("id")
            }
            if name in lines
            else _value(record, name)
            for name in names
        }

    # ------------------------------------------------------------------ what moved

    def _note(self, records):
        """Before the commit, approvals of what is no longer so are void."""
        if not records:
            return
        precommit = self.env.cr.precommit
        if MOVED not in precommit.data:
            precommit.add(self._void_moved)
        moved = precommit.data.setdefault(MOVED, {})
        moved.setdefault(records._name, set()).update(records.ids)

    def _void_moved(self):
        moved = self.env.cr.precommit.data.pop(MOVED, {})
        db_name = self.env.registry.db_name
        for model, ids in moved.items():
            left = [
                id_
                for id_ in sorted(ids)
                if not passages.is_in_work(model, db_name, id_)
            ]
            self._requests()._void_moved(model, left)


def _value(record, name):
    """:return: one value as JSON, the same for everybody"""
    field_, value = record._fields[name], record[name]
    if field_.type == "many2one":
        return value.id or None
    if field_.type == "monetary":
        currency = record[field_.get_currency_field(record)]
        return f"{value:.{currency.decimal_places if currency else 2}f}"
    if field_.type == "float":
        digits = field_.get_digits(record.env)
        return f"{value:.{digits[1]}f}" if digits else repr(value)
    if field_.type in ("date", "datetime"):
        return field_.to_string(value) if value else None
    if field_.type in ("boolean", "integer"):
        return value
    return str(value) if value else None


def json_of(value):
    """:return: what is written as JSON

    :raises TypeError: it holds what JSON cannot
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, models.BaseModel):
        return value.ids
    if isinstance(value, dict):
        return {str(name): json_of(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [json_of(one) for one in value]
    if hasattr(value, "isoformat"):
        return value.isoformat(" ") if hasattr(value, "hour") else value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON")
