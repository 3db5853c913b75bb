from odoo import api, fields, models


class SupportVisibilityRunMacro(models.TransientModel):
    """See what a macro would say and do, then have it done."""

    _name = "support_visibility.run_macro"
    _description = "Run a Macro"

    ticket_ids = fields.Many2many(
        "support_visibility.ticket",
        string="Tickets",
        required=True,
        default=lambda self: self.env.context.get("active_ids", []),
    )
    team_ids = fields.Many2many("support_visibility.team", compute="_compute_team_ids")
    macro_id = fields.Many2one(
        "support_visibility.macro",
        required=True,
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_ids)]",
    )
    steps = fields.Char("Does", compute="_compute_preview")
    reply = fields.Text("The Customer Reads", compute="_compute_preview")
    note = fields.Text("Colleagues Read", compute="_compute_preview")
    missing = fields.Char(compute="_compute_preview")
    about = fields.Char("Shown For", compute="_compute_preview")

    @api.depends("ticket_ids")
    def _compute_team_ids(self):
        for wizard in self:
            wizard.team_ids = wizard.ticket_ids.team_id

    @api.depends("ticket_ids", "macro_id")
    def _compute_preview(self):
        for wizard in self:
            first = wizard.ticket_ids._origin[:1]
            macro = wizard.macro_id._origin
            told = macro.preview(first.id) if first and macro else {}
            wizard.steps = " · ".join(told.get("steps", ()))
            wizard.reply = told.get("reply", "")
            wizard.note = told.get("note", "")
            wizard.missing = ", ".join(told.get("missing", ()))
            wizard.about = first.display_name or ""

    def action_run(self):
        self.ensure_one()
        return self.ticket_ids.action_run_macro(self.macro_id.id)
