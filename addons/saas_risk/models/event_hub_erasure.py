from odoo import models
from odoo.tools import SQL

from odoo.addons.event_hub.models.event_hub_erasure import Place

TEXTS = (
    ("saas_risk.subscription", ("name", "cancel_reason")),
    ("saas_risk.billing_invoice", ("dispute_reason",)),
    ("saas_risk.concession", ("name", "reason")),
)


class EventHubErasure(models.AbstractModel):
    """What people wrote about an account's contracts; amounts, dates and codes stay."""

    _inherit = "event_hub.erasure"

    def _places(self, person):
        own = SQL("coalesce(t.partner_id = ANY(%s), FALSE)", person.partner_ids)
        within = person.within(SQL("t.company_id"))
        return [
            *super()._places(person),
            *(
                Place("contracts", model, columns, within, own)
                for model, columns in TEXTS
            ),
            *self._talk_places(person, ["saas\\_risk.%"]),
        ]
