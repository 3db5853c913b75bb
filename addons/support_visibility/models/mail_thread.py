import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import LockError

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
        """A mail to a team that cannot be read is kept for a person to look at; it stops no other mail."""
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

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        routes = super().message_route(
            message, message_dict, model, thread_id, custom_values
        )
        if any(route[0] == TICKET for route in routes or ()):
            return self.env[TICKET]._intake_routes(message, message_dict, routes)
        return routes

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
