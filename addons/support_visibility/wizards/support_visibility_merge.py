from odoo import api, fields, models

from ..policies.bonds.merging import survivor_of


class SupportVisibilityMerge(models.TransientModel):
    """What merging would do, before it is done."""

    _name = "support_visibility.merge"
    _description = "Merge Tickets"

    ticket_ids = fields.Many2many(
        "support_visibility.ticket",
        string="Tickets",
        required=True,
        default=lambda self: self.env.context.get("active_ids", []),
    )
    account_ids = fields.Many2many("res.partner", compute="_compute_account_ids")
    survivor_id = fields.Many2one(
        "support_visibility.ticket",
        "Ticket That Stays",
        required=True,
        compute="_compute_survivor_id",
        store=True,
        readonly=False,
        help="Its team, agent and clocks stay as they are.",
    )
    summary = fields.Text(compute="_compute_summary")

    @api.depends("ticket_ids")
    def _compute_account_ids(self):
        for wizard in self:
            wizard.account_ids = wizard.ticket_ids.account_id

    @api.depends("ticket_ids")
    def _compute_survivor_id(self):
        for wizard in self:
            several = len(wizard.ticket_ids) > 1
            found = several and survivor_of(wizard.ticket_ids._origin._mergeable())
            wizard.survivor_id = found or False

    @api.depends("ticket_ids", "survivor_id")
    def _compute_summary(self):
        for wizard in self:
            going = wizard._going()
            wizard.summary = (
                wizard._words(going) if wizard.survivor_id and going else ""
            )

    def _going(self):
        return self.ticket_ids._origin - self.survivor_id._origin

    def _words(self, going):
        stays = self.survivor_id.number
        lines = [
            self.env._(
                "Closed for good, and in no figure of kept promises: %(tickets)s.",
                tickets=", ".join(going.mapped("number")),
            ),
            self.env._(
                "Goes to %(stays)s: messages %(messages)s, files %(files)s, followers %(followers)s.",
                messages=len(going._spoken()),
                files=len(going._files()),
                followers=len(going.message_partner_ids),
                stays=stays,
            ),
            self.env._(
                "Who follows %(stays)s reads all of it. There is no way back.",
                stays=stays,
            ),
        ]
        return "\n".join(lines)

    def action_merge(self):
        self.ensure_one()
        self._going().action_merge(self.survivor_id.id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "support_visibility.ticket",
            "res_id": self.survivor_id.id,
            "views": [(False, "form")],
        }
