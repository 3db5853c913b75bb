"""What Odoo itself remembers of a record, in the words of the ledger."""

import hashlib

from ..policies import changes

# Column of `mail.tracking.value` that holds a field of this type; others are integers.
COLUMN = {
    **dict.fromkeys(("char", "selection", "many2one", "one2many", "many2many"), "char"),
    **dict.fromkeys(("date", "datetime"), "datetime"),
    **dict.fromkeys(("float", "monetary"), "float"),
    "text": "text",
}


def ends(env, field, tracking):
    """:return: ``(Value before, Value after)`` as the chatter has them"""
    column = COLUMN.get(field.type, "integer")
    selection = field._description_selection(env) if field.type == "selection" else []
    keys = {label: key for key, label in selection}
    labels = [str(tracking[f"{side}_value_{column}"] or "") for side in ("old", "new")]
    return tuple(changes.Value(keys.get(label, label), label) for label in labels)


def company(record):
    return (
        record.company_id
        if "company_id" in record._fields
        else record.env["res.company"]
    )


def account(record):
    if record._name == "res.partner":
        return record.commercial_partner_id
    field = record._fields.get("partner_id")
    if field is None or field.comodel_name != "res.partner":
        return record.env["res.partner"]
    return record.partner_id.commercial_partner_id


def story(res_model, res_id):
    """:return: correlation id of a record's past, the same in each run"""
    return hashlib.md5(
        f"{res_model}:{res_id}".encode(), usedforsecurity=False
    ).hexdigest()
