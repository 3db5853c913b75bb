from odoo import fields, models


class EventHubAdapter(models.Model):
    """How one kind of sender signs and words its messages; the reading itself is in ``policies``."""

    _name = "event_hub.adapter"
    _inherit = ["event_hub.guarded", "event_hub.remembered"]
    _description = "Adapter"
    _order = "sequence, name"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    scheme = fields.Selection(
        [
            ("standard", "Standard Webhooks"),
            ("stripe", "Stripe signature"),
            ("github", "GitHub signature"),
            ("jira", "Jira signature"),
            ("intercom", "Intercom signature"),
            ("zendesk", "Zendesk signature"),
            ("hubspot", "HubSpot signature"),
            ("segment", "Segment signature"),
            ("bearer", "Key in the Authorization header"),
        ],
        "Signed as",
        required=True,
        readonly=True,
    )
    own_secret = fields.Boolean(
        "Sender Makes the Secret",
        readonly=True,
        help="The secret is made in the sending system and pasted here, not the other way round.",
    )
    is_mapped = fields.Boolean(
        "Read by Mappings",
        readonly=True,
        help="The source's own mappings say what its messages mean.",
    )
    sequence = fields.Integer(default=10)
    docs_url = fields.Char("Documentation", readonly=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "This adapter exists already.")
