from odoo import api, fields, models


class SaasBenchTicket(models.Model):
    """The work for the ORM that a ticket of OCA helpdesk_mgmt (16.0, the last with code) takes when it is created.

    Its number comes from a sequence, stage and assignee follow from the team, two figures are kept of customer and
    stage, two fields are tracked, and its followers are told. There are no clocks, no ledger and no giving out.
    """

    _name = "saas_bench.ticket"
    _description = "Bench Ticket"
    _inherit = ["mail.thread.cc", "mail.activity.mixin", "portal.mixin"]
    _rec_name = "number"

    number = fields.Char(default="/", readonly=True)
    name = fields.Char(required=True)
    description = fields.Html(required=True, sanitize_style=True)
    team_id = fields.Many2one("saas_bench.ticket_team", index=True)
    user_id = fields.Many2one(
        "res.users",
        tracking=True,
        index=True,
        compute="_compute_user_id",
        store=True,
        readonly=False,
    )
    stage_id = fields.Many2one(
        "saas_bench.ticket_stage",
        tracking=True,
        index=True,
        compute="_compute_stage_id",
        store=True,
        readonly=False,
    )
    partner_id = fields.Many2one("res.partner")
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True
    )
    unattended = fields.Boolean(related="stage_id.unattended", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    last_stage_update = fields.Datetime(default=fields.Datetime.now)
    assigned_date = fields.Datetime()

    @api.depends("team_id")
    def _compute_stage_id(self):
        for ticket in self:
            ticket.stage_id = ticket.team_id._stages()[:1]

    @api.depends("team_id")
    def _compute_user_id(self):
        for ticket in self:
            ticket.user_id = ticket.user_id or ticket.team_id.user_id

    def _creation_subtype(self):
        return self.env.ref("saas_bench_helpdesk.subtype_created")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["number"] = self.env["ir.sequence"].next_by_code("saas_bench.ticket")
            team = self.env["saas_bench.ticket_team"].browse(vals.get("team_id"))
            if team.company_id:
                vals["company_id"] = team.company_id.id
        return super().create(vals_list)
