from odoo import fields, models
from odoo.tools import SQL

from ..const import ADD, COMPLETE
from ..policies import request_state
from .approval_engine_analysed import hours


class ApprovalEngineAnalysis(models.Model):
    """What became of each request that was submitted, and how long it took; one row per request, with its id.

    Hours are elapsed ones, nights and weekends included. A request that was asked anew counts once, from its last
    submission on; its seats and deadline are those of the last round.
    """

    _name = "approval_engine.analysis"
    _inherit = ["approval_engine.analysed"]
    _description = "Analysis of Requests"
    _auto = False
    _order = "submitted_at desc, id desc"
    _depends = {
        "approval_engine.request": [
            "state",
            "submitted_at",
            "decided_at",
            "executed_at",
            "due_at",
            "round",
            "auto_approved",
            "urgent",
            "levels_done",
            "extended",
            "company_amount",
            "beneficiary_id",
        ],
        "approval_engine.policy": ["bar_beneficiary"],
        "approval_engine.decision": ["action", "on_behalf_id"],
        "approval_engine.question": ["question_id"],
    }

    currency_id = fields.Many2one(related="company_id.currency_id")
    requester_id = fields.Many2one("res.users", "Requested By", readonly=True)
    partner_id = fields.Many2one("res.partner", "Account", readonly=True)
    state = fields.Selection(request_state.STATES, readonly=True)
    urgent = fields.Boolean(readonly=True)
    submitted_at = fields.Datetime("Submitted", readonly=True)
    decided_at = fields.Datetime("Decided", readonly=True)
    amount = fields.Monetary(
        "At Stake",
        readonly=True,
        help="In the currency of the company, at the rate of the day of submission.",
    )
    requests = fields.Integer(readonly=True, help="1 for each; the sum counts.")
    cycle_hours = fields.Float(
        "Hours to Decide",
        readonly=True,
        aggregator="avg",
        help="Decided − submitted. Empty while nobody decided; the average is over those that are.",
    )
    execution_hours = fields.Float(
        "Hours to Carry Out",
        readonly=True,
        aggregator="avg",
        help="Carried out − decided.",
    )
    overdue = fields.Integer(
        readonly=True,
        help="1 if it was decided after its deadline, or still waits and the deadline is over.",
    )
    overdue_share = fields.Float(
        "Share Overdue",
        readonly=True,
        aggregator="avg",
        help="Overdue / requests with a deadline.",
    )
    auto_approved = fields.Integer(
        "Needed Nobody",
        readonly=True,
        help="1 if the policy itself approved it.",
    )
    auto_share = fields.Float(
        "Share That Needed Nobody",
        readonly=True,
        aggregator="avg",
        help="Needed nobody / all that are settled: all but those that still wait.",
    )
    escalations = fields.Integer(
        readonly=True,
        help="Levels of escalation carried out in the last round; the time given once more to the owner counts as one.",
    )
    completed_by_hand = fields.Integer(
        readonly=True, help="Entries of the log that say it was carried out by hand."
    )
    bars_lifted = fields.Integer(
        "Bar Lifted",
        readonly=True,
        help="1 if somebody gains from it and the policy lets them decide.",
    )
    overrides = fields.Integer(readonly=True, help="Carried out by hand + bar lifted.")
    delegated = fields.Integer(
        "Decided in Another's Place",
        readonly=True,
        help="Entries of the log by somebody who stood in.",
    )
    added = fields.Integer(
        "Approvers Added", readonly=True, help="Entries of the log that asked one more."
    )
    questions = fields.Integer(
        readonly=True, help="Questions asked, answers not counted."
    )
    rounds = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="How often it was asked, from 1: resubmitted or changed means asked again.",
    )

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self):
        return SQL(
            """
            SELECT r.id, r.id AS request_id, r.type_id, r.policy_id, r.company_id, r.requester_id, r.partner_id,
                   r.state, COALESCE(r.urgent, FALSE) AS urgent, r.submitted_at, r.decided_at,
                   r.company_amount AS amount, 1 AS requests,
                   %(cycle)s AS cycle_hours, %(execution)s AS execution_hours,
                   %(overdue)s AS overdue,
                   CASE WHEN r.due_at IS NOT NULL THEN %(overdue)s END AS overdue_share,
                   r.auto_approved::int AS auto_approved,
                   CASE WHEN r.state != 'pending' THEN COALESCE(r.auto_approved, FALSE)::int END AS auto_share,
                   COALESCE(array_length(string_to_array(NULLIF(r.levels_done, ''), ','), 1), 0)
                     + COALESCE(r.extended, FALSE)::int AS escalations,
                   COALESCE(d.by_hand, 0) AS completed_by_hand, %(lifted)s AS bars_lifted,
                   COALESCE(d.by_hand, 0) + %(lifted)s AS overrides,
                   COALESCE(d.delegated, 0) AS delegated, COALESCE(d.added, 0) AS added,
                   COALESCE(q.questions, 0) AS questions, GREATEST(r.round, 1) AS rounds
            """,
            cycle=hours(SQL("r.submitted_at"), SQL("r.decided_at")),
            execution=hours(SQL("r.decided_at"), SQL("r.executed_at")),
            overdue=SQL(
                """CASE WHEN r.due_at < CASE WHEN r.state = 'pending' THEN now() AT TIME ZONE 'UTC'
                                         ELSE r.decided_at END THEN 1 ELSE 0 END"""
            ),
            lifted=SQL(
                "CASE WHEN r.beneficiary_id IS NOT NULL AND NOT COALESCE(p.bar_beneficiary, TRUE) THEN 1 ELSE 0 END"
            ),
        )

    def _from(self):
        return SQL(
            """
            FROM approval_engine_request r
            LEFT JOIN approval_engine_policy p ON p.id = r.policy_id
            LEFT JOIN (SELECT request_id, count(*) FILTER (WHERE action = %s) AS by_hand,
                              count(*) FILTER (WHERE action = %s) AS added,
                              count(*) FILTER (WHERE on_behalf_id IS NOT NULL) AS delegated
                         FROM approval_engine_decision GROUP BY request_id) d ON d.request_id = r.id
            LEFT JOIN (SELECT request_id, count(*) AS questions FROM approval_engine_question
                        WHERE question_id IS NULL GROUP BY request_id) q ON q.request_id = r.id
            """,
            COMPLETE,
            ADD,
        )

    def _where(self):
        return SQL("WHERE r.submitted_at IS NOT NULL AND r.state != 'draft'")
