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
        return _file(body, "application/json; charset=utf-8", f"{request_id}.json")

    @http.route(
        "/approval_engine/dossier/<int:request_id>/pdf",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download_pdf(self, request_id):
        """The same as PDF; 422 in words where the server cannot make one."""
        asked = request.env["approval_engine.request"].browse(request_id)
        return _file(asked._dossier_pdf(), "application/pdf", f"{request_id}.pdf")


def _file(body, kind, name):
    return request.make_response(
        body,
        [
            ("Content-Type", kind),
            ("Content-Disposition", http.content_disposition(f"approval-{name}")),
            ("Cache-Control", "no-store"),
        ],
    )
