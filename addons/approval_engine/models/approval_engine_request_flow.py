from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.exceptions import ConflictError

from ..const import APPROVE, DEADLINE_CRON, EXECUTE_CRON
from ..policies import (
    deadlines,
    execution,
    integrity,
    progress,
    request_state,
    routing,
    seats,
)


class ApprovalEngineRequest(models.Model):
    """The requester's side: submit, recall, resubmit; and what makes a request start over or lapse."""

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
        policy = self.env["approval_engine.policy"]._for(self.type_id, self.company_id)
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

    def _start_clock(self, now):
        due = self.policy_id._due_at(now)
        remind = deadlines.remind_at(now, due) if due else False
        for moment in filter(None, (remind, due)):
            self.env["event_hub.waker"]._wake_at(DEADLINE_CRON, moment)
        self._write_guarded({"due_at": due, "remind_at": remind})

    def _freeze(self):
        """Fix what is decided on: the content, and the evidence as it is now."""
        packet = self._gather_evidence()
        self._write_guarded(
            {
                "company_amount": self._amount_in(self.company_id.currency_id),
                "evidence_packet": packet,
                "evidence_hash": integrity.digest(packet),
                "brief": integrity.without_null(self._brief()) or False,
            }
        )
        self._write_guarded({"content_hash": self._content_digest()})

    def _lay_route(self):
        route = self._plan_route(self.policy_id)
        self._refuse_route_problem(route, self.policy_id)
        self.step_ids.unlink()
        rows = self.env["approval_engine.request_step"]._lay(self, route.steps)
        self.invalidate_recordset(["step_ids"])
        steps = [
            seats.Step(
                row.id,
                step.sequence,
                step.name,
                step.mode,
                step.quorum,
                step.state,
                step.seats,
            )
            for row, step in zip(rows, route.steps, strict=True)
        ]
        self._write_steps(progress.open_steps(steps))

    def _plan_route(self, policy):
        """:return: the ``policies.routing.Route`` this request takes under ``policy``"""
        return routing.build_route(
            policy.step_ids._rules(self.company_id),
            amount=self._amount_for(policy),
            requester_id=self.requester_id.id,
            owner_id=policy._able_owner(self.company_id).id or None,
        )

    def _amount_for(self, policy):
        """:return: the amount in the policy's currency"""
        return self._amount_in(policy.currency_id)

    def _amount_in(self, currency):
        """:return: the amount in ``currency``, at the rate of the day it was submitted; for a draft of today"""
        if self.currency_id == currency:
            return self.amount
        moment = fields.Datetime.context_timestamp(
            self, self.submitted_at or fields.Datetime.now()
        )
        return self.currency_id._convert(
            self.amount, currency, self.company_id, moment.date()
        )

    def _refuse_route_problem(self, route, policy):
        if route.problem == routing.NO_STEP:
            raise UserError(
                self.env._(
                    "Policy %(policy)s has no step for %(amount)s. Its owner %(owner)s can add one in a new version.",
                    policy=policy.display_name,
                    amount=self.currency_id.format(self.amount),
                    owner=policy.owner_id.name or "?",
                )
            )
        if route.problem:
            raise UserError(self._unreachable_message(policy, route.short_step))

    def _unreachable_message(self, policy, step):
        return self.env._(
            "Policy %(policy)s, step %(step)s: not enough people are left to decide it. The requester does not count, "
            "nobody decides two steps, and the policy's owner (%(owner)s) cannot step in. Add people with access to "
            "Approvals to the step, or give the policy another owner, in a new version.",
            policy=policy.display_name,
            step=step,
            owner=policy.owner_id.name or self.env._("none"),
        )

    # ------------------------------------------------------------------ start over, lapse

    def _reopen(self, why):
        """Void the decisions made: the content is no longer what was decided on."""
        self.ensure_one()
        self._write_guarded(
            {
                "round": self.round + 1,
                "decided_at": False,
                "outcome": False,
                "next_try_at": False,
                "attempts": 0,
            }
        )
        self._freeze()
        self._start_clock(fields.Datetime.now())
        if self.state != request_state.PENDING:
            self._set_state(request_state.PENDING, "approval.reopened", why=why)
        else:
            self._tell("approval.reopened", why=why)
        self._lay_route()
        self.message_post(body=why)

    def _change_content(self, vals, why):
        """Change what is asked, from code that may: decisions made on the old content are void."""
        for request in self.sudo():
            request._lock()
            request._write_guarded(vals)
            if request.state in request_state.LIVE:
                request._reopen(why)
        return True

    def _recheck_condition(self):
        """Lapse those whose reason has gone; for pending and approved requests.

        :return: the requests that lapsed
        """
        lapsed = self.browse()
        for request in self.sudo().filtered(lambda r: r.state in request_state.LIVE):
            holds, why = request._condition()
            if not holds:
                request._lapse(why)
                lapsed += request
        return lapsed.with_env(self.env)

    def _condition(self):
        """:return: (holds, why): whether the reason of this request is still there"""
        self.ensure_one()
        subject = self._subject()
        if subject is not None and not subject:
            return False, self.env._(
                "What it is about (%(model)s %(id)s) is gone.",
                model=self.res_model,
                id=self.res_id,
            )
        if not self.type_id.condition or not subject:
            return True, ""
        return getattr(subject.with_env(self.env), self.type_id.condition)(self)

    def _lapse(self, why):
        self._set_state(
            request_state.LAPSED,
            "approval.lapsed",
            {
                "outcome": why,
                "decided_at": self.decided_at or fields.Datetime.now(),
                "next_try_at": False,
            },
            why=why,
        )
        self._close_steps()

    def _approved_by_now(self):
        """Everybody needed said yes: carry it out right after this transaction."""
        now = fields.Datetime.now()
        values = {"decided_at": now, "next_try_at": now}
        self._set_state(request_state.APPROVED, "approval.approved", values)
        self.env["event_hub.waker"]._wake(EXECUTE_CRON)
        if not self.type_id.effect:
            self._set_executed(
                self.env._("Approved; there was nothing more to carry out.")
            )

    def _verdict_before_execution(self):
        """:return: (what to do, why the condition fails)"""
        holds, why = self._condition()
        decisions = self.decision_ids.filtered(
            lambda d: d.round == self.round and d.action == APPROVE
        )
        approved = set(decisions.mapped("content_hash"))
        bad, _checked = self.env["approval_engine.decision"]._verify(self)
        return execution.before_execution(
            chain_ok=not bad,
            content_matches=approved == {self._content_digest()},
            condition_holds=holds,
        ), why
