from odoo import api, fields, models
from odoo.fields import Domain

from ..policies import request_state

TABS = (
    "needs_me",
    "due",
    "delegated",
    "waiting",
    "done",
)  # each opens the action of its name


class ApprovalEngineRequest(models.Model):
    """The inbox: what waits for the caller, in figures and in one sentence."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def inbox_count(self):
        """:return: how many requests wait for the caller; 0 for those without access"""
        if not self.has_access("read"):
            return 0
        return self.search_count([("needs_me", "=", True)])

    @api.model
    def inbox_sentence(self):
        """:return: what waits for the caller in one sentence (how many, overdue, at stake, oldest), or nothing"""
        self.check_access("read")
        waiting = self.search([("needs_me", "=", True)])
        if not waiting:
            return ""
        age = fields.Datetime.now() - min(waiting.mapped("submitted_at"))
        parts = [
            self.env._("1 decision needs you")
            if len(waiting) == 1
            else self.env._("%(count)s decisions need you", count=len(waiting)),
            *self._overdue_words(waiting),
            *self._stakes_words(waiting),
            self.env._("the oldest waits %(span)s", span=self._span_words(age)),
        ]
        return ", ".join(parts) + "."

    def _overdue_words(self, waiting):
        overdue = len(waiting.filtered("is_overdue"))
        return [self.env._("%(count)s overdue", count=overdue)] if overdue else []

    def _stakes_words(self, waiting):
        """:return: the sums of what waits, by currency; as a list of one text, or empty"""
        sums = waiting._read_group(
            [("id", "in", waiting.ids)], ["currency_id"], ["amount:sum"]
        )
        stakes = [currency.format(amount) for currency, amount in sums if amount]
        if not stakes:
            return []
        return [self.env._("%(amounts)s at stake", amounts=" + ".join(stakes))]

    @api.model
    def inbox_overview(self):
        """What the head of the inbox shows.

        :return: {"sentence", "tabs": [{"key", "label", "count", "action"}]}; what is done is not counted
        """
        sentence = self.inbox_sentence()
        domains = self._inbox_domains()
        labels = self._inbox_labels()
        tabs = [
            {
                "key": key,
                "label": labels[key],
                "count": self.search_count(domains[key]) if key in domains else 0,
                "action": f"approval_engine.approval_engine_request_action_{key}",
            }
            for key in TABS
        ]
        return {"sentence": sentence, "tabs": tabs}

    def _inbox_labels(self):
        return {
            "needs_me": self.env._("Needs me"),
            "due": self.env._("Due within a day"),
            "delegated": self.env._("Delegated to me"),
            "waiting": self.env._("Waiting on others"),
            "done": self.env._("Done"),
        }

    def _inbox_domains(self):
        """As the actions of these tabs have them."""
        mine = Domain("needs_me", "=", True)
        return {
            "needs_me": mine,
            "due": mine & Domain("due_at", "<", "now +1d"),
            "delegated": Domain("stands_in", "=", True),
            "waiting": Domain("state", "=", request_state.PENDING)
            & Domain("needs_me", "=", False)
            & (
                Domain("requester_id", "=", self.env.uid)
                | Domain("asked_user_ids", "in", self.env.uid)
            ),
        }

    def open_bulk_approval(self):
        """:return: action that opens the summary of the selected requests"""
        self.check_access("read")
        return {
            "type": "ir.actions.client",
            "tag": "approval_engine.approve_bulk",
            "params": {"ids": self.ids},
        }
