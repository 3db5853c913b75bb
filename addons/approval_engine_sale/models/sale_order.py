from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

COMPARED = {op: SQL(op) for op in ("=", "!=", "<", "<=", ">", ">=")}


class SaleOrder(models.Model):
    """A quotation that waits for an approval says so, and how to ask for it."""

    _name = "sale.order"
    _inherit = ["sale.order", "approval_engine.document"]

    _approval_confirms = {"state": ("sale",)}

    approval_company_total = fields.Float(
        "Total in Company Currency",
        compute="_compute_approval_company_total",
        search="_search_approval_company_total",
        help="At the rate of the order, which stands still once it is confirmed: what conditions of governed records "
        "compare, as orders have many currencies.",
    )

    @api.depends("amount_total", "currency_rate")
    def _compute_approval_company_total(self):
        for order in self:
            # an order without a rate yet is in the currency of the company
            order.approval_company_total = order.amount_total / (
                order.currency_rate or 1.0
            )

    def _search_approval_company_total(self, operator, value):
        if operator not in COMPARED or not isinstance(value, int | float):
            return NotImplemented

        def to_sql(model, alias, query):
            total = model._field_to_sql(alias, "amount_total", query)
            rate = model._field_to_sql(alias, "currency_rate", query)
            return SQL(
                "COALESCE(%s, 0) / COALESCE(NULLIF(%s, 0), 1) %s %s",
                *(total, rate, COMPARED[operator], value),
            )

        return Domain.custom(to_sql=to_sql)
