from collections import defaultdict
from dataclasses import replace

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.event_hub.tools import history

from ..const import ASSIGN_CRON
from ..policies import escalation, ticket_state
from ..policies.desk import assignment
from ..policies.desk.assignment import MANUAL, Ask
from ..tools.clock import utcnow


class SupportVisibilityTicketAssignment(models.Model):
    """Tickets that wait in a queue find a person, as their team decided."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _unassigned_domain(self):
        """:return: domain of the tickets that wait for a person"""
        return Domain("user_id", "=", False) & Domain(
            "state", "in", (ticket_state.NEW, ticket_state.OPEN)
        )

    def _waits_for_somebody(self):
        return not self.user_id and self.state in (ticket_state.NEW, ticket_state.OPEN)

    def _give(self):
        """Give the tickets of ``self`` that wait in a queue to people, by the rule of each team.

        Turns and loads inside the batch count. What nobody can take now stays in the queue. The past is left alone:
        nobody gets work that was done long ago.

        :return: the tickets that somebody got
        """
        if history.is_told():
            return self.browse()
        now = utcnow()
        waiting = self.sudo().filtered(lambda t: t._waits_for_somebody())
        teams = waiting.team_id._gives_out(now)
        waiting = waiting.filtered(lambda t: t.team_id in teams)
        if not waiting:
            return self.browse()
        asks = waiting._asks()
        given = self._decide(
            {
                desk: [asks[t.id] for t in tickets]
                for desk, tickets in waiting.grouped(
                    lambda t: (t.team_id, t.company_id)
                ).items()
            },
            now,
        )
        taken = waiting.filtered(lambda t: t.id in given)
        taken._sit_by(given)
        return self.browse(taken.ids)

    @api.model
    def _decide(self, asks, now):
        """Have teams to oneself, decide who gets what, and keep whose turn it was.

        :param dict asks: (team, company) -> [Ask]
        :return: ``{ticket id: Choice}`` of what somebody can take now
        """
        teams = self.env["support_visibility.team"].union(*(team for team, _c in asks))
        company_ids = {company.id for _team, company in asks}
        turns, desks, agent_ids = teams._claim(company_ids, now)
        asks = {desk: found for desk, found in asks.items() if desk[0].id in turns}
        choices, turns = self._choices(asks, turns, desks)
        given = {
            choice.ticket_id: (choice, company.id)
            for company, choice in choices
            if choice.user_id is not None
        }
        rows = {
            agent_ids[choice.user_id, company_id]
            for choice, company_id in given.values()
        }
        teams._mark(turns, rows - {None}, now)
        return {ticket_id: choice for ticket_id, (choice, _c) in given.items()}

    @api.model
    def _choices(self, asks, turns, desks):
        """Loads go on from queue to queue.

        :return: ``([(company, Choice)], {team id: user id of its new last turn})``
        """
        extra, choices, taken = defaultdict(int), [], {}
        for (team, company), waiting in asks.items():
            desk = [
                replace(agent, load=agent.load + extra[agent.user_id, company.id])
                for agent in desks.get((team.id, company.id), ())
            ]
            found = assignment.assign(
                team.assignment, waiting, desk, taken.get(team.id, turns[team.id])
            )
            for choice in found:
                if choice.user_id is not None:
                    extra[choice.user_id, company.id] += 1
                    taken[team.id] = choice.user_id
            choices += [(company, choice) for choice in found]
        return choices, taken

    def _asks(self):
        """:return: ``{ticket id: Ask}``"""
        gave_back = self._gave_back()
        return {
            ticket.id: Ask(
                ticket.id,
                frozenset(ticket._needed_skills().ids)
                if ticket.team_id.assignment == assignment.BY_SKILL
                else frozenset(),
                ticket.account_owner_id.id or None
                if ticket.team_id.assignment == assignment.ACCOUNT_OWNER
                else None,
                frozenset(gave_back.get(ticket.id, ())),
            )
            for ticket in self
        }

    # ------------------------------------------------------------------ new tickets

    @api.model
    def _choose_at_birth(self, births, moves):
        """Decide who gets new tickets before they are written, so that each is written once.

        :param births: values of the tickets, with team and company
        :param moves: person and stage that were asked for; such tickets are left alone
        :return: [Choice or None], one of each
        """
        if history.is_told():
            return [None] * len(births)
        now, asks = utcnow(), defaultdict(list)
        Teams = self.env["support_visibility.team"].sudo()
        for index, (vals, move) in enumerate(zip(births, moves, strict=True)):
            if any(move.values()):
                continue
            team = Teams.browse(self._asked_for(vals, "team_id") or ())
            if team.assignment in assignment.BLIND:
                company = self.env["res.company"].browse(vals["company_id"])
                asks[team, company].append(Ask(index, frozenset(), None, frozenset()))
        teams = Teams.union(*(team for team, _company in asks))._gives_out(now)
        asks = {desk: found for desk, found in asks.items() if desk[0] in teams}
        given = self._decide(asks, now) if asks else {}
        return [given.get(index) for index in range(len(births))]

    @api.model
    def _seat_at_birth(self, vals, choice):
        """:return: what a ticket is born with that somebody has from the start"""
        if choice is None:
            return {}
        Stages = self.env["support_visibility.stage"]
        return {
            "user_id": choice.user_id,
            "state": ticket_state.OPEN,
            "stage_id": Stages._first_id(
                ticket_state.OPEN, self._asked_for(vals, "team_id")
            ),
            "handoff_count": 1,
        }

    def _tell_seats(self, choices):
        """Keep how new tickets came to those who have them: the handoff and the event of each.

        :param choices: [Choice or None], one of each ticket
        """
        seated = {t: choice for t, choice in zip(self, choices, strict=True) if choice}
        if not seated:
            return
        tickets = self.browse(t.id for t in seated)
        self.env["support_visibility.handoff"].sudo().create(
            [
                {
                    **ticket._prepare_handoff(
                        escalation.Seat(ticket.team_id.id, choice.user_id),
                        ticket._why_given(choice),
                        ticket.opened_at,
                    ),
                    "from_user_id": False,
                }
                for ticket, choice in seated.items()
            ]
        )
        tickets._tell("support.assigned", "Ticket assigned")
        tickets._sla_pause_at_birth()

    def _give_later(self, moves):
        """Give those new tickets to people for which nobody was looked for at birth."""
        rest = self.browse(
            ticket.id
            for ticket, move in zip(self, moves, strict=True)
            if any(move.values())
            or ticket.sudo().team_id.assignment not in assignment.BLIND
        )
        rest._give()

    def _needed_skills(self):
        """:return: the skills that category and type of this ticket ask for"""
        return self.category_id.skill_ids | self.type_id.skill_ids

    def _gave_back(self):
        """:return: ``{ticket id: ids of the users who put it back into the queue themselves}``"""
        passed_on = self.filtered("handoff_count")
        if not passed_on:
            return {}
        rows = (
            self.env["support_visibility.handoff"]
            .sudo()
            .search_fetch(
                [
                    ("ticket_id", "in", passed_on.ids),
                    ("to_user_id", "=", False),
                    ("from_user_id", "!=", False),
                ],
                ["ticket_id", "from_user_id", "by_user_id"],
            )
        )
        found = defaultdict(set)
        for row in rows:
            if row.by_user_id == row.from_user_id:
                found[row.ticket_id.id].add(row.from_user_id.id)
        return found

    def _sit_by(self, given):
        """:param dict given: ticket id -> the ``Choice`` for it"""
        self._sit(
            {
                ticket.id: escalation.Seat(ticket.team_id.id, given[ticket.id].user_id)
                for ticket in self
            },
            {ticket.id: ticket._why_given(given[ticket.id]) for ticket in self},
        )

    def _why_given(self, choice):
        """:return: why somebody got this ticket, in a sentence"""
        name = self.env["res.users"].sudo().browse
        if choice.why == assignment.TURN:
            return self._why_turn(choice, name(choice.after_id or ()).name)
        if choice.why == assignment.OWNER:
            return self.env._("Owns the account")
        if choice.among == 1 and not choice.owner_id:
            return self.env._("The only one who can take it now")
        words = {"load": choice.load, "among": choice.among}
        if choice.why == assignment.SKILL:
            return self.env._(
                "By skill: has %(skills)s; with %(load)s open tickets the least loaded of %(among)s who have room",
                skills=", ".join(self._needed_skills().mapped("name")),
                **words,
            )
        if choice.owner_id:
            return self.env._(
                "Least loaded: %(load)s open tickets, the fewest of %(among)s who have room (%(owner)s, who owns the "
                "account, cannot take it now)",
                owner=name(choice.owner_id).name,
                **words,
            )
        return self.env._(
            "Least loaded: %(load)s open tickets, the fewest of %(among)s who have room",
            **words,
        )

    def _why_turn(self, choice, before):
        words = {"place": choice.place, "among": choice.among}
        if before:
            return self.env._(
                "In turn: %(place)s of %(among)s, next after %(before)s",
                before=before,
                **words,
            )
        return self.env._("In turn: %(place)s of %(among)s, the first turn", **words)

    def _room_again(self):
        """Somebody has room again: have what waits given out, once this is committed."""
        if any(team.assignment != MANUAL for team in self.sudo().team_id):
            self.env["event_hub.waker"]._wake(ASSIGN_CRON)
