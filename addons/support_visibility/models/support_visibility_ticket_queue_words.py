from odoo import models
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..const import AGENT_GROUP
from ..policies.workspace import ordering
from ..tools.clock import utcnow

QUEUE_MESSAGE = "support_visibility.queue"  # bus: these tickets changed
MOST_TOLD = 200  # tickets in one message; beyond that every queue is read anew
# Written by hand, without an event: they change what a row of the queue says.
SEEN_IN_QUEUE = frozenset({"name", "priority", "severity", "partner_id", "team_id"})


class SupportVisibilityTicketQueueWords(models.Model):
    """What the queue says in words, and telling the queues that are open that a ticket changed."""

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

    # ------------------------------------------------------------------ live

    def _tell(self, event_type, activity, at=None, **attributes):
        self._tell_queues()
        return super()._tell(event_type, activity, at=at, **attributes)

    def _message_post_after_hook(self, message, msg_values):
        self._tell_queues()
        return super()._message_post_after_hook(message, msg_values)

    def write(self, vals):
        result = super().write(vals)
        if not SEEN_IN_QUEUE.isdisjoint(vals):
            self._tell_queues()
        return result

    def _tell_queues(self):
        """Once in a transaction, whatever happens in it: ids only, each queue reads what its person may see."""
        waiting = self.env.cr.precommit.data.setdefault(QUEUE_MESSAGE, set())
        if not waiting and self:
            self.env.cr.precommit.add(self._send_to_queues)
        waiting.update(self.ids)

    def _send_to_queues(self):
        ids = self.env.cr.precommit.data.pop(QUEUE_MESSAGE, set())
        if not ids:
            return
        # no env.ref: it asks the database whether the group still exists, each time
        group_id = self.env["ir.model.data"]._xmlid_to_res_id(AGENT_GROUP)
        self.env["res.groups"].sudo().browse(group_id)._bus_send(
            QUEUE_MESSAGE, {"ticket_ids": sorted(ids) if len(ids) <= MOST_TOLD else []}
        )
