from odoo import api, fields, models
from odoo.fields import Domain

from ..policies import request_state

TABS = (
    "needs_me",
    "due",
    "delegated",
    "answer",
    "waiting",
    "watched",
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
        return self.sudo().search_count(self._mine_here())

    @api.model
    def _mine_here(self):
        """What waits for the caller: who is asked may read it, so it is counted without asking the rules."""
        return self._mine_domain() & Domain("company_id", "in", self.env.companies.ids)

    @api.model
    def inbox_sentence(self):
        """:return: what waits for the caller in one sentence (how many, overdue, at stake, oldest), or nothing"""
        self.check_access("read")
        mine = self.sudo()
        waiting = mine._search(self._mine_here())
        sums = mine._read_group(
            [("id", "in", waiting)],
            ["currency_id"],
            ["amount:sum", "__count", "submitted_at:min"],
        )
        if not sums:
            return ""
        count = sum(row[2] for row in sums)
        age = fields.Datetime.now() - min(row[3] for row in sums)
        parts = [
            self.env._("1 decision needs you")
            if count == 1
            else self.env._("%(count)s decisions need you", count=count),
            *self._pressing_words(waiting),
            *self._stakes_words(sums),
            self.env._("the oldest waits %(span)s", span=self._span_words(age)),
        ]
        return ", ".join(parts) + "."

    def _pressing_words(self, waiting):
        """:return: how many are urgent, and how many overdue; no words for none"""
        mine = Domain("id", "in", waiting)
        asked = self.sudo()
        urgent = asked.search_count(mine & Domain("urgent", "=", True))
        overdue = asked.search_count(mine & Domain("is_overdue", "=", True))
        return [
            *([self.env._("%(count)s urgent", count=urgent)] if urgent else []),
            *([self.env._("%(count)s overdue", count=overdue)] if overdue else []),
        ]

    def _stakes_words(self, sums):
        """:return: the sums of what waits, by currency; as a list of one text, or empty"""
        stakes = [row[0].format(row[1]) for row in sums if row[1]]
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
            "answer": self.env._("Needs my answer"),
            "watched": self.env._("Watched"),
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
            "answer": Domain("needs_answer", "=", True),
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
