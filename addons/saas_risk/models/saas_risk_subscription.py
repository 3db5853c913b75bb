from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..policies import mrr as mrr_policy
from ..policies import subscription as states

#: writing one of these can change what an account is worth a month
MRR_FIELDS = frozenset(
    {
        "partner_id",
        "plan_id",
        "seats",
        "state",
        "currency_id",
        "company_id",
        "billed_mrr",
        "mrr_source",
    }
)

#: what was sold and to whom: free in a draft, later changed by ``change_plan`` and billing only
SOLD_FIELDS = frozenset({"partner_id", "company_id", "plan_id", "seats", "currency_id"})


class SaasRiskSubscription(models.Model):
    """What an account pays for. Its state moves through ``_set_state`` only."""

    _name = "saas_risk.subscription"
    _description = "Subscription"
    _inherit = [
        "saas_risk.gated",
        "event_hub.subject",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "renewal_date, id"
    _check_company_auto = True
    _hub_case_type = "subscription"

    _gated_fields = {
        "state": states.DRAFT,
        "grace_until": False,
        "suspended_invoice_id": False,
        "billed_mrr": 0.0,
        "mrr_source": "plan",
        "mirrored_at": False,
        "next_plan_id": False,
        "next_seats": 0,
        "next_seats_given": False,
        "cancel_on": False,
        "cancel_reason": False,
    }
    _derived_fields = frozenset({"mrr", "unit_price", "period"})

    name = fields.Char(
        required=True,
        copy=False,
        index=True,
        default=lambda self: (
            self.env["ir.sequence"].sudo().next_by_code("saas_risk.subscription") or "/"
        ),
    )
    external_ref = fields.Char(
        "Reference in Billing",
        copy=False,
        index="btree_not_null",
        help="How the billing system calls this subscription.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    account_id = fields.Many2one(
        "res.partner",
        "Account",
        related="partner_id.commercial_partner_id",
        store=True,
        index=True,
    )
    account_tier = fields.Selection(related="account_id.account_tier")
    account_owner_id = fields.Many2one(related="account_id.account_owner_id")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    plan_id = fields.Many2one(
        "saas_risk.plan",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    seats = fields.Integer(required=True, default=1, tracking=True)
    unit_price = fields.Monetary(
        compute="_compute_from_plan",
        store=True,
        precompute=True,
        help="List price per seat and period when the plan was chosen. A later price change does not touch it.",
    )
    period = fields.Selection(
        [("month", "Month"), ("year", "Year")],
        compute="_compute_from_plan",
        store=True,
        precompute=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_from_plan",
        store=True,
        precompute=True,
        readonly=False,
    )
    mrr_source = fields.Selection(
        [("plan", "Plan and seats"), ("billing", "Billing system")],
        "MRR From",
        required=True,
        default="plan",
        readonly=True,
        copy=False,
        help="Whose word counts for the MRR.",
    )
    billed_mrr = fields.Monetary("MRR According to Billing", readonly=True, copy=False)
    mrr = fields.Monetary(
        "MRR",
        compute="_compute_mrr",
        store=True,
        aggregator="sum",
        help="Monthly recurring revenue: price x seats, a yearly price divided by 12.",
    )
    start_date = fields.Date(required=True, default=fields.Date.context_today)
    renewal_date = fields.Date(tracking=True, index=True)
    state = fields.Selection(
        [
            (states.DRAFT, "Draft"),
            (states.ACTIVE, "Active"),
            (states.PAST_DUE, "Past due"),
            (states.GRACE, "Grace"),
            (states.SUSPENDED, "Suspended"),
            (states.CANCELLED, "Cancelled"),
        ],
        required=True,
        default=states.DRAFT,
        readonly=True,
        copy=False,
        index=True,
    )
    grace_until = fields.Date(
        readonly=True, copy=False, help="Last day of grace, that day included."
    )
    suspended_invoice_id = fields.Many2one(
        "saas_risk.billing_invoice",
        "Suspended For",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="When this invoice is paid, the suspension ends by itself.",
    )
    mirrored_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the latest change that billing told us of happened.",
    )
    next_plan_id = fields.Many2one(
        "saas_risk.plan",
        "Plan From Renewal",
        readonly=True,
        copy=False,
        check_company=True,
    )
    next_seats = fields.Integer("Seats From Renewal", readonly=True, copy=False)
    next_seats_given = fields.Boolean(
        readonly=True,
        copy=False,
        help="Off: the seats stay as they are at the renewal.",
    )
    cancel_on = fields.Date("Ends On", copy=False, readonly=True, tracking=True)
    cancel_reason = fields.Char(copy=False, readonly=True)
    invoice_ids = fields.One2many(
        "saas_risk.billing_invoice", "subscription_id", "Invoices"
    )
    concession_ids = fields.One2many(
        "saas_risk.concession", "subscription_id", "Concessions"
    )
    health_score = fields.Float(related="account_id.health_score")
    health_status = fields.Selection(related="account_id.health_status")
    dunning_path = fields.Selection(
        [
            ("approval", "Ask for a decision"),
            ("grace", "Grant grace"),
            ("none", "No policy"),
        ],
        compute="_compute_dunning_path",
        search="_search_dunning_path",
        compute_sudo=True,
        help="What the dunning policy of the account's tier asks for.",
    )

    _name_uniq = models.Constraint(
        "UNIQUE(company_id, name)", "A subscription of this company has this name."
    )
    _external_ref_uniq = models.UniqueIndex(
        "(company_id, external_ref) WHERE external_ref IS NOT NULL",
        "A subscription of this company has this reference in billing.",
    )
    _seats_not_negative = models.Constraint(
        "CHECK(seats >= 0)", "Seats cannot be negative."
    )

    # ------------------------------------------------------------------ computes

    def _gate_hint(self):
        return self.env._(
            "Use its buttons: activate, change plan, cancel; suspension and grace need a decision."
        )

    @api.depends("plan_id")
    def _compute_from_plan(self):
        for sub in self:
            sub.unit_price = sub.plan_id.price
            sub.period = sub.plan_id.period
            sub.currency_id = sub.plan_id.currency_id

    @api.depends(
        "unit_price", "period", "seats", "currency_id", "mrr_source", "billed_mrr"
    )
    def _compute_mrr(self):
        for sub in self:
            if sub.mrr_source == "billing":
                sub.mrr = sub.billed_mrr
                continue
            sub.mrr = mrr_policy.monthly_revenue(
                price=Decimal(str(sub.unit_price)),
                seats=max(sub.seats, 0),
                period=sub.period or mrr_policy.MONTH,
                digits=sub.currency_id.decimal_places if sub.currency_id else 2,
            )

    @api.depends("account_id.account_tier", "company_id")
    def _compute_dunning_path(self):
        for company, subs in self.grouped("company_id").items():
            terms = self.env["saas_risk.dunning_policy"]._terms_by_tier(company)
            for sub in subs:
                found = terms.get(sub.account_id.account_tier)
                sub.dunning_path = found.path if found else "none"

    def _search_dunning_path(self, operator, value):
        if operator != "in":
            return NotImplemented
        policies = self.env["saas_risk.dunning_policy"].sudo()
        field = self.env["res.partner"]._fields["account_tier"]
        tiers = [*field.get_values(self.env), False]
        found = Domain.FALSE
        for company in self.env["res.company"].sudo().search_fetch([], ["id"]):
            terms = policies._terms_by_tier(company)
            fitting = [
                tier
                for tier in tiers
                if (terms[tier].path if tier in terms else "none") in value
            ]
            found |= Domain("company_id", "=", company.id) & Domain(
                "account_id.account_tier", "in", fitting
            )
        return found

    @api.constrains("start_date", "renewal_date")
    def _check_dates(self):
        for sub in self:
            if (
                sub.renewal_date
                and sub.start_date
                and sub.renewal_date < sub.start_date
            ):
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot renew on %(renewal)s, before it starts on %(start)s.",
                        name=sub.name,
                        renewal=sub.renewal_date,
                        start=sub.start_date,
                    )
                )

    # ------------------------------------------------------------------ writing

    @api.model_create_multi
    def create(self, vals_list):
        partners = self.env["res.partner"].browse(
            [v["partner_id"] for v in vals_list if v.get("partner_id")]
        )
        company_of = {partner.id: partner.sudo().company_id.id for partner in partners}
        for vals in vals_list:
            if not vals.get("company_id") and company_of.get(vals.get("partner_id")):
                vals["company_id"] = company_of[vals["partner_id"]]
        subs = super().create(vals_list)
        subs._refresh_account_mrr()
        return subs

    def write(self, vals):
        accounts_before = self.account_id if "partner_id" in vals else None
        result = super().write(vals)
        if MRR_FIELDS & set(vals):
            self._refresh_account_mrr(accounts_before)
        return result

    def _refuse_gated(self, vals):
        sold = sorted(SOLD_FIELDS & set(vals))
        started = self.filtered(lambda sub: sub.state != states.DRAFT)
        if sold and started:
            started.check_access("write")  # who may not write at all learns only that
            raise UserError(
                self.env._(
                    "%(name)s is not a draft any more: %(fields)s cannot be set directly. Use change plan, or cancel "
                    "it and start another.",
                    name=started[0].name,
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sold
                    ),
                )
            )
        return super()._refuse_gated(vals)

    def _refresh_account_mrr(self, further=None):
        accounts = self.account_id | further if further else self.account_id
        for company in self.sudo().company_id:
            accounts._refresh_mrr(company)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        for sub in self:
            if sub.state != states.DRAFT:
                raise UserError(
                    self.env._(
                        "%(name)s is not a draft any more and cannot be deleted. Cancel it instead.",
                        name=sub.name,
                    )
                )

    # ------------------------------------------------------------------ state

    def _set_state(self, target, **values):
        """Move to ``target``; the only gate to ``state``.

        :param values: further gated fields that change with the state
        :return: the records that moved; those already there are left alone
        :raises UserError: a record cannot go there; then none moved
        """
        moving = self.filtered(lambda sub: sub.state != target)
        sources = {sub: sub.state for sub in moving}
        for sub, source in sources.items():
            reason = states.refuse_transition(source, target)
            if reason:
                raise UserError(sub._refusal(reason, target))
        if not moving:
            return moving
        cleared = {"grace_until": False, "suspended_invoice_id": False}
        moving._write_gated({**cleared, **values, "state": target})
        for sub, source in sources.items():
            sub._emit(states_event(source, target), **sub._story())
        moving._note_move(sources, target)
        return moving

    def _note_move(self, sources, target):
        """One line in each chatter, written as one batch (field tracking writes one by one)."""
        label = dict(self._fields["state"]._description_selection(self.env))
        self._message_log_batch(
            bodies={
                sub.id: self.env._(
                    "%(before)s → %(after)s",
                    before=label[sources[sub]],
                    after=label[target],
                )
                for sub in self
            }
        )

    def _refusal(self, reason, target):
        self.ensure_one()
        label = dict(self._fields["state"]._description_selection(self.env))
        if reason == "final_state":
            return self.env._(
                "%(name)s is cancelled and stays so. Create a new subscription instead.",
                name=self.name,
            )
        return self.env._(
            "%(name)s is %(state)s and cannot become %(wanted)s.",
            name=self.name,
            state=label[self.state].lower(),
            wanted=label.get(target, target).lower(),
        )

    def _state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _story(self):
        """Attributes of every event about this subscription; JSON values, no record ids."""
        self.ensure_one()
        return {
            "subscription": self.name,
            "plan": self.plan_id.name,
            "tier": self.account_id.account_tier or "",
            "mrr": self.mrr,
            "currency": self.currency_id.name,
        }

    # ------------------------------------------------------------------ buttons and RPC

    def action_activate(self):
        """Start drafts.

        :raises UserError: one of them has started already; what people or payments stopped, they bring back
        """
        self.check_access("write")
        for sub in self:
            if sub.state == states.CANCELLED:
                raise UserError(sub._refusal("final_state", states.ACTIVE))
            if sub.state != states.DRAFT:
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s; only a draft is activated.",
                        name=sub.name,
                        state=sub._state_label().lower(),
                    )
                )
        self._set_state(states.ACTIVE)
        return True

    def health_explain(self):
        """:return: the assessment of the account, as ``health_model.assess`` gives it"""
        self.ensure_one()
        self.check_access("read")
        return self.env["saas_risk.health_model"].assess(self.account_id.ids)[0]


def states_event(source, target):
    """:return: type of the event that tells of this move"""
    if target == states.ACTIVE:
        return (
            "risk.subscription_activated"
            if source == states.DRAFT
            else "risk.subscription_reactivated"
        )
    return f"risk.subscription_{target}"
