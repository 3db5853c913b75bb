from odoo import models
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..policies.workspace import ordering
from ..tools.clock import utcnow


class SupportVisibilityTicketQueueWords(models.Model):
    """What the queue says in words."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _queue_sentence(self, mine, counts):
        """:return: what waits for the caller, in a sentence; "" if nothing does"""
        if not counts["mine"]:
            return ""
        now = utcnow()
        overdue = self.search_count(mine & Domain("sla_due_at", "<=", now))
        ahead = self.search_fetch(
            mine & Domain("sla_due_at", ">", now),
            ["sla_due_at"],
            order="sla_due_at",
            limit=1,
        )
        parts = [
            self.env._("1 ticket needs you")
            if counts["mine"] == 1
            else self.env._("%s tickets need you", counts["mine"])
        ]
        if overdue:
            parts.append(self.env._("%s overdue", overdue))
        if ahead.sla_due_at:
            seconds = int((ahead.sla_due_at - now).total_seconds())
            parts.append(self.env._("the next is due in %s", self._span_words(seconds)))
        return ", ".join(parts) + "."

    def _reason_words(self, reason, kind):
        """:param kind: of the promise whose deadline is next, None if nothing is promised"""
        span = self._span_words(reason.seconds)
        promise = self._promise_words(kind)
        words = {
            ordering.SEVERE: lambda: self.env._("Sev 1"),
            ordering.OVERDUE: lambda: self.env._(
                "%(promise)s overdue by %(span)s", promise=promise, span=span
            ),
            ordering.DUE: lambda: self.env._(
                "%(promise)s due in %(span)s", promise=promise, span=span
            ),
            ordering.SNOOZED: lambda: self.env._(
                "back %s",
                format_datetime(
                    self.env, self.snoozed_until, dt_format="EEE d MMM, HH:mm"
                ),
            ),
            ordering.WAITING: lambda: self.env._("customer is asked since %s", span),
            ordering.ANSWERED: lambda: self.env._("customer answered %s ago", span),
            ordering.ASKED: lambda: self.env._("customer wrote %s ago", span),
            ordering.ESCALATED: lambda: self.env._("escalated"),
            ordering.URGENT: lambda: self.env._("urgent"),
            ordering.OPENED: lambda: self.env._("opened %s ago", span),
        }
        return words[reason.code]()

    def _promise_words(self, kind):
        words = {
            "first_response": self.env._("first response"),
            "next_response": self.env._("next response"),
            "update": self.env._("update"),
            "resolution": self.env._("solution"),
        }
        return words.get(kind, self.env._("answer"))

    def _span_words(self, seconds):
        number, unit = ordering.span(seconds)
        units = {
            "d": self.env._("d"),
            "h": self.env._("h"),
            "min": self.env._("min"),
            "s": self.env._("s"),
        }
        return f"{number} {units[unit]}"
