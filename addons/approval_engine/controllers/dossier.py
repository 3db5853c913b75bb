import json

from odoo import http
from odoo.http import request


class Dossier(http.Controller):
    @http.route(
        "/approval_engine/dossier/<int:request_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download(self, request_id):
        """The dossier of one request as a JSON file, for those who may see it."""
        asked = request.env["approval_engine.request"].browse(request_id)
        body = json.dumps(asked.dossier(), indent=2, ensure_ascii=False)
        return request.make_response(
            body,
            [
                ("Content-Type", "application/json; charset=utf-8"),
                (
                    "Content-Disposition",
                    http.content_disposition(f"approval-{request_id}.json"),
                ),
                ("Cache-Control", "no-store"),
            ],
        )
