from odoo import fields, models
from odoo.tools import SQL

from ..models.approval_engine_assignment import WHY
from ..policies import request_state, seats
from .approval_engine_analysed import hours


class ApprovalEngineWaitAnalysis(models.Model):
    """Who waited for whom, and how long; one row per seat in a step that was opened, with the id of the seat.

    Hours are elapsed ones, nights and weekends included; seats are those of the last round of a request. Whose
    answer was not needed any more (another of the step answered first) has no hours.
    """

    _name = "approval_engine.wait_analysis"
    _inherit = ["approval_engine.analysed"]
    _description = "Analysis of Waiting"
    _auto = False
    _order = "opened_at desc, id desc"
    _depends = {
        "approval_engine.assignment": ["state", "decided_at", "decided_by_id", "why"],
        "approval_engine.request_step": ["state", "opened_at", "closed_at"],
        "approval_engine.request": ["state", "type_id", "policy_id"],
    }

    request_state = fields.Selection(
        request_state.STATES, "State of the Request", readonly=True
    )
    step = fields.Char(readonly=True)
    sequence = fields.Integer(readonly=True, aggregator=None)
    user_id = fields.Many2one("res.users", "Approver", readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    why = fields.Selection(WHY, "Why Asked", readonly=True)
    state = fields.Selection(seats.STATES, "Answer", readonly=True)
    opened_at = fields.Datetime("Asked", readonly=True)
    answered_at = fields.Datetime("Answered", readonly=True)
    seats = fields.Integer("Times Asked", readonly=True, help="1 for each seat.")
    answered = fields.Integer("Answers", readonly=True, help="1 if there is an answer.")
    open = fields.Integer("Waits Now", readonly=True, help="1 if it is still awaited.")
    answer_hours = fields.Float(
        "Hours to Answer",
        readonly=True,
        aggregator="avg",
        help="Answered − asked, of seats with an answer.",
    )
    waits_hours = fields.Float(
        "Hours Waiting So Far",
        readonly=True,
        aggregator="avg",
        help="Now − asked, of seats still awaited.",
    )
    step_hours = fields.Float(
        "Hours of the Step",
        readonly=True,
        aggregator="avg",
        help="Step closed − step opened. Told by one seat of each step, so that a step counts once.",
    )
    stood_in = fields.Integer(
        "Answered by a Stand-In", readonly=True, help="1 if another answered."
    )
    escalated = fields.Integer(
        "Asked as the Time Ran Out", readonly=True, help="1 if that is why."
    )

    @property
    def _table_query(self):
        now = SQL("now() AT TIME ZONE 'UTC'")
        return SQL(
            """
            SELECT a.id, s.request_id, r.type_id, r.policy_id, r.company_id, r.state AS request_state, s.name AS step,
                   s.sequence, a.user_id, COALESCE(a.decided_by_id, CASE WHEN %(answered)s THEN a.user_id END)
                     AS decided_by_id,
                   a.why, a.state, s.opened_at, a.decided_at AS answered_at, 1 AS seats,
                   (%(answered)s)::int AS answered, (%(open)s)::int AS open,
                   CASE WHEN %(answered)s THEN %(answer)s END AS answer_hours,
                   CASE WHEN %(open)s THEN %(waits)s END AS waits_hours,
                   CASE WHEN a.id = min(a.id) OVER (PARTITION BY s.id) THEN %(step)s END AS step_hours,
                   (a.decided_by_id IS NOT NULL AND a.decided_by_id != a.user_id)::int AS stood_in,
                   (a.why = %(why)s)::int AS escalated
              FROM approval_engine_assignment a
              JOIN approval_engine_request_step s ON s.id = a.step_id
              JOIN approval_engine_request r ON r.id = s.request_id
             WHERE s.opened_at IS NOT NULL
            """,
            answered=SQL("a.decided_at IS NOT NULL"),
            open=SQL("(r.state = 'pending' AND a.state = %s)", seats.PENDING),
            answer=hours(SQL("s.opened_at"), SQL("a.decided_at")),
            waits=hours(SQL("s.opened_at"), now),
            step=hours(SQL("s.opened_at"), SQL("s.closed_at")),
            why=seats.ESCALATED,
        )
