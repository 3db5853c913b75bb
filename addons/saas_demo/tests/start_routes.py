import json
import time

from ..const import ECHO_PATH
from ..policies import access, signing


class StartRoutes:
    """Tests over HTTP of a demo that was set up; ``answer`` is what ``provision`` returned.

    For the class that tests the set-up itself: the story takes long to tell.
    """

    def _start(self, key=None):
        key = self.answer["start_key"] if key is None else key
        return self.url_open(f"/saas_demo/start?key={key}", allow_redirects=False)

    def test_the_key_opens_start_as_customer_success(self):
        answer = self._start()
        self.assertEqual(
            (answer.status_code, answer.headers["Location"]), (303, "/odoo/start")
        )
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        info = self.make_jsonrpc_request("/web/session/get_session_info", {})
        self.assertEqual(info["username"], "csm")
        self.assertEqual(info["saas_demo"]["login"], "csm")

    def test_another_key_opens_nothing(self):
        for key in ("", "wrong", self.answer["start_key"][:-1]):
            self.assertEqual(self._start(key).status_code, 404, key)

    def test_where_the_demo_is_closed_its_routes_do_not_exist(self):
        self.patch(access, "open_to", lambda **kwargs: False)
        self.authenticate("csm", self.answer["users"]["csm"]["password"])
        self.assertEqual(self._start().status_code, 404)
        self.assertEqual(self.url_open(ECHO_PATH, data=b"{}").status_code, 404)
        for path in ("/saas_demo/state", "/saas_demo/play"):
            answer = self.url_open(
                path, json={"jsonrpc": "2.0", "params": {"what": "strategic"}}
            )
            self.assertIn("404", answer.text)
            self.assertNotIn('"result"', answer.text)
        self.assertNotIn(
            "saas_demo", self.make_jsonrpc_request("/web/session/get_session_info", {})
        )

    def test_a_switch_needs_a_session_a_token_and_a_persona(self):
        self.assertIn(
            "/web/login",
            self.url_open("/saas_demo/switch", data={"login": "finance"}).url,
        )
        self._start()
        self.assertEqual(
            self.url_open("/saas_demo/switch", data={"login": "finance"}).status_code,
            400,
        )

    def test_play_gives_signed_messages_about_one_invoice(self):
        self._start()
        messages = self.make_jsonrpc_request("/saas_demo/play", {"what": "strategic"})[
            "messages"
        ]
        self.assertEqual(len(messages), 3)
        secret = self.answer["sources"]["billing"]["secret"]
        for message in messages:
            verdict = signing.verify(
                secret, message["headers"], message["body"].encode(), int(time.time())
            )
            self.assertTrue(verdict.ok, verdict.reason)
        self.assertEqual(
            len(
                {json.loads(message["body"])["data"]["invoice"] for message in messages}
            ),
            1,
        )
        page = self.make_jsonrpc_request("/saas_demo/state", {})
        self.assertEqual(page["steps"][0]["status"], "doing")

    def _echo(self, body, headers):
        return self.url_open(ECHO_PATH, data=body, headers=headers)

    def test_the_echo_keeps_a_delivery_once_and_verifies_it(self):
        echo = self.env["saas_demo.echo"]
        secret = echo._secret()
        body = json.dumps(
            {
                "type": "approval.executed",
                "correlationid": "c" * 32,
                "subject": "ACC-001",
            }
        ).encode()
        headers = signing.signed_headers(secret, "msg_echo", int(time.time()), body)
        for _ in range(2):
            self.assertEqual(self._echo(body, headers).status_code, 200)
        row = echo.search([("webhook_id", "=", "msg_echo")])
        self.assertEqual(
            (row.type, row.account, row.verified, row.times),
            ("approval.executed", "ACC-001", True, 2),
        )

    def test_the_echo_refuses_what_is_not_signed(self):
        headers = signing.signed_headers(
            "whsec_AAAA", "msg_forged", int(time.time()), b"{}"
        )
        self.assertEqual(self._echo(b"{}", headers).status_code, 401)
        self.assertFalse(
            self.env["saas_demo.echo"]
            .search([("webhook_id", "=", "msg_forged")])
            .verified
        )
