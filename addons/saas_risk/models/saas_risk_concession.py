from odoo import fields, models


class SaasRiskConcession(models.Model):
    """What a customer was granted beyond the contract: evidence for the next decision."""

    _name = "saas_risk.concession"
    _description = "Concession"
    _inherit = ["event_hub.emitter"]
    _order = "granted_on desc, id desc"
    _check_company_auto = True
    _hub_case_type = "concession"

    name = fields.Char(required=True)
    kind = fields.Selection(
        [("grace", "Grace"), ("credit", "Credit"), ("discount", "Discount"), ("intervention", "Intervention")],
        required=True)
    partner_id = fields.Many2one("res.partner", "Account", required=True, index=True, ondelete="restrict")
    subscription_id = fields.Many2one("saas_risk.subscription", index=True, check_company=True)
    invoice_id = fields.Many2one("saas_risk.billing_invoice", index=True, check_company=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    granted_on = fields.Date(required=True, default=fields.Date.today)
    valid_until = fields.Date()
    amount = fields.Monetary(help="What it is worth, if that can be said.")
    currency_id = fields.Many2one("res.currency")
    reason = fields.Text()
    request_id = fields.Many2one(
        "approval_engine.request", "Decision", index=True, ondelete="restrict", readonly=True,
        help="The approved request that granted it. Empty: granted by policy.")
    policy_id = fields.Many2one("saas_risk.dunning_policy", "Dunning Policy", readonly=True)

    _request_uniq = models.UniqueIndex("(request_id) WHERE request_id IS NOT NULL",
                                       "This decision granted a concession already.")
