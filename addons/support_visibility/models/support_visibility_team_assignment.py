from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import AGENT_GROUP, ASSIGN_AT_ONCE, ASSIGN_CRON
from ..policies import ticket_state
from ..policies.desk.assignment import MANUAL, METHODS, Agent, is_away
from ..tools.clock import utcnow

SECOND = timedelta(seconds=1)
# Teams one has to oneself, and their members who may have tickets of a company, with what they have already.
# Nobody waits here: what somebody else is giving out now is left to them.
CLAIM = """
    WITH team AS (
        SELECT id, last_turn_id FROM support_visibility_team WHERE id IN %(teams)s
         ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    ), claimed AS (
        SELECT id FROM support_visibility_agent
         WHERE capacity > 0 AND user_id IN (
               SELECT rel.res_users_id FROM res_users_support_visibility_team_rel rel
                WHERE rel.support_visibility_team_id IN %(teams)s)
         ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    )
    SELECT team.id, team.last_turn_id, company.cid, u.id, agent.id, coalesce(agent.capacity, 0),
           agent.away_from, agent.away_until,
           ARRAY(SELECT skill.support_visibility_skill_id
                   FROM support_visibility_agent_support_visibility_skill_rel skill
                  WHERE skill.support_visibility_agent_id = agent.id),
           (SELECT count(*) FROM support_visibility_ticket ticket
             WHERE ticket.user_id = u.id AND ticket.company_id = company.cid AND ticket.state IN %(open)s),
           agent.id IN (SELECT id FROM claimed)
      FROM team
 LEFT JOIN (res_users_support_visibility_team_rel rel
             JOIN res_users u ON u.id = rel.res_users_id AND u.active AND NOT u.share
             JOIN res_company_users_rel company ON company.user_id = u.id AND company.cid IN %(companies)s)
        ON rel.support_visibility_team_id = team.id
 LEFT JOIN support_visibility_agent agent
        ON agent.user_id = u.id AND agent.company_id = company.cid AND agent.active
"""
READ = (
    ("support_visibility.agent", None),
    ("support_visibility.ticket", ["user_id", "state", "company_id"]),
    ("res.users", ["active", "share", "company_ids"]),
)
MARK = """
    WITH marked AS (UPDATE support_visibility_agent SET given_at = %s WHERE id IN %s)
    UPDATE support_visibility_team team SET last_turn_id = turn.user_id, given_at = %s
      FROM (VALUES %s) AS turn (team_id, user_id) WHERE team.id = turn.team_id
"""


class DeskRow(NamedTuple):
    """A member of a team who may have tickets of a company, as ``CLAIM`` finds them.

    :param is_claimed: the row that says how much room there is could be locked; None: there is no such row
    """

    team_id: int
    last_turn_id: int | None
    company_id: int
    user_id: int
    agent_id: int | None
    capacity: int
    away_from: datetime | None
    away_until: datetime | None
    skills: list[int]
    load: int
    is_claimed: bool | None

    @property
    def is_missed(self):
        """Somebody else is filling the room this one has."""
        return bool(self.capacity) and not self.is_claimed


class SupportVisibilityTeamAssignment(models.Model):
    """How a team gives out the tickets of its queue."""

    _name = "support_visibility.team"
    _inherit = ["support_visibility.team", "event_hub.guarded"]  # pylint: disable=consider-merging-classes-inherited

    assignment = fields.Selection(
        METHODS,
        "New Tickets Go",
        required=True,
        default=MANUAL,
        help="By hand: people take tickets or are assigned. In turn: one after the other. Least loaded: whoever has "
        "the fewest open tickets. By skill: of those who have all skills the ticket needs, the least loaded. Owner "
        "of the account: whoever owns it, else the least loaded. Only people who are here and have room.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        domain="['|', ('company_id', '=', False), ('company_id', '=?', company_id)]",
        index="btree_not_null",
        help="Outside these hours tickets wait in the queue. Empty: they are given out day and night.",
    )
    assign_always = fields.Boolean(
        "Also Outside These Hours", help="Give out tickets at night, too."
    )
    severity_minutes = fields.Integer(
        "Confirm Severity Within",
        default=60,
        help="Minutes in which the leader confirms a severity of 1 or 2 that somebody set.",
    )
    last_turn_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        help="Who was given the last ticket.",
    )
    given_at = fields.Datetime("Last Given", readonly=True, copy=False)

    _severity_minutes_positive = models.Constraint(
        "CHECK(severity_minutes > 0)", "Say within how many minutes, at least one."
    )

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        stages = self.env["support_visibility.stage"]
        stages._raise_if_lacking(stages._plan())
        return teams

    def write(self, vals):
        result = super().write(vals)
        if {"assignment", "member_ids", "calendar_id", "assign_always"} & set(vals):
            self.env["event_hub.waker"]._wake(ASSIGN_CRON)
        return result

    def _gives_out(self, at):
        """:return: those of ``self`` that give out tickets now"""
        return self.sudo().filtered(
            lambda team: team.assignment != MANUAL and team._is_at_work(at)
        )

    def _is_at_work(self, at):
        """:param at: naive UTC"""
        if not self.calendar_id or self.assign_always:
            return True
        working = self.calendar_id._sla_working_time()
        return next(working.spans(at, at + SECOND), None) is not None

    @api.model
    def _cron_assign(self):
        """Give out what waits: somebody has room again, came back, or the team's day began."""
        teams = self.sudo().search([("assignment", "!=", MANUAL)])._gives_out(utcnow())
        tickets = self.env["support_visibility.ticket"].sudo()
        waiting = tickets.search(
            tickets._unassigned_domain() & Domain("team_id", "in", teams.ids),
            order="priority desc, opened_at, id",
        )
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for start in range(0, len(waiting), ASSIGN_AT_ONCE):
            part = waiting[start : start + ASSIGN_AT_ONCE]
            part._give()
            self.env["ir.cron"]._commit_progress(len(part))

    # ------------------------------------------------------------------ one batch

    def _claim(self, company_ids, at):
        """Have these teams and their people to oneself until the end of the transaction.

        Whoever else gives out tickets of one of them, or gave some since this transaction began, is not waited for:
        those tickets stay in the queue, and the Scheduled Action comes for them.

        :param company_ids: of the tickets
        :param at: naive UTC
        :return: ``({id of a claimed team: user id of its last turn, or None}, {(team id, company id): [Agent]},
            {(user id, company id): id of the agent's row or None})``
        """
        rows = self._claim_rows(company_ids)
        turns = {row.team_id: row.last_turn_id for row in rows}
        members = [row for row in rows if row.user_id]
        if set(turns) != set(self.ids) or any(row.is_missed for row in members):
            self._come_back()
        here, desks = self._here(members, at), {}
        for row in members:
            agent = Agent(
                row.user_id,
                row.load,
                row.capacity,
                frozenset(row.skills),
                row.user_id in here and not row.is_missed,
            )
            desks.setdefault((row.team_id, row.company_id), []).append(agent)
        agent_ids = {(row.user_id, row.company_id): row.agent_id for row in members}
        return turns, desks, agent_ids

    def _claim_rows(self, company_ids):
        self.flush_model(["last_turn_id", "member_ids"])
        for model, names in READ:
            self.env[model].flush_model(names)
        words = {
            "teams": tuple(self.ids),
            "companies": tuple(company_ids),
            "open": ticket_state.OPEN_STATES,
        }
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(CLAIM, words, log_exceptions=False)
                return [DeskRow(*row) for row in self.env.cr.fetchall()]
        except SerializationFailure:
            return []

    @api.model
    def _here(self, rows, at):
        """:return: ids of the users who may have tickets and are not away"""
        user_ids = {
            row.user_id
            for row in rows
            if not is_away(row.away_from, row.away_until, at)
        }
        absent = self.env["support_visibility.agent"]._absent_user_ids(at, user_ids)
        users = self.env["res.users"].sudo().browse(user_ids - absent)
        return {user.id for user in users if user.has_group(AGENT_GROUP)}

    @api.model
    def _come_back(self):
        self.env["event_hub.waker"]._wake_at(ASSIGN_CRON, utcnow() + SECOND)

    @api.model
    def _mark(self, turns, agent_ids, now):
        """Keep whose turn it was; who comes to these rows meanwhile begins anew.

        :param dict turns: team id -> user id of the last turn
        """
        if not turns:
            return
        values = SQL(", ").join(SQL("(%s, %s)", *turn) for turn in turns.items())
        self.env.cr.execute(
            SQL(MARK, now, tuple(agent_ids) or (0,), now, values)  # pylint: disable=sql-injection
        )
        self.browse(turns).invalidate_recordset(["last_turn_id", "given_at"])
        self.env["support_visibility.agent"].browse(agent_ids).invalidate_recordset(
            ["given_at"]
        )
