"""The bound of large orders is in the currency of the company, not in that of each order."""

from odoo import SUPERUSER_ID, api

OLD = "[('state', '=', 'sale'), '|', ('amount_total', '>', 10000), ('order_line.discount', '>', 15)]"


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    governed = env.ref(
        "approval_engine_sale.governed_sale_order", raise_if_not_found=False
    )
    if governed and governed.domain == OLD:  # what people made of it stays theirs
        governed.domain = OLD.replace("amount_total", "approval_company_total")
