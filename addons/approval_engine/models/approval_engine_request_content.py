from odoo import fields, models

from ..const import APPROVE
from ..policies import execution, integrity, request_state


class ApprovalEngineRequest(models.Model):
    """What was decided on: decisions are void once it is another content, and nothing else is carried out."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

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
