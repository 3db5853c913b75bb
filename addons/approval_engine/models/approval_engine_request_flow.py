from contextlib import contextmanager

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.exceptions import ConflictError

from ..const import EXECUTE_CRON
from ..policies import request_state
from ..tools.clocks import Clocks
from ..tools.route_reads import RouteReads


class ApprovalEngineRequest(models.Model):
    """The requester's side: submit and resubmit."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ actions

    def action_submit(self):
        """Ask: freeze content and evidence, lay the route, tell the first approvers.

        :raises UserError: (422) no policy, nobody to decide, or something missing; says what to do
        """
        self._own("submit")._submit()
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

    def _lock(self, reread=True):
        """Let nobody else decide, execute or recall meanwhile.

        What this transaction has read is what it would read again: its snapshot is from before, and if somebody
        changed the request since, the database sends this transaction back to the start.

        :param reread: also forget what is in memory and may have been put there by other means
        :raises ConflictError: (409) somebody is at it right now
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        if locked != self:
            raise ConflictError(
                self.env._(
                    "Somebody else is working on %(request)s right now. Look at it again in a moment.",
                    request=(self - locked)[:1].display_name,
                )
            )
        if reread:
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
        """Ask about all of these, or about none; one is a batch of one."""
        self._lock(reread=False)
        for request in self:
            with self._naming(request):
                if request.state != request_state.DRAFT:
                    raise request._wrong_state()
                request._check_complete()
        policies = self._find_policies()
        if len(self) == 1:
            self._ask_under(policies)
        else:
            with self.env.cr.savepoint():
                self._ask_under(policies)

    @contextmanager
    def _naming(self, request):
        """Of several requests an error says which one it is about."""
        try:
            yield
        except UserError as error:
            name, said = request.display_name, str(error)
            if len(self) == 1 or name in said:
                raise
            raise type(error)(f"{name}: {said}") from error

    def _ask_under(self, policies):
        """Freeze, find the routes, start the clocks, and tell those who are asked.

        :param policies: {request: policy}
        """
        reads = RouteReads(self, policies)
        reads.look_at_people()
        self._begin_rounds(policies)
        self._take_turns(policies)
        routes = self._usable_routes(reads)
        frozen, now = self._frozen_values(), fields.Datetime.now()
        clocks = Clocks(self.env, now)
        for request in self:
            values = {
                **frozen[request],
                **clocks.values(policies[request], request.urgent),
                **request._route_values(routes[request]),
                "submitted_at": now,
            }
            request._set_state(request_state.PENDING, "approval.submitted", values)
        self._lay_routes(reads, routes)

    def _begin_rounds(self, policies):
        groups = {}
        for request in self:
            key = policies[request], request.round + 1
            groups[key] = groups.get(key, self.browse()) | request
        snapshots = {policy: policy._snapshot() for policy, _round in groups}
        for (policy, round_), requests in groups.items():
            requests._write_guarded(
                {
                    "policy_id": policy.id,
                    "policy_snapshot": snapshots[policy],
                    "round": round_,
                }
            )

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
        return self._find_policies()[self]

    def _find_policies(self):
        """:return: {request: policy in force}

        :raises UserError: (422) there is none for one of them
        """
        found = self.env["approval_engine.policy"]._for_all(self)
        for request in self:
            if not found[request]:
                with self._naming(request):
                    raise request._no_policy()
        return found

    def _no_policy(self):
        return UserError(
            self.env._(
                "No policy says who decides requests of type %(type)s in %(company)s. An approval manager can "
                "activate one under Approvals > Configuration > Policies.",
                type=self.type_id.name,
                company=self.company_id.name,
            )
        )

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
