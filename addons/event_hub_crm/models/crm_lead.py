from odoo import models


class CrmLead(models.Model):
    """A lead tells its way through the pipeline."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "event_hub.watched"]

    _hub_case_type = "lead"
    _hub_created = "crm.lead_created"
    _hub_watched = {
        "stage_id": "crm.lead_moved",
        "user_id": "crm.lead_assigned",
        "won_status": {
            "won": "crm.lead_won",
            "lost": "crm.lead_lost",
            "pending": "crm.lead_reopened",
        },
    }

    def _hub_attributes(self):
        lead = self.sudo()
        return {
            **super()._hub_attributes(),
            "stage": lead.stage_id.name or "",
            "team": lead.team_id.name or "",
            "expected_revenue": lead.expected_revenue,
            "currency": lead.company_currency.name or "",
        }
