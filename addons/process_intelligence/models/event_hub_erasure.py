from odoo import api, models
from odoo.tools import SQL

from odoo.addons.event_hub.models.event_hub_erasure import Place


class EventHubErasure(models.AbstractModel):
    """Imported logs name people in any column; nothing says whose a row is, so only sure names go."""

    _inherit = "event_hub.erasure"

    @api.model
    def _erase(self, partners, reason, dry_run=False):
        """What is derived from rewritten events goes at once and is worked out anew."""
        counts = super()._erase(partners, reason, dry_run)
        if not dry_run:
            self.env["process_intelligence.store"]._drop_stale()
        return counts

    def _places(self, person):
        return [
            *super()._places(person),
            Place(
                *("log_rows", "process_intelligence.log_event"),
                ("activity", "resource", "attributes"),
                person.within(SQL("t.company_id")),
            ),
            Place(
                *("process_rules", "process_intelligence.rule"),
                ("name", "meaning", "resources", "norm"),
                person.within(SQL("t.company_id")),
            ),
            Place(
                *("process_analyses", "process_intelligence.analysis"),
                ("name", "filters", "other"),
                person.within(SQL("t.company_id")),
            ),
            Place(
                *("process_findings", "process_intelligence.finding"),
                ("first_resource", "other_resource"),
                person.within(SQL("t.company_id")),
            ),
            Place(
                *("logs", "process_intelligence.log", ("name", "rejected", "notes")),
                person.within(SQL("t.company_id")),
            ),
        ]
