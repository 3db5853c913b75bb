from odoo import fields, models


class EventHubMessage(models.Model):
    """The inbox: what was heard, byte for byte, and what became of it."""

    _name = "event_hub.message"
    _description = "Inbox Message"
    _order = "id desc"
    _rec_name = "external_id"
    _log_access = False

    source_id = fields.Many2one("event_hub.source", required=True, readonly=True, index=True, ondelete="restrict")
    external_id = fields.Char("Message Id", required=True, readonly=True)
    correlation = fields.Char(readonly=True, index=True)
    state = fields.Selection([
        ("received", "Received"), ("processed", "Processed"), ("failed", "Failed"),
        ("parked", "Parked"), ("dead", "Dead"),
    ], default="received", required=True, readonly=True)

    _identity_uniq = models.UniqueIndex("(source_id, external_id)")
