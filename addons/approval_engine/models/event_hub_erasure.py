from odoo import models


class EventHubErasure(models.AbstractModel):
    """Talk about requests loses names; requests and decisions stay whole.

    A decision is hashed and chained, and so is what it was decided on: changed, they would prove nothing, neither
    for the company nor for the person. They are kept to defend legal claims, which privacy laws allow.
    """

    _inherit = "event_hub.erasure"

    def _places(self, person):
        return [
            *super()._places(person),
            *self._talk_places(person, ["approval\\_engine.%"]),
        ]
