from dataclasses import replace

from odoo import api, fields, models

from ..fields import FrozenJson
from ..policies import reseat, seats


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
    quorum = fields.Integer(help="Approvals, or weight of them, needed.")
    barred = FrozenJson(
        readonly=True,
        help="Who must not decide it, and why, as of when the people were asked: {user id: why}.",
    )
    state = fields.Selection(seats.STATES, required=True, default=seats.WAITING)
    assignment_ids = fields.One2many(
        "approval_engine.assignment", "step_id", "Approvers"
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | set(self._fields)

    def _pool(self, amount, able):
        """:return: ``reseat.Pool``: who may decide this step today

        :param amount: at stake, in the currency of the policy
        :param able: ids of all who can decide at all
        """
        rule = self.policy_step_id
        if rule:
            found = rule._candidates(self.request_id, amount, self._barred_ids())
            return reseat.Pool(found, rule._pick_size(), able)
        present = [a._as_seat() for a in self.assignment_ids if a.user_id.id in able]
        return reseat.Pool(tuple(present), able=able)

    def _barred_ids(self):
        return frozenset(map(int, self.barred or ()))

    def _why_barred(self, user, facts):
        """:return: why this person must not decide the step, then or now; empty if they may"""
        then = (self.barred or {}).get(str(user.id))
        return then or self.policy_step_id._barred(facts).get(user.id, "")

    def _as_policy_step(self):
        return seats.Step(
            self.id,
            self.sequence,
            self.name,
            self.mode,
            self.quorum,
            self.state,
            tuple(a._as_seat() for a in self.assignment_ids.sorted("id")),
            self._barred_ids(),
        )

    @api.model
    def _lay(self, request, route_steps, barred):
        """Create the rows of a route; seats come with ``_apply``.

        :param barred: {policy step id: {user id: why}}
        """
        return self.create(
            [
                self._born_of(request, replace(step, state=seats.WAITING), barred)
                for step in route_steps
            ]
        )

    @api.model
    def _lay_all(self, planned):
        """Create the rows of several routes and their seats, in one statement each.

        :return: (rows, their seats)
        :param planned: [(request, steps, {policy step id: {user id: why}})]
        """
        steps = [(r, step, barred) for r, steps, barred in planned for step in steps]
        rows = self.create([self._born_of(*one) for one in steps])
        seated = self.env["approval_engine.assignment"].create(
            [
                row._seat_values(seat)
                for row, (_request, step, _barred) in zip(rows, steps, strict=True)
                for seat in step.seats
            ]
        )
        return rows, seated

    @api.model
    def _born_of(self, request, step, barred):
        """:return: values of the row of a ``seats.Step``"""
        kept = {str(user_id): why for user_id, why in barred[step.key].items()}
        return {
            "request_id": request.id,
            "company_id": request.company_id.id,
            "policy_step_id": step.key,
            "sequence": step.sequence,
            "name": step.name,
            "mode": step.mode,
            "quorum": step.quorum,
            "state": step.state,
            "barred": kept or False,
        }

    def _seat_values(self, seat):
        """:return: values of the row of a ``seats.Seat`` of this step"""
        return {
            "step_id": self.id,
            "request_id": self.request_id.id,
            "company_id": self.company_id.id,
            "user_id": seat.user_id,
            "why": seat.why,
            "detail": seat.detail or False,
            "weight": seat.weight,
            "state": seat.state,
        }

    def _apply(self, steps):
        """Bring rows and seats in line with ``steps`` (``key`` = id of the row)."""
        by_id = {step.key: step for step in steps}
        changed = self.filtered(lambda row: row.state != by_id[row.id].state)
        for row in changed:
            row._write_guarded({"state": by_id[row.id].state})
        changed._write_together(("state", "opened_at", "closed_at"))
        self.env["approval_engine.assignment"]._apply(self, by_id)
