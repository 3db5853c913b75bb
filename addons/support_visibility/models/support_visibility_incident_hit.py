from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies.incidents import downtime
from ..tools.clock import utcnow


class SupportVisibilityIncidentHit(models.Model):
    """An account that an incident hit, and for how long it could not work."""

    _name = "support_visibility.incident_hit"
    _description = "Account Hit by an Incident"
    _inherit = ["event_hub.guarded"]
    _order = "incident_id desc, account_id"
    _rec_name = "account_id"

    incident_id = fields.Many2one(
        "support_visibility.incident", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="incident_id.company_id", store=True, index=True
    )
    account_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="restrict"
    )
    account_tier = fields.Selection(related="account_id.account_tier", string="Tier")
    down_from = fields.Datetime(help="Empty: from the start of the incident.")
    down_until = fields.Datetime(help="Empty: until the incident was resolved.")
    minutes = fields.Float(
        "Downtime (min)",
        compute="_compute_minutes",
        help="Without announced maintenance of the same components.",
    )

    _once_uniq = models.Constraint(
        "UNIQUE(incident_id, account_id)", "This account is listed already."
    )

    @api.constrains("down_from", "down_until")
    def _check_order(self):
        for hit in self:
            if hit.down_from and hit.down_until and hit.down_until < hit.down_from:
                raise ValidationError(
                    self.env._(
                        "%(account)s: Down Until lies before Down From.",
                        account=hit.account_id.display_name,
                    )
                )

    @api.depends(
        "down_from", "down_until", "incident_id.started_at", "incident_id.resolved_at"
    )
    def _compute_minutes(self):
        windows = self.incident_id._maintenance_windows()
        for hit in self:
            span = hit._span(utcnow())
            planned = windows.get(hit.incident_id, [])
            hit.minutes = downtime.downtime_minutes([(span, planned)] if span else [])

    def _span(self, now):
        """:return: (begin, end) of the trouble for this account, None for maintenance and what has not begun"""
        incident = self.incident_id
        if incident.is_maintenance or not incident.started_at:
            return None
        whole = (incident.started_at, incident.resolved_at or now)
        return downtime.hit_span(whole, self.down_from or None, self.down_until or None)
