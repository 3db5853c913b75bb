from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT, id_of
from odoo.addons.event_hub.tools.arguments import takes

from ..const import ADD
from ..policies import adhoc, persons, progress, reach, routing, standing


class ApprovalEngineRequest(models.Model):
    """Asking one more person, for this one request. It cannot be approved without them."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    @takes(user_id=id_of("res.users"), reason=MAYBE_TEXT)
    def action_add_approver(self, user_id, reason):
        """Ask one more person to approve, in a step of their own beside the open ones.

        For whoever could decide now, and for the owner of the policy.

        :param reason: why, in words; kept in the decision log
        :raises AccessError: (403) the caller is not asked
        :raises UserError: (422) without a reason, or that person cannot decide it
        """
        reason = self._text("reason", reason)
        for request in self._readable():
            if not reason:
                raise UserError(
                    self.env._(
                        "%(request)s: say why somebody else is needed (reason).",
                        request=request.display_name,
                    )
                )
            request._add_approver(self.env["res.users"].sudo().browse(user_id), reason)
        return True

    def _add_approver(self, user, reason):
        self.ensure_one()
        self._refuse_unless_adder()
        self._lock()
        self._refuse_unless_open()  # somebody may have been quicker
        self._refuse_to_add(user)
        step, holder = self._my_seat()
        row = self._lay_added(user)
        self.env["approval_engine.decision"]._append(
            self,
            ADD,
            step or row,
            reason,
            holder if step else None,
            more={
                "added_id": user.id,
                "added_login": user.login,
                "added_name": user.name,
            },
        )
        self._tell("approval.approver_added", by=self.env.user.login, added=user.login)
        self.message_post(
            body=self.env._(
                "%(by)s asks %(user)s too: %(reason)s",
                by=self.env.user.name,
                user=user.name,
                reason=reason,
            )
        )

    def _refuse_unless_adder(self):
        """:raises AccessError: (403) neither asked now nor the owner of the policy"""
        if self.env.user != self.policy_id.owner_id:
            self._refuse_unless_decidable()
            return
        self._refuse_at(standing.ADD)
        self._refuse_unless_open()

    def _refuse_to_add(self, user):
        if user == self.env.user:
            raise UserError(
                self.env._("You are asked already: add somebody else, or decide.")
            )
        refusal = adhoc.refuse(
            self._steps(),
            user.id,
            able=bool(self._able_people(user)),
            barred=self._barred_ids(),
        )
        if not refusal:
            return
        names = {"user": user.name, "request": self.display_name}
        if refusal == adhoc.KNOWN:
            raise ConflictError(
                self.env._("%(user)s is asked about %(request)s already.", **names)
            )
        if refusal == adhoc.DECIDED:
            raise UserError(
                self.env._(
                    "%(user)s has decided a step of %(request)s already: one person decides once.",
                    **names,
                )
            )
        if refusal == adhoc.UNABLE:
            raise UserError(
                self.env._(
                    "%(user)s has no access to Approvals in this company, so cannot decide %(request)s.",
                    **names,
                )
            )
        raise UserError(
            self.env._(
                "%(user)s may not decide %(request)s: it is their own, or the policy keeps them out.",
                **names,
            )
        )

    def _lay_added(self, user):
        """:return: the new step of the request, open, with one seat

        :raises UserError: (422) nobody would be left for another step
        """
        planned = adhoc.step_for(0, user.id, self._added_name(user), self._steps())
        row = self.env["approval_engine.request_step"]._lay(
            self, [planned], {0: self._bars()}
        )
        self.invalidate_recordset(["step_ids"])
        today = [
            replace(planned, key=row.id, barred=step.barred)
            if step.key == row.id
            else step
            for step in self._steps_today(user)
        ]
        steps, short = reach.fill_up(
            persons.marked_steps(today, self._logins()),
            owner_id=self.policy_id._able_owner(self.company_id).id or None,
            requester_id=self.requester_id.id,
        )
        if short:
            raise self._refusal(progress.UNREACHABLE, short.name)
        self._write_steps(steps)
        return row

    def _added_name(self, user):
        return self.env._("Asked too: %(user)s", user=user.name)

    # ------------------------------------------------------------------ when it is asked anew

    def _route_under(self, policy, reads):
        """Whoever was added stays asked, also when everything is decided anew."""
        route, note, amount = super()._route_under(policy, reads)
        added = self._added_people()
        if added and not route.problem:
            route = self._with_added(route, policy, added)
        return route, note, amount

    def _with_added(self, route, policy, added):
        """:return: ``route`` with a step for each of those who were added"""
        steps, able = list(route.steps), self._able_people(added)
        for at, user in enumerate(added - self.requester_id, start=1):
            # without a seat, where they left: then the owner of the policy is asked
            person = user.id if user in able else 0
            steps.append(adhoc.step_for(-at, person, self._added_name(user), steps))
        filled, short = reach.fill_up(
            steps,
            owner_id=policy._able_owner(self.company_id).id or None,
            requester_id=self.requester_id.id,
        )
        if short:
            return replace(route, problem=routing.UNREACHABLE, short_step=short.name)
        return replace(route, steps=tuple(filled))

    def _added_people(self):
        if not self.decision_count:  # nobody decided anything: nothing to look for
            return self.env["res.users"]
        rows = self.decision_ids.filtered(lambda d: d.action == ADD).sorted("id")
        return rows.added_id.exists()
