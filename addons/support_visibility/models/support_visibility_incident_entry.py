from odoo import fields, models

from odoo.addons.event_hub.fields import LooseMany2one

KINDS = [
    ("opened", "Opened"),
    ("moved", "Moved"),
    ("severity", "Severity"),
    ("linked", "Tickets Linked"),
    ("update", "Told to Customers"),
    ("note", "Noted"),
]


class SupportVisibilityIncidentEntry(models.Model):
    """One line of what happened in an incident. Written once, for the review afterwards."""

    _name = "support_visibility.incident_entry"
    _description = "Incident Timeline"
    _inherit = ["event_hub.append_only"]
    _order = "at, id"
    _log_access = False

    incident_id = LooseMany2one(
        "support_visibility.incident", required=True, readonly=True, index=True
    )
    company_id = LooseMany2one("res.company", required=True, readonly=True, index=True)
    at = fields.Datetime("When", required=True, readonly=True)
    by_user_id = LooseMany2one("res.users", "By", readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    text = fields.Text("What", required=True, readonly=True)
