from odoo import api, fields, models


class SaasRiskMilestone(models.Model):
    """A step of onboarding an account, due by contract."""

    _name = "saas_risk.milestone"
    _description = "Onboarding Milestone"
    _inherit = ["event_hub.guarded", "event_hub.subject"]
    _order = "due_on, id"
    _hub_case_type = "milestone"

    name = fields.Char(required=True)
    partner_id = fields.Many2one(
        "res.partner", "Account", required=True, index=True, ondelete="cascade"
    )
    due_on = fields.Date()
    done_on = fields.Date()
    told_at = fields.Datetime(
        readonly=True,
        help="When the latest report was made; an older one changes nothing.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )

    _name_uniq = models.Constraint(
        "UNIQUE(company_id, partner_id, name)",
        "This account has a milestone with this name.",
    )

    @api.model
    def _hub_subjects(self, incoming):
        company = incoming[0].company
        keys = [(event.account.id, event.data["milestone"]) for event in incoming]
        known = {
            (row.partner_id.id, row.name): row
            for row in self.search(
                [
                    ("company_id", "=", company.id),
                    ("partner_id", "in", list({account for account, _name in keys})),
                    ("name", "in", list({name for _account, name in keys})),
                ]
            )
        }
        missing = list(dict.fromkeys(key for key in keys if key not in known))
        known.update(
            zip(
                missing,
                self.create(
                    [
                        {"partner_id": account, "name": name, "company_id": company.id}
                        for account, name in missing
                    ]
                ),
                strict=True,
            )
        )
        return [known[key] for key in keys]

    @api.model
    def _hub_on_told(self, events):
        rows = self.browse(dict.fromkeys(event.case_id for event in events))
        for event in events.sorted("occurred_at"):
            row = self.browse(event.case_id)
            if not row.told_at or event.occurred_at >= row.told_at:
                row.write(row._vals_told(event))
        self.env["saas_risk.health_model"]._assess_accounts(rows.partner_id)
        return True

    def _vals_told(self, event):
        data = event.attributes or {}
        day = self.env["saas_risk.subscription"]._parse_day
        done = day(data.get("done_at"))
        if event.type == "onboarding.milestone_reached":
            done = done or event.occurred_at.date()
        return {
            "due_on": day(data.get("due")),
            "done_on": done,
            "told_at": event.occurred_at,
        }
