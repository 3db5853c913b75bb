from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..policies import request_state, seats

TABS = (
    "needs_me",
    "due",
    "delegated",
    "answer",
    "waiting",
    "watched",
    "done",
)  # each opens the action of its name
SEATS_COUNT = f"""
    SELECT EXISTS (SELECT FROM approval_engine_delegation WHERE delegate_id = %(user)s AND revoked_at IS NULL
                      AND date_from <= %(now)s AND date_to > %(now)s),
           (SELECT COUNT(DISTINCT request_id) FROM approval_engine_assignment
             WHERE user_id = %(user)s AND company_id = ANY(%(companies)s) AND state = '{seats.PENDING}')
"""


@dataclass(frozen=True)
class Figures:
    """Of all that waits for somebody in one currency."""

    count: int
    amount: float
    since: datetime  # the oldest was submitted then
    urgent: int
    overdue: int
    soon: int  # due within a day, or overdue


class ApprovalEngineRequest(models.Model):
    """The inbox: what waits for the caller, in figures and in one sentence."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def inbox_count(self):
        """:return: how many requests wait for the caller; 0 for those without access"""
        if not self.has_access("read"):
            return 0
        is_lent, count = self._seats_count()
        return self.sudo().search_count(self._mine_here()) if is_lent else count

    def _seats_count(self):
        """:return: (whether somebody lends to the caller now, as ``_live`` finds it; how many requests wait for
        their own seats), in one query: every page of the web client asks this
        """
        for name in ("delegation", "assignment"):
            self.env[f"approval_engine.{name}"].flush_model()
        known = {
            "user": self.env.uid,
            "companies": self.env.companies.ids,
            "now": fields.Datetime.now(),
        }
        [found] = self.env.execute_query(SQL(SEATS_COUNT, **known))
        return found

    @api.model
    def _mine_here(self):
        """What waits for the caller: who is asked may read it, so it is counted without asking the rules."""
        return self._looked_up(self._mine_domain()) & self._here()

    def _here(self):
        return Domain("company_id", "in", self.env.companies.ids)

    @api.model
    def inbox_sentence(self):
        """:return: what waits for the caller in one sentence (how many, overdue, at stake, oldest), or nothing"""
        self.check_access("read")
        return self._sentence_of(self._mine_figures())

    def _mine_figures(self):
        """One query about all that waits for the caller.

        :return: {currency: its ``Figures``}
        """
        now = fields.Datetime.now()
        self.flush_model(["currency_id", "amount", "submitted_at", "urgent", "due_at"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT currency_id, COUNT(*), SUM(amount), MIN(submitted_at), COUNT(*) FILTER (WHERE urgent),
                       COUNT(*) FILTER (WHERE due_at < %s), COUNT(*) FILTER (WHERE due_at < %s)
                  FROM approval_engine_request WHERE id IN %s GROUP BY currency_id ORDER BY currency_id
                """,
                now,
                now + timedelta(days=1),
                self.sudo()._search(self._mine_here()).subselect(),
            )
        )
        currencies = self.env["res.currency"].browse(row[0] for row in rows)
        return {
            currency: Figures(*row[1:])
            for currency, row in zip(currencies, rows, strict=True)
        }

    def _sentence_of(self, figures):
        if not figures:
            return ""
        found = figures.values()
        count = sum(one.count for one in found)
        age = fields.Datetime.now() - min(one.since for one in found)
        parts = [
            self.env._("1 decision needs you")
            if count == 1
            else self.env._("%(count)s decisions need you", count=count),
            *self._pressing_words(found),
            *self._stakes_words(figures),
            self.env._("the oldest waits %(span)s", span=self._span_words(age)),
        ]
        return ", ".join(parts) + "."

    def _pressing_words(self, figures):
        """:return: how many are urgent, and how many overdue; no words for none"""
        urgent = sum(one.urgent for one in figures)
        overdue = sum(one.overdue for one in figures)
        return [
            *([self.env._("%(count)s urgent", count=urgent)] if urgent else []),
            *([self.env._("%(count)s overdue", count=overdue)] if overdue else []),
        ]

    def _stakes_words(self, figures):
        """:return: the sums of what waits, by currency; as a list of one text, or empty"""
        stakes = [
            currency.format(float(one.amount))
            for currency, one in figures.items()
            if one.amount
        ]
        if not stakes:
            return []
        return [self.env._("%(amounts)s at stake", amounts=" + ".join(stakes))]

    @api.model
    def inbox_overview(self):
        """What the head of the inbox shows.

        :return: {"sentence", "tabs": [{"key", "label", "count", "action"}]}; what is done is not counted
        """
        self.check_access("read")
        figures = self._mine_figures()
        counts, labels = self._inbox_counts(figures.values()), self._inbox_labels()
        tabs = [
            {
                "key": key,
                "label": labels[key],
                "count": counts.get(key, 0),
                "action": f"approval_engine.approval_engine_request_action_{key}",
            }
            for key in TABS
        ]
        return {"sentence": self._sentence_of(figures), "tabs": tabs}

    def _inbox_counts(self, figures):
        """:return: {tab: how many}; as the actions of these tabs find them"""
        asked = self.sudo()
        return {
            "needs_me": sum(one.count for one in figures),
            "due": sum(one.soon for one in figures),
            "delegated": asked.search_count(self._lent_domain() & self._here()),
            "answer": asked.search_count(self._answer_domain() & self._here()),
            "waiting": asked.search_count(self._others_domain() & self._here()),
        }

    def _others_domain(self):
        """What the caller asked, or is asked about, and others have to decide."""
        pending = Domain("state", "=", request_state.PENDING)
        return (
            self._any_of(
                pending & Domain("requester_id", "=", self.env.uid),
                pending & Domain("asked_user_ids", "in", self.env.uid),
            )
            & ~self._mine_domain()
        )

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

    def open_bulk_approval(self):
        """:return: action that opens the summary of the selected requests"""
        self.check_access("read")
        return {
            "type": "ir.actions.client",
            "tag": "approval_engine.approve_bulk",
            "params": {"ids": self.ids},
        }
