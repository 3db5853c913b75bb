"""What callers tell apart."""

from odoo.exceptions import ConcurrencyError, UserError

from odoo.addons.event_hub.exceptions import ConflictError


class ApprovalNeeded(UserError):
    """An action that waits for an approval; the web client offers to ask for it.

    :param ask: {"model", "ids", "operation", "values"}: arguments of ``action_request_approval``
    """

    def __init__(self, message, ask):
        super().__init__(message)
        self.args = (message, ask)

    def __str__(self):
        return self.args[0]


class BusyError(ConflictError, ConcurrencyError):
    """Somebody asks for a part of the same at this moment: begins anew by itself, then HTTP 409."""
