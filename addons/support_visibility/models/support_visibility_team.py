from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SupportVisibilityTeam(models.Model):
    _name = "support_visibility.team"
    _description = "Support Team"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company uses this team."
    )
    leader_id = fields.Many2one(
        "res.users",
        "Team Leader",
        domain="[('share', '=', False)]",
        help="Gets the tickets that are escalated to the team.",
    )
    member_ids = fields.Many2many(
        "res.users", string="Members", domain="[('share', '=', False)]"
    )
    escalation_team_id = fields.Many2one(
        "support_visibility.team",
        "Escalates to",
        check_company=True,
        index="btree_not_null",
        help="Takes the tickets that this team escalates. Empty: its own leader does.",
    )
    open_count = fields.Integer("Open", compute="_compute_counts")
    unassigned_count = fields.Integer("Unassigned", compute="_compute_counts")
    urgent_count = fields.Integer("Urgent", compute="_compute_counts")
    escalated_count = fields.Integer("Escalated", compute="_compute_counts")

    _name_uniq = models.Constraint(
        "UNIQUE(name, company_id)", "Another team of this company has this name."
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_counts(self):
        tickets = self.env["support_visibility.ticket"]
        counts = {team.id: [0, 0, 0, 0] for team in self}
        for team, user, priority, is_escalated, count in tickets._read_group(
            [("team_id", "in", self.ids), *tickets._open_domain()],
            ["team_id", "user_id", "priority", "is_escalated"],
            ["__count"],
        ):
            flags = (True, not user, priority == "3", is_escalated)
            counts[team.id] = [
                total + count * bool(flag)
                for total, flag in zip(counts[team.id], flags, strict=True)
            ]
        for team in self:
            numbers = counts.get(team.id, [0, 0, 0, 0])
            (
                team.open_count,
                team.unassigned_count,
                team.urgent_count,
                team.escalated_count,
            ) = numbers

    def _of_company(self, company_id):
        """:return: those of ``self`` that tickets of this company may have"""
        return self.filtered(lambda team: team.company_id.id in (False, company_id))

    @api.constrains("escalation_team_id")
    def _check_escalation_team(self):
        if self._has_cycle("escalation_team_id"):
            raise ValidationError(
                self.env._(
                    "Escalations must end somewhere: %(team)s would hand its tickets back to itself.",
                    team=self[:1].display_name,
                )
            )
