from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, html2plaintext

from odoo.addons.event_hub.policies.arguments import TEXT
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import held_reply
from ..tools.clock import utcnow

MANAGER_GROUP = "support_visibility.group_support_manager"


class SupportVisibilityHeldReply(models.Model):
    """An answer to a customer that promises money or terms, until somebody else said yes.

    Nobody writes one: a ticket holds it, a decision sends or refuses it, its author takes it back.
    """

    _name = "support_visibility.held_reply"
    _description = "Held Reply"
    _inherit = ["event_hub.guarded"]
    _order = "id desc"
    _rec_name = "summary"

    ticket_id = fields.Many2one(
        "support_visibility.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    account_id = fields.Many2one(related="ticket_id.account_id", string="Account")
    user_id = fields.Many2one("res.users", "Written by", required=True, readonly=True)
    body = fields.Html("Reply", required=True, readonly=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Files", readonly=True)
    promise = fields.Selection(
        held_reply.PROMISES, "Promises", required=True, readonly=True
    )
    amount = fields.Monetary("Worth", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    state = fields.Selection(
        held_reply.STATES,
        required=True,
        readonly=True,
        default=held_reply.HELD,
        index=True,
    )
    held_at = fields.Datetime("Held Since", required=True, readonly=True)
    settled_at = fields.Datetime("Decided", readonly=True)
    settled_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    why = fields.Char("Reason Given", readonly=True)
    message_id = fields.Many2one("mail.message", readonly=True)
    summary = fields.Char(compute="_compute_summary")
    standing = fields.Char("Stands", compute="_compute_standing")
    may_settle = fields.Boolean(compute="_compute_may_settle")

    @api.depends("promise", "amount", "ticket_id", "account_id")
    def _compute_summary(self):
        words = dict(self._fields["promise"]._description_selection(self.env))
        for reply in self:
            worth = reply.currency_id.format(reply.amount) if reply.amount else ""
            customer = reply.account_id.display_name or ""
            promised = words.get(reply.promise, "")
            parts = (promised, worth, customer, reply.ticket_id.number)
            reply.summary = ", ".join(part for part in parts if part)

    @api.depends("state", "why", "settled_by_id")
    def _compute_standing(self):
        for reply in self:
            reply.standing = reply._standing()

    def _standing(self):
        """:return: who has to decide, or what was decided, in a sentence"""
        name = self.sudo().settled_by_id.name or ""
        return {
            held_reply.HELD: self.env._("Waits for a support manager."),
            held_reply.SENT: self.env._("Sent, approved by %(name)s.", name=name),
            held_reply.REFUSED: self.env._(
                "Refused by %(name)s: %(why)s", name=name, why=self.why or ""
            ),
            held_reply.WITHDRAWN: self.env._("Withdrawn."),
        }[self.state]

    @api.depends_context("uid")
    @api.depends("state", "user_id")
    def _compute_may_settle(self):
        is_manager = self.env.user.has_group(MANAGER_GROUP)
        for reply in self:
            waits = held_reply.may_move(reply.state)
            other = reply.user_id != self.env.user
            reply.may_settle = waits and other and is_manager

    # ------------------------------------------------------------------ deciding

    def action_release(self):
        """Send replies that waited. For support managers, and never for one's own.

        :raises AccessError: not a manager, or the author
        """
        self._check_may_settle()
        self._send(self.env.user)
        return True

    @takes(why=TEXT)
    def action_refuse(self, why):
        """Say that replies must not be sent, and why."""
        self._check_may_settle()
        if not why.strip():
            raise UserError(
                self.env._("Say why, so that the agent can answer the customer.")
            )
        self._settle(held_reply.REFUSED, self.env.user, why.strip()[:500])
        return True

    def action_withdraw(self):
        """Take back a reply of one's own that still waits."""
        for reply in self:
            if reply.user_id != self.env.user and not self.env.user.has_group(
                MANAGER_GROUP
            ):
                raise AccessError(
                    self.env._(
                        "Only %(author)s or a support manager can withdraw this reply.",
                        author=reply.user_id.name,
                    )
                )
        self._settle(held_reply.WITHDRAWN, self.env.user)
        return True

    def _check_may_settle(self):
        self.check_access("read")
        for reply in self:
            if not self.env.user.has_group(MANAGER_GROUP):
                raise AccessError(
                    self.env._("A support manager decides about this reply.")
                )
            if reply.user_id == self.env.user:
                raise AccessError(
                    self.env._(
                        "You wrote this reply, so somebody else decides about it."
                    )
                )

    def _send(self, by):
        """Give the customers what was written, in the name of who wrote it.

        :param by: the user who said yes
        """
        self._settle(held_reply.SENT, by)
        for reply in self.sudo():
            ticket = reply.ticket_id._survivor()
            reply.attachment_ids.write({"res_model": ticket._name, "res_id": ticket.id})
            reply.message_id = ticket.message_post(
                body=reply.body,
                author_id=reply.user_id.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                attachment_ids=reply.attachment_ids.ids,
            )

    def _settle(self, state, by, why=""):
        """The one place that moves a reply out of waiting; who comes second is told so."""
        self._lock()
        for reply in self:
            if not held_reply.may_move(reply.state):
                raise UserError(
                    self.env._(
                        "The reply on %(ticket)s waits no more: %(standing)s",
                        ticket=reply.ticket_id.number,
                        standing=reply._standing(),
                    )
                )
        self.sudo().write(
            {
                "state": state,
                "settled_at": utcnow(),
                "settled_by_id": by.id,
                "why": why,
            }
        )

    def _lock(self):
        self.env.execute_query(
            SQL(
                "SELECT id FROM support_visibility_held_reply WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset(["state"])

    def _text(self):
        """:return: what the customer would read"""
        return html2plaintext(self.body or "").strip()

    def _ask(self):
        """Have somebody decide about replies that were just held. Here: the leader of the team is reminded."""
        for reply in self:
            leader = reply.ticket_id.sudo().team_id.leader_id
            if leader and leader != reply.user_id:
                reply.ticket_id.sudo().with_context(
                    mail_activity_quick_update=True
                ).activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=leader.id,
                    summary=self.env._("A reply waits: %(reply)s", reply=reply.summary),
                )
