from odoo import fields, models


class SupportVisibilityTicketAssist(models.Model):
    """Suggestions about a ticket. They stay beside it: only people change tickets."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    suggestion_count = fields.Integer(
        compute="_compute_suggestion_count",
        groups="support_visibility.group_support_user",
    )

    def _suggestion_domain(self):
        return [("res_model", "=", self._name), ("res_id", "in", self.ids)]

    def _compute_suggestion_count(self):
        counts = dict(
            self.env["ai_assist.suggestion"]._read_group(
                self._suggestion_domain(), ["res_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.suggestion_count = counts.get(ticket.id, 0)

    def action_open_suggestions(self):
        """:return: action that opens the suggestions about this ticket"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "ai_assist.ai_assist_suggestion_action_mine"
        )
        return {**action, "domain": self._suggestion_domain(), "context": {}}

    def action_summarise(self):
        """Ask for a summary of the conversation and show it.

        :return: action that opens the new suggestions
        """
        return self.env["ai_assist.task"]._open_suggestions("text_summary", self)

    def action_open_account_tickets(self):
        """:return: action that opens the tickets of this ticket's account"""
        self.ensure_one()
        return self.account_id.action_open_tickets()
