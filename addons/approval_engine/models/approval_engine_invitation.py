from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from odoo.addons.event_hub.exceptions import ConflictError

from ..const import APPROVE, REJECT, SEATS_CRON
from ..policies import invitation, seats

PATH = "/approval/invited"


class ApprovalEngineInvitation(models.Model):
    """A link by which one person from outside decides one request, once, for a time."""

    _name = "approval_engine.invitation"
    _inherit = ["approval_engine.born", "approval_engine.guarded"]
    _description = "Invitation to Decide"
    _order = "id desc"
    _rec_name = "partner_id"

    request_id = fields.Many2one(
        "approval_engine.request",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    partner_id = fields.Many2one(related="user_id.partner_id", string="Contact")
    asked_by_id = fields.Many2one(
        "res.users", "Invited By", required=True, readonly=True, ondelete="restrict"
    )
    reason = fields.Char(
        "Why Them", required=True, readonly=True, help="The person reads it, too."
    )
    expires_at = fields.Datetime("Good Until", required=True, readonly=True)
    opened_at = fields.Datetime("First Opened", readonly=True)
    token_digest = fields.Char(groups=fields.NO_ACCESS, copy=False, exportable=False)
    ended = fields.Selection(
        [(invitation.USED, "Decided"), (invitation.REVOKED, "Taken Back")],
        readonly=True,
    )
    state = fields.Selection(invitation.STATES, compute="_compute_state")

    _open_idx = models.Index("(request_id, user_id) WHERE ended IS NULL")

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | set(self._fields)

    def _birth_words(self):
        return self.env._(
            "Invitations cannot be created directly. Invite somebody on the request."
        )

    @api.depends("ended", "expires_at", "request_id.assignment_ids.state")
    @api.depends_context("uid")
    def _compute_state(self):
        now = fields.Datetime.now()
        for one in self:
            one.state = invitation.state(
                one.ended or None, one.expires_at, one.sudo()._is_asked(), now
            )

    def _is_asked(self):
        """:return: whether the request still waits for this person"""
        return any(
            seat.user_id == self.user_id and seat.state in seats.UNDECIDED
            for seat in self.request_id.assignment_ids
        )

    @api.model
    def _issue(self, request, user, reason, expires_at):
        """:return: (the invitation, its token: known to nobody else)"""
        token = invitation.new_token()
        values = {
            "request_id": request.id,
            "user_id": user.id,
            "asked_by_id": self.env.uid,
            "reason": reason,
            "expires_at": expires_at,
            "token_digest": invitation.digest(token),
        }
        born = self._bear([values])
        self.env["event_hub.waker"]._wake_at(SEATS_CRON, expires_at)
        return born, token

    def _live_domain(self):
        return [("ended", "=", False), ("expires_at", ">", fields.Datetime.now())]

    def _seats_query(self):
        """:return: the seats of those whose link is good now, as a subquery of their ids"""
        self.flush_model(["request_id", "user_id", "ended", "expires_at"])
        self.env["approval_engine.assignment"].flush_model(["request_id", "user_id"])
        return SQL(
            """(SELECT seat.id
                  FROM approval_engine_invitation invited
                  JOIN approval_engine_assignment seat
                    ON seat.request_id = invited.request_id AND seat.user_id = invited.user_id
                 WHERE invited.ended IS NULL AND invited.expires_at > %s)""",
            fields.Datetime.now(),
        )

    def _url(self, token):
        return f"{self.get_base_url()}{PATH}/{self.id}/{token}"

    # ------------------------------------------------------------------ for the person who invited

    def action_revoke(self):
        """Take the link back; the policy's owner is asked in the place of who had it.

        :raises AccessError: (403) the caller neither invited nor owns the policy
        :raises ConflictError: (409) it was used, or taken back before
        """
        self.check_access("read")
        for one in self.sudo():
            one._refuse_unless_host()
            one.request_id._lock()
            one._end(invitation.REVOKED)
            one.request_id._uninvited(one)
        return True

    def action_send_again(self):
        """Mail a new link; the one before is good for nothing any more."""
        self.check_access("read")
        for one in self.sudo():
            one._refuse_unless_host()
            one._refuse_unless_open()
            token = invitation.new_token()
            one._write_guarded({"token_digest": invitation.digest(token)})
            one._mail(token)
        return True

    def _refuse_unless_host(self):
        user = self.env.user
        managers = user.has_group("approval_engine.group_approval_manager")
        if user not in self.asked_by_id | self.request_id.policy_id.owner_id and not (
            managers
        ):
            raise AccessError(
                self.env._(
                    "%(host)s invited %(person)s, so %(host)s, the policy's owner or an approval manager does that.",
                    host=self.asked_by_id.name,
                    person=self.user_id.name,
                )
            )

    def _refuse_unless_open(self):
        if self.state != invitation.OPEN:
            raise ConflictError(
                self.env._(
                    "The invitation of %(person)s is %(state)s already.",
                    person=self.user_id.name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        self.state
                    ],
                )
            )

    def _end(self, how):
        self._refuse_unless_open()
        self._write_guarded({"ended": how})

    # ------------------------------------------------------------------ for the person invited

    @api.model
    def _by_token(self, invitation_id, token):
        """:return: the invitation in sudo; empty if there is none, or the token is not its own"""
        found = self.sudo().browse(invitation_id).exists()
        return (
            found
            if found and invitation.fits(token, found.token_digest)
            else found.browse()
        )

    def _asked(self):
        """:return: the request, as the person invited acts on it"""
        return self.request_id.with_user(self.user_id).sudo()

    def _note_opening(self):
        if not self.opened_at:
            self._write_guarded({"opened_at": fields.Datetime.now()})

    def _answer(self, verdict, comment, option, seen):
        """Decide as the person invited.

        :param seen: ``content_hash`` of what they were shown
        :raises ConflictError: (409) it changed since, or the link is no longer good
        """
        asked = self._asked()
        asked._lock()
        self._refuse_unless_open()
        if seen != asked.content_hash:
            raise ConflictError(
                self.env._(
                    "What is asked has changed since you opened this page. Please read it again, then decide."
                )
            )
        if verdict == APPROVE:
            asked.action_approve(comment, option or None)
        else:
            asked.action_reject(comment)
        self._write_guarded({"ended": invitation.USED})

    def _page_values(self):
        """:return: what the person may see of the request: enough to decide, nothing from inside the company"""
        asked = self.request_id
        return {
            "name": asked.name,
            "kind": asked.type_id.name,
            "by": asked.requester_id.name,
            "company": asked.company_id,
            "amount": asked.currency_id.format(asked.amount) if asked.amount else "",
            "reason": asked.reason or "",
            "changes": asked._shown_change(),
            "options": asked.type_id.option_ids,
            "option": asked.option or "",
            "seen": asked.content_hash,
            "until": format_datetime(self.env, self.expires_at, tz=self._zone()),
            "zone": self._zone(),
            "decision": self._own_decision(),
        }

    def _zone(self):
        return self.user_id.tz or self.asked_by_id.tz or "UTC"

    def _own_decision(self):
        rows = self.request_id.decision_ids.filtered(
            lambda row: row.user_id == self.user_id and row.action in (APPROVE, REJECT)
        )
        return rows.sorted("id")[-1:]

    # ------------------------------------------------------------------ mail

    def _mail(self, token):
        request, person = self.request_id, self.user_id.partner_id
        speaking = self.with_context(lang=person.lang or self.env.lang)
        body = speaking.env["ir.qweb"]._render(
            "approval_engine.mail_invited",
            {"invitation": speaking, "url": self._url(token)},
        )
        self.env["mail.mail"].sudo().create(
            {
                "subject": speaking.env._(
                    "%(host)s asks for your decision: %(name)s",
                    host=self.asked_by_id.name,
                    name=request.name,
                ),
                "body_html": body,
                "email_to": person.email_formatted,
                "auto_delete": True,  # nothing keeps the link
            }
        )
