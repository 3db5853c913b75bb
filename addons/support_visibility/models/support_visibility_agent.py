from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.event_hub.policies.arguments import TEXT
from odoo.addons.event_hub.tools.arguments import takes

from ..const import AGENT_GROUP, ASSIGN_CRON, MANAGER_GROUP
from ..policies.desk.assignment import is_away

MATTERS = frozenset(
    {"active", "capacity", "skill_ids", "away_from", "away_until", "user_id"}
)


class SupportVisibilityAgent(models.Model):
    """What a person brings to the desk: how much at once, which skills, and when they are not there.

    A member of a team without such a row has no limit, no skills, and is always here.
    """

    _name = "support_visibility.agent"
    _description = "Support Agent"
    _inherit = ["event_hub.guarded"]
    _order = "user_id, id"
    _rec_name = "user_id"
    _check_company_auto = True

    user_id = fields.Many2one(
        "res.users",
        "Agent",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)
    capacity = fields.Integer(
        help="Most open tickets at once, those waiting for customers included. Nobody is given more; people may "
        "still take more themselves. 0: no limit."
    )
    skill_ids = fields.Many2many("support_visibility.skill", string="Skills")
    away_from = fields.Datetime(help="Empty: from now on, if there is an end.")
    away_until = fields.Datetime(help="No ticket is given to this person before.")
    is_here = fields.Boolean("Here", compute="_compute_is_here")
    presence_text = fields.Char("Presence", compute="_compute_is_here")
    open_count = fields.Integer("Open Tickets", compute="_compute_open_count")
    room_text = fields.Char("Room", compute="_compute_open_count")
    team_ids = fields.Many2many(
        "support_visibility.team", string="Teams", compute="_compute_team_ids"
    )
    given_at = fields.Datetime(
        "Last Given",
        readonly=True,
        copy=False,
        help="When a ticket was last given to this person by the rule of a team.",
    )

    _user_uniq = models.Constraint(
        "UNIQUE(user_id, company_id)", "This person is an agent of the company already."
    )
    _capacity_positive = models.Constraint(
        "CHECK(capacity >= 0)", "A capacity is not negative. 0 means no limit."
    )

    @api.depends("away_from", "away_until", "active")
    def _compute_is_here(self):
        now = fields.Datetime.now()
        absent = self._absent_user_ids(now, set(self.user_id.ids))
        for agent in self:
            away = is_away(agent.away_from or None, agent.away_until or None, now)
            agent.is_here = not away and agent.user_id.id not in absent
            agent.presence_text = (
                self.env._("here") if agent.is_here else self.env._("away")
            )

    @api.depends("user_id", "company_id", "capacity")
    def _compute_open_count(self):
        tickets = self.env["support_visibility.ticket"]
        counts = {
            (user.id, company.id): count
            for user, company, count in tickets._read_group(
                [("user_id", "in", self.user_id.ids), *tickets._open_domain()],
                ["user_id", "company_id"],
                ["__count"],
            )
        }
        for agent in self:
            count = counts.get((agent.user_id.id, agent.company_id.id), 0)
            agent.open_count = count
            agent.room_text = agent._room_text(count)

    def _room_text(self, count):
        if not self.capacity:
            return self.env._("no limit")
        left = max(0, self.capacity - count)
        return self.env._("%(left)s of %(all)s", left=left, all=self.capacity)

    @api.depends("user_id", "company_id")
    def _compute_team_ids(self):
        teams = self.env["support_visibility.team"].search(
            [("member_ids", "in", self.user_id.ids)]
        )
        for agent in self:
            agent.team_ids = teams.filtered(
                lambda team, a=agent: a.user_id in team.member_ids
            )._of_company(agent.company_id.id)

    @api.constrains("away_from", "away_until")
    def _check_absence(self):
        for agent in self:
            if agent.away_from and not agent.away_until:
                raise ValidationError(
                    self.env._(
                        "%(agent)s: say until when as well.", agent=agent.user_id.name
                    )
                )
            if agent.away_from and agent.away_from >= agent.away_until:
                raise ValidationError(
                    self.env._(
                        "%(agent)s: an absence ends after it begins.",
                        agent=agent.user_id.name,
                    )
                )

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for agent in self:
            user_sudo = agent.user_id.sudo()
            if not user_sudo.has_group(AGENT_GROUP):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in support yet. Ask an administrator to add the user to Support "
                        "Visibility first.",
                        user=user_sudo.name,
                    )
                )
            if agent.company_id not in user_sudo.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for %(company)s.",
                        user=user_sudo.name,
                        company=agent.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        agents = super().create(vals_list)
        self.env["event_hub.waker"]._wake(ASSIGN_CRON)
        return agents

    def write(self, vals):
        result = super().write(vals)
        if MATTERS.intersection(vals):
            self.env["event_hub.waker"]._wake(ASSIGN_CRON)
        return result

    @api.model
    def _absent_user_ids(self, at, user_ids):
        """Who of these people is away, besides what their own rows say: for addons that know of leave.

        :param at: naive UTC
        :return: set of user ids
        """
        return set()

    # ------------------------------------------------------------------ oneself

    @takes(until=TEXT)
    def action_away(self, until):
        """Say that one is not here from now on: no ticket is given to these people before ``until``.

        :param str until: ``YYYY-MM-DD HH:MM:SS``, UTC
        :raises AccessError: somebody else's row, and the caller is no manager
        """
        self._check_own()
        try:
            moment = fields.Datetime.to_datetime(until)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "%(until)s is not a time such as 2026-03-02 08:00:00.",
                    until=until[:60],
                )
            ) from error
        now = fields.Datetime.now()
        if not moment or moment <= now:
            raise ValidationError(
                self.env._("An absence that begins now ends later than now.")
            )
        self.sudo().write({"away_from": now, "away_until": moment})
        return True

    def action_back(self):
        """Say that one is here again."""
        self._check_own()
        self.sudo().write({"away_from": False, "away_until": False})
        return True

    @api.model
    def _own_row(self):
        """:return: the row of the user in the present company; made if there is none"""
        mine = {"user_id": self.env.uid, "company_id": self.env.company.id}
        self.check_access("read")
        found = self.search([(name, "=", value) for name, value in mine.items()])
        return found or self.sudo().create(mine).with_env(self.env)

    def _check_own(self):
        self.check_access("read")
        if self.env.user.has_group(MANAGER_GROUP):
            return
        other = self.filtered(lambda agent: agent.user_id != self.env.user)
        if other:
            raise AccessError(
                self.env._(
                    "Only %(agent)s or a support manager says when %(agent)s is away.",
                    agent=other[0].user_id.name,
                )
            )
