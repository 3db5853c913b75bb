import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import SQL, email_normalize

from ..policies.intake import headers
from .support_visibility_quarantine import as_bytes

_logger = logging.getLogger(__name__)
TICKET = "support_visibility.ticket"


class MailThread(models.AbstractModel):
    """Where mail comes in. What goes to tickets is judged by the intake; nothing else is touched."""

    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """A mail to a team that cannot be read is kept for a person to look at; it stops no other mail.

        :raises AccessError: who brings it may not, or may not say where it goes
        """
        self._check_bringer(model, thread_id or custom_values)
        try:
            with self.env.cr.savepoint():
                return super().message_process(
                    model,
                    headers.shortened(as_bytes(message)),
                    custom_values=custom_values,
                    save_original=save_original,
                    strip_attachments=strip_attachments,
                    thread_id=thread_id,
                )
        except (OperationalError, LockError):
            raise  # another transaction was in the way: whoever brought the mail brings it again
        except Exception as error:
            kept = self.env["support_visibility.quarantine"]._keep_broken(
                message, model == TICKET
            )
            if not kept:
                raise
            _logger.warning(
                "A mail could not be read and is quarantined as %s: %r", kept.id, error
            )
            return False

    def _check_bringer(self, model, named):
        """Mail is filed past all rights, so only its addresses say where to, as with a mail server's own script.

        :param named: what else than the mail says where it goes, or what it becomes
        """
        if model in self.env and self.env[model]._abstract:
            raise UserError(self.env._("%s takes no mail (model).", model))
        if self.env.su or self.env.user._is_system():
            return
        if self.env.user.share:
            raise AccessError(self.env._("Send the mail to the address of a team."))
        if model or named:
            raise AccessError(
                self.env._(
                    "Only an administrator may say where a mail goes. Leave out model, custom_values and thread_id: "
                    "its addresses lead it."
                )
            )

    @api.model
    def message_parse(self, message, save_original=False):
        headers.remembered(message)
        return super().message_parse(message, save_original=save_original)

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """The most frequent mail finds its way by memory; Odoo finds that of all others, by a dozen queries."""
        plain = self.env[TICKET]._intake_plain_route(message_dict)
        routes = (
            [plain]
            if plain
            else super().message_route(
                message, message_dict, model, thread_id, custom_values
            )
        )
        if any(route[0] == TICKET for route in routes or ()):
            return self.env[TICKET]._intake_routes(message, message_dict, routes)
        return routes

    @api.model
    def _detect_is_bounce(self, message, message_dict):
        """Only a mail to an address of a domain of ours can be a bounce by whom it is for: the others are known."""
        if self.env["mail.alias.domain"]._is_no_bounce(message, message_dict):
            return False
        return super()._detect_is_bounce(message, message_dict)

    @api.model
    def _routing_reset_bounce(self, email_message, message_dict):
        """Who has no bounces needs none reset: one query instead of one for each model that counts them."""
        sender = email_normalize(message_dict["email_from"] or "")
        asked = sender and SQL("SELECT %s", self._bounces_of(sender))
        if asked and self.env.execute_query(asked)[0][0]:
            return super()._routing_reset_bounce(email_message, message_dict)
        return None

    @api.model
    def _bounces_of(self, sender):
        """:return: SQL: whether any record with this normalised address counts mails that came back"""
        counting = [self.env[name] for name in self.env["ir.model"]._counting_bounces()]
        for model in counting:
            model.flush_model(["email_normalized", "message_bounce"])
        return SQL(" OR ").join(
            SQL(
                "EXISTS (SELECT 1 FROM %s WHERE email_normalized = %s AND message_bounce > 0)",
                SQL.identifier(model._table),
                sender,
            )
            for model in counting
        )

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        """Tickets have a limit of their own, which cuts without an answer."""
        others = [route for route in routes or () if route[0] != TICKET]
        if not others:
            return False
        return super()._detect_loop_sender(message, message_dict, others)

    def _message_parse_post_process(self, message, message_dict, routes):
        """Who wrote to a ticket was found by the intake already."""
        is_ours = routes and all(route[0] == TICKET for route in routes)
        if is_ours and "author_id" in message_dict:
            return {"author_id": message_dict["author_id"], "partner_ids": []}
        return super()._message_parse_post_process(message, message_dict, routes)
