from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.event_hub.exceptions import ConflictError

from ..const import APPROVE, REJECT
from ..models.approval_engine_invitation import PATH
from ..tools import log_mask

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address holds the key
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
}
MOST_TEXT = 4000  # characters of a comment

log_mask.install()


class Invited(http.Controller):
    """The page of somebody from outside: it shows what is asked, and takes one answer."""

    @http.route(
        f"{PATH}/<int:invitation_id>/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def show(self, invitation_id, token):
        """Shows; a mail scanner that follows the link decides nothing."""
        invited = self._invited(invitation_id, token)
        if invited:
            invited._note_opening()
        return self._page(invited, token)

    @http.route(
        f"{PATH}/<int:invitation_id>/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def answer(self, invitation_id, token, **form):
        """Takes the answer of the form; refused, the page says why and nothing was changed."""
        invited = self._invited(invitation_id, token)
        if not invited:
            return self._page(invited, token)
        try:
            with request.env.cr.savepoint():
                invited._answer(*self._read(form))
        except ConflictError as error:
            return self._page(invited, token, str(error), 409, form)
        except AccessError as error:
            return self._page(invited, token, str(error), 403, form)
        except UserError as error:
            return self._page(invited, token, str(error), 422, form)
        return self._page(invited, token)

    def _read(self, form):
        """:return: (verdict, comment, option, content that was shown)"""
        verdict = form.get("verdict")
        if verdict not in (APPROVE, REJECT):
            raise UserError(request.env._("Say whether you approve or reject it."))
        comment = (form.get("comment") or "").strip()
        if len(comment) > MOST_TEXT:
            raise UserError(
                request.env._(
                    "The comment has more than %(most)s characters.", most=MOST_TEXT
                )
            )
        return verdict, comment, form.get("option") or "", form.get("seen") or ""

    def _invited(self, invitation_id, token):
        invitations = request.env["approval_engine.invitation"].sudo()
        found = invitations._by_token(invitation_id, token)
        lang = found.user_id.lang or request.env.lang
        return found.with_context(lang=lang)

    def _page(self, invited, token, problem="", status=200, form=None):
        request.env.invalidate_all()
        values = {
            "invitation": invited,
            "asked": invited._page_values() if invited else {},
            "problem": problem,
            "form": form or {},
            "action": f"{PATH}/{invited.id}/{token}" if invited else "",
        }
        page = request.render("approval_engine.invited_page", values)
        page.status_code = status if invited else 404
        page.headers.update(HEADERS)
        return page
