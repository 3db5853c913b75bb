from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const
from .event_hub_retention import LEDGER_DAYS


class ResConfigSettings(models.TransientModel):
    """How long the hub remembers."""

    _inherit = "res.config.settings"

    hub_ledger_retention_days = fields.Integer(
        "Keep Ledger (days)",
        config_parameter=LEDGER_DAYS,
        help="Events recorded longer ago are deleted for good, once no rule and no delivery waits for them. "
        "0: kept for good. Figures and process maps reach back no further than the ledger.",
    )
    default_payload_retention_days = fields.Integer(
        "Keep Contents of Messages (days)",
        default_model="event_hub.source",
        default=const.PAYLOAD_RETENTION_DAYS,
        help="What a new source begins with. Body and headers of a processed message are forgotten after that; its "
        "identity and digest stay, so a repetition is still known. 0: kept for good. Each source can differ.",
    )

    @api.constrains("hub_ledger_retention_days", "default_payload_retention_days")
    def _check_hub_retention(self):
        for settings in self:
            days = (
                settings.hub_ledger_retention_days,
                settings.default_payload_retention_days,
            )
            if min(days) < 0 or max(days) > const.MOST_DAYS:
                raise ValidationError(
                    self.env._(
                        "What the hub remembers is kept for a number of days, at most %(most)s; 0 keeps it for good.",
                        most=const.MOST_DAYS,
                    )
                )
