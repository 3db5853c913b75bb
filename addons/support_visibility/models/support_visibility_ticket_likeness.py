from datetime import timedelta

from odoo import models

from odoo.addons.event_hub.tools.arguments import takes

from ..policies import ticket_state
from ..policies.bonds.likeness import Candidate, similar

LOOK_BACK = timedelta(days=30)
LOOKED_AT = 200  # newest tickets of the account


class SupportVisibilityTicketLikeness(models.Model):
    """Which tickets of the same customer may be about the same thing."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @takes()
    def possible_duplicates(self):
        """Tickets of the same account of the last 30 days that may be about the same, the likeliest first.

        :return: ``[{"id", "number", "name", "state", "score", "why": [text]}]``, at most 5; score from 0 to 1
        """
        self.ensure_one()
        if not self.account_id or self.sudo().merged_into_id:
            return []
        found = self._same_account()
        by_id = {ticket.id: ticket for ticket in found}
        return [
            by_id[each.id]._as_duplicate(each)
            for each in similar(self._candidate(), [t._candidate() for t in found])
        ]

    def _same_account(self):
        return self.search(
            [
                ("account_id", "=", self.account_id.id),
                ("company_id", "=", self.company_id.id),
                ("id", "!=", self.id),
                ("merged_into_id", "=", False),
                ("opened_at", ">", self.opened_at - LOOK_BACK),
                ("opened_at", "<", self.opened_at + LOOK_BACK),
            ],
            order="opened_at desc, id desc",
            limit=LOOKED_AT,
        )

    def _candidate(self):
        return Candidate(
            self.id,
            self.name,
            self.account_id.id or None,
            self.partner_id.id or None,
            self.category_id.id or None,
            self.opened_at,
            self.state in ticket_state.OPEN_STATES,
        )

    def _as_duplicate(self, likeness):
        return {
            "id": self.id,
            "number": self.number,
            "name": self.name,
            "state": self.state,
            "score": likeness.score,
            "why": self._why_alike(likeness),
        }

    def _why_alike(self, likeness):
        env = self.env
        title = env._("title %(share)s %% alike", share=likeness.title_percent)
        hours = env._("opened %(hours)s h apart", hours=round(likeness.hours_apart))
        person = env._("same person") if likeness.same_person else ""
        category = env._("same category") if likeness.same_category else ""
        return [words for words in (title, person, category, hours) if words]
