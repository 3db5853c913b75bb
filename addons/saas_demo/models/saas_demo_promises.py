from odoo import api, models

#: what the company promises besides what every company starts with: name, tier, minutes of working time
PROMISES = (
    ("Strategic customers: solved in two working days", "strategic", 960),
    ("Growing customers: solved in three working days", "growth", 1440),
)


class SaasDemoPromises(models.AbstractModel):
    """What the demo's company promises its customers, and which promises it broke."""

    _name = "saas_demo.promises"
    _description = "Promises of the demo"

    @api.model
    def _provision(self):
        company = self.env.ref("base.main_company")
        self.env["support_visibility.sla_policy"].create(
            [
                {
                    "name": name,
                    "kind": "resolution",
                    "target_minutes": minutes,
                    "sequence": number,
                    "company_id": company.id,
                    "calendar_id": company.resource_calendar_id.id,
                    "tier_ids": self.env.ref(
                        f"support_visibility.trait_tier_{tier}"
                    ).ids,
                }
                for number, (name, tier, minutes) in enumerate(PROMISES, 1)
            ]
        )

    @api.model
    def _tell(self):
        """Promises that were broken while the story happened are on record before anybody looks."""
        clocks = self.env["support_visibility.sla_clock"].sudo()
        clocks.search([("stopped_at", "=", False)])._look()
