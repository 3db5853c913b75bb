from odoo import api, fields, models

from ..policies import seats


class ApprovalEngineRequestStep(models.Model):
    """A step of one request's route: who decides it, and how far it is."""

    _name = "approval_engine.request_step"
    _inherit = ["approval_engine.guarded"]
    _description = "Approval Step"
    _order = "request_id, sequence, id"

    request_id = fields.Many2one(
        "approval_engine.request", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    policy_step_id = fields.Many2one("approval_engine.policy_step", ondelete="set null")
    sequence = fields.Integer(required=True)
    name = fields.Char(required=True)
    mode = fields.Selection(seats.MODES, required=True)
    quorum = fields.Integer()
    state = fields.Selection(seats.STATES, required=True, default=seats.WAITING)
    assignment_ids = fields.One2many(
        "approval_engine.assignment", "step_id", "Approvers"
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | set(self._fields)

    def _candidates(self):
        """:return: ((user id, why), …): who may decide this step today"""
        if self.policy_step_id:
            return self.policy_step_id._candidates(self.company_id)
        return tuple((seat.user_id.id, seat.why) for seat in self.assignment_ids)

    def _as_policy_step(self):
        return seats.Step(
            self.id,
            self.sequence,
            self.name,
            self.mode,
            self.quorum,
            self.state,
            tuple(
                seats.Seat(a.user_id.id, a.why, a.state, a.decided_by_id.id or 0)
                for a in self.assignment_ids.sorted("id")
            ),
        )

    @api.model
    def _lay(self, request, route_steps):
        """Create the rows of a route; seats come with ``_apply``."""
        return self.create(
            [
                {
                    "request_id": request.id,
                    "policy_step_id": step.key,
                    "sequence": step.sequence,
                    "name": step.name,
                    "mode": step.mode,
                    "quorum": step.quorum,
                    "state": seats.WAITING,
                }
                for step in route_steps
            ]
        )

    def _apply(self, steps):
        """Bring rows and seats in line with ``steps`` (``key`` = id of the row)."""
        by_id = {step.key: step for step in steps}
        for row in self:
            step = by_id[row.id]
            if row.state != step.state:
                row._write_guarded({"state": step.state})
        self.env["approval_engine.assignment"]._apply(self, by_id)
