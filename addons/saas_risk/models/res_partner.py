from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..policies import mrr as mrr_policy
from ..policies import payments
from ..policies import subscription as states
from .saas_risk_assessment import STATUSES

FIGURES = frozenset({"health_score", "health_status", "mrr"})
# They decide which account an event is about, and whether its failed payment needs a decision.
STANDING = frozenset({"account_code", "account_tier"})
MAY_SET_STANDING = (
    "saas_risk.group_risk_manager",
    "event_hub.group_hub_admin",
    "base.group_partner_manager",
)


class ResPartner(models.Model):
    """The account: what it is worth and how healthy it is, per company."""

    _name = "res.partner"
    _inherit = ["res.partner", "event_hub.emitter", "event_hub.guarded"]
    _hub_case_type = "account"

    health_score = fields.Float(
        company_dependent=True,
        readonly=True,
        digits=(5, 2),
        aggregator="avg",
        help="100 = healthiest.",
    )
    health_status = fields.Selection(
        STATUSES, company_dependent=True, readonly=True, string="Health"
    )
    mrr = fields.Float(
        "MRR",
        company_dependent=True,
        readonly=True,
        aggregator="sum",
        help="Monthly recurring revenue of its living subscriptions, in the company's currency.",
    )
    risk_currency_id = fields.Many2one(
        "res.currency", compute="_compute_risk_currency_id"
    )
    saas_subscription_ids = fields.One2many(
        "saas_risk.subscription", "account_id", "Subscriptions"
    )
    saas_subscription_count = fields.Integer(compute="_compute_saas_counts")
    saas_unpaid_count = fields.Integer(
        "Failing Invoices", compute="_compute_saas_counts"
    )
    saas_concession_count = fields.Integer(compute="_compute_saas_counts")
    next_renewal_date = fields.Date(
        compute="_compute_next_renewal_date",
        search="_search_next_renewal_date",
        help="The earliest renewal of its living subscriptions.",
    )
    health_reasons = fields.Text("Why", compute="_compute_last_assessment")
    health_lines = fields.Json(compute="_compute_last_assessment")
    health_unknown = fields.Char("Not Known", compute="_compute_last_assessment")
    health_assessed_at = fields.Datetime("Assessed", compute="_compute_last_assessment")

    # ------------------------------------------------------------------ figures

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # A copy or a form brings them empty, as each account is born.
            self._refuse_figures({name for name in vals if vals[name]})
        return super().create(vals_list)

    @api.model
    def _follows(self, field):
        return field.name in FIGURES  # what is stock Odoo's stays its own

    def write(self, vals):
        self._refuse_figures(set(vals))
        self._refuse_standing(set(vals))
        return super().write(vals)

    def _refuse_standing(self, names):
        if self.env.su or not STANDING & names:
            return
        if not any(map(self.env.user.has_group, MAY_SET_STANDING)):
            raise AccessError(
                self.env._(
                    "Tier and code of an account decide which rules apply to it. Ask a risk manager to change them."
                )
            )

    def _refuse_figures(self, names):
        if not self.env.su and FIGURES & names:
            raise AccessError(
                self.env._(
                    "Health and MRR of an account are counted, not set. Change its subscriptions, or its health model."
                )
            )

    def _refresh_mrr(self, company):
        """Count what these accounts are worth a month in ``company``."""
        living = (
            self.env["saas_risk.subscription"]
            .sudo()
            ._read_group(
                [
                    ("account_id", "in", self.ids),
                    ("company_id", "=", company.id),
                    ("state", "in", sorted(states.LIVING)),
                ],
                ["account_id", "currency_id"],
                ["mrr:sum"],
            )
        )
        amounts = {}
        for account, currency, total in living:
            rate = self.env["res.currency"]._get_conversion_rate(
                currency, company.currency_id, company, fields.Date.today()
            )
            amounts.setdefault(account.id, []).append(
                (Decimal(str(total)), Decimal(str(rate)))
            )
        for account in self.sudo().with_company(company):
            total = mrr_policy.total_in(
                amounts.get(account.id, ()), company.currency_id.decimal_places
            )
            if account.mrr != float(total):
                account.mrr = float(total)

    def _hub_account(self):
        return self.sudo().commercial_partner_id

    def _hub_company(self):
        return self.sudo().company_id or self.env.company

    # ------------------------------------------------------------------ computes

    @api.depends_context("company")
    def _compute_risk_currency_id(self):
        self.risk_currency_id = self.env.company.currency_id

    def _compute_saas_counts(self):
        subs, invoices, concessions = (
            dict(self.env[model]._read_group(domain, [field], ["__count"]))
            for model, domain, field in (
                (
                    "saas_risk.subscription",
                    [("account_id", "in", self.ids)],
                    "account_id",
                ),
                (
                    "saas_risk.billing_invoice",
                    [
                        ("partner_id", "in", self.ids),
                        ("state", "!=", payments.PAID),
                        ("failed_count", ">", 0),
                    ],
                    "partner_id",
                ),
                (
                    "saas_risk.concession",
                    [("partner_id", "in", self.ids)],
                    "partner_id",
                ),
            )
        )
        for partner in self:
            partner.saas_subscription_count = subs.get(partner, 0)
            partner.saas_unpaid_count = invoices.get(partner, 0)
            partner.saas_concession_count = concessions.get(partner, 0)

    def _compute_next_renewal_date(self):
        dates = dict(
            self.env["saas_risk.subscription"]._read_group(
                [
                    ("account_id", "in", self.ids),
                    ("state", "in", sorted(states.LIVING)),
                ],
                ["account_id"],
                ["renewal_date:min"],
            )
        )
        for partner in self:
            partner.next_renewal_date = dates.get(partner)

    def _search_next_renewal_date(self, operator, value):
        if operator not in ("<", "<=", ">", ">=", "in"):
            return NotImplemented
        return [
            (
                "saas_subscription_ids",
                "any",
                [
                    ("state", "in", sorted(states.LIVING)),
                    ("renewal_date", operator, value),
                ],
            )
        ]

    @api.depends_context("company")
    def _compute_last_assessment(self):
        last = self.env["saas_risk.assessment"]._last_of(self, self.env.company)
        labels = dict(
            self.env["saas_risk.signal"]
            ._fields["code"]
            ._description_selection(self.env)
        )
        for partner in self:
            row = last.get(partner.id, self.env["saas_risk.assessment"])
            partner.health_reasons = row.reasons
            partner.health_lines = row.contributions or []
            partner.health_unknown = ", ".join(
                labels.get(code, code) for code in row.unknown or []
            )
            partner.health_assessed_at = row.assessed_at

    # ------------------------------------------------------------------ buttons

    def action_assess_health(self):
        self.env["saas_risk.health_model"].assess(self.ids)
        return True

    def action_open_subscriptions(self):
        return self._open_related(
            "saas_risk.saas_risk_subscription_action", "account_id"
        )

    def action_open_billing_invoices(self):
        return self._open_related(
            "saas_risk.saas_risk_billing_invoice_action", "partner_id"
        )

    def action_open_concessions(self):
        return self._open_related("saas_risk.saas_risk_concession_action", "partner_id")

    def action_open_approvals(self):
        return self._open_related("saas_risk.saas_risk_approval_action", "partner_id")

    def action_open_account_events(self):
        """:return: action that opens the ledger on this account"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_event_action"
        )
        action.update(
            domain=[("account_id", "=", self.id)],
            context={},
            display_name=self.env._("Events of %(name)s", name=self.display_name),
        )
        return action

    def _open_related(self, action_xmlid, field):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(action_xmlid)
        action["domain"] = [(field, "=", self.id)]
        action["context"] = {"default_partner_id": self.id}
        return action
