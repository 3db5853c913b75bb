from odoo import api, fields, models

LABELS = ("events", "messages", "deliveries", "runs", "conflicts", "external_ids")


class EventHubErase(models.TransientModel):
    """Shows how much the hub remembers of somebody, asks why, and erases it."""

    _name = "event_hub.erase"
    _description = "Erase from the Event Hub"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Whom",
        required=True,
        context={"active_test": False},
        default=lambda self: self._chosen(),
        help="With all their contacts and users.",
    )
    reason = fields.Char(help="Without names: it stays in the ledger for good.")
    events = fields.Integer(compute="_compute_counts")
    messages = fields.Integer("Contents of Messages", compute="_compute_counts")
    deliveries = fields.Integer("Tries of Deliveries", compute="_compute_counts")
    runs = fields.Integer("Notes of Rules", compute="_compute_counts")
    conflicts = fields.Integer("Field Conflicts", compute="_compute_counts")
    external_ids = fields.Integer(compute="_compute_counts")

    @api.model
    def _chosen(self):
        context = self.env.context
        if context.get("active_model") != "res.partner":
            return self.env["res.partner"]
        return self.env["res.partner"].browse(context.get("active_ids") or [])

    @api.depends("partner_ids")
    def _compute_counts(self):
        for wizard in self:
            partners = wizard.partner_ids._origin
            counts = partners and partners.hub_erase("count", dry_run=True)
            for name in LABELS:
                wizard[name] = counts[name] if counts else 0

    def action_erase(self):
        """:return: notification that says what was erased"""
        self.ensure_one()
        counts = self.partner_ids.hub_erase(self.reason or "")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Erased"),
                "message": self.env._(
                    "%(events)s events and the contents of %(messages)s messages name nobody any more.",
                    events=counts["events"],
                    messages=counts["messages"],
                ),
                "type": "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
