from odoo import api, fields, models

from ..policies.quiet.hours import NEVER, daily
from ..tools.clock import utcnow


class SupportVisibilityNoticeQuiet(models.Model):
    """When an agent wants to hear nothing that can wait."""

    _inherit = "support_visibility.agent"  # pylint: disable=consider-merging-classes-inherited

    quiet_from = fields.Float(
        help="In the person's own time zone. What an escalation chain has to say waits until the quiet hours are "
        "over; a ticket of severity 1 does not wait. The same time twice: as the team of the ticket says.",
    )
    quiet_until = fields.Float()
    never_quiet = fields.Boolean(
        help="Hear everything at once, also when the team of the ticket has quiet hours."
    )
    quiet_text = fields.Char("Quiet Hours", compute="_compute_quiet_text")

    _quiet_of_a_day = models.Constraint(
        "CHECK(quiet_from >= 0 AND quiet_from < 24 AND quiet_until >= 0 AND quiet_until < 24)",
        "Quiet hours are times of the day, from 0:00 to 23:59.",
    )

    @api.depends("quiet_from", "quiet_until", "never_quiet", "team_ids", "user_id.tz")
    def _compute_quiet_text(self):
        now = utcnow()
        rules = self.team_ids._quiet_rules()
        for agent in self:
            own = agent._own_quiet()
            texts = (
                [agent.team_ids._quiet_words(own, now)]
                if own
                else [
                    f"{team.name}: {team._quiet_words(rules[team.id], now)}"
                    for team in agent.team_ids
                    if team.id in rules
                ]
            )
            agent.quiet_text = "; ".join(texts) or self.env._("never quiet")

    def _own_quiet(self):
        """:return: what this person said; None: as the team of the ticket says"""
        self.ensure_one()
        if self.never_quiet:
            return NEVER
        if self.quiet_from == self.quiet_until:
            return None
        return daily(self.quiet_from, self.quiet_until, self.user_id.tz or "UTC")

    @api.model
    def _quiet_of(self, users):
        """:return: ``{user id: Quiet}`` of those who said something themselves"""
        rows = self.sudo().search([("user_id", "in", users.ids)])
        said = {row.user_id.id: row._own_quiet() for row in rows}
        return {user_id: quiet for user_id, quiet in said.items() if quiet}
