from odoo import fields, models
from odoo.tools import SQL


class ApprovalEngineAnalysed(models.AbstractModel):
    """What the analyses of requests and of waiting are grouped by, whatever their measures are."""

    _name = "approval_engine.analysed"
    _description = "Row of an Analysis"
    _rec_name = "request_id"

    request_id = fields.Many2one("approval_engine.request", readonly=True)
    type_id = fields.Many2one("approval_engine.type", readonly=True)
    policy_id = fields.Many2one("approval_engine.policy", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    def open_request(self):
        """:return: action that shows the request"""
        self.ensure_one()
        return self.request_id._show()


def hours(start, end):
    """:return: SQL: hours from one moment to a later one, NULL if one is missing"""
    return SQL("EXTRACT(EPOCH FROM %s - %s)::float / 3600", end, start)
