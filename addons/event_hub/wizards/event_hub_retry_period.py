from odoo import api, fields, models

from ..policies.delivery import DELIVERED


class EventHubRetryPeriod(models.TransientModel):
    """Asks for which period deliveries of one endpoint are sent again."""

    _name = "event_hub.retry_period"
    _description = "Send a Period Again"

    endpoint_id = fields.Many2one("event_hub.endpoint", required=True, readonly=True)
    date_from = fields.Datetime("From")
    date_to = fields.Datetime("Until")
    count = fields.Integer("Would Be Sent Again", compute="_compute_count")

    @api.depends("endpoint_id", "date_from", "date_to")
    def _compute_count(self):
        for wizard in self:
            domain = [
                ("endpoint_id", "=", wizard.endpoint_id.id),
                ("state", "!=", DELIVERED),
            ]
            if wizard.date_from:
                domain.append(("planned_at", ">=", wizard.date_from))
            if wizard.date_to:
                domain.append(("planned_at", "<", wizard.date_to))
            wizard.count = self.env["event_hub.delivery"].search_count(domain)

    def action_confirm(self):
        self.ensure_one()
        moments = [
            moment.isoformat() if moment else None
            for moment in (self.date_from, self.date_to)
        ]
        self.endpoint_id.action_retry_period(*moments)
        return {"type": "ir.actions.act_window_close"}
