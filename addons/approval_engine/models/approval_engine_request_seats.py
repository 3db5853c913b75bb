from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import EXECUTION_BATCH
from ..policies import request_state, reseat, seats


class ApprovalEngineRequest(models.Model):
    """What happens to a seat when its person loses the right to decide."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_seats(self, batch_size=EXECUTION_BATCH):
        """Close the seats of those who left, and ask others: each request in a transaction of its own."""
        found = self._with_lost_seats()
        self.env["ir.cron"]._commit_progress(remaining=len(found))
        self._each_alone([("id", "in", found.ids)], "due_at, id", batch_size, "_reseat")

    @api.model
    def _with_lost_seats(self):
        """:return: pending requests where somebody keeps a seat without the right to it, or a step has nobody"""
        open_step = Domain("request_id.state", "=", request_state.PENDING) & Domain(
            "state", "in", tuple(seats.UNDECIDED)
        )
        Steps, Seats = (
            self.env["approval_engine.request_step"],
            self.env["approval_engine.assignment"],
        )
        empty = Steps.search(
            open_step
            & Domain(
                "assignment_ids", "not any", [("state", "in", tuple(seats.UNDECIDED))]
            )
        )
        requests = empty.request_id.filtered(lambda request: request._would_reseat())
        able = {}  # who can decide at all, by company
        for rule, company in Steps._read_group(
            open_step, ["policy_step_id", "company_id"]
        ):
            if company not in able:
                able[company] = self._able_ids(company)
            domain = (
                Domain("step_id.policy_step_id", "=", rule.id)
                & Domain("company_id", "=", company.id)
                & Domain("request_id.state", "=", request_state.PENDING)
                & Domain("state", "in", tuple(seats.UNDECIDED))
                & ~self._kept_domain(rule, company, able[company])
            )
            requests |= Seats.search(domain).request_id
        return requests

    @api.model
    def _kept_domain(self, rule, company, able):
        """:return: which seats of a policy step (empty: of steps without one) are kept; as ``_holds`` decides"""
        kept = Domain("why", "in", tuple(seats.KEPT)) & Domain("user_id", "in", able)
        if not rule:
            return Domain("user_id", "in", able)
        owner = rule.policy_id._able_owner(company)
        standing = rule._standing_ids(company)
        owned = Domain("why", "=", seats.OWNER) & Domain("user_id", "=", owner.id)
        named = Domain("why", "not in", (*seats.KEPT, seats.OWNER))
        return kept | owned | (named & Domain("user_id", "in", standing))

    @api.model
    def _able_ids(self, company):
        group = self.env.ref("approval_engine.group_approval_user")
        return group.all_user_ids._able_to_approve(company).ids

    def _able_here(self):
        """:return: ids of all who can decide this request at all, whoever is asked"""
        return frozenset(self._able_ids(self.company_id))

    def _reseat(self):
        """Bring the seats of the open steps in line with who may decide today, and say so."""
        self.ensure_one()
        result = self._plan_reseating()
        if result.steps == self._steps():
            return
        self._write_steps(result.steps)
        self._tell_reseated(result)

    def _would_reseat(self):
        return self._plan_reseating().steps != self._steps()

    def _plan_reseating(self):
        amount = self._stake_when_asked()
        able, spent = self._able_here(), self._spent_elsewhere()
        undecided = self.step_ids.filtered(lambda s: s.state in seats.UNDECIDED)
        return reseat.reseat(
            self._steps(),
            {row.id: row._pool(amount, able).without(spent) for row in undecided},
            owner_id=self.policy_id._able_owner(self.company_id).id or None,
            requester_id=self.requester_id.id,
        )

    # ------------------------------------------------------------------ saying so

    def _tell_reseated(self, result):
        """A line in the conversation, an event, and an activity for whoever has to step in."""
        lines = self._reseating_lines(result)
        body = Markup("<br/>").join(escape(line) for line in lines)
        self.message_post(body=body)
        self._tell("approval.reseated", why=" ".join(lines))
        called = self._called_in(result)
        if called:
            self._ask_to_step_in(called, body)

    def _reseating_lines(self, result):
        """:return: one sentence per seat that was closed, opened, or is missing"""
        Users, names = self.env["res.users"], {s.id: s.name for s in self.step_ids}
        lost = [
            self.env._(
                "%(step)s: %(user)s can no longer decide (%(why)s).",
                step=names[key],
                user=Users.browse(user_id).name,
                why=self._why_lost(Users.browse(user_id)),
            )
            for key, user_id in result.lost
        ]
        added = [
            self.env._(
                "%(step)s: %(user)s is asked instead (%(why)s).",
                step=names[key],
                user=Users.browse(seat.user_id).name,
                why=_lower_first(self._seat_words(seat)),
            )
            for key, seat in result.added
        ]
        stuck = [
            self.env._(
                "%(step)s: not enough people are left to decide it.", step=names[key]
            )
            for key in result.stuck
        ]
        return lost + added + stuck

    def _why_lost(self, user):
        if not user.active:
            return self.env._("archived")
        if not user.has_group("approval_engine.group_approval_user"):
            return self.env._("no access to Approvals any more")
        if self.company_id not in user.company_ids:
            return self.env._("not in %s any more", self.company_id.name)
        return self.env._("not an approver of this step any more")

    def _called_in(self, result):
        """:return: the owner who got a seat; where a step is stuck, who has to mend that"""
        owners = [
            seat.user_id for _key, seat in result.added if seat.why == seats.OWNER
        ]
        if not result.stuck:
            return self.env["res.users"].browse(owners[:1])
        owner = self.policy_id.owner_id.filtered("active")
        managers = self.env.ref("approval_engine.group_approval_manager").all_user_ids
        able = managers.filtered(
            lambda u: u.active and not u.share and self.company_id in u.company_ids
        )
        return owner or able.sorted("id")[:1]

    def _ask_to_step_in(self, user, note):
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=user.id,
            date_deadline=fields.Date.context_today(self),
            summary=self.env._(
                "%(request)s: nobody else is left to decide", request=self.name
            ),
            note=note,
        )


def _lower_first(text):
    return text[:1].lower() + text[1:]
