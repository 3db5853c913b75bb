from odoo import fields, models


class SaasBenchRow(models.Model):
    _name = "saas_bench.row"
    _description = "Row of the bare peer"
    _log_access = False

    body = fields.Text()
