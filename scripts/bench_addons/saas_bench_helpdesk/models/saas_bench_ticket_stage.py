from odoo import fields, models


class SaasBenchTicketStage(models.Model):
    _name = "saas_bench.ticket_stage"
    _description = "Bench Stage"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=1)
    unattended = fields.Boolean()
    team_ids = fields.Many2many("saas_bench.ticket_team")
