from datetime import timedelta

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT
from odoo.addons.event_hub.tools.arguments import takes

from ..const import APPROVE, CHOOSE, REJECT
from ..policies import progress, request_state, seats, standing
from .approval_engine_request_standing import WITHOUT_RIGHT

DENIED_EVERY = timedelta(minutes=1)  # one entry per request, user and reason
VERDICTS = {APPROVE: seats.APPROVED, REJECT: seats.REJECTED}


class ApprovalEngineRequest(models.Model):
    """The approvers' side: approve, reject, choose an option."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    @takes(comment=MAYBE_TEXT, option=MAYBE_TEXT)
    def action_approve(self, comment="", option=None):
        """Approve the caller's step.

        :param option: code; the first approver sets it where the type has options
        :raises AccessError: (403) requester, or nobody asked them
        :raises ConflictError: (409) decided already, or another option was chosen
        :raises UserError: (422) not submitted, not their turn, option missing or unknown
        """
        comment, option = self._text("comment", comment), self._text("option", option)
        requests = self._readable()
        requests._look_at_routes()
        if requests._must_identify():
            return requests._ask_identity("_approve_identified", comment, option)
        for request in requests:
            request._decide(APPROVE, comment, option)
        return True

    @takes(comment=MAYBE_TEXT)
    def action_reject(self, comment):
        """Reject the caller's step, saying why."""
        comment = self._text("comment", comment)
        requests = self._readable()
        requests._look_at_routes()
        if comment and requests._must_identify():
            return requests._ask_identity("_reject_identified", comment)
        for request in requests:
            if not comment:
                raise UserError(
                    self.env._(
                        "%(request)s: say why you reject it (comment).",
                        request=request.display_name,
                    )
                )
            request._decide(REJECT, comment, None)
        return True

    @takes(option=MAYBE_TEXT)
    def action_choose(self, option):
        """Choose another option: decisions made on the one before are void and asked for again."""
        option = self._text("option", option)
        requests = self._readable()
        if requests._must_identify():
            return requests._ask_identity("_choose_identified", option)
        for request in requests:
            request._choose(option)
        return True

    # ------------------------------------------------------------------ decide

    def _decide(self, action, comment, option):
        self.ensure_one()
        lent = self._lent_here()
        self._refuse_unless_decidable(lent)
        self._lock(reread=False)
        outcome = progress.decide(
            self._steps_today(),
            user_id=self.env.uid,
            verdict=VERDICTS[action],
            requester_id=self.requester_id.id,
            owner_id=self.policy_id._able_owner(self.company_id).id or None,
            lenders=self._lenders(lent),
            logins=self._logins(),
        )
        self._refuse(outcome.refusal, outcome.short_step)
        step = self.step_ids.filtered(lambda s: s.id == outcome.step_key)
        self._refuse_unidentified(step)
        if action == APPROVE:
            self._refuse_without_comment(step, comment)
            self._settle_option(option)
        holder = self.env["res.users"].browse(outcome.holder_id) - self.env.user
        self.env["approval_engine.decision"]._append(
            self, action, step, comment, holder
        )
        self._write_steps(outcome.steps, lent)
        self._tell(
            "approval.decided",
            decision=action,
            step=step.name,
            by=self.env.user.login,
            **({"on_behalf_of": holder.login} if holder else {}),
        )
        if outcome.request == request_state.APPROVED:
            self._approved_by_now()
        elif outcome.request == request_state.REJECTED:
            self._rejected(
                self.env._(
                    "Rejected by %(user)s: %(comment)s",
                    user=self.env.user.name,
                    comment=comment,
                ),
                lent,
            )

    def _refuse_unless_decidable(self, lent=None):
        """Look before locking: whoever comes too late learns who was first, without waiting."""
        user = self.env.user
        if self.requester_id == user:
            self._log_denied(progress.REQUESTER)
            raise self._refusal(progress.REQUESTER)
        if self.state == request_state.DRAFT:
            raise UserError(
                self.env._(
                    "%(request)s is not submitted yet.", request=self.display_name
                )
            )
        if self.state != request_state.PENDING:
            raise self._too_late()
        self._refuse_at(standing.DECIDE, lent)
        self._refuse_unless_open()

    def _refuse_unless_open(self):
        """Nobody decides or chooses after the deadline, or on what was not submitted."""
        if self.state != request_state.PENDING:
            raise self._too_late()
        if self.due_at and self.due_at <= fields.Datetime.now():
            raise ConflictError(
                self.env._(
                    "%(request)s was due at %(due)s (UTC) and is closed for decisions. The requester can resubmit it.",
                    request=self.display_name,
                    due=self.due_at,
                )
            )
        self._refuse_changed_content()

    def _refuse_changed_content(self):
        if self._content_digest() != self.content_hash:
            raise ConflictError(
                self.env._(
                    "%(request)s is no longer what was submitted: its content was changed. The requester has to recall "
                    "and resubmit it.",
                    request=self.display_name,
                )
            )

    def _too_late(self):
        decision = self.decision_ids.sorted("id")[-1:]
        if (
            self.state
            in (request_state.RECALLED, request_state.EXPIRED, request_state.LAPSED)
            or not decision
        ):
            return ConflictError(
                self.env._(
                    "%(request)s is %(state)s already. %(outcome)s",
                    request=self.display_name,
                    state=self._state_label(),
                    outcome=self.outcome or "",
                )
            )
        verb = (
            self.env._("rejected")
            if decision.action == REJECT
            else self.env._("approved")
        )
        return ConflictError(
            self.env._(
                "%(request)s was already %(verb)s by %(user)s at %(at)s (UTC).",
                request=self.display_name,
                verb=verb,
                user=decision.user_name,
                at=decision.decided_at,
            )
        )

    def _refusal(self, code, short_step=""):
        """:return: the exception for a refusal of ``policies.progress``"""
        name = self.display_name
        if code == progress.REQUESTER:
            return AccessError(
                self.env._(
                    "You asked for %(request)s yourself: somebody else has to decide it.",
                    request=name,
                )
            )
        if code == progress.NOT_APPROVER:
            return AccessError(
                self.env._("You are not asked to decide %(request)s.", request=name)
            )
        if code == progress.ALREADY_DECIDED:
            return self._already_decided()
        if code == progress.UNREACHABLE:
            return UserError(self._unreachable_message(self.policy_id, short_step))
        return self._not_now()

    def _already_decided(self):
        user = self.env.user
        seat = self.assignment_ids.filtered(
            lambda a: a.user_id == user and a.decided_by_id
        )
        if seat:
            return ConflictError(
                self.env._(
                    "%(other)s has already decided %(request)s in your place.",
                    other=seat[0].decided_by_id.name,
                    request=self.display_name,
                )
            )
        return ConflictError(
            self.env._(
                "You have already decided your step of %(request)s.",
                request=self.display_name,
            )
        )

    def _not_now(self):
        mine = self.assignment_ids.filtered(lambda a: a.user_id == self.env.user)
        closed = mine.step_id.filtered(lambda s: s.state in seats.DECIDED)[:1]
        if closed:
            first = closed.assignment_ids.filtered(lambda a: a.state in seats.DECIDED)[
                :1
            ].user_id
            return ConflictError(
                self.env._(
                    "Step %(step)s of %(request)s was already decided by %(user)s.",
                    step=closed.name,
                    request=self.display_name,
                    user=first.name,
                )
            )
        waiting = self.step_ids.filtered(lambda s: s.state == seats.PENDING)
        return UserError(
            self.env._(
                "It is not your turn yet: %(request)s waits for %(steps)s.",
                request=self.display_name,
                steps=", ".join(waiting.mapped("name")),
            )
        )

    def _rejected(self, outcome, lent=None):
        """:param lent: as ``_lent_here``, if known"""
        self._set_state(
            request_state.REJECTED,
            "approval.rejected",
            {
                "outcome": outcome,
                "decided_at": fields.Datetime.now(),
            },
            why=outcome,
        )
        self._close_steps(lent)
        self._aftermath(self.policy_id.on_reject, outcome)

    def _aftermath(self, what, note):
        """What the policy wants once a request ended without being carried out."""
        if what == "activity" and self.policy_id.owner_id:
            # no mail of its own: the activity is in the owner's list
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=self.policy_id.owner_id.id,
                summary=self.env._(
                    "%(request)s: %(state)s",
                    request=self.name,
                    state=self._state_label(),
                ),
                note=escape(note),  # it quotes what people wrote
            )

    # ------------------------------------------------------------------ options

    def _settle_option(self, option):
        """Set the option with the first approval; later ones must agree with it."""
        names = self.type_id._option_names()
        if not names and not option:
            return
        if option:
            self._refuse_unknown_option(option)
        standing = any(step.approvals for step in self._steps())
        if standing and option and option != self.option:
            raise self._other_option(option)
        chosen = option or self.option
        if not chosen:
            raise UserError(
                self.env._(
                    "%(request)s: say which option you approve: %(options)s.",
                    request=self.display_name,
                    options=self._options_words(),
                )
            )
        if chosen != self.option:
            self._write_option(chosen)

    def _refuse_unknown_option(self, option):
        names = self.type_id._option_names()
        if option in names:
            return
        if not names:
            raise UserError(
                self.env._(
                    "%(request)s: type %(type)s has no options; leave the option out.",
                    request=self.display_name,
                    type=self.type_id.name,
                )
            )
        raise UserError(
            self.env._(
                "%(request)s: there is no option “%(option)s”. Choose one of %(options)s.",
                request=self.display_name,
                option=option,
                options=self._options_words(),
            )
        )

    def _options_words(self):
        return ", ".join(
            f"{code} ({name})" for code, name in self.type_id._option_names().items()
        )

    def _other_option(self, option):
        first = self.decision_ids.filtered(
            lambda d: d.round == self.round and d.action == APPROVE
        ).sorted("id")[:1]
        names = self.type_id._option_names()
        return ConflictError(
            self.env._(
                "%(user)s approved %(request)s with the option “%(option)s”. Approve that one, or choose “%(other)s” "
                "(action_choose): then everybody decides anew.",
                user=first.user_name,
                request=self.display_name,
                option=names.get(self.option, self.option),
                other=names.get(option, option),
            )
        )

    def _write_option(self, option):
        self._write_guarded({"option": option})
        self._write_guarded({"content_hash": self._content_digest()})

    def _choose(self, option):
        self.ensure_one()
        self._refuse_unless_chooser()
        self._lock()
        self._refuse_unless_chooser()  # somebody may have been quicker
        self._refuse_unknown_option(option)
        if option == self.option:
            return
        standing = any(step.approvals for step in self._steps())
        step, holder = self._my_seat()
        self._refuse_unidentified(step)
        self._write_option(option)
        self.env["approval_engine.decision"]._append(self, CHOOSE, step, "", holder)
        if standing:
            self._reopen(
                self.env._(
                    "%(user)s chose “%(option)s”; the approvals given before are asked for again.",
                    user=self.env.user.name,
                    option=self.type_id._option_names()[option],
                )
            )

    def _my_seat(self):
        """:return: (step, user): of the caller, or of whom they stand in for; the user is empty for themselves"""
        user = self.env.user
        own = self.assignment_ids.filtered(
            lambda a: user in a.user_id | a.decided_by_id
        )
        lenders = self._lenders()
        lent = self.assignment_ids.filtered(
            lambda a: a.state == seats.PENDING and a.user_id.id in lenders
        )
        seat = own[:1] or lent[:1]
        return seat.step_id, seat.user_id - user

    def _refuse_unless_chooser(self):
        """Approvers of an open step choose, also those who decided theirs already."""
        refusal = self._refusal_at(standing.CHOOSE)
        if refusal not in WITHOUT_RIGHT and self.state != request_state.PENDING:
            raise self._too_late()
        self._refuse(refusal)
        self._refuse_unless_open()

    # ------------------------------------------------------------------ refused attempts

    def _log_denied(self, reason):
        """Put the attempt into the ledger in a transaction of its own: the refusal rolls this one back."""
        if self._was_denied_lately(reason):
            return  # the ledger says so already: knocking again and again does not fill it
        with self.env.registry.cursor() as cr:
            request = self.with_env(api.Environment(cr, self.env.uid, {}, su=True))
            if request.exists():
                request._tell(
                    "approval.denied", reason=reason, by=request.env.user.login
                )

    def _was_denied_lately(self, reason):
        since = fields.Datetime.now() - DENIED_EVERY
        told = (
            self.env["event_hub.event"]
            .sudo()
            .search(
                [
                    ("case_model", "=", self._name),
                    ("case_id", "=", self.id),
                    ("type", "=", "approval.denied"),
                    ("actor_id", "=", self.env.uid),
                    ("recorded_at", ">", since),
                ]
            )
        )
        return any(event.attributes.get("reason") == reason for event in told)
