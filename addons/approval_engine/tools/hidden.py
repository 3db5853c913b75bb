"""Conditions are evaluated past everybody's rights: whoever writes one must not learn from it what they cannot read."""

from __future__ import annotations

from odoo import SUPERUSER_ID
from odoo.fields import Domain

INNER = ("any", "any!", "not any", "not any!")


def hidden_path(model, domain) -> str:
    """:return: the first path of ``domain`` over a field whose groups the user is not in; empty if there is none"""
    if model.env.uid == SUPERUSER_ID:
        return ""
    for one in Domain(domain).iter_conditions():
        end = _end_of(model, one.field_expr)
        if end is None:
            return one.field_expr
        inner = hidden_path(end, one.value) if one.operator in INNER else ""
        if inner:
            return f"{one.field_expr}.{inner}"
    return ""


def _end_of(model, path):
    """:return: the model that ``path`` leads to, or stays on; None: the user may not read a field on the way"""
    for name in path.split("."):
        field = model._fields.get(name)
        if field is None:  # a part of a date, say
            return model
        if not model.sudo(False)._has_field_access(field, "read"):
            return None
        if field.relational:
            model = model.env[field.comodel_name]
    return model
