from odoo import http
from odoo.http import request


class BarePeer(http.Controller):
    @http.route(
        "/saas_bench/insert",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def insert(self):
        """Store the body with one INSERT: what any durable webhook must at least do."""
        body = request.httprequest.get_data(as_text=True)
        request.env.cr.execute("INSERT INTO saas_bench_row (body) VALUES (%s)", [body])
        return request.make_json_response({"status": "accepted"}, status=202)
