from odoo import models
from odoo.tools import SQL

from odoo.addons.event_hub.models.event_hub_erasure import Place

TICKET_COMPANY = SQL(
    "(SELECT company_id FROM support_visibility_ticket ticket WHERE ticket.id = t.ticket_id)"
)

RATED_COMPANY = SQL(
    "(SELECT company_id FROM support_visibility_ticket ticket WHERE ticket.id = t.res_id)"
)
# Written about a ticket, row by row: what it is told under, and its texts.
TICKET_TEXTS = {
    "handoff": ("ticket_moves", ("reason",)),
    "escalation": ("ticket_moves", ("reason",)),
    "sla_clock": ("promises", ("breach_note",)),
    "conflict": ("conflicts", ("ours", "theirs")),
    "held_reply": ("held_replies", ("body", "why")),
    "time_line": ("tickets", ("what",)),
}
# Written about a component, yet it may name who was hit.
INCIDENT_TEXTS = {
    "incident": ("name", "cause", "learnt"),
    "incident_entry": ("text",),
    "problem": ("name", "cause", "workaround"),
    "surge": ("words",),
}


class EventHubErasure(models.AbstractModel):
    """A ticket of the person loses its words and keeps its number, times and stages."""

    _inherit = "event_hub.erasure"

    def _places(self, person):
        mine = SQL(
            "SELECT id FROM support_visibility_ticket WHERE account_id = ANY(%(ids)s) OR partner_id = ANY(%(ids)s)",
            ids=person.partner_ids,
        )
        words = (
            *("name", "description", "email_from", "snooze_reason"),
            "heard_digests",
        )
        return [
            *super()._places(person),
            Place(
                *("tickets", "support_visibility.ticket", words),
                person.within(SQL("t.company_id")),
                own=SQL("t.id IN (%s)", mine),
                emptied=words,
            ),
            *(
                Place(
                    *(category, f"support_visibility.{model}", texts),
                    person.within(TICKET_COMPANY),
                    own=SQL("t.ticket_id IN (%s)", mine),
                    emptied=texts,
                )
                for model, (category, texts) in TICKET_TEXTS.items()
            ),
            *self._intake_places(person, mine),
            *(
                Place(
                    *("incidents", f"support_visibility.{model}", texts),
                    person.within(SQL("t.company_id")),
                )
                for model, texts in INCIDENT_TEXTS.items()
            ),
            *self._talk_places(person, ["support\\_visibility.%"], mine),
        ]

    def _intake_places(self, person, mine):
        """What came in and became a ticket of the person, or only names it, and how tickets were rated."""
        said = {
            "support_visibility.quarantine": ("sender", "subject", "body", "cc"),
            "support_visibility.intake": ("sender", "subject"),
        }
        return [
            *(
                Place(
                    *("intake", model, words),
                    person.within(SQL("t.company_id")),
                    own=SQL("t.ticket_id IN (%s)", mine),
                    emptied=words,
                )
                for model, words in said.items()
            ),
            Place(
                *("intake", "support_visibility.quarantine", ("decision_reason",)),
                person.within(SQL("t.company_id")),
            ),
            Place(
                *("ratings", "rating.rating", ("feedback",)),
                SQL(
                    "t.res_model = 'support_visibility.ticket' AND %s",
                    person.within(RATED_COMPANY),
                ),
                own=SQL("t.res_id IN (%s)", mine),
                emptied=("feedback",),
            ),
        ]
