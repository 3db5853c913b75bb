from odoo import api, fields, models

from ..policies import seats

WHY = [
    (seats.NAMED, "Named in the step"),
    (seats.GROUP, "Member of the step's group"),
    (seats.MANAGER, "Manager of the requester"),
    (seats.FIELD, "Named by the record"),
    (seats.MATRIX, "Has the role asked for"),
    (seats.ADDED, "Asked in addition"),
    (seats.ESCALATED, "Asked as the time ran out"),
    (seats.OWNER, "Owner of the policy, as nobody else is left"),
]


class ApprovalEngineAssignment(models.Model):
    """The seat of one person in one step."""

    _name = "approval_engine.assignment"
    _inherit = ["approval_engine.guarded"]
    _description = "Approver of a Step"
    _order = "step_id, id"
    _rec_name = "user_id"

    step_id = fields.Many2one(
        "approval_engine.request_step", required=True, ondelete="cascade", index=True
    )
    request_id = fields.Many2one(
        "approval_engine.request",
        "Request",
        related="step_id.request_id",
        store=True,
        index=True,
    )
    company_id = fields.Many2one(related="step_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users", "Approver", required=True, ondelete="restrict", index=True
    )
    why = fields.Selection(WHY, required=True)
    detail = fields.Char(
        readonly=True, help="Why this person, in words, as of when they were asked."
    )
    weight = fields.Integer(
        readonly=True,
        default=1,
        help="Counts in a step that adds up weights.",
    )
    state = fields.Selection(seats.STATES, required=True, default=seats.WAITING)
    decided_at = fields.Datetime("Decided")
    decided_by_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        index="btree_not_null",
        help="Who decided in the approver's place.",
    )

    _seat_uniq = models.Constraint(
        "UNIQUE(step_id, user_id)", "This person has a seat in this step already."
    )
    _inbox_idx = models.Index(
        "(user_id, company_id, request_id) WHERE state = 'pending'"
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | set(self._fields)

    def _holds(self):
        """:return: whether the person of this seat may still decide"""
        self.ensure_one()
        rule, company = self.step_id.policy_step_id, self.company_id
        if self.why == seats.OWNER:
            policy = self.request_id.policy_id
            return self.user_id == policy._able_owner(company)
        if self.why in seats.KEPT or not rule:
            inside = self.user_id._is_able_to_approve(company)
            return inside or self.user_id in self.request_id._guests()
        return rule._is_candidate(self.user_id, company)

    def _as_seat(self):
        return seats.Seat(
            self.user_id.id,
            self.why,
            self.state,
            self.decided_by_id.id or 0,
            self.detail or "",
            self.weight,
        )

    @api.model
    def _why_label(self, why):
        return dict(self._fields["why"]._description_selection(self.env))[why]

    def _why_words(self):
        return self.detail or self._why_label(self.why)

    @api.model
    def _apply(self, rows, by_id):
        """Bring the seats of ``rows`` in line with the policy steps ``{row id: step}``."""
        present = {
            (seat.step_id.id, seat.user_id.id): seat for seat in rows.assignment_ids
        }
        wanted = [(row.id, seat) for row in rows for seat in by_id[row.id].seats]
        self.create(
            [
                row._seat_values(seat)
                for row in rows
                for seat in by_id[row.id].seats
                if (row.id, seat.user_id) not in present
            ]
        )
        changed, every = {}, self.browse()
        for row_id, seat in wanted:
            row = present.get((row_id, seat.user_id))
            if row and row.state != seat.state:
                asked_anew = (
                    row.state == seats.SKIPPED and seat.state in seats.UNDECIDED
                )
                reasons = tuple(_reasons(seat).items()) if asked_anew else ()
                key = (seat.state, seat.decided_by, reasons)
                changed[key] = changed.get(key, self.browse()) | row
        for (state, decided_by, reasons), seats_changed in changed.items():
            every |= seats_changed
            decided_at = fields.Datetime.now() if state in seats.DECIDED else False
            seats_changed._write_guarded(
                {
                    "state": state,
                    "decided_at": decided_at,
                    "decided_by_id": decided_by,
                    **dict(reasons),
                }
            )
        every._write_together(("state", "decided_at", "decided_by_id"))


def _reasons(seat):
    """:return: why a person has the seat, as values of its row"""
    return {"why": seat.why, "detail": seat.detail or False, "weight": seat.weight}
