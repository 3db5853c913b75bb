from odoo import models

from ..tools import past


class SupportVisibilityTicket(models.Model):
    _inherit = "support_visibility.ticket"

    def _prepare_handoff(self, seat, reason, now):
        """While the demo tells the past, a ticket changes hands at the moment it tells."""
        at = past.moment((self._name, self.id)) or now
        return super()._prepare_handoff(seat, reason, at)

    def _sla_begin(self):
        """The story has its promises: they ran while it happened."""
        if not past.current():
            return super()._sla_begin()
        return self._sla_promise()

    def _note_answer(self):
        """An answer of the story was given when it tells."""
        at = past.moment()
        return self._answered(at) if at else super()._note_answer()

    def _unreached(self, kwargs):
        """What the story tells was mailed long ago."""
        return "" if past.current() else super()._unreached(kwargs)

    def _ask_notice(self, kind):
        return None if past.current() else super()._ask_notice(kind)

    def _prepare_escalation(self, seat, reason, reason_class, now):
        at = past.moment() or now
        return super()._prepare_escalation(seat, reason, reason_class, at)
