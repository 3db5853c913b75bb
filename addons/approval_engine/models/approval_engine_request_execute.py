import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, LockError, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.event_hub.policies.arguments import TEXT
from odoo.addons.event_hub.tools import trace
from odoo.addons.event_hub.tools.arguments import takes

from ..const import APPROVE, COMPLETE, EXECUTE_CRON, EXECUTION_BATCH
from ..policies import deadlines, execution, progress, request_state, standing
from ..tools import passages

_logger = logging.getLogger(__name__)


class ApprovalEngineRequest(models.Model):
    """What happens without anybody pressing a button: carrying out, retrying, reminding, expiring."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ carry out

    @api.model
    def _cron_execute(self, batch_size=EXECUTION_BATCH):
        """Carry out what was approved: each request in a transaction of its own."""
        domain = self._executable_domain()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        for request in self.search(domain, limit=batch_size, order="decided_at, id"):
            locked = request.try_lock_for_update(
                allow_referencing=True
            ).filtered_domain(domain)
            if locked:
                locked._carry_out()
            if not cron._commit_progress(1):
                break

    @api.model
    def _executable_domain(self):
        return Domain("state", "in", tuple(request_state.AWAITS_EXECUTION)) & Domain(
            "next_try_at",
            "<=",
            fields.Datetime.now(),
        )

    def _carry_out(self):
        """Run the effect of one locked request as whoever decided last, or say why not."""
        self.ensure_one()
        decider = self._last_decider()
        scoped = self.with_user(decider).with_company(self.company_id).sudo()
        with trace.use(self._execution_trace(decider)):
            try:
                with self.env.cr.savepoint():
                    scoped._carry_out_as_approved()
                    scoped.env.flush_all()
            except (LockError, ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                # somebody works on the subject right now: neither done nor failed
                self.env.invalidate_all()
                scoped._try_again_at(fields.Datetime.now() + deadlines.RETRY_BASE)
            except Exception as error:
                # whatever the effect of another addon ran into: its work is undone, the reason is
                # kept where people see it, and the requests behind it are not held up
                self.env.invalidate_all()
                expected = isinstance(error, UserError)
                _logger.log(
                    logging.INFO if expected else logging.WARNING,
                    "Approval request %s could not be carried out: %s",
                    self.id,
                    error,
                    exc_info=not expected,
                )
                scoped._set_failed(self._words_of(error))

    def _try_again_at(self, moment):
        self._write_guarded({"next_try_at": moment})
        self.env["event_hub.waker"]._wake_at(EXECUTE_CRON, moment)

    def _last_decider(self):
        decision = self.decision_ids.filtered(lambda d: d.action == APPROVE).sorted(
            "id"
        )[-1:]
        if decision.by_policy:
            return self._answers_for_policy()
        return decision.user_id.exists() or self.env.user

    def _execution_trace(self, decider):
        approved = (
            self.env["event_hub.event"]
            .sudo()
            .search(
                [
                    ("case_model", "=", self._name),
                    ("case_id", "=", self.id),
                    ("type", "=", "approval.approved"),
                ],
                order="id desc",
                limit=1,
            )
        )
        return trace.Trace(
            correlation=self.correlation,
            causation=approved.id or None,
            actor_id=decider.id,
            actor=decider.login,
            depth=approved.depth + 1,
        )

    def _carry_out_as_approved(self):
        subject = self._subject()
        if (
            subject
        ):  # nobody changes the reason or the record between the check and the effect
            subject.lock_for_update(allow_referencing=True)
        verdict, why = self._verdict_before_execution()
        if verdict == execution.LAPSE:
            self._lapse(why)
        elif verdict == execution.REOPEN:
            self._reopen(
                self.env._(
                    "What would be carried out is no longer what was approved; it has to be approved again.",
                ),
                keep=True,
            )
        elif verdict == execution.MOVED:
            self._set_failed(self._moved_words(), final=True)
        elif verdict == execution.REFUSE:
            self._set_failed(
                self.env._(
                    "The decision log of this request does not verify: nothing is "
                    "carried out. Ask an auditor to check it.",
                ),
                final=True,
            )
        else:
            self._set_executed(self._run_effect())

    def _run_effect(self):
        """:return: what was done, in one sentence"""
        if self._is_kept_change():
            return self._apply_change()
        name = self.type_id.effect
        if not name:
            return self.env._("Approved; there was nothing more to carry out.")
        with passages.effect_of(self):
            outcome = getattr(self._subject(), name)(self)
            self.env.flush_all()  # what follows from it is part of it
        return outcome

    def _moved_words(self):
        before = (self.content_frozen or {}).get("subject")
        return self.env._(
            "The record was changed since this was asked (%(changes)s), so nothing was changed. Make the change anew.",
            changes="; ".join(self._diff_words(before, self._subject_content())),
        )

    def _set_executed(self, outcome):
        self._set_state(
            request_state.EXECUTED,
            "approval.executed",
            {
                "executed_at": fields.Datetime.now(),
                "outcome": outcome,
                "next_try_at": False,
                "attempts": self.attempts + 1,
            },
            outcome=outcome,
            **self._result_told(),
        )

    def _set_failed(self, why, final=False):
        """Keep the reason, and plan the next attempt; after the last one a person has to look."""
        attempts = self.attempts + 1
        retry_at = (
            None if final else deadlines.retry_at(fields.Datetime.now(), attempts)
        )
        values = {
            "outcome": why,
            "attempts": attempts,
            "next_try_at": retry_at or False,
        }
        if self.state == request_state.FAILED:
            self._write_guarded(values)
            self._tell("approval.failed", why=why, attempts=attempts)
        else:
            self._set_state(
                request_state.FAILED,
                "approval.failed",
                values,
                why=why,
                attempts=attempts,
            )
        if retry_at:
            self.env["event_hub.waker"]._wake_at(EXECUTE_CRON, retry_at)
        else:
            self._aftermath("activity", why)

    def _words_of(self, error):
        """:return: a sentence for people: errors meant for users as they are, others without internals"""
        if isinstance(error, UserError):
            return str(error.args[0]) if error.args else str(error)
        return self.env._(
            "Something went wrong inside (%(kind)s). The server log has the details.",
            kind=type(error).__name__,
        )

    def action_retry_execution(self):
        """Try again now to carry out what failed; for approval managers."""
        requests = self._readable()
        if not self.env.user.has_group("approval_engine.group_approval_manager"):
            raise AccessError(
                self.env._(
                    "Only an approval manager can try again to carry out a request."
                )
            )
        for request in requests:
            request._lock()
            if request.state != request_state.FAILED:
                raise request._wrong_state()
            request._write_guarded(
                {"next_try_at": fields.Datetime.now(), "attempts": 0}
            )
        self.env["event_hub.waker"]._wake(EXECUTE_CRON)
        return True

    @takes(reason=TEXT)
    def action_complete(self, reason):
        """Say that what failed was carried out by hand; for approval managers, never the requester.

        :param reason: how, and where to see it; kept in the decision log
        :raises ConflictError: (409) it did not fail
        """
        reason = self._text("reason", reason)
        requests = self._readable()
        self._refuse_unless_completer(requests, reason)
        for request in requests:
            request._lock()
            if request.state != request_state.FAILED:
                raise request._wrong_state()
            request._complete(reason)
        return True

    def _refuse_unless_completer(self, requests, reason):
        user = self.env.user
        if not user.has_group("approval_engine.group_approval_manager"):
            raise AccessError(
                self.env._(
                    "Only an approval manager can say that a request was carried out by hand."
                )
            )
        for request in requests:
            refusal = request._refusal_at(standing.SETTLE)
            if refusal == progress.REQUESTER:
                raise AccessError(
                    self.env._(
                        "You asked for %(request)s yourself: somebody else has to say that it was carried out.",
                        request=request.display_name,
                    )
                )
            request._refuse(refusal)
        if not reason:
            raise UserError(
                self.env._(
                    "Say how it was carried out by hand, and where to see it (reason)."
                )
            )

    def _complete(self, reason):
        step = self.env["approval_engine.request_step"]
        self.env["approval_engine.decision"]._append(self, COMPLETE, step, reason)
        outcome = self.env._(
            "Carried out by hand by %(user)s: %(reason)s",
            user=self.env.user.name,
            reason=reason,
        )
        self._set_state(
            request_state.EXECUTED,
            "approval.executed",
            {
                "executed_at": fields.Datetime.now(),
                "outcome": outcome,
                "next_try_at": False,
            },
            outcome=outcome,
            by_hand=True,
        )
