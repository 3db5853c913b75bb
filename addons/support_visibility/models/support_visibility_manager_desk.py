from collections import Counter

from odoo import api, models
from odoo.tools import SQL

from ..policies import ticket_state
from ..policies.priority import PRIORITY_URGENT
from ..policies.seeing import ageing, load
from .support_visibility_manager import TICKET

SHOWN_AGENTS = 40
READ = ("team_id", "user_id", "state", "priority", "opened_at")


class SupportVisibilityManagerDesk(models.AbstractModel):
    """The open tickets: how old, whose, of which team. One pass over them counts all of it."""

    _inherit = "support_visibility.manager"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _desk(self, ask):
        rows = self._counted(ask)
        base = self._ticket_domain(ask)
        waiting = sum(row[-1] for row in rows if _waits(row))
        return {
            "open": self._figure(
                sum(row[-1] for row in rows), self.env._("Open"), TICKET, base
            ),
            "unassigned": self._figure(
                waiting,
                self.env._("Without a person"),
                TICKET,
                [*base, *self._nobody()],
            ),
            "ageing": self._ageing(rows, base, ask["now"]),
            "load": self._load(rows, base, ask),
            "backlog": self._backlog(rows, ask),
        }

    @api.model
    def _nobody(self):
        return [
            ("user_id", "=", False),
            ("state", "in", [ticket_state.NEW, ticket_state.OPEN]),
        ]

    @api.model
    def _counted(self, ask):
        """:return: ``[(team id, user id, state, whether urgent, step of age, count)]`` of the open tickets"""
        tickets = self.env[TICKET]
        tickets.flush_model(READ)
        query = tickets._search(self._ticket_domain(ask), order="id")
        return self.env.execute_query(
            SQL(
                """SELECT team_id, user_id, state, is_urgent, age, count(*)
                     FROM (SELECT t.team_id, t.user_id, t.state, t.priority = %s AS is_urgent, %s AS age
                             FROM support_visibility_ticket t WHERE t.id IN %s) AS seen
                    GROUP BY team_id, user_id, state, is_urgent, age""",
                PRIORITY_URGENT,
                self._step_of_age(ask["now"]),
                query.subselect(),
            )
        )

    @api.model
    def _step_of_age(self, now):
        cases = [
            SQL("WHEN t.opened_at <= %s THEN %s", step.bounds(now)[1], step.key)
            for step in reversed(ageing.STEPS)
        ]
        return SQL("CASE %s END", SQL(" ").join(cases))

    # ------------------------------------------------------------------ age

    @api.model
    def _ageing(self, rows, base, now):
        counts = Counter()
        for row in rows:
            counts[row[4]] += row[-1]
        labels = self._age_labels()
        return [
            self._figure(
                counts[step.key],
                labels[step.key],
                TICKET,
                [*base, *_age_terms(step, now)],
                key=step.key,
            )
            for step in ageing.STEPS
        ]

    @api.model
    def _age_labels(self):
        return {
            "4h": self.env._("Less than 4 hours"),
            "1d": self.env._("4 hours to a day"),
            "3d": self.env._("1 to 3 days"),
            "7d": self.env._("3 to 7 days"),
            "older": self.env._("7 days and more"),
        }

    # ------------------------------------------------------------------ load

    @api.model
    def _load(self, rows, base, ask):
        """:return: a figure per agent, the fullest hands first"""
        counts = Counter()
        for row in rows:
            counts[row[1]] += row[-1]
        agents = self._agents(ask)
        capacity = Counter()
        for agent in agents:
            capacity[agent.user_id.id] += agent.capacity
        away = set(agents.filtered(lambda agent: not agent.is_here).user_id.ids)
        people = self.env["res.users"].sudo().browse({*counts, *capacity} - {None})
        found = [
            self._hands(user, counts[user.id], capacity[user.id], base, user.id in away)
            for user in people
        ]
        found.sort(key=lambda row: (-(row["percent"] or 0), -row["count"], row["name"]))
        return found[:SHOWN_AGENTS]

    @api.model
    def _agents(self, ask):
        terms = [("company_id", "in", self.env.companies.ids)]
        if ask["team_id"]:
            team = self.env["support_visibility.team"].browse(ask["team_id"])
            terms.append(("user_id", "in", team.member_ids.ids))
        return self.env["support_visibility.agent"].search(terms)

    @api.model
    def _hands(self, user, count, capacity, base, is_away):
        return self._figure(
            count,
            user.name,
            TICKET,
            [*base, ("user_id", "=", user.id)],
            name=user.name,
            user_id=user.id,
            capacity=capacity,
            percent=load.percent(count, capacity),
            status=load.status(count, capacity),
            away=is_away,
        )

    # ------------------------------------------------------------------ backlog

    @api.model
    def _backlog(self, rows, ask):
        """:return: figures per team, in the order of the teams; tickets without a team come last"""
        tests = {
            "open": lambda row: True,
            "unassigned": _waits,
            "urgent": lambda row: row[3],
            "waiting": lambda row: row[2] == ticket_state.WAITING,
        }
        counts = Counter(
            {(team_id, key): 0 for team_id in {row[0] for row in rows} for key in tests}
        )
        for row in rows:
            for key, test in tests.items():
                counts[row[0], key] += row[-1] * bool(test(row))
        return [
            self._of_team(team, {key: counts[team["id"] or None, key] for key in tests})
            for team in self._queues(rows, ask)
        ]

    @api.model
    def _queues(self, rows, ask):
        wanted = [
            team for team in self._teams() if ask["team_id"] in (None, team["id"])
        ]
        known = {team["id"] for team in wanted}
        held = {row[0] for row in rows} - known - {None}
        archived = self.env["support_visibility.team"].browse(held).sudo()
        wanted += [{"id": team.id, "name": team.name} for team in archived]
        if any(row[0] is None for row in rows):
            wanted.append({"id": False, "name": self.env._("No team")})
        return wanted

    @api.model
    def _of_team(self, team, counts):
        base = [*self.env[TICKET]._open_domain(), ("team_id", "=", team["id"])]
        parts = {
            "open": (self.env._("open"), []),
            "unassigned": (self.env._("without a person"), self._nobody()),
            "urgent": (self.env._("urgent"), [("priority", "=", PRIORITY_URGENT)]),
            "waiting": (
                self.env._("waiting for customers"),
                [("state", "=", ticket_state.WAITING)],
            ),
        }
        return {
            **team,
            **{
                key: self._figure(
                    counts[key], f"{team['name']}: {label}", TICKET, [*base, *terms]
                )
                for key, (label, terms) in parts.items()
            },
        }


def _waits(row):
    return row[1] is None and row[2] in (ticket_state.NEW, ticket_state.OPEN)


def _age_terms(step, now):
    after, until = step.bounds(now)
    terms = [("opened_at", "<=", until)]
    return terms + ([("opened_at", ">", after)] if after else [])
