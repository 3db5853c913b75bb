from math import ceil

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request
from odoo.tools import email_normalize

from ..const import MAX_TITLE_CHARS
from ..policies.intake import text
from .portal import HEADERS, MAX_SAID_CHARS, sent_files

TRAP = "website"  # a field that people do not see; programs fill it in
TOO_MANY = 429


class SupportForm(http.Controller):
    """The public form of a team: anybody may write, nobody learns whom we know."""

    @http.route(
        "/support/<string:key>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def show(self, key, **_kw):
        return self._page(self._team(key))

    @http.route(
        "/support/<string:key>",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def send(self, key, **form):
        team = self._team(key)
        word = {
            "name": text.title(form.get("name"), 100, ""),
            "email": email_normalize(form.get("email") or "") or "",
            "subject": text.title(form.get("subject"), MAX_TITLE_CHARS, ""),
            "said": text.cut(form.get("said"), MAX_SAID_CHARS),
        }
        if not all(word[name] for name in ("email", "subject", "said")):
            problem = request.env._(
                "Give an email address, a line about what it is, and a description."
            )
            return self._page(team, form, problem, 422)
        tickets = request.env["support_visibility.ticket"]
        word["is_trapped"] = bool(form.get(TRAP))
        place = request.httprequest.remote_addr or ""
        wait = tickets._form_take(team, word, sent_files(), place)
        if wait:
            return self._too_many(team, form, wait)
        return self._page(team, done=True)

    def _too_many(self, team, form, wait):
        """:param int wait: seconds"""
        problem = request.env._(
            "That was a lot in a short time, and this one was not taken. Your text is still below: send it again in "
            "%(minutes)s minutes, with your files, or answer the mail you got from us.",
            minutes=ceil(wait / 60),
        )
        page = self._page(team, form, problem, TOO_MANY)
        page.headers["Retry-After"] = str(wait)
        return page

    def _team(self, key):
        team = request.env["support_visibility.team"]._with_form(key)
        if not team:
            raise NotFound()
        return team

    def _page(self, team, form=None, problem="", status=200, done=False):
        values = {
            "team_name": team.name,
            "company": team.company_id.name or request.env.company.sudo().name,
            "action": f"/support/{team.form_slug or team.id}",
            "max_mb": team.max_file_mb,
            "form": form or {},
            "problem": problem,
            "done": done,
        }
        page = request.render("support_visibility.form_page", values)
        page.status_code = status
        page.headers.update(HEADERS)
        return page
