from odoo import api, fields, models
from odoo.exceptions import AccessError


class SaasRiskConcession(models.Model):
    """What a customer was granted beyond the contract: evidence for the next decision."""

    _name = "saas_risk.concession"
    _description = "Concession"
    _inherit = ["event_hub.guarded", "event_hub.emitter"]
    _order = "granted_on desc, id desc"
    _check_company_auto = True
    _hub_case_type = "concession"

    name = fields.Char(required=True)
    kind = fields.Selection(
        [
            ("grace", "Grace"),
            ("credit", "Credit"),
            ("discount", "Discount"),
            ("intervention", "Intervention"),
        ],
        required=True,
    )
    partner_id = fields.Many2one(
        "res.partner", "Account", required=True, index=True, ondelete="restrict"
    )
    subscription_id = fields.Many2one(
        "saas_risk.subscription", index=True, check_company=True
    )
    invoice_id = fields.Many2one(
        "saas_risk.billing_invoice", index=True, check_company=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    granted_on = fields.Date(required=True, default=fields.Date.today)
    valid_until = fields.Date()
    amount = fields.Monetary(help="What it is worth, if that can be said.")
    currency_id = fields.Many2one("res.currency")
    reason = fields.Text()
    request_id = fields.Many2one(
        "approval_engine.request",
        "Decision",
        index=True,
        ondelete="restrict",
        readonly=True,
        help="The approved request that granted it. Empty: granted by policy.",
    )
    policy_id = fields.Many2one(
        "saas_risk.dunning_policy", "Dunning Policy", readonly=True
    )

    _request_uniq = models.UniqueIndex(
        "(request_id) WHERE request_id IS NOT NULL",
        "This decision granted a concession already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        granted = super().create(vals_list)
        if not self.env.su and any(one.request_id or one.policy_id for one in granted):
            raise self._only_by_what_granted_it()
        return granted

    def write(self, vals):
        if not self.env.su and {"request_id", "policy_id"} & set(vals):
            raise self._only_by_what_granted_it()
        return super().write(vals)

    def _only_by_what_granted_it(self):
        return AccessError(
            self.env._(
                "A concession names a decision or a policy only if that granted it. "
                "Leave both empty and give the reason."
            )
        )
