from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from ..models.support_visibility_incident_report import REPORT
from .portal import HEADERS


class SupportIncidentReport(http.Controller):
    """The executive report of an incident, for support and for its stakeholders."""

    @http.route(
        "/support/incident/<int:incident_id>/report",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def show(self, incident_id, **_kw):
        incident = request.env["support_visibility.incident"].browse(incident_id)
        if not incident.sudo().exists() or not incident._may_read_report():
            raise NotFound()  # nobody learns which incidents there are
        page = request.render(REPORT, {"seen": incident._report_values()})
        page.headers.update(HEADERS)
        return page
