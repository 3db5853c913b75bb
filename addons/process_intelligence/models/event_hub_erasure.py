from odoo import models
from odoo.tools import SQL

from odoo.addons.event_hub.models.event_hub_erasure import Place


class EventHubErasure(models.AbstractModel):
    """Imported logs name people in any column; nothing says whose a row is, so only sure names go."""

    _inherit = "event_hub.erasure"

    def _places(self, person):
        return [
            *super()._places(person),
            Place(
                *("log_rows", "process_intelligence.log_event"),
                ("activity", "resource", "attributes"),
                person.within(SQL("t.company_id")),
            ),
            Place(
                *("logs", "process_intelligence.log", ("name", "rejected", "notes")),
                person.within(SQL("t.company_id")),
            ),
        ]
