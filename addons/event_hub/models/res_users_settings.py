from odoo import fields, models


class ResUsersSettings(models.Model):
    _inherit = "res.users.settings"

    single_letter_keys = fields.Boolean(
        default=True,
        help="Letters act without Ctrl or Alt. Off for who speaks to the computer, or presses keys by accident.",
    )
