from odoo import fields, models


class TestEventHubAttempt(models.Model):
    _name = "test_event_hub.attempt"
    _description = "Test Payment Attempt"

    invoice_id = fields.Many2one("test_event_hub.invoice", required=True, index=True)
    event_id = fields.Integer()
    amount = fields.Float()
