import re
import time
from math import ceil

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.event_hub.policies import arguments
from odoo.addons.event_hub.tools import limits
from odoo.addons.portal.controllers.portal import pager

from ..models.support_visibility_article_read import PATH
from ..policies import asking, words

PER_PAGE = 20
SUGGESTED = 4
TOO_MANY = 429
VOTED = "support_articles_voted"  # in the session: one voice for each article
HEADERS = {"Referrer-Policy": "same-origin"}
PLACES = limits.Limiter()  # (database, address, what)
_KEY = re.compile(r"^(?:.*[^-]-)?(\d{1,9})$", re.DOTALL)


class Articles(http.Controller):
    """Articles for customers and for everybody: list, search, page, and what readers say of them."""

    @http.route(
        [PATH, f"{PATH}/page/<int:page>"],
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def list(self, page=1, search="", **_kw):
        wait = self._wait("page", asking.PAGES_PER_SECOND, asking.PAGES_AT_ONCE)
        if wait:
            return self._too_many(wait)
        search = words.usable(search)
        if search:
            return self._results(search)
        articles, user = self._articles().sudo(), request.env.user
        domain = articles._reader_domain(user) & Domain(
            "language", "=", articles._language_asked(None)
        )
        total = articles.search_count(domain)
        pages = pager(url=PATH, total=total, page=page, step=PER_PAGE)
        found = articles.search(
            domain, order="name, id", limit=PER_PAGE, offset=pages["offset"]
        )
        rows = [article._reader_row() for article in found]
        return self._page("articles_page", rows=rows, pager=pages, search="")

    def _results(self, search):
        place = self._place()
        if self._is_too_much(place):
            return self._too_many(asking.PLACE_MINUTES * 60, search)
        rows = self._articles()._reader_search(
            search, request.env.user, channel="pages", place=place
        )
        return self._page("articles_page", rows=rows, pager=None, search=search)

    @http.route(
        f"{PATH}/search",
        type="jsonrpc",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def search(self, text="", visit="", channel="form", **_kw):
        """Suggestions while somebody types.

        :return: ``{"articles": [{"id", "title", "snippet", "url"}], "too_many": flag}``
        """
        articles, place = self._articles(), self._place()
        if not isinstance(text, str) or self._is_too_much(place):
            return {"articles": [], "too_many": isinstance(text, str)}
        rows = articles._reader_search(
            text,
            request.env.user,
            channel=channel if channel in ("form", "portal") else "form",
            place=place,
            visit=articles._visit_of(visit),
            limit=SUGGESTED,
            is_typing=True,
        )
        return {"articles": rows, "too_many": False}

    @http.route(
        f"{PATH}/solved", type="jsonrpc", auth="public", website=True, methods=["POST"]
    )
    def solved(self, article_id=0, visit="", **_kw):
        """Somebody found the answer and writes no ticket."""
        articles = self._articles()
        token = articles._visit_of(visit)
        if arguments.is_whole(article_id) and token:
            searches = request.env["support_visibility.article_search"].sudo()
            searches._mark(token, article_id, "solved")
        return {"done": True}

    @http.route(
        f"{PATH}/<string:key>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def article(self, key, visit="", **_kw):
        article = self._article(key)
        token = article._visit_of(visit)
        if token:
            searches = request.env["support_visibility.article_search"].sudo()
            searches._mark(token, article.id, "opened")
        return self._article_page(article)

    @http.route(
        f"{PATH}/<string:key>/helped",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def helped(self, key, value="", **_kw):
        article = self._article(key)
        voted = request.session.get(VOTED, [])
        if value in ("yes", "no") and article.id not in voted:
            wait = self._wait(
                article.id, asking.VOICES_PER_SECOND, asking.VOICES_AT_ONCE
            )
            if wait:
                return self._too_many(wait)
            article._count_voice(value == "yes")
            request.session[VOTED] = [*voted[-99:], article.id]
        return request.redirect(f"{article._reader_url()}#helped", 303)

    # ------------------------------------------------------------------ helpers

    def _articles(self):
        return request.env["support_visibility.article"].sudo()

    def _article(self, key):
        """:raises NotFound: there is none, or it is not for whoever asks: both look the same"""
        found = _KEY.search(key)
        articles = self._articles()
        article = found and articles._reader_find(
            min(int(found.group(1)), 2**31 - 1), request.env.user
        )
        if not article:
            raise NotFound()
        return article

    def _article_page(self, article):
        shown = article._reader_page(request.env.user)
        voted = article.id in request.session.get(VOTED, [])
        return self._page("article_page", article=shown, voted=voted)

    def _place(self):
        return self._articles()._place_of(request.httprequest.remote_addr)

    def _is_too_much(self, place):
        searches = request.env["support_visibility.article_search"].sudo()
        return asking.is_too_much(searches._count_at(place))

    def _wait(self, what, rate, burst):
        """:return: seconds until this place may do that again; 0: it may"""
        place = limits.address_key(request.httprequest.remote_addr)
        return PLACES.take(
            (request.db, place, what), now=time.monotonic(), rate=rate, burst=burst
        )

    def _too_many(self, wait, search=""):
        """:param wait: seconds"""
        page = self._page(
            "articles_page",
            TOO_MANY,
            rows=[],
            pager=None,
            search=search,
            later=self._later(wait),
        )
        page.headers["Retry-After"] = str(ceil(wait))
        return page

    def _later(self, wait):
        if wait > 5400:
            return request.env._("%(hours)s hours", hours=ceil(wait / 3600))
        return request.env._("%(minutes)s minutes", minutes=ceil(wait / 60))

    def _page(self, template, status=200, **values):
        values = {
            "company": request.env.company.sudo().name,
            "team_name": "",
            "is_public": request.env.user._is_public(),
            "too_many": status == TOO_MANY,
            **values,
        }
        page = request.render(f"support_visibility_knowledge.{template}", values)
        page.status_code = status
        page.headers.update(HEADERS)
        return page
