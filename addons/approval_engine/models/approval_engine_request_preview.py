from odoo import models

from ..policies import request_state, seats
from .approval_engine_request_evidence import _iso


class ApprovalEngineRequest(models.Model):
    """Who would decide, shown before anybody is asked."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def preview_route(self):
        """Who would decide, and why them; of a submitted request: who decides.

        :return: [{"step", "sequence", "mode", "quorum", "approvers": [{"login", "name", "why"}], "due_at", "reason"}]
        """
        request = self._readable_one()
        if request.state == request_state.DRAFT:
            policy = request._find_policy()
            route, note, _amount = request._plan_route(policy)
            request._refuse_route_problem(route, policy)
            steps, due = route.steps, request._planned_due(policy)
        else:
            steps, due = request._steps(), request.due_at
            note = (request.policy_snapshot or {}).get("counted") or ""
        return [request._step_preview(step, due, note) for step in steps]

    def _step_preview(self, step, due, note):
        users = {
            user.id: user
            for user in self.env["res.users"]
            .sudo()
            .browse([s.user_id for s in step.seats])
        }
        reason = self._mode_words(step)
        return {
            "step": step.name,
            "sequence": step.sequence,
            "mode": step.mode,
            "quorum": step.quorum,
            "approvers": [
                {
                    "login": users[s.user_id].login,
                    "name": users[s.user_id].name,
                    "why": self._seat_words(s),
                }
                for s in step.seats
            ],
            "due_at": _iso(due) if due else False,
            "reason": f"{reason} {note}" if note else reason,
        }

    def _seat_words(self, seat):
        """:return: why this person has a seat (a ``seats.Seat``), in words"""
        return seat.detail or self._why_words(seat.why)

    def _why_words(self, why):
        return self.env["approval_engine.assignment"]._why_label(why)

    def _mode_words(self, step):
        """:param step: a row of the route, or a ``seats.Step``"""
        if step.mode == seats.ALL:
            return self.env._("Everybody has to approve; one no rejects.")
        if step.mode == seats.ANY:
            return self.env._("The first answer decides.")
        if step.mode == seats.WEIGHTED:
            return self.env._(
                "Approvals with a weight of %(count)s together are needed.",
                count=step.quorum,
            )
        return self.env._("%(count)s have to approve.", count=step.quorum)
