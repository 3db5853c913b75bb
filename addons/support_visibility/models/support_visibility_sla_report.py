from odoo import fields, models
from odoo.tools import SQL

from ..policies.sla.clock import BREACHED, MET, VOID
from ..policies.sla.matching import KINDS


class SupportVisibilitySlaReport(models.Model):
    """How many promises were kept, by whatever one compares: met / (met + missed), see ``policies/sla/attainment``.

    One row per promise that counts: those of spam and of merged tickets do not. What is still within its time is not
    judged: neither kept nor missed.
    """

    _name = "support_visibility.sla_report"
    _description = "Attainment"
    _auto = False
    _rec_name = "ticket_id"
    _order = "started_at desc, id desc"

    ticket_id = fields.Many2one("support_visibility.ticket", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    policy_id = fields.Many2one("support_visibility.sla_policy", readonly=True)
    kind = fields.Selection(KINDS, "Promise", readonly=True)
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
    started_at = fields.Datetime("Started", readonly=True)
    due_at = fields.Datetime("Due", readonly=True)
    outcome = fields.Selection(
        [("met", "Kept"), ("missed", "Missed"), ("open", "Not Judged Yet")],
        readonly=True,
        help="Missed as soon as the time ran out, also while the work is still open.",
    )
    met = fields.Integer("Kept", readonly=True)
    missed = fields.Integer(readonly=True)
    judged = fields.Integer(
        readonly=True, help="Kept and missed together: what attainment is a share of."
    )
    attainment = fields.Float(
        "Attainment (%)",
        readonly=True,
        aggregator="avg",
        help="Kept / (kept + missed). Promises still within their time are not in it.",
    )

    @property
    def _table_query(self):
        self.env["support_visibility.sla_clock"].flush_model()
        self.env["support_visibility.ticket"].flush_model()
        return SQL(
            """
            SELECT id, ticket_id, company_id, policy_id, kind, team_id, user_id, account_id, account_tier, type_id,
                   category_id, started_at, due_at, outcome,
                   (outcome = 'met')::int AS met,
                   (outcome = 'missed')::int AS missed,
                   (outcome <> 'open')::int AS judged,
                   CASE outcome WHEN 'met' THEN 100.0 WHEN 'missed' THEN 0.0 END AS attainment
              FROM (SELECT c.id, c.ticket_id, c.company_id, c.policy_id, c.kind, t.team_id, t.user_id, t.account_id,
                           t.account_tier, t.type_id, t.category_id, c.started_at, c.due_at,
                           CASE WHEN c.state = %(met)s THEN 'met'
                                WHEN c.state = %(breached)s OR c.due_at < now() AT TIME ZONE 'UTC' THEN 'missed'
                                ELSE 'open' END AS outcome
                      FROM support_visibility_sla_clock c
                      JOIN support_visibility_ticket t ON t.id = c.ticket_id
                     WHERE c.state <> %(void)s AND t.is_spam IS NOT TRUE AND t.merged_into_id IS NULL) AS judged
            """,
            met=MET,
            breached=BREACHED,
            void=VOID,
        )
