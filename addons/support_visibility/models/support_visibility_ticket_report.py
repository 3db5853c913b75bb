from odoo import fields, models
from odoo.tools import SQL

from ..policies import priority as priorities
from ..policies import satisfaction, ticket_state

MANAGER = "support_visibility.group_support_manager"


class SupportVisibilityTicketReport(models.Model):
    """What tickets took, by whatever one wants to compare. One row per ticket that is neither spam nor merged away.

    A figure that does not apply to a ticket (hours to solve of an open one) is empty, so that averages leave it out.
    """

    _name = "support_visibility.ticket_report"
    _description = "Ticket Figures"
    _auto = False
    _rec_name = "ticket_id"
    _order = "opened_at desc, id desc"

    ticket_id = fields.Many2one("support_visibility.ticket", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("support_visibility.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    account_id = fields.Many2one("res.partner", readonly=True)
    account_tier = fields.Selection(
        selection=lambda self: self.env["res.partner"]._account_tiers(),
        string="Tier",
        readonly=True,
    )
    type_id = fields.Many2one("support_visibility.ticket_type", readonly=True)
    category_id = fields.Many2one("support_visibility.category", readonly=True)
    priority = fields.Selection(priorities.PRIORITIES, readonly=True)
    state = fields.Selection(ticket_state.STATES, readonly=True)
    opened_at = fields.Datetime("Opened", readonly=True)
    solved_at = fields.Datetime("Solved", readonly=True)
    tickets = fields.Integer(readonly=True, help="One for each: how many there are.")
    response_hours = fields.Float(
        "Hours to First Response",
        readonly=True,
        aggregator="avg",
        help="From opened to the first public answer of a person. Tickets without one are left out.",
    )
    cycle_hours = fields.Float(
        "Hours to Solve",
        readonly=True,
        aggregator="avg",
        help="Cycle time, from opened to solved. Open tickets are left out.",
    )
    reopen_rate = fields.Float(
        "Reopened (%)",
        readonly=True,
        aggregator="avg",
        help="Tickets reopened at least once / tickets that were solved at least once.",
    )
    handoffs = fields.Float(
        "Handoffs per Ticket",
        readonly=True,
        aggregator="avg",
        help="How often it changed hands, out of a queue included.",
    )
    first_contact = fields.Float(
        "First-Contact Resolution (%)",
        readonly=True,
        aggregator="avg",
        help="Solved tickets that were answered, never reopened, and to whose first answer the customer had nothing "
        "to add / solved tickets that were answered.",
    )
    customer_replies = fields.Float(
        "Customer Messages per Ticket",
        readonly=True,
        aggregator="avg",
        help="Effort: how often the customer had to write.",
    )
    happy = fields.Float(
        "Happy (%)",
        readonly=True,
        aggregator="avg",
        help='CSAT: ratings "happy" / all ratings given. Tickets not rated are left out.',
    )
    rated = fields.Integer("Ratings", readonly=True)
    minutes = fields.Integer("Minutes Noted", readonly=True)
    cost = fields.Float(
        "Cost per Case",
        readonly=True,
        aggregator="avg",
        groups=MANAGER,
        help="Minutes noted times the hourly cost of who noted them, at that time. Tickets without are left out.",
    )

    @property
    def _table_query(self):
        for name in ("ticket", "time_line"):
            self.env[f"support_visibility.{name}"].flush_model()
        self.env["mail.message"].flush_model()
        return SQL("%s %s", self._select(), self._from())

    def _select(self):
        return SQL(
            """
            SELECT t.id, t.id AS ticket_id, t.company_id, t.team_id, t.user_id, t.account_id, t.account_tier,
                   t.type_id, t.category_id, t.priority, t.state, t.opened_at, t.solved_at,
                   1 AS tickets,
                   CASE WHEN t.first_response_at IS NOT NULL THEN t.response_hours END AS response_hours,
                   CASE WHEN t.solved_at IS NOT NULL THEN t.resolution_hours END AS cycle_hours,
                   CASE WHEN t.reopen_count > 0 THEN 100.0 WHEN t.solved_at IS NOT NULL THEN 0.0 END AS reopen_rate,
                   COALESCE(t.handoff_count, 0)::float AS handoffs,
                   CASE WHEN t.solved_at IS NULL OR t.first_response_at IS NULL THEN NULL
                        WHEN COALESCE(t.reopen_count, 0) = 0 AND COALESCE(said.later, 0) = 0 THEN 100.0
                        ELSE 0.0 END AS first_contact,
                   COALESCE(said.count, 0)::float AS customer_replies,
                   CASE WHEN t.rated_at IS NULL THEN NULL WHEN t.rating_value = %(great)s THEN 100.0 ELSE 0.0 END
                       AS happy,
                   (t.rated_at IS NOT NULL)::int AS rated,
                   spent.minutes, spent.cost
            """,
            great=satisfaction.GREAT,
        )

    def _from(self):
        """Messages of customers are those in public by somebody who is no colleague.

        They are looked up ticket by ticket: a page of rows reads those of its own tickets only.
        """
        return SQL(
            """
              FROM support_visibility_ticket t
              LEFT JOIN LATERAL (
                    SELECT count(*) AS count, count(*) FILTER (WHERE m.date > t.first_response_at) AS later
                      FROM mail_message m
                     WHERE m.model = 'support_visibility.ticket' AND m.res_id = t.id
                       AND m.message_type IN ('email', 'comment')
                       AND m.is_internal IS NOT TRUE AND m.subtype_id = %(comment)s
                       AND NOT EXISTS (
                           SELECT 1 FROM res_users u WHERE u.partner_id = m.author_id AND u.share IS NOT TRUE)
                   ) AS said ON TRUE
              LEFT JOIN LATERAL (
                    SELECT sum(l.minutes)::int AS minutes, sum(l.cost) AS cost
                      FROM support_visibility_time_line l WHERE l.ticket_id = t.id) AS spent ON TRUE
             WHERE t.is_spam IS NOT TRUE AND t.merged_into_id IS NULL
            """,
            comment=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
        )
