from odoo import api, models

from ..policies import seats, simulation
from ..tools import simulated
from .approval_engine_request_auto import AUTO_STEP


class ApprovalEngineRequest(models.Model):
    """Requests as cases of a simulation: records in memory, planned and never written."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _counted_before(self, policies):
        """The series that is played through counts itself, not what is asked today."""
        counted = {one: simulated.counted(one.id) for one in self}
        if None in counted.values():
            return super()._counted_before(policies)
        return counted

    @api.model
    def _case_fields(self):
        """:return: names of the fields that a case takes over from the request it repeats"""
        return [*self._content_fields(), "requester_id", "submitted_at", "urgent"]

    def _planned_steps(self, route):
        """:return: the steps of a ``policies.routing.Route`` as a simulation sees them; none if nobody is asked"""
        return tuple(_asked(step) for step in route.steps if step.key != AUTO_STEP)

    def _real_steps(self):
        """:return: {request id: the steps really laid, without those that somebody added for this one request}"""
        found = {request.id: [] for request in self}
        for row in self.sudo().step_ids.sorted(lambda s: (s.sequence, s.id)):
            people = row.assignment_ids
            added = people and set(people.mapped("why")) == {seats.ADDED}
            if people and not added:
                found[row.request_id.id].append(_asked(row._as_policy_step()))
        return found


def _asked(step):
    """:param step: a ``seats.Step``; who was called in as the time ran out is no part of it"""
    held = [seat for seat in step.seats if seat.why not in seats.LATE]
    return simulation.Asked(
        step.name,
        step.sequence,
        step.mode,
        step.quorum,
        tuple((seat.user_id, seat.weight) for seat in held),
        by_owner=bool(held) and all(seat.why == seats.OWNER for seat in held),
    )
