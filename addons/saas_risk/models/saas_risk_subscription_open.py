from odoo import models


class SaasRiskSubscription(models.Model):
    """Buttons that open what belongs to a subscription."""

    _inherit = "saas_risk.subscription"  # pylint: disable=consider-merging-classes-inherited

    def action_open_account(self):
        """:return: action that opens the account page"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.account_id.id,
            "views": [
                (self.env.ref("saas_risk.res_partner_view_form_account").id, "form")
            ],
        }

    def action_open_invoices(self):
        """:return: action that opens its invoices in billing"""
        return self._open_related(
            "saas_risk.saas_risk_billing_invoice_action",
            [("subscription_id", "=", self.id)],
        )

    def action_open_approvals(self):
        """:return: action that opens the decisions about it"""
        return self._open_related(
            "saas_risk.saas_risk_approval_action",
            [("res_model", "=", self._name), ("res_id", "=", self.id)],
        )

    def _open_related(self, action_xmlid, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(action_xmlid)
        action["domain"] = domain
        action["context"] = {}
        return action
