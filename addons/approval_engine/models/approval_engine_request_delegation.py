from odoo import api, fields, models
from odoo.fields import Domain

from ..policies import seats


class ApprovalEngineRequest(models.Model):
    """Deciding in somebody's place."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    company_amount = fields.Monetary(
        "Amount in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="At the rate of the day it was submitted.",
    )
    stands_in = fields.Boolean(
        "In Somebody's Place",
        compute="_compute_stands_in",
        search="_search_stands_in",
        help="You decide this for somebody who lent you their decisions.",
    )
    stands_in_for = fields.Char(compute="_compute_stands_in")

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {"company_amount"}

    def _lent_here(self):
        """:return: what those asked here lend right now, and the policy's owner, who may be called in"""
        people = self.assignment_ids.user_id | self.policy_id.owner_id
        return self._lent_by(people.ids)

    def _lenders(self, lent=None):
        """:return: ids of those in whose place ``env.user`` may decide this now

        :param lent: as ``_lent_here``, if known
        """
        people = self._lending(lent)
        mine = self.assignment_ids.filtered(
            lambda seat: seat.user_id in people and seat.state in seats.UNDECIDED
        )
        lost = mine.filtered(lambda seat: not seat._holds()).user_id
        return set((people - lost).ids)

    def _lending(self, lent=None):
        """:return: those who lend this to ``env.user`` right now, whether they are asked or not"""
        self.ensure_one()
        if lent is None:
            lent = self.env["approval_engine.delegation"]._live(self.env.user)
        lent = lent.filtered(lambda one: one.delegate_id == self.env.user)
        return lent.filtered(lambda one: one._covers(self)).user_id

    def _lent(self):
        """:return: what is lent right now by those asked here, as far as it covers this request"""
        return self._covering(self._lent_here())

    def _covering(self, lent):
        """:param lent: live delegations
        :return: those that cover this request
        """
        return lent.filtered(
            lambda one: one.delegate_id != self.requester_id and one._covers(self)
        )

    def _standing_in(self, lent):
        """:return: those of ``lent`` whose lender is asked now, and where neither is barred

        Who is barred learns nothing of the request by being lent a seat in it.

        :param lent: delegations that cover this request
        """
        open_steps = [
            step
            for step in (self._steps_today(lent.delegate_id) if lent else ())
            if step.state == seats.PENDING
        ]
        return lent.filtered(
            lambda one: any(
                one.user_id.id in step.users(seats.PENDING)
                and not step.barred & {one.user_id.id, one.delegate_id.id}
                for step in open_steps
            )
        )

    # ------------------------------------------------------------------ what waits for the caller

    @api.model
    def _own_domain(self):
        """What waits for the caller's own seats; those of what is closed are closed too, so the state is not asked.

        Without the rules of the seats: one's own can always be seen. So this is one small index, whatever the
        database knows of its tables.
        """
        return Domain(
            "assignment_ids",
            "any!",
            [("user_id", "=", self.env.uid), ("state", "=", seats.PENDING)],
        )

    @api.model
    def _lent_domain(self):
        """What waits for others and may be decided by the caller, who has not decided any of it."""
        lent = self.env["approval_engine.delegation"]._live(self.env.user)
        if not lent:
            return Domain.FALSE
        done = Domain("state", "in", tuple(seats.DECIDED)) & (
            Domain("user_id", "=", self.env.uid)
            | Domain("decided_by_id", "=", self.env.uid)
        )
        return (
            Domain.OR(one._request_domain() for one in lent)
            & Domain("assignment_ids", "not any", done)
            & ~self._own_domain()
        )

    @api.depends("state", "assignment_ids.state")
    @api.depends_context("uid")
    def _compute_stands_in(self):
        lent = self.env["approval_engine.delegation"]._live(self.env.user)
        here = self.sudo().search(Domain("id", "in", self.ids) & self._lent_domain())
        for request in self:
            request.stands_in = request._origin.sudo() in here
            request.stands_in_for = (
                request.sudo()._names_of_lenders(lent) if request.stands_in else False
            )

    def _names_of_lenders(self, lent):
        people = lent.filtered(lambda one: one._covers(self)).user_id
        asked = self.assignment_ids.filtered(lambda a: a.state == seats.PENDING)
        return ", ".join((asked.user_id & people).mapped("name"))

    def _search_stands_in(self, operator, value):
        if operator != "in":
            return NotImplemented
        lent = self._lent_domain()
        wanted = set(map(bool, value))
        if wanted == {True}:
            return lent
        return ~lent if wanted == {False} else Domain(bool(wanted))
