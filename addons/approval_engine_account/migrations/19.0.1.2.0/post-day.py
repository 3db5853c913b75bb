# What goes out to a partner in a day counts together, in the currency of the company. What somebody changed stays.
from odoo import SUPERUSER_ID, api

BEFORE = (
    "[('state', 'in', ('in_process', 'paid')), ('payment_type', '=', 'outbound'), "
    "'|', ('amount_company_currency_signed', '<', -5000), ('amount', '>', 5000)]"
)
NOW = (
    "[('state', 'in', ('in_process', 'paid')), ('payment_type', '=', 'outbound'), "
    "('date', '!=', False), ('approval_day_total', '>', 5000)]"
)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    governed = env.ref(
        "approval_engine_account.governed_payment", raise_if_not_found=False
    )
    if governed and governed.domain == BEFORE:
        governed.domain = NOW
