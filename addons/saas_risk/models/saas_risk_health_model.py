from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.event_hub.policies.arguments import ids_of
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import health
from ..policies import subscription as states

#: accounts the scheduled assessment keeps in one transaction
ASSESS_CHUNK = 200


class SaasRiskHealthModel(models.Model):
    """How health is counted: a base line, signals, thresholds."""

    _name = "saas_risk.health_model"
    _inherit = ["event_hub.guarded"]
    _description = "Health Model"
    _order = "company_id, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="Grows with every change of the model.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies without their own."
    )
    base_score = fields.Float(
        "Base Line",
        digits=(5, 2),
        default=100.0,
        help="Score of an account about which nothing bad is known.",
    )
    healthy_from = fields.Float(digits=(5, 2), default=75.0)
    watch_from = fields.Float(digits=(5, 2), default=55.0)
    at_risk_from = fields.Float(digits=(5, 2), default=35.0, help="Below is critical.")
    signal_ids = fields.One2many("saas_risk.signal", "model_id", "Signals")

    _company_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE active",
        "This company has an active health model.",
    )

    @api.constrains("base_score", "healthy_from", "watch_from", "at_risk_from")
    def _check_scale(self):
        for model in self:
            if (
                not 0
                <= model.at_risk_from
                <= model.watch_from
                <= model.healthy_from
                <= 100
            ):
                raise ValidationError(
                    self.env._(
                        "%(name)s: thresholds must rise from at risk over watch to healthy, between 0 and 100.",
                        name=model.name,
                    )
                )
            if not 0 <= model.base_score <= 100:
                raise ValidationError(
                    self.env._(
                        "%(name)s: the base line lies between 0 and 100.",
                        name=model.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if {"base_score", "healthy_from", "watch_from", "at_risk_from"} & set(vals):
            self._new_version()
        return result

    def _new_version(self):
        for model in self:
            model.version += 1
        return True

    # ------------------------------------------------------------------ assessing

    @api.model
    @takes(partner_ids=ids_of("res.partner"))
    def assess(self, partner_ids):
        """Assess accounts now, keep the assessments that differ from the last.

        :param partner_ids: ids of accounts (commercial partners)
        :return: one dict per id, same order: ``{"partner_id", "score", "status", "version",
            "contributions": [{"signal", "points", "model", "id", "words"}], "unknown": [signal]}``
        :raises MissingError: there is no partner with one of these ids
        :raises UserError: the company has no active health model
        """
        self.check_access("read")
        if not self.env.user.has_group("saas_risk.group_risk_user") and not self.env.su:
            raise AccessError(
                self.env._(
                    "Only people of Revenue & Risk assess the health of accounts."
                )
            )
        partners = self.env["res.partner"].browse(dict.fromkeys(partner_ids))
        partners.check_access("read")
        if not self._of_company(self.env.company):
            raise UserError(
                self.env._(
                    "%(company)s has no active health model, so no health is counted. Activate one, or create one, "
                    "under Revenue & Risk > Configuration > Health Models.",
                    company=self.env.company.name,
                )
            )
        results = self._assess_accounts(partners)
        by_id = {
            partner.id: self._as_json(partner, *results[partner])
            for partner in partners
        }
        return [by_id[id_] for id_ in partner_ids]

    @api.model
    def _assess_accounts(self, partners):
        """Assess in the current company: one query per observation for all accounts.

        :return: ``{partner: (policy Assessment, version of the model)}``
        """
        company = self.env.company
        model = self._of_company(company)
        if not model or not partners:
            return {}
        observations = model._observe(partners, company)
        results = {
            partner: (model._assess_one(partner, observations), model.version)
            for partner in partners
        }
        self.env["saas_risk.assessment"].sudo()._keep(model, results, company)
        return results

    @api.model
    def _cron_assess(self):
        """Assess every account with a living subscription anew: days pass, usage falls, milestones come due."""
        groups = (
            self.env["saas_risk.subscription"]
            .sudo()
            ._read_group(
                [("state", "in", sorted(states.LIVING))],
                ["company_id"],
                ["account_id:recordset"],
            )
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=sum(len(accounts) for _c, accounts in groups))
        for company, accounts in groups:
            model, accounts = self.with_company(company), accounts.with_company(company)
            for start in range(0, len(accounts), ASSESS_CHUNK):
                chunk = accounts[start : start + ASSESS_CHUNK]
                model._assess_accounts(chunk)
                cron._commit_progress(len(chunk))
        return True

    @api.model
    def _of_company(self, company):
        """:return: the model of the company, else the one for all, in superuser mode"""
        models_ = self.sudo().search([("company_id", "in", [False, company.id])])
        return models_.sorted(lambda model: not model.company_id)[:1]

    def _assess_one(self, partner, observations):
        self.ensure_one()
        specs = [signal._spec() for signal in self.signal_ids]
        return health.assess(
            base=health.hundredths(Decimal(str(self.base_score))),
            signals=specs,
            observations={
                code: seen[partner.id]
                for code, seen in observations.items()
                if partner.id in seen
            },
            thresholds=self._thresholds(),
            tier=partner.account_tier or None,
            base_line=(self.env._("Base line"), self._name, self.id),
            cap_words=self.env._("Capped for the gravest of these"),
        )

    def _thresholds(self):
        cents = (
            health.hundredths(Decimal(str(v)))
            for v in (self.healthy_from, self.watch_from, self.at_risk_from)
        )
        return health.Thresholds(*cents)

    @api.model
    def _as_json(self, partner, assessment, version):
        return {
            "partner_id": partner.id,
            "score": assessment.score / 100,
            "status": assessment.status,
            "version": version,
            "contributions": [
                contribution_json(line) for line in assessment.contributions
            ],
            "unknown": list(assessment.unknown),
        }


def contribution_json(line):
    """:return: a line as the API and the assessment keep it; points in points, two decimals"""
    return {
        "signal": line.signal,
        "points": line.points / 100,
        "words": line.words,
        "model": line.model or False,
        "id": line.record_id or False,
    }
