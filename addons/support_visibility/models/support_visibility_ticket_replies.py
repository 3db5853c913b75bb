from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, html_sanitize

from odoo.addons.event_hub.policies.arguments import ANY, TEXT, id_of
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import held_reply
from ..tools.clock import utcnow


class SupportVisibilityTicketReplies(models.Model):
    """Answers that promise money or terms wait; acknowledgements and information always go."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    held_reply_ids = fields.One2many(
        "support_visibility.held_reply", "ticket_id", "Held Replies", readonly=True
    )
    held_reply_count = fields.Integer(
        "Replies That Wait", compute="_compute_held_replies"
    )
    held_reply_text = fields.Text("Waiting", compute="_compute_held_replies")

    def _compute_held_replies(self):
        waiting = (
            self.env["support_visibility.held_reply"]
            .sudo()
            .search([("ticket_id", "in", self.ids), ("state", "=", held_reply.HELD)])
            .grouped("ticket_id")
        )
        for ticket in self:
            replies = waiting.get(ticket._origin.sudo(), ())
            ticket.held_reply_count = len(replies)
            lines = [f"{reply.summary}: {reply.standing}" for reply in replies]
            ticket.held_reply_text = "\n".join(lines)

    def action_open_held_replies(self):
        """Open the replies of this ticket that waited or wait."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_visibility.support_visibility_held_reply_action"
        )
        return action | {"domain": [("ticket_id", "=", self.id)], "context": {}}

    @takes(
        body=TEXT,
        promise=TEXT,
        amount=ANY,
        currency_id=id_of("res.currency", optional=True),
    )
    def action_reply_with_promise(self, body, promise, amount=0.0, currency_id=False):
        """Answer a customer with something that costs us: the answer waits until somebody else said yes.

        :param str body: HTML; what is not safe is taken out
        :param str promise: credit, refund, discount, terms or other
        :param float amount: what is promised; required for a credit, a refund and a discount
        :param int currency_id: of the amount, by default the company's
        :return: id of the held reply
        """
        self.ensure_one()
        self._hold()
        clean = html_sanitize(body)
        return self._hold_reply(clean, promise, amount, currency_id).id

    def _hold_reply(self, body, promise, amount=0.0, currency_id=False, files=()):
        currency = self.env["res.currency"].browse(currency_id or [])
        currency = currency or self.company_id.currency_id
        amount = _as_paid(amount, currency)
        self._raise_if_no_promise(html2plaintext(body or ""), promise, amount)
        reply = (
            self.env["support_visibility.held_reply"]
            .sudo()
            .create(
                {
                    "ticket_id": self.id,
                    "user_id": self.env.uid,
                    "body": body,
                    "promise": promise,
                    "amount": amount,
                    "currency_id": currency.id,
                    "attachment_ids": [(6, 0, list(files))],
                    "held_at": utcnow(),
                }
            )
        )
        self._tell("support.reply_held", "Reply held", promise=promise)
        reply.with_env(self.env)._ask()
        return reply

    def _raise_if_no_promise(self, text, promise, amount):
        found = held_reply.problem(text, promise, amount)
        if not found:
            return
        raise UserError(
            {
                held_reply.EMPTY: self.env._(
                    "Write what the customer should read (body)."
                ),
                held_reply.TOO_LONG: self.env._(
                    "At most %(most)s characters (body). Attach the rest as a file.",
                    most=held_reply.MOST_CHARS,
                ),
                held_reply.NO_PROMISE: self.env._(
                    "Say what the reply promises (promise): one of %(promises)s.",
                    promises=", ".join(code for code, _label in held_reply.PROMISES),
                ),
                held_reply.NO_AMOUNT: self.env._("Say how much is promised (amount)."),
                held_reply.BAD_AMOUNT: self.env._(
                    "The amount must be a sum of money, 0 or more (amount)."
                ),
            }[found]
        )


def _as_paid(amount, currency):
    """:return: an amount in what can be paid, so that nothing too small to be paid passes as a sum; -1 for no number"""
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        return -1
    return currency.round(amount) if 0 <= amount < held_reply.MOST else amount
