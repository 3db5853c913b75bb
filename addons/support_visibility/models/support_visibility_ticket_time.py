from odoo import fields, models


class SupportVisibilityTicketTime(models.Model):
    """Time that people noted on a ticket."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    time_line_ids = fields.One2many(
        "support_visibility.time_line",
        "ticket_id",
        "Time",
        groups="support_visibility.group_support_user",
    )
