from odoo.exceptions import UserError


class ConflictError(UserError):
    """Somebody was first, or the record changed meanwhile. Answered with HTTP 409."""

    http_status = 409


class ParkMessage(Exception):
    """A handler cannot go on with an event until a person acts.

    The message is set aside with its reason, nothing of it is kept, and it can be
    replayed from Operations once the cause is gone.

    :param code: one of the values of ``event_hub.message.error_code``
    :param detail: a sentence: what is wrong, with which record, what to do
    """

    def __init__(self, code: str, detail: str):
        super().__init__(detail)
        self.code = code
        self.detail = detail
