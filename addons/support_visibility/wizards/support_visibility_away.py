from odoo import fields, models


class SupportVisibilityAway(models.TransientModel):
    """Say that one is not here until a moment."""

    _name = "support_visibility.away"
    _description = "Be Away"

    until = fields.Datetime(
        "Away Until",
        required=True,
        default=lambda self: fields.Datetime.add(fields.Datetime.now(), days=1),
        help="No ticket is given to you before.",
    )

    def action_away(self):
        self.ensure_one()
        row = self.env["support_visibility.agent"]._own_row()
        return row.action_away(fields.Datetime.to_string(self.until))
