"""Conditions on attributes of events in Odoo domains: ``("attributes.tier", "=", "strategic")``.

``policies/attribute_match.py`` says what they mean; the SQL here says the same of jsonb.
"""

import json

from odoo.fields import Domain
from odoo.tools import SQL

from ..policies import attribute_match

_ORDER = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}


def with_attributes(domain):
    """:return: ``domain`` as a ``Domain`` in which conditions on attributes can be searched and filtered

    :raise ValueError: for an operator that attributes do not know
    """
    return Domain(domain).map_conditions(_translated)


def _translated(condition):
    if not attribute_match.is_attribute(condition.field_expr):
        return condition
    path, operator, operand = condition.field_expr, condition.operator, condition.value
    if operator not in attribute_match.OPERATORS:
        raise ValueError(f"Attributes of events cannot be compared with {operator!r}.")

    def to_sql(_model, alias, _query):
        steps = path.removeprefix(attribute_match.PREFIX).split(".")
        value = SQL("(%s #> %s)", SQL.identifier(alias, "attributes"), steps)
        return SQL("COALESCE(%s, FALSE)", _sql(value, operator, operand))

    def predicate(event):
        return attribute_match.holds(
            attribute_match.value_at(event.attributes or None, path), operator, operand
        )

    return Domain.custom(to_sql=to_sql, predicate=predicate)


def _sql(value, operator, operand):
    if operator == "!=" or operator.startswith("not "):
        positive = "=" if operator == "!=" else operator.removeprefix("not ")
        return SQL("NOT COALESCE(%s, FALSE)", _sql(value, positive, operand))
    if operator == "=":
        return _equal(value, operand)
    if operator == "in":
        return SQL(
            "(%s)",
            SQL(" OR ").join(
                [_equal(value, item) for item in operand] or [SQL("FALSE")]
            ),
        )
    if operator in ("like", "ilike"):
        pattern = (
            "%"
            + str(operand).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            + "%"
        )
        like = SQL("LIKE") if operator == "like" else SQL("ILIKE")
        return SQL("%s #>> '{}' %s %s", value, like, pattern)
    return _ordered(value, operator, operand)


def _equal(value, operand):
    if operand is False or operand is None:
        return SQL("(%s IS NULL OR %s IN ('null', 'false', '\"\"'))", value, value)
    return SQL("%s = %s::jsonb", value, json.dumps(operand))


def _ordered(value, operator, operand):
    if isinstance(operand, bool) or not isinstance(operand, int | float | str):
        return SQL("FALSE")
    kind = "string" if isinstance(operand, str) else "number"
    return SQL(
        "(jsonb_typeof(%s) = %s AND %s %s %s::jsonb)",
        value,
        kind,
        value,
        _ORDER[operator],
        json.dumps(operand),
    )
