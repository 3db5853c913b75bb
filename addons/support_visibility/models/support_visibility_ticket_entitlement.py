from odoo import api, fields, models

from ..policies import entitlement as policy


class SupportVisibilityTicketEntitlement(models.Model):
    """What support the customer of a ticket is entitled to; shown, and never in the way."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    entitlement_id = fields.Many2one(
        "support_visibility.entitlement", compute="_compute_entitlement"
    )
    entitlement_text = fields.Char(
        "Entitled to", compute="_compute_entitlement", compute_sudo=False
    )
    entitlement_state = fields.Selection(
        policy.STATES, "Entitlement Stands", compute="_compute_entitlement"
    )

    @api.depends("account_id", "company_id")
    def _compute_entitlement(self):
        holding = self.env["support_visibility.entitlement"]._holding(
            self.account_id, self.company_id
        )
        for ticket in self:
            key = (ticket.account_id.id, ticket.company_id.id)
            found = holding.get(key, ticket.env["support_visibility.entitlement"])
            ticket.entitlement_id = found
            ticket.entitlement_text = found.sudo().text
            ticket.entitlement_state = found.sudo().state

    def _customer_items(self):
        return super()._customer_items() + self._entitlement_items()

    def _entitlement_items(self):
        """:return: the line of the workspace; none where nothing is granted"""
        if not self.entitlement_text:
            return []
        mark = "warning" if self.entitlement_state == policy.USED_UP else ""
        words = self.entitlement_text
        if mark:
            words = self.env._("%(text)s, used up", text=words)
        return [
            self._workspace_item(
                self.env._("Entitled to"), words, self.entitlement_id, mark
            )
        ]

    def _sla_more_traits(self, asked):
        """The level that holds on the day the ticket was opened, if a policy asks for levels."""
        found = super()._sla_more_traits(asked)
        if "level" not in asked:
            return found
        entitlements = self.env["support_visibility.entitlement"]
        for day, tickets in self.grouped(
            lambda t: fields.Date.to_date(t.opened_at)
        ).items():
            holding = entitlements._holding(tickets.account_id, tickets.company_id, day)
            for ticket in tickets:
                held = holding.get((ticket.account_id.id, ticket.company_id.id))
                level = {held.sudo().level_id.id} if held else set()
                found[ticket.id] = {**found.get(ticket.id, {}), "level": level}
        return found
