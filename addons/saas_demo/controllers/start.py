import hashlib
import hmac

from odoo import http
from odoo.http import request

from ..const import START_KEY_PARAM
from ..policies.personas import BY_LOGIN, FIRST_PERSONA, safe_target
from ..tools import gate

#: no proxy or browser may keep pages of the demo's entry
NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class StartController(http.Controller):
    @http.route(
        "/saas_demo/start", type="http", auth="public", methods=["GET"], readonly=False
    )
    def start(self, key="", **_params):
        """Open Start as the first persona, if the key is the one `scripts/serve` printed."""
        gate.require_open()
        wanted = (
            request.env["ir.config_parameter"].sudo().get_param(START_KEY_PARAM) or ""
        )
        given = hashlib.sha256(key.encode()).hexdigest()
        if not wanted or not hmac.compare_digest(given, wanted):
            raise request.not_found()
        return self._become(FIRST_PERSONA, "/odoo/start")

    @http.route("/saas_demo/switch", type="http", auth="user", methods=["POST"])
    def switch(self, login="", to="", **_params):
        """Go on as another persona. Only who already plays one may."""
        gate.require_open()
        if request.env.user.login not in BY_LOGIN or login not in BY_LOGIN:
            raise request.not_found()
        return self._become(login, safe_target(to))

    def _become(self, login, target):
        """Make this browser's session the one of `login`, under a new session id."""
        user = request.env["res.users"].sudo().search([("login", "=", login)], limit=1)
        if not user:
            raise request.not_found()
        session = request.session
        session.logout(keep_db=True)
        session.update({"pre_login": login, "pre_uid": user.id})
        session.finalize(request.env)
        response = request.redirect(target, 303)
        response.headers.update(NO_STORE)
        return response

    @http.route("/saas_demo/state", type="jsonrpc", auth="user", readonly=True)
    def state(self):
        """Everything the Start page shows; see `saas_demo.page._read_page`."""
        gate.require_open()
        return request.env["saas_demo.page"]._read_page()

    @http.route("/saas_demo/play", type="jsonrpc", auth="user")
    def play(self, what):
        """Prepare what a connected system says now: signed messages for the page to post.

        :param str what: "strategic", "standard" or "payment"
        """
        gate.require_open()
        if request.env.user.login not in BY_LOGIN:
            raise request.not_found()
        return request.env["saas_demo.episode"]._play(what)
