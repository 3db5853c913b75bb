from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.exceptions import ConflictError

from ..const import EXECUTE_CRON
from ..policies import (
    request_state,
)


class ApprovalEngineRequest(models.Model):
    """The requester's side: submit and resubmit."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ actions

    def action_submit(self):
        """Ask: freeze content and evidence, lay the route, tell the first approvers.

        :raises UserError: (422) no policy, nobody to decide, or something missing; says what to do
        """
        for request in self._own("submit"):
            request._submit()
        return True

    def action_resubmit(self):
        """Make a rejected, recalled or expired request a draft again, to be changed and submitted."""
        for request in self._own("resubmit"):
            request._lock()
            request._set_state(
                request_state.DRAFT, "approval.redrafted", request._blank_values()
            )
            request.step_ids.unlink()
        return True

    def _own(self, what):
        """:return: ``self`` in sudo, after checking that all of it was asked by the user"""
        requests = self._readable()
        for request in requests:
            if request.requester_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(request)s was asked by %(requester)s: nobody else can %(what)s it.",
                        request=request.display_name,
                        requester=request.requester_id.name,
                        what=what,
                    )
                )
        return requests

    def _blank_values(self):
        names = (
            "policy_id",
            "policy_snapshot",
            "company_amount",
            "content_hash",
            "content_frozen",
            "evidence_packet",
            "evidence_hash",
            "brief",
            "due_at",
            "remind_at",
            "submitted_at",
            "decided_at",
            "executed_at",
            "outcome",
            "attempts",
            "next_try_at",
        )
        return {name: False for name in names}

    def _lock(self):
        """Let nobody else decide, execute or recall meanwhile.

        :raises ConflictError: (409) somebody is at it right now
        """
        if self.try_lock_for_update(allow_referencing=True) != self:
            raise ConflictError(
                self.env._(
                    "Somebody else is working on %(request)s right now. Look at it again in a moment.",
                    request=self[:1].display_name,
                )
            )
        self.invalidate_recordset()

    def _wrong_state(self):
        return ConflictError(
            self.env._(
                "%(request)s is %(state)s: it is too late, or too early, for this.",
                request=self.display_name,
                state=self._state_label(),
            )
        )

    # ------------------------------------------------------------------ submit

    def _submit(self):
        self.ensure_one()
        self._lock()
        if self.state != request_state.DRAFT:
            raise self._wrong_state()
        self._check_complete()
        policy = self._find_policy()
        now = fields.Datetime.now()
        self._write_guarded(
            {
                "policy_id": policy.id,
                "policy_snapshot": policy._snapshot(),
                "round": self.round + 1,
            }
        )
        self._freeze()
        self._start_clock(now)
        self._set_state(
            request_state.PENDING, "approval.submitted", {"submitted_at": now}
        )
        self._lay_route()

    def _check_complete(self):
        """Whether there is something to decide, about something the requester may see."""
        kind = self.type_id
        if kind.subject_model and self.res_model != kind.subject_model:
            raise UserError(
                self.env._(
                    "%(request)s: requests of type %(type)s are about a record of %(model)s. Set “Subject Model” and "
                    "“Subject” (res_model, res_id).",
                    request=self.display_name,
                    type=kind.name,
                    model=kind.subject_model,
                )
            )
        subject = self._subject()
        if self.res_model and not subject:
            raise UserError(
                self.env._(
                    "%(request)s: there is no %(model)s %(id)s. Correct “Subject” (res_model, res_id).",
                    request=self.display_name,
                    model=self.res_model,
                    id=self.res_id,
                )
            )
        self._check_subject_access()

    def _find_policy(self):
        policy = self.env["approval_engine.policy"]._for(
            self.type_id, self.company_id, self
        )
        if not policy:
            raise UserError(
                self.env._(
                    "No policy says who decides requests of type %(type)s in %(company)s. An approval manager can "
                    "activate one under Approvals > Configuration > Policies.",
                    type=self.type_id.name,
                    company=self.company_id.name,
                )
            )
        return policy

    def _approved_by_now(self):
        """Everybody needed said yes: carry it out right after this transaction, or wait for who does it."""
        now = fields.Datetime.now()
        waits = self._waits_for_use()
        values = {"decided_at": now, "next_try_at": False if waits else now}
        self._set_state(request_state.APPROVED, "approval.approved", values)
        if waits:
            return
        self.env["event_hub.waker"]._wake(EXECUTE_CRON)
        if not self.type_id.effect and not self.governed_key:
            self._set_executed(
                self.env._("Approved; there was nothing more to carry out.")
            )
