from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    open_ticket_count = fields.Integer(
        "Open Tickets",
        compute="_compute_open_ticket_count",
        help="Of the whole account, in your companies.",
        groups="support_visibility.group_support_user",
    )

    # each mail asks who wrote
    _email_normalized_idx = models.Index("(email_normalized)")
    _email_domain_idx = models.Index("(split_part(email_normalized, '@', 2))")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_open_ticket_count(self):
        tickets = self.env["support_visibility.ticket"]
        accounts = self.commercial_partner_id
        counts = dict(
            tickets._read_group(
                [("account_id", "in", accounts.ids), *tickets._open_domain()],
                ["account_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.open_ticket_count = counts.get(partner.commercial_partner_id, 0)

    satisfaction_text = fields.Char(
        "Satisfaction",
        compute="_compute_satisfaction_text",
        help="How the account rated its tickets in the last 90 days.",
        groups="support_visibility.group_support_user",
    )

    def _compute_satisfaction_text(self):
        accounts = self.commercial_partner_id
        words = self.env["support_visibility.ticket"]._satisfaction_words(
            "account_id", accounts.ids
        )
        for partner in self:
            partner.satisfaction_text = words.get(partner.commercial_partner_id.id, "")

    def write(self, vals):
        result = super().write(vals)
        if "account_tier" in vals:
            self._sla_tier_changed()
        return result

    def _sla_tier_changed(self):
        """Policies may choose by tier: the open tickets of these accounts are matched anew, in the background."""
        tickets = self.env["support_visibility.ticket"].sudo()
        groups = tickets._read_group(
            [("account_id", "in", self.ids), *tickets._open_domain()], ["account_id"]
        )
        for (account,) in groups:
            self.env["support_visibility.sla_reread"]._ask(
                self.env._("the tier of the account was changed"), account=account
            )

    def action_open_tickets(self):
        """:return: action that opens the tickets of the account"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_visibility.support_visibility_ticket_action"
        )
        return {
            **action,
            "domain": [("account_id", "=", self.commercial_partner_id.id)],
            "context": {"default_partner_id": self.id, "search_default_open": 1},
        }
