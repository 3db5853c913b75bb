import hashlib

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from odoo.addons.support_visibility.policies import held_reply

TYPE = "saas_risk.type_reply_promise"
ENDED = ("rejected", "expired", "lapsed", "cancelled")


class SupportVisibilityHeldReply(models.Model):
    """With approvals at hand, policy says who decides about a promise, and the approved reply is its effect."""

    _inherit = "support_visibility.held_reply"

    request_id = fields.Many2one(
        "approval_engine.request", "Decision", readonly=True, index="btree_not_null"
    )

    def _ask(self):
        """Open a request for each reply; who wrote it is the requester, and so cannot decide.

        :raises UserError: no policy is in force for promises in replies; nothing is held then
        """
        for reply in self:
            request = self.env["approval_engine.request"]._open(
                reply._prepare_request(), self.env.user, reply.ticket_id.correlation
            )
            reply.sudo().request_id = request

    def _prepare_request(self):
        ticket = self.ticket_id
        return {
            "name": self.summary,
            "type_id": self.env.ref(TYPE).id,
            "partner_id": ticket.account_id.id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "reason": self._text(),
            "res_model": self._name,
            "res_id": self.id,
            "company_id": ticket.company_id.id,
        }

    def _standing(self):
        request = self.sudo().request_id
        if self.state == held_reply.SENT and request:
            yes = request.decision_ids.filtered(lambda d: d.action == "approve")
            return self.env._(
                "Sent, approved by %(names)s.",
                names=", ".join(dict.fromkeys(yes.mapped("user_name"))),
            )
        if self.state != held_reply.HELD or not request:
            return super()._standing()
        if request.state in ENDED:
            return self.env._(
                "Not approved: %(outcome)s", outcome=request.outcome or request.state
            )
        due = request.due_at and format_datetime(
            self.env, request.due_at, dt_format="d MMM HH:mm"
        )
        return self.env._(
            "Waits for %(people)s, until %(due)s.",
            people=request.waiting_for or "",
            due=due or "",
        )

    def _compute_may_settle(self):
        """Policy decides, in the inbox of those it asks."""
        res = super()._compute_may_settle()
        self.filtered("request_id").may_settle = False
        return res

    def _check_may_settle(self):
        res = super()._check_may_settle()
        for reply in self.filtered("request_id"):
            raise AccessError(
                self.env._(
                    "%(request)s decides about this reply; approve or reject it there.",
                    request=reply.sudo().request_id.display_name,
                )
            )
        return res

    def action_withdraw(self):
        res = super().action_withdraw()
        self.sudo().request_id._recheck_condition()
        return res

    def _fingerprint(self):
        """:return: what was held, so that nothing else is sent"""
        files = sorted(self.attachment_ids.mapped(lambda f: f.checksum or ""))
        text = "\n".join([self.body or "", self.promise, *files])
        return hashlib.sha256(text.encode()).hexdigest()

    # ------------------------------------------------------------------ called by the approval

    def _approval_condition_reply_held(self, request):
        """:return: (holds, why)"""
        self.ensure_one()
        if self.state == held_reply.WITHDRAWN:
            return False, self.env._("The reply was withdrawn.")
        if self.ticket_id.merged_into_id or self.ticket_id.state != "closed":
            return True, ""
        return False, self.env._("%(ticket)s is closed.", ticket=self.ticket_id.number)

    def _approval_effect_send_reply(self, request):
        """Send the reply, once. :return: a sentence: what was done"""
        self.ensure_one()
        if self.state == held_reply.SENT:
            return self.env._("The reply was sent already.")
        if request.sudo().res_id != self.id or self.request_id != request:
            raise UserError(
                self.env._(
                    "%(request)s is not the decision about this reply.",
                    request=request.display_name,
                )
            )
        self._send(request.sudo().policy_id.owner_id)
        return self.env._(
            "The reply on %(ticket)s was sent.", ticket=self.ticket_id.number
        )
