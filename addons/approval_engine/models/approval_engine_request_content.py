from odoo import fields, models

from ..const import APPROVE, CARRY
from ..fields import FrozenJson
from ..policies import (
    content_diff,
    execution,
    integrity,
    progress,
    reach,
    request_state,
)
from .approval_engine_request import READS_ALL


class ApprovalEngineRequest(models.Model):
    """What was decided on: decisions are void once it is another content, and nothing else is carried out."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    content_frozen = FrozenJson(
        readonly=True,
        copy=False,
        groups=READS_ALL,
        help="What is decided on, as its fingerprint covers it.",
    )

    def _freeze(self):
        """Fix what is decided on: the content, and the evidence as it is now."""
        self._write_guarded(self._frozen_values()[self])

    def _frozen_values(self):
        """Keep the evidence of all these as it is now.

        :return: {request: what to write, so that content and evidence are fixed}
        """
        frozen, kept = {}, []
        for request in self:
            content = request._content()
            frozen[request] = {
                "company_amount": request._amount_in(request.company_id.currency_id),
                "brief": integrity.without_null(request._brief()) or False,
                "content_frozen": content,
                "content_hash": integrity.digest(content),
            }
            packet = request._new_evidence()
            if packet:
                digest = integrity.digest(packet)
                kept.append((request, packet, digest))
                frozen[request] |= {"evidence_packet": packet, "evidence_hash": digest}
        self.env["approval_engine.evidence"]._keep_all(kept)
        return frozen

    # ------------------------------------------------------------------ asking anew

    def _reopen(self, why, keep=False):
        """Void the decisions made: the content is no longer what was decided on.

        :param keep: approvals of steps that the change does not concern stand; each is said so in the log
        """
        self.ensure_one()
        decided = self._decided_steps() if keep else []
        approvals = self._standing_approvals()
        frozen = self.content_frozen or {}
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
        changes = content_diff.diff(_flat(frozen), _flat(self.content_frozen))
        words = self._reopen_words(why, changes) if keep and frozen else why
        self._start_clock(fields.Datetime.now())
        if self.state != request_state.PENDING:
            self._set_state(request_state.PENDING, "approval.reopened", why=words)
        else:
            self._tell("approval.reopened", why=words)
        self._lay_route()
        self.message_post(body=words)
        if decided and frozen:
            self._carry_over(decided, changes, approvals)

    def _reopen_words(self, why, changes):
        return " ".join([why, *(f"{self._change_words(one)}." for one in changes)])

    def _decided_steps(self):
        """:return: the steps as they were decided, by the key of the policy's step"""
        return [
            content_diff.rekeyed(step, row.policy_step_id.id)
            for row, step in self._rows_and_steps()
            if row.policy_step_id
        ]

    def _rows_and_steps(self):
        rows = self.step_ids.sorted(lambda s: (s.sequence, s.id))
        return list(zip(rows, self._steps(), strict=True))

    def _standing_approvals(self):
        return self.decision_ids.filtered(
            lambda d: d.round == self.round and d.action in (APPROVE, CARRY)
        ).sorted("id")

    def _carry_over(self, decided, changes, approvals):
        """Let approvals stand of steps that look at nothing that changed, and that are asked for as before."""
        rows = self._rows_and_steps()
        steps = [
            content_diff.rekeyed(step, row.policy_step_id.id) for row, step in rows
        ]
        looks = {
            row.policy_step_id.id: row.policy_step_id._looks() for row, _step in rows
        }
        names = {
            name for one in changes for name in (one.field, one.line_field) if name
        }
        kept = content_diff.kept_steps(decided, steps, looks, names)
        carried = content_diff.carry(steps, kept)
        if not kept or reach.find_short_step(carried):
            return
        by_row = [
            content_diff.rekeyed(step, row.id)
            for (row, _old), step in zip(rows, carried, strict=True)
        ]
        self._write_steps(progress.open_steps(by_row))
        for row, _step in rows:
            if row.policy_step_id.id in kept:
                self._note_carried(row, approvals)
        if self._is_fully_approved():
            self._approved_by_now()

    def _note_carried(self, row, approvals):
        """One hashed entry per approval that stands, for the content as it is now."""
        log = self.env["approval_engine.decision"]
        for decision in approvals.filtered(
            lambda d: (d.step_sequence, d.step_name) == (row.sequence, row.name)
        ):
            origin = log.browse(decision.carried_id.id or decision.id)
            comment = self.env._(
                "The approval of %(user)s (no. %(number)s) stands: this step does not look at what changed.",
                user=origin.user_name,
                number=origin.sequence,
            )
            log._append(self, CARRY, row, comment, carried=origin)

    def _change_content(self, vals, why):
        """Change what is asked, from code that may: decisions made on the old content are void."""
        for request in self.sudo():
            request._lock()
            request._write_guarded(vals)
            if request.state in request_state.LIVE:
                request._reopen(why, keep=True)
        return True

    def _verdict_before_execution(self):
        """:return: (what to do, why the condition fails)"""
        holds, why = self._condition()
        decisions = self._standing_approvals()
        approved = set(decisions.mapped("content_hash"))
        bad, _checked = self.env["approval_engine.decision"]._verify(self)
        return execution.before_execution(
            chain_ok=not bad and self._are_origins_whole(decisions),
            content_matches=approved == {self._content_digest()},
            condition_holds=holds,
            is_change=self._is_kept_change(),
        ), why

    def _are_origins_whole(self, decisions):
        """:return: whether each approval that was carried over is one of this request"""
        origins = decisions.filtered("carried_id").carried_id
        return all(
            origin in self.decision_ids and origin.action == APPROVE
            for origin in origins
        )


def _flat(content):
    """:return: the content with the values of its subject beside those of the request"""
    flat = {
        name: value
        for name, value in (content or {}).items()
        if name not in ("subject", "change", "governed", "operation")
    }
    return flat | dict((content or {}).get("subject") or {})
