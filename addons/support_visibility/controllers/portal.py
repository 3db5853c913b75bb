import re

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..const import MAX_TITLE_CHARS
from ..models.support_visibility_ticket_portal import PATH
from ..policies import ticket_state
from ..policies.intake import text

MAX_SAID_CHARS = 50_000
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address may hold the key
    "X-Robots-Tag": "noindex, nofollow",
}


class TicketPortal(CustomerPortal):
    """Tickets on the portal: the list, the page of one, and what a customer does there."""

    def _mine(self):
        tickets = request.env["support_visibility.ticket"].sudo()
        return tickets, tickets._portal_domain(request.env.user.partner_id)

    # ------------------------------------------------------------------ list and new
    @http.route(
        [PATH, f"{PATH}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def tickets(self, page=1, sortby=None, filterby=None, search="", **_kw):
        tickets, domain = self._mine()
        sortings, filters = self._sortings(), self._filters()
        sortby = sortby if sortby in sortings else "newest"
        filterby = filterby if filterby in filters else "all"
        search = text.cut(search, 200)
        domain &= Domain(filters[filterby]["domain"])
        if search:
            like = re.sub(r"([\\%_])", r"\\\1", search)
            domain &= Domain("name", "ilike", like) | Domain("number", "ilike", like)
        pages = pager(
            url=PATH,
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
            total=tickets.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        found = tickets.search(
            domain,
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=pages["offset"],
        )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "support_tickets",
            "default_url": PATH,
            "tickets": [ticket._portal_row() for ticket in found],
            "pager": pages,
            "search": search,
            "searchbar_sortings": sortings,
            "sortby": sortby,
            "searchbar_filters": filters,
            "filterby": filterby,
        }
        return request.render("support_visibility.portal_tickets", values)

    def _sortings(self):
        return {
            "newest": {
                "label": request.env._("Newest"),
                "order": "opened_at desc, id desc",
            },
            "oldest": {"label": request.env._("Oldest"), "order": "opened_at, id"},
            "name": {"label": request.env._("Title"), "order": "name, id"},
        }

    def _filters(self):
        return {
            "all": {"label": request.env._("All"), "domain": []},
            "open": {
                "label": request.env._("Open"),
                "domain": [("state", "in", ticket_state.OPEN_STATES)],
            },
            "done": {
                "label": request.env._("Done"),
                "domain": [("state", "in", ticket_state.DONE_STATES)],
            },
        }

    @http.route(
        f"{PATH}/new", type="http", auth="user", website=True, methods=["GET", "POST"]
    )
    def new(self, **form):
        if request.httprequest.method == "GET":
            return self._new_page({})
        subject = text.title(form.get("subject"), MAX_TITLE_CHARS, "")
        said = text.cut(form.get("said"), MAX_SAID_CHARS)
        if not subject or not said:
            problem = request.env._("Say in a line what it is about, and describe it.")
            return self._new_page(form, problem)
        ticket = request.env["support_visibility.ticket"]._portal_open(
            request.env.user.partner_id, subject, said, sent_files()
        )
        return request.redirect(f"{PATH}/{ticket.id}", 303)

    def _new_page(self, form, problem=""):
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "support_ticket_new",
            "form": form,
            "problem": problem,
        }
        page = request.render("support_visibility.portal_ticket_new", values)
        page.status_code = 422 if problem else 200
        return page

    # ------------------------------------------------------------------ the page of one
    @http.route(
        f"{PATH}/<int:ticket_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def ticket(self, ticket_id, token=None, **_kw):
        return self._ticket_page(self._ticket(ticket_id, token), token)

    @http.route(
        f"{PATH}/<int:ticket_id>/<any(answer,close,reopen):what>",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def act(self, ticket_id, what, token=None, said="", **_kw):
        ticket, user = self._ticket(ticket_id, token), request.env.user
        try:
            with request.env.cr.savepoint():
                if what == "answer":
                    ticket = ticket._portal_answer(
                        text.cut(said, MAX_SAID_CHARS), sent_files(), user
                    )
                elif what == "close":
                    ticket._portal_close(user)
                else:
                    ticket._portal_reopen(user)
        except UserError as error:
            return self._ticket_page(ticket, token, str(error), 422)
        key = f"?token={ticket._portal_token()}" if token else ""
        return request.redirect(f"{PATH}/{ticket.id}{key}", 303)

    def _ticket(self, ticket_id, token):
        """:raises NotFound: there is none, or it is not for whoever asks: both look the same"""
        tickets = request.env["support_visibility.ticket"]
        ticket = tickets._portal_find(ticket_id, request.env.user, token)
        if not ticket:
            raise NotFound()
        return ticket.with_context(lang=request.env.lang)

    def _ticket_page(self, ticket, token, problem="", status=200):
        speaker = ticket._speaker(request.env.user)
        may_rate = bool(token) or (speaker and speaker == ticket.partner_id)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "support_ticket",
            "ticket": ticket._portal_page(may_rate),
            "token": token or "",
            "problem": problem,
        }
        page = request.render("support_visibility.portal_ticket", values)
        page.status_code = status
        page.headers.update(HEADERS)
        return page


def sent_files():
    """:return: ``[(name, bytes)]`` of the files of a form"""
    found = request.httprequest.files.getlist("files")
    return [(file.filename, file.read()) for file in found if file.filename]
