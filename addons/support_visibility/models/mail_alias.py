from odoo import models


class MailAlias(models.Model):
    """Kept in memory with the addresses that are ours, see ``mail.alias.domain``."""

    _name = "mail.alias"
    _inherit = ["mail.alias", "event_hub.remembered"]
