from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.event_hub.policies.arguments import (
    MAYBE_OBJECT,
    MAYBE_TEXT,
    WHOLE,
    is_whole,
    one_of,
)
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import priority as priorities
from ..policies import ticket_state
from ..policies.workspace import ordering
from ..policies.workspace.ordering import Standing
from ..tools.clock import utcnow

PAGE = 80  # tickets
MINE, UNASSIGNED, WAITING, SNOOZED = TABS = ("mine", "unassigned", "waiting", "snoozed")
SHOWN = (
    *("number", "name", "state", "priority", "severity", "opened_at", "state_since"),
    *("sla_due_at", "snoozed_until", "first_response_at", "is_escalated"),
    *("account_tier", "account_id", "email_from", "partner_id", "team_id", "user_id"),
)
# The newest word in public on each ticket, where the customer said it.
ASKED_LAST = """
    SELECT res_id, create_date FROM (
        SELECT DISTINCT ON (said.res_id) said.res_id, said.create_date,
               said.author_id IS DISTINCT FROM ticket.partner_id AND EXISTS (
                   SELECT FROM res_users ours WHERE ours.partner_id = said.author_id AND NOT ours.share
               ) AS is_ours
          FROM mail_message said JOIN support_visibility_ticket ticket ON ticket.id = said.res_id
         WHERE said.model = 'support_visibility.ticket' AND said.res_id IN %(ids)s
           AND said.subtype_id = %(public)s AND said.message_type IN ('comment', 'email')
           AND said.is_internal IS NOT TRUE
         ORDER BY said.res_id, said.id DESC
    ) spoken WHERE NOT is_ours
"""


class SupportVisibilityTicketQueue(models.Model):
    """The queue of an agent: what comes first, and why. Each page costs the same number of queries."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @takes(
        tab=one_of(*TABS),
        search=MAYBE_TEXT,
        filters=MAYBE_OBJECT,
        offset=WHOLE,
        limit=WHOLE,
    )
    def workspace_queue(
        self, tab=MINE, search=None, filters=None, offset=0, limit=PAGE
    ):
        """A page of the caller's queue.

        :param str tab: mine, unassigned (of my teams), waiting (for customers) or snoozed
        :param str search: in number, title and customer
        :param dict filters: ``team_id``, ``priority``, ``tier``
        :param int limit: at most 80
        :return: ``{"sentence", "tabs": [{"key", "label", "count"}], "total", "rows": [{"id", "number", "name",
            "customer", "tier", "priority", "severity", "state", "team", "user", "due_at", "reasons": [text],
            "pressure"}], "teams": [{"id", "name"}]}``
        """
        self.check_access("read")
        domains = self._queue_domains()
        narrowed = (
            domains[tab] & self._queue_search(search) & self._queue_filter(filters)
        )
        tickets = self._queue_page(narrowed, offset, max(1, min(limit, PAGE)), tab)
        counts = {key: self.search_count(domain) for key, domain in domains.items()}
        return {
            "sentence": self._queue_sentence(domains[MINE], counts),
            "tabs": [
                {"key": key, "label": label, "count": counts[key]}
                for key, label in self._queue_labels().items()
            ],
            "total": self.search_count(narrowed),
            "rows": tickets._queue_rows(),
            "teams": self._queue_teams(),
        }

    def _queue_labels(self):
        return {
            MINE: self.env._("Mine"),
            UNASSIGNED: self.env._("Unassigned"),
            WAITING: self.env._("Waiting"),
            SNOOZED: self.env._("Snoozed"),
        }

    # ------------------------------------------------------------------ what is in it

    @api.model
    def _queue_domains(self):
        """:return: ``{tab: Domain}``; who is in no team sees what nobody has in all of them"""
        mine = Domain("user_id", "=", self.env.uid)
        mine &= Domain("state", "in", list(ticket_state.OPEN_STATES))
        awake, waits = (
            Domain("snoozed_until", "=", False),
            Domain("state", "=", ticket_state.WAITING),
        )
        teams = self.env["support_visibility.team"].sudo()
        team_ids = teams.search([("member_ids", "in", self.env.uid)]).ids
        nobodys = Domain("user_id", "=", False) & awake & ~waits
        nobodys &= Domain("state", "in", list(ticket_state.OPEN_STATES))
        if team_ids:
            nobodys &= Domain("team_id", "in", [*team_ids, False])
        return {
            MINE: mine & awake & ~waits,
            UNASSIGNED: nobodys,
            WAITING: mine & awake & waits,
            SNOOZED: mine & ~awake,
        }

    @api.model
    def _queue_search(self, words):
        words = (words or "").strip()
        if not words:
            return Domain.TRUE
        return Domain.OR(
            [
                Domain(name, "ilike", words)
                for name in ("number", "name", "email_from", "account_id.name")
            ]
        )

    @api.model
    def _queue_filter(self, filters):
        """:raises ValidationError: names the filter that is not known, or has no such value"""
        known = {
            "team_id": is_whole,
            "priority": dict(priorities.PRIORITIES).__contains__,
            "tier": {
                value
                for value, _label in self._fields[
                    "account_tier"
                ]._description_selection(self.env)
            }.__contains__,
        }
        wanted = Domain.TRUE
        for name, value in (filters or {}).items():
            if name not in known:
                raise ValidationError(
                    self.env._(
                        "workspace_queue: 'filters' knows %(known)s, not %(name)s.",
                        known=", ".join(known),
                        name=name[:60],
                    )
                )
            if not isinstance(value, str | int) or not known[name](value):
                raise ValidationError(
                    self.env._(
                        "workspace_queue: the filter '%s' has no such value.", name
                    )
                )
            wanted &= Domain("account_tier" if name == "tier" else name, "=", value)
        return wanted

    @api.model
    def _queue_teams(self):
        teams = self.env["support_visibility.team"]
        if not teams.has_access("read"):
            return []
        found = teams.search_fetch(Domain.TRUE, ["name"], limit=PAGE)
        return [{"id": team.id, "name": team.name} for team in found]

    # ------------------------------------------------------------------ in which order

    def _queue_page(self, domain, offset, limit, tab):
        """The same order as ``ordering.sort_key``; what is snoozed: what is back first."""
        query = self._search(domain, offset=offset, limit=limit)
        table = query.table
        worst = SQL("%s IS DISTINCT FROM %s", SQL.identifier(table, "severity"), "1")
        back = SQL("%s, ", SQL.identifier(table, "snoozed_until"))
        query.order = SQL(
            "%s%s, %s NULLS LAST, %s DESC, %s, %s",
            back if tab == SNOOZED else SQL(),
            worst,
            SQL.identifier(table, "sla_due_at"),
            SQL.identifier(table, "priority"),
            SQL.identifier(table, "opened_at"),
            SQL.identifier(table, "id"),
        )
        tickets = self.browse(query.get_result_ids())
        tickets.fetch(SHOWN)
        return tickets

    def _queue_rows(self):
        now, asked, kinds = utcnow(), self._asked_last(), self._due_kinds()
        return [
            ticket._queue_row(ticket._standing(asked), kinds.get(ticket.id), now)
            for ticket in self
        ]

    def _standing(self, asked):
        return Standing(
            id=self.id,
            state=self.state,
            priority=self.priority or priorities.PRIORITY_NORMAL,
            opened_at=self.opened_at or self.create_date,
            severity=self.severity or "",
            due_at=self.sla_due_at or None,
            state_since=self.state_since or None,
            snoozed_until=self.snoozed_until or None,
            asked_at=asked.get(self.id),
            was_answered=bool(self.first_response_at),
            is_escalated=self.is_escalated,
        )

    def _queue_row(self, standing, kind, now):
        ticket = self.sudo()
        return {
            "id": ticket.id,
            "number": ticket.number,
            "name": ticket.name,
            "customer": ticket.account_id.name or ticket.email_from or "",
            "tier": ticket.account_tier or "",
            "priority": standing.priority,
            "severity": standing.severity,
            "state": ticket.state,
            "team": ticket.team_id.name or "",
            "user": ticket.user_id.name or "",
            "due_at": f"{standing.due_at.isoformat()}Z" if standing.due_at else False,
            "reasons": [
                self._reason_words(reason, kind)
                for reason in ordering.reasons(standing, now)
            ],
            "pressure": ordering.pressure(standing, now),
        }

    def _asked_last(self):
        """:return: ``{ticket id: when the customer spoke}`` where the last word in public is the customer's"""
        if not self:
            return {}
        self.env["mail.message"].flush_model()
        rows = self.env.execute_query(
            SQL(
                ASKED_LAST,
                ids=tuple(self.ids),
                public=self.env.ref("mail.mt_comment").id,
            )
        )
        return dict(rows)

    def _due_kinds(self):
        """:return: ``{ticket id: the promise whose deadline is next}``, in one query"""
        clocks_sudo = (
            self.env["support_visibility.sla_clock"]
            .sudo()
            .search_fetch(
                [
                    *(("ticket_id", "in", self.ids), ("stopped_at", "=", False)),
                    *(("due_at", "!=", False), ("state", "!=", "void")),
                ],
                ["ticket_id", "kind", "due_at"],
                order="due_at desc, id desc",
            )
        )
        return {clock.ticket_id.id: clock.kind for clock in clocks_sudo}
