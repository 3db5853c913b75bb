import logging

from werkzeug.exceptions import HTTPException

from odoo.http import Dispatcher

_logger = logging.getLogger(__name__)

RETRY_SECONDS = 30  # a sender is asked to wait while there is no database


class HubDispatcher(Dispatcher):
    """Routes that take any body as it is and always answer JSON.

    The stock ``http`` type parses forms before the route can refuse them, and answers errors as HTML.
    """

    routing_type = "hub"

    @classmethod
    def is_compatible_with(cls, request):
        return True

    def dispatch(self, endpoint, args):
        self.request.params = dict(args)
        if self.request.db is None:  # it cannot be reached, or nobody said which
            return self._without_database(endpoint, args)
        return self.request.registry["ir.http"]._dispatch(endpoint)

    def _without_database(self, endpoint, args):
        if endpoint.routing.get("without_database"):
            return endpoint(**args)
        detail = "The database cannot be reached. Please send it again."
        return self.request.make_json_response(
            {"error": {"code": "unavailable", "detail": detail}},
            status=503,
            headers=[("Retry-After", str(RETRY_SECONDS))],
        )

    def handle_error(self, exc):
        status, code, detail = (
            500,
            "internal",
            "Something went wrong on our side. Please send it again.",
        )
        if isinstance(exc, HTTPException) and exc.code:
            status, code, detail = exc.code, "http_error", exc.name
        return self.request.make_json_response(
            {"error": {"code": code, "detail": detail}}, status=status
        )
