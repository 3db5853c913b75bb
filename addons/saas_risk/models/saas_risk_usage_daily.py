from odoo import api, fields, models


class SaasRiskUsageDaily(models.Model):
    """How much an account used the product on a day, per metric."""

    _name = "saas_risk.usage_daily"
    _description = "Daily Usage"
    _inherit = ["event_hub.guarded", "event_hub.subject"]
    _order = "date desc, metric"
    _rec_name = "metric"
    _hub_case_type = "usage"

    partner_id = fields.Many2one(
        "res.partner", "Account", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(required=True)
    metric = fields.Char(required=True)
    value = fields.Float(readonly=True)
    seats_active = fields.Integer(readonly=True)
    reported_at = fields.Datetime(
        readonly=True,
        help="When the report that counts was made; an older one changes nothing.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )

    _day_uniq = models.Constraint(
        "UNIQUE(company_id, partner_id, date, metric)",
        "This metric of this account is known for this day.",
    )

    @api.model
    def _hub_subjects(self, incoming):
        keys = [self._key_of(event) for event in incoming]
        company = incoming[0].company
        known = {
            (row.partner_id.id, row.date, row.metric): row
            for row in self.search(
                [
                    ("company_id", "=", company.id),
                    (
                        "partner_id",
                        "in",
                        list({account for account, _day, _metric in keys}),
                    ),
                    ("date", "in", list({day for _account, day, _metric in keys})),
                ]
            )
        }
        missing = list(dict.fromkeys(key for key in keys if key not in known))
        known.update(
            zip(
                missing,
                self.create(
                    [
                        {
                            "partner_id": account,
                            "date": day,
                            "metric": metric,
                            "company_id": company.id,
                        }
                        for account, day, metric in missing
                    ]
                ),
                strict=True,
            )
        )
        return [known[key] for key in keys]

    def _key_of(self, event):
        day = self.env["saas_risk.subscription"]._parse_day(event.data["date"])
        return event.account.id, day, event.data["metric"]

    @api.model
    def _hub_on_reported(self, events):
        """The latest report of a day counts, whatever order they come in."""
        rows = self.browse(dict.fromkeys(event.case_id for event in events))
        for event in events.sorted("occurred_at"):
            row = self.browse(event.case_id)
            data = event.attributes or {}
            if not row.reported_at or event.occurred_at >= row.reported_at:
                row.write(
                    {
                        "value": data.get("value") or 0.0,
                        "seats_active": data.get("seats_active") or 0,
                        "reported_at": event.occurred_at,
                    }
                )
        self.env["saas_risk.health_model"]._assess_accounts(rows.partner_id)
        return True
