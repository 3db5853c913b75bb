from odoo import fields, models


class EventHubSource(models.Model):
    """A system that sends us signed events."""

    _name = "event_hub.source"
    _inherit = ["event_hub.secret.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Event Source"
    _order = "name"

    code = fields.Char(required=True, copy=False, help="Last part of the endpoint's address.")
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", "Company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one("res.users", "Service User", required=True, help="Events are handled with its rights.")
    owner_id = fields.Many2one("res.users", "Owner", default=lambda self: self.env.user,
                               help="Gets an activity when messages wait for a person.")
    allow_standard = fields.Boolean("Standard Webhooks", default=True)
    allow_stripe = fields.Boolean("Stripe")
    rate_per_second = fields.Integer(default=500)
    rate_burst = fields.Integer(default=2000)
    max_body_bytes = fields.Integer(default=1024 * 1024)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another source has this code already.")
