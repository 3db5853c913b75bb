"""Requests that wait get their amount in the company's currency, which limits are read in."""

from odoo import SUPERUSER_ID, api

from odoo.addons.approval_engine.policies import request_state


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    waiting = env["approval_engine.request"].search(
        [("state", "in", tuple(request_state.LIVE))]
    )
    for request in waiting:
        amount = request._amount_in(request.company_id.currency_id)
        request._write_guarded({"company_amount": amount})
