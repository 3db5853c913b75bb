from odoo import fields, models


class SupportVisibilityNoticeQuiet(models.Model):
    """When an agent wants to hear nothing that can wait."""

    _inherit = "support_visibility.agent"  # pylint: disable=consider-merging-classes-inherited

    quiet_from = fields.Float(
        help="In the person's own time zone. What an escalation chain has to say waits until the quiet hours are "
        "over; a ticket of severity 1 does not wait. The same time twice: never quiet.",
    )
    quiet_until = fields.Float()

    _quiet_of_a_day = models.Constraint(
        "CHECK(quiet_from >= 0 AND quiet_from < 24 AND quiet_until >= 0 AND quiet_until < 24)",
        "Quiet hours are times of the day, from 0:00 to 23:59.",
    )
