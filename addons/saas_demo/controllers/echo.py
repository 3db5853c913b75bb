from odoo import http
from odoo.http import request

from ..const import ECHO_MAX_BYTES, ECHO_PATH
from ..tools import gate


class EchoController(http.Controller):
    @http.route(
        ECHO_PATH,
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def echo(self, **_params):
        """Stand in for an outside system: keep what comes, say whether its signature is right."""
        gate.require_open()
        incoming = request.httprequest
        incoming.max_content_length = ECHO_MAX_BYTES + 1
        body = incoming.get_data()
        if len(body) > ECHO_MAX_BYTES:
            return request.make_json_response({"error": "too large"}, status=413)
        headers = {name.lower(): value for name, value in incoming.headers.items()}
        row = request.env["saas_demo.echo"].sudo()._receive(headers, body)
        return request.make_json_response(
            {"verified": row.verified, "reason": row.verdict},
            status=200 if row.verified else 401,
        )
