from odoo import fields, models


class EventHubSecretMixin(models.AbstractModel):
    """A signing secret that can be replaced without a gap: two are live during the overlap."""

    _name = "event_hub.secret.mixin"
    _description = "Signing Secret"

    secret_current = fields.Char(groups=fields.NO_ACCESS, copy=False)
    secret_previous = fields.Char(groups=fields.NO_ACCESS, copy=False)
    secret_previous_until = fields.Datetime(groups=fields.NO_ACCESS, copy=False)
