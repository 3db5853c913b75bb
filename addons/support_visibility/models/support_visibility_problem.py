from odoo import api, fields, models

from ..const import MAX_TEXT_CHARS, MAX_TITLE_CHARS
from ..tools.bounds import check_texts

MOST_CHARS = {
    "name": MAX_TITLE_CHARS,
    "cause": MAX_TEXT_CHARS,
    "workaround": MAX_TEXT_CHARS,
}


class SupportVisibilityProblem(models.Model):
    """The cause behind incidents and tickets: a known error, and what helps until it is gone."""

    _name = "support_visibility.problem"
    _description = "Problem"
    _inherit = ["event_hub.guarded", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Known Error", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [("open", "Cause Unknown"), ("known", "Known Error"), ("fixed", "Fixed")],
        required=True,
        default="open",
        tracking=True,
        index=True,
    )
    cause = fields.Text("Root Cause")
    workaround = fields.Text(help="What an agent tells customers until it is fixed.")
    owner_id = fields.Many2one(
        "res.users", domain="[('share', '=', False)]", tracking=True
    )
    component_ids = fields.Many2many(
        "support_visibility.component", string="Components", check_company=True
    )
    issue_id = fields.Many2one("support_visibility.issue", "Engineering Issue")
    incident_ids = fields.One2many(
        "support_visibility.incident", "problem_id", "Incidents", readonly=True
    )
    ticket_ids = fields.One2many(
        "support_visibility.ticket", "problem_id", "Tickets", readonly=True
    )
    ticket_count = fields.Integer(compute="_compute_ticket_count")

    @api.constrains(*MOST_CHARS)
    def _check_texts(self):
        check_texts(self, MOST_CHARS, needed=["name"])

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        counts = dict(
            self.env["support_visibility.ticket"]._read_group(
                [("problem_id", "in", self.ids)], ["problem_id"], ["__count"]
            )
        )
        for problem in self:
            problem.ticket_count = counts.get(problem._origin, 0)
