from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.event_hub.exceptions import ConflictError

from ..policies.satisfaction import BAD, GREAT, OKAY, VALUES
from .portal import HEADERS

MODEL = "support_visibility.ticket"


class SupportRating(http.Controller):
    """Where a customer says how it went. Opening the page says nothing: mail scanners open every link."""

    @http.route(
        "/support/rate/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def show(self, token, **_kw):
        return self._page(self._rating(token))

    @http.route(
        "/support/rate/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def rate(self, token, value="", comment="", **_kw):
        rating = self._rating(token)
        if not rating:
            return self._page(rating)
        chosen = int(value) if value in map(str, VALUES) else None
        try:
            with request.env.cr.savepoint():
                ticket = request.env[MODEL].sudo().browse(rating.res_id)
                ticket.rating_apply(chosen, rating=rating, feedback=comment)
        except ConflictError as error:
            return self._page(rating, str(error), 409)
        except UserError as error:
            return self._page(rating, str(error), 422)
        return self._page(rating)

    def _rating(self, token):
        ratings = request.env["rating.rating"].sudo()
        if "\0" in token:  # what no database can look for
            return ratings
        found = ratings.search(
            [("access_token", "=", token), ("res_model", "=", MODEL)], limit=1
        )
        ticket = request.env[MODEL].sudo().browse(found.res_id or []).exists()
        return found if ticket else ratings

    def _page(self, rating, problem="", status=200):
        ticket = request.env[MODEL].sudo().browse(rating.res_id or [])
        values = {
            "rating": rating,
            "ticket_name": ticket.name or "",
            "company": ticket.company_id.name or "",
            "is_open": rating.consumed
            or (rating and ticket._rating_of_now() == rating),
            "problem": problem,
            "choices": [
                (GREAT, "☺", request.env._("Happy")),
                (OKAY, "○", request.env._("In between")),
                (BAD, "☹", request.env._("Unhappy")),
            ],
        }
        page = request.render("support_visibility.rate_page", values)
        page.status_code = status if rating else 404
        page.headers.update(HEADERS)
        return page
