from odoo import api, fields, models

from odoo.addons.event_hub.tools import trace

from ..const import STATUS_SHAPES
from ..policies import health
from .saas_risk_health_model import contribution_json

STATUSES = [
    (health.HEALTHY, "● Healthy"),
    (health.WATCH, "◐ Watch"),
    (health.AT_RISK, "▲ At risk"),
    (health.CRITICAL, "◆ Critical"),
]


class SaasRiskAssessment(models.Model):
    """How healthy an account was at a moment, line by line. A new row only if something changed."""

    _name = "saas_risk.assessment"
    _inherit = ["event_hub.guarded"]
    _description = "Health Assessment"
    _order = "id desc"
    _rec_name = "status"

    partner_id = fields.Many2one(
        "res.partner",
        "Account",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    health_model_id = fields.Many2one(
        "saas_risk.health_model", readonly=True, ondelete="set null"
    )
    version = fields.Integer(readonly=True, help="Version of the health model.")
    score = fields.Float(
        digits=(5, 2), readonly=True, aggregator="avg", help="100 = healthiest."
    )
    status = fields.Selection(STATUSES, required=True, readonly=True)
    previous_score = fields.Float(digits=(5, 2), readonly=True, aggregator=None)
    previous_status = fields.Selection(STATUSES, readonly=True)
    contributions = fields.Json(readonly=True, help="Lines that add up to the score.")
    unknown = fields.Json(readonly=True, help="Signals about which nothing is known.")
    reasons = fields.Text(
        readonly=True, help="What pulls the score down, worst first, one a line."
    )
    assessed_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    correlation = fields.Char(readonly=True, index="btree_not_null")

    _account_idx = models.Index("(partner_id, company_id, id DESC)")

    @api.depends("status", "score", "partner_id")
    def _compute_display_name(self):
        label = dict(self._fields["status"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{row.partner_id.display_name}: {label.get(row.status, '')} {row.score:.2f}"

    @api.model
    def _keep(self, model, results, company):
        """Keep the assessments that differ from the last of their account.

        :param results: ``{partner: (policy Assessment, version)}``
        """
        partners = self.env["res.partner"].browse([partner.id for partner in results])
        last = self._last_of(partners, company)
        fresh = {
            partner: assessment
            for partner, (assessment, _version) in results.items()
            if self._differs(last.get(partner.id), assessment, model)
        }
        rows = self.create(
            [
                self._vals_of(
                    partner,
                    assessment,
                    model,
                    company,
                    last.get(partner.id, self.browse()),
                )
                for partner, assessment in fresh.items()
            ]
        )
        rows._show_on_accounts()
        return rows

    def _last_of(self, partners, company):
        """:return: ``{partner id: latest row}``"""
        groups = self._read_group(
            [("partner_id", "in", partners.ids), ("company_id", "=", company.id)],
            ["partner_id"],
            ["id:max"],
        )
        return {
            row.partner_id.id: row
            for row in self.browse([max_id for _partner, max_id in groups])
        }

    @staticmethod
    def _differs(last, assessment, model):
        return not last or (
            last.version != model.version
            or last.health_model_id != model
            or last.contributions
            != [contribution_json(line) for line in assessment.contributions]
            or (last.unknown or []) != list(assessment.unknown)
        )

    def _vals_of(self, partner, assessment, model, company, last):
        cause = trace.find("res.partner", partner.id, partner.id)
        return {
            "partner_id": partner.id,
            "company_id": company.id,
            "health_model_id": model.id,
            "version": model.version,
            "score": assessment.score / 100,
            "status": assessment.status,
            "previous_score": last.score,
            "previous_status": last.status,
            "contributions": [
                contribution_json(line) for line in assessment.contributions
            ],
            "unknown": list(assessment.unknown),
            "reasons": "\n".join(assessment.reasons),
            "correlation": cause.correlation if cause else partner._hub_correlation(),
        }

    def _show_on_accounts(self):
        """Write the figures of the account, and tell when its status changed."""
        for row in self:
            account = row.partner_id.with_company(row.company_id)
            account.write({"health_score": row.score, "health_status": row.status})
        for row in self.filtered(lambda row: row.status != row.previous_status):
            row.partner_id.with_company(row.company_id)._emit(
                "risk.health_changed",
                objects=[("assessment", row)],
                **{
                    "from": row.previous_status or "",
                    "to": row.status,
                    "score": row.score,
                    "reasons": (row.reasons or "").splitlines(),
                },
            )

    def _shape(self):
        self.ensure_one()
        return STATUS_SHAPES[self.status]
