import contextlib
import hmac
import logging

import psycopg2

from odoo import SUPERUSER_ID, http, release
from odoo.http import request

from .. import const
from ..tools.short_cache import ShortCache
from .openapi import document

_logger = logging.getLogger(__name__)

DOWN = {
    "status": "down",
    "checks": {"database": {"ok": False, "reason": "The database cannot be read."}},
}
health_cache = ShortCache(const.HEALTH_SECONDS)


class Operations(http.Controller):
    """What a monitor asks: is it well, how much waits, what can one send."""

    @http.route(
        "/hub/v1/health",
        type="hub",
        without_database=True,
        auth="none",
        methods=["GET"],
        csrf=False,
        save_session=False,
    )
    def health(self):
        health = self._health()
        answer = {
            "status": health["status"],
            "version": self._version(),
            "checks": health["checks"],
        }
        return request.make_json_response(
            answer, status=503 if answer["status"] == "down" else 200
        )

    @staticmethod
    def _health():
        if request.db is None:
            return DOWN
        try:
            monitor = request.env(user=SUPERUSER_ID)["event_hub.monitor"]
            return health_cache.get(request.db, monitor._health)
        except psycopg2.Error:
            _logger.exception("The database cannot be read.")
            with contextlib.suppress(psycopg2.Error):
                request.env.cr.rollback()
            return DOWN

    @http.route(
        "/hub/v1/metrics",
        type="hub",
        auth="none",
        methods=["GET"],
        csrf=False,
        save_session=False,
        readonly=False,  # the door's answers of this process are written down first
    )
    def metrics(self):
        env = request.env(user=SUPERUSER_ID)
        token = env["ir.config_parameter"].get_param("event_hub.metrics_token") or ""
        scheme, _, given = request.httprequest.headers.get(
            "Authorization", ""
        ).partition(" ")
        if (
            scheme.lower() != "bearer"
            or not token
            or not hmac.compare_digest(given.strip().encode(), token.encode())
        ):
            return request.make_json_response(
                {
                    "error": {
                        "code": "unauthorized",
                        "detail": "Send Authorization: Bearer and the metrics token.",
                    }
                },
                status=401,
                headers=[("WWW-Authenticate", "Bearer")],
            )
        return request.make_response(
            env["event_hub.monitor"]._metrics(),
            [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
        )

    @http.route(
        "/hub/v1/openapi.json",
        type="hub",
        auth="none",
        methods=["GET"],
        csrf=False,
        save_session=False,
    )
    def openapi(self):
        return request.make_json_response(document(const.VERSION))

    @staticmethod
    def _version():
        return f"{const.VERSION} (Odoo {release.version})"
