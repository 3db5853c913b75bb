from odoo import fields, models

from odoo.addons.event_hub.fields import LooseMany2one

from ..policies.escalation import REASON_CLASSES


class SupportVisibilityEscalation(models.Model):
    """Why a ticket needed somebody else. The class of the reason is what can be learnt from."""

    _name = "support_visibility.escalation"
    _description = "Ticket Escalation"
    _inherit = ["event_hub.append_only"]
    _order = "at desc, id desc"
    _log_access = False

    ticket_id = LooseMany2one(
        "support_visibility.ticket", required=True, index=True, readonly=True
    )
    company_id = LooseMany2one("res.company", required=True, readonly=True, index=True)
    account_id = LooseMany2one("res.partner", "Account", readonly=True)
    category_id = LooseMany2one(
        "support_visibility.category", "Category", readonly=True
    )
    at = fields.Datetime("When", required=True, readonly=True)
    level = fields.Integer(
        required=True, readonly=True, help="1 = the first escalation of the ticket."
    )
    reason_class = fields.Selection(
        REASON_CLASSES, "Kind of Reason", required=True, readonly=True
    )
    reason = fields.Char("Why", required=True, readonly=True)
    by_user_id = LooseMany2one("res.users", "By", readonly=True)
    from_team_id = LooseMany2one("support_visibility.team", "From Team", readonly=True)
    to_team_id = LooseMany2one("support_visibility.team", "To Team", readonly=True)
    to_user_id = LooseMany2one("res.users", "To", readonly=True)
