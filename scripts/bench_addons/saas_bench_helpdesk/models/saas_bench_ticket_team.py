from odoo import fields, models
from odoo.fields import Domain


class SaasBenchTicketTeam(models.Model):
    _name = "saas_bench.ticket_team"
    _description = "Bench Team"

    name = fields.Char(required=True)
    user_id = fields.Many2one("res.users")
    company_id = fields.Many2one("res.company")

    def _stages(self):
        mine = Domain("team_ids", "=", False) | Domain("team_ids", "in", self.ids)
        return self.env["saas_bench.ticket_stage"].search(mine)
