from odoo import models
from odoo.fields import Domain
from odoo.tools import format_datetime

from odoo.addons.event_hub.tools.arguments import takes

from ..policies import ticket_state
from ..policies.incidents import life

LAST_EVENTS = 5
TICKET = "support_visibility.ticket"


class SupportVisibilityTicketWorkspace(models.Model):
    """One ticket in the agent workspace: what may be done with it, and all that helps to answer."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @takes()
    def workspace_ticket(self):
        """What stands around the conversation.

        :return: ``{"id", "number", "name", "state", "state_label", "user", "description", "category", "held",
            "workaround", "moves": [code], "macros": [{"id", "name"}], "sections": [{"key", "label", "items": [{"label",
            "value", "mark", "why", "open"}]}]}``; ``open`` is an action, and missing where there is nothing to open
        """
        self.ensure_one()
        self.check_access("read")
        ticket_sudo = self.sudo()
        return {
            **{name: self[name] or "" for name in ("id", "number", "name", "state")},
            "state_label": self._state_labels()[self.state],
            "user": ticket_sudo.user_id.name or "",
            "description": ticket_sudo.description or "",
            "category": {"id": self.category_id.id} if self.category_id else False,
            "held": self.held_reply_text or "",
            "workaround": ticket_sudo.workaround or "",
            "moves": self._workspace_moves(),
            "macros": self._workspace_macros(),
            "sections": [s for s in self._workspace_sections() if s["items"]],
        }

    def _workspace_moves(self):
        """:return: what the caller may do now, the next step first"""
        if not self.has_access("write") or self.sudo().merged_into_id:
            return []
        is_done = self.state in ticket_state.DONE_STATES
        may = {
            "confirm": self.can_confirm_severity,
            "take": not is_done and not self.user_id,
            "solve": not is_done,
            "reopen": is_done,
            "wait": self.state in (ticket_state.NEW, ticket_state.OPEN),
            "resume": self.state == ticket_state.WAITING,
            "escalate": not is_done,
            "snooze": not is_done and not self.snoozed_until,
            "wake": bool(self.snoozed_until),
            "undo": self.can_undo,
            "macro": True,
            "promise": self.state != ticket_state.CLOSED,
        }
        return [code for code, is_possible in may.items() if is_possible]

    def _workspace_macros(self):
        macros = self.env["support_visibility.macro"]
        if not macros.has_access("read"):
            return []
        fitting = Domain("team_ids", "=", False) | Domain(
            "team_ids", "in", self.team_id.ids
        )
        found = macros.search_fetch(fitting, ["name"], limit=30)
        return [{"id": macro.id, "name": macro.name} for macro in found]

    # ------------------------------------------------------------------ the right side

    def _workspace_sections(self):
        """What to know about the customer and the ticket. Further addons add sections, or items to those here.

        :return: ``[{"key", "label", "items"}]`` in order, see ``_workspace_item``; empty ones are not shown
        """
        self.ensure_one()
        return [
            {
                "key": "customer",
                "label": self.env._("Customer"),
                "items": self._customer_items(),
            },
            {
                "key": "work",
                "label": self.env._("Ticket"),
                "items": self._work_items(),
            },
            {
                "key": "issues",
                "label": self.env._("Engineering"),
                "items": self._issue_items(),
            },
            {
                "key": "events",
                "label": self.env._("Lately"),
                "items": self._event_items(),
            },
        ]

    def _workspace_item(self, label, value, opens=None, mark="", why=""):
        """:param opens: an action, or a record that the reader may open
        :param mark: "", "warning" or "danger"
        """
        if isinstance(opens, models.BaseModel):
            opens = self._form_of(opens)
        shown = {"label": label, "value": value, "mark": mark, "why": why}
        return shown | ({"open": opens} if opens else {})

    def _form_of(self, record):
        if not record or not record.sudo(False).has_access("read"):
            return None
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [[False, "form"]],
        }

    def _list_of(self, name, model, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "domain": domain,
            "views": [[False, "list"], [False, "form"]],
        }

    def _customer_items(self):
        ticket, item = self.sudo(), self._workspace_item
        account, person = ticket.account_id, ticket.partner_id
        found = []
        if account:
            found.append(item(self.env._("Account"), account.name, account))
        if person and person != account:
            found.append(item(self.env._("Who asks"), person.name, person))
        elif not person:
            found.append(item(self.env._("Who asks"), ticket.email_from or ""))
        if account.account_tier:
            tiers = dict(self._fields["account_tier"]._description_selection(self.env))
            mark = "warning" if account.account_tier == "strategic" else ""
            tier = tiers[account.account_tier]
            found.append(item(self.env._("Tier"), tier, account, mark))
        if account.account_owner_id:
            owner = account.account_owner_id.name
            found.append(item(self.env._("Account owner"), owner))
        return [*found, *self._standing_items()] if account else found

    def _standing_items(self):
        """Open tickets and incidents of the account, in the companies of the reader; each figure opens."""
        account = self.account_id
        mine = [("account_id", "=", account.id), *self._open_domain()]
        label = self.env._("Open tickets")
        count = self.search_count(mine)
        found = [
            self._workspace_item(label, str(count), self._list_of(label, TICKET, mine))
        ]
        incidents = self.env["support_visibility.incident"]
        hits = self.env["support_visibility.incident_hit"]
        if incidents.has_access("read") and hits.has_access("read"):
            running = [
                ("hit_ids.account_id", "=", account.id),
                ("state", "in", list(life.RUNNING)),
            ]
            label, count = self.env._("Open incidents"), incidents.search_count(running)
            opens = self._list_of(label, incidents._name, running)
            mark = "danger" if count else ""
            found.append(self._workspace_item(label, str(count), opens, mark))
        satisfaction = account.sudo().satisfaction_text
        if satisfaction:
            label = self.env._("Satisfaction")
            rated = [("account_id", "=", account.id), ("rated_at", "!=", False)]
            opens = self._list_of(label, TICKET, rated)
            found.append(self._workspace_item(label, satisfaction, opens))
        return found

    def _work_items(self):
        ticket, item = self.sudo(), self._workspace_item
        found = [
            item(self.env._("Assigned to"), ticket.user_id.name or self.env._("nobody"))
        ]
        for label, record in (
            (self.env._("Team"), ticket.team_id),
            (self.env._("Category"), ticket.category_id),
            (self.env._("Incident"), ticket.incident_id),
            (self.env._("Problem"), ticket.problem_id),
            (self.env._("Part of"), ticket.parent_id),
        ):
            if record:
                found.append(item(label, record.display_name, record))
        if ticket.escalation_level:
            last = ticket.escalation_ids.sorted("id")[-1:]
            label, times = self.env._("Escalated"), f"{ticket.escalation_level} ×"
            found.append(item(label, times, last, "danger", last.reason or ""))
        return found

    def _issue_items(self):
        states = dict(
            self.env["support_visibility.issue"]
            ._fields["state"]
            ._description_selection(self.env)
        )
        return [
            self._workspace_item(
                issue.name,
                states.get(issue.state, ""),
                {"type": "ir.actions.act_url", "url": issue.url, "target": "new"},
                why=issue.title or "",
            )
            for issue in self.sudo().issue_ids
        ]

    def _event_items(self):
        """The newest steps of the ticket. Who may read the ledger opens them all from here."""
        ledger = self.env["event_hub.event"]
        ledger._flush_emitted()
        events_sudo = ledger.sudo().search_fetch(
            [("case_model", "=", self._name), ("case_id", "=", self.id)],
            ["activity", "type", "occurred_at"],
            order="occurred_at desc, id desc",
            limit=LAST_EVENTS,
        )
        opens = {"call": "action_open_events"} if ledger.has_access("read") else None
        return [
            self._workspace_item(
                format_datetime(self.env, event.occurred_at, dt_format="d MMM, HH:mm"),
                event.activity or event.type,
                opens,
            )
            for event in events_sudo
        ]
