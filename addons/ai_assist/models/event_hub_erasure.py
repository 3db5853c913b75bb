from odoo import models
from odoo.tools import SQL

from odoo.addons.event_hub.models.event_hub_erasure import Place

TEXTS = ("output", "citations", "edited_output", "error", "verdict_reason")


class EventHubErasure(models.AbstractModel):
    """What engines suggested about a person goes; that it was asked, and what it cost, stays."""

    _inherit = "event_hub.erasure"

    def _places(self, person):
        own = SQL(
            "coalesce(t.account_id = ANY(%(ids)s) OR (t.res_model = 'res.partner' AND t.res_id = ANY(%(ids)s)), FALSE)",
            ids=person.partner_ids,
        )
        columns = (*TEXTS, "record_name")
        return [
            *super()._places(person),
            Place(
                *("suggestions", "ai_assist.suggestion", columns),
                person.within(SQL("t.company_id")),
                own=own,
                emptied=columns,
            ),
        ]
