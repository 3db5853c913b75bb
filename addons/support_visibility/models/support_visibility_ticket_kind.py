from odoo import api, fields, models


class SupportVisibilityTicketKind(models.Model):
    """What kind of ticket it is, and what a new one takes from its kind."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    type_id = fields.Many2one(
        "support_visibility.ticket_type", index=True, tracking=True
    )

    @api.onchange("type_id")
    def _onchange_type_id(self):
        kind = self.type_id
        if kind.category_id and not self.category_id:
            self.category_id = kind.category_id
        if kind.team_id and not self.user_id and not self._origin:
            self.team_id = kind.team_id
        if kind.priority and not self._origin:
            self.priority = kind.priority

    def _completed(self, vals_list):
        return super()._completed(
            [{**vals, **self._of_type(vals)} for vals in vals_list]
        )

    def _of_type(self, vals):
        """:return: what a new ticket takes from its type, as far as it was not given"""
        kind = self._type_given(vals)
        if not kind:
            return {}
        offered = {
            "category_id": kind.category_id.id,
            "priority": kind.priority,
            "team_id": kind.team_id._of_company(
                self._asked_for(vals, "company_id") or self.env.company.id
            ).id,
        }
        if self._asked_for(vals, "impact") or self._asked_for(vals, "urgency"):
            del offered["priority"]
        return {
            name: value
            for name, value in offered.items()
            if value and not self._asked_for(vals, name)
        }

    def _type_given(self, vals):
        type_id = self._asked_for(vals, "type_id")
        return self.env["support_visibility.ticket_type"].sudo().browse(type_id or ())
