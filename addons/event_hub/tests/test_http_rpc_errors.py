import json
import xmlrpc.client

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestRpcErrors(HubCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "hub_rpc", groups="event_hub.group_hub_admin", password="hub_rpc_1"
        )
        keys = cls.env["res.users.apikeys"].with_user(cls.user).sudo()
        cls.key = keys._generate("rpc", "test", None)

    def _json2(self, model, method, **arguments):
        response = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(arguments),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
            },
            method="POST",
        )
        self.assertNotIn("Traceback", response.text)
        return response

    @mute_logger("odoo.http")
    def test_refusals_have_their_status_and_no_traceback(self):
        for status, model, method, arguments in (
            (404, "no.model", "read", {}),
            (403, "event_hub.message", "_set_state", {}),
            (404, "event_hub.message", "nothing", {}),
            (422, "event_hub.message", "read", {"nonsense": 1}),
            (404, "event_hub.source", "action_rotate_secret", {"ids": [2**30]}),
            (422, "event_hub.message", "create", {"vals_list": [{}]}),
            (404, "event_hub.event", "write", {"ids": [2**30], "vals": {"type": "x"}}),
            (404, "event_hub.source", "write", {"ids": [2**30], "vals": {"name": "x"}}),
            (404, "event_hub.source", "unlink", {"ids": [2**30]}),
        ):
            response = self._json2(model, method, **arguments)
            self.assertIn(
                response.status_code,
                {status, 403},
                f"{model}.{method}: {response.text}",
            )
            self.assertEqual(response.json()["debug"], "")

    @mute_logger("odoo.http", "odoo.sql_db")
    def test_bad_arguments_are_422_not_500(self):
        for method, arguments in (
            ("search", {"domain": [["nonsense", "=", 1]]}),
            ("search", {"domain": [["code", "nonsense", 1]]}),
            ("search", {"domain": "nonsense"}),
            ("search", {"domain": [], "order": "nonsense; drop table x"}),
            ("search", {"domain": [], "limit": "x"}),
            ("read", {"ids": ["x"], "fields": ["code"]}),
            ("read", {"ids": [1], "fields": ["nonsense"]}),
            ("search", {"domain": [["company_id", "=", True]]}),
            ("search", {"domain": [["company_id", ">=", [[4, 1]]]]}),
            ("create", {"vals_list": [{"code": "x", "company_id": ["a"]}]}),
            (
                "formatted_read_group",
                {"domain": [], "groupby": [], "aggregates": ["code:sum"]},
            ),
            (
                "formatted_read_group",
                {"domain": [], "groupby": [], "aggregates": [5]},
            ),
            ("action_rotate_secret", {"ids": [10**30]}),
            ("action_rotate_secret", {"ids": []}),
        ):
            response = self._json2("event_hub.source", method, **arguments)
            self.assertIn(
                response.status_code,
                (404, 422),
                f"{method} {arguments}: {response.text}",
            )
            self.assertNotIn("SELECT", response.text)

    @mute_logger("odoo.http")
    def test_a_record_is_named_by_whole_numbers_and_has_to_exist(self):
        for status, ids in (
            (422, []),
            (422, True),
            (422, "1"),
            (422, [True]),
            (422, [str(self.source.id)]),
            (422, [[self.source.id]]),
            (404, [-1]),
            (404, [0]),
            (404, [10**30]),
            (404, [self.source.id, 2**31 - 1]),
        ):
            response = self._json2("event_hub.source", "action_open_messages", ids=ids)
            self.assertEqual(response.status_code, status, f"{ids}: {response.text}")
            self.assertIn("id", response.json()["message"])

    @mute_logger("odoo.http")
    def test_text_that_cannot_be_stored_is_422_in_json(self):
        for model, method, arguments in (
            ("event_hub.source", "search", {"domain": [["code", "=", "\ud800"]]}),
            ("event_hub.source", "create", {"vals_list": [{"name": "a\x00b"}]}),
            ("event_hub.source", "read", {"ids": ["\ud800"]}),
            ("res.partner", "create", {"vals_list": [{"name": "\udfff"}]}),
            ("event_hub.source", "search", {"\ud800": 1}),
            ("event_hub.source", "search", {"domain": [], "context": {"lang": "\x00"}}),
        ):
            response = self._json2(model, method, **arguments)
            self.assertEqual(response.status_code, 422, response.text)
            self.assertIn("cannot be stored", response.json()["message"])

    @mute_logger("odoo.http")
    def test_an_address_with_nul_leads_nowhere(self):
        for path in ("/nowhere/%00", "/%00", "/web/%00", "/my/%00"):
            self.assertEqual(self.url_open(path).status_code, 404, path)

    def test_a_body_that_names_no_arguments_is_422(self):
        for body in ("[1]", '"x"', "5", "true", "[]"):
            response = self.url_open(
                "/json/2/event_hub.source/search_count",
                data=body,
                headers={
                    "Authorization": f"bearer {self.key}",
                    "Content-Type": "application/json",
                },
                method="POST",
            )
            self.assertEqual(response.status_code, 422, f"{body}: {response.text}")

    @mute_logger("odoo.http")
    def test_the_web_clients_errors_carry_no_traceback_either(self):
        self.authenticate("hub_rpc", "hub_rpc_1")
        response = self.url_open(
            "/web/dataset/call_kw/event_hub.source/search",
            headers={"Content-Type": "application/json"},
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "method": "call",
                    "id": 1,
                    "params": {
                        "model": "event_hub.source",
                        "method": "search",
                        "args": [[["nonsense", "=", 1]]],
                        "kwargs": {},
                    },
                }
            ),
        )
        error = response.json()["error"]["data"]
        self.assertEqual(error["debug"], "")
        self.assertNotIn("Traceback", response.text)

    def _xmlrpc(self, version, *call):
        body = xmlrpc.client.dumps(
            (self.env.cr.dbname, self.user.id, self.key, *call), "execute_kw"
        )
        response = self.url_open(
            f"/xmlrpc/{version}object", data=body, headers={"Content-Type": "text/xml"}
        )
        try:
            return xmlrpc.client.loads(response.content)[0][0]
        except xmlrpc.client.Fault as fault:
            return fault

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.rpc.controllers.xmlrpc")
    def test_xmlrpc_faults_carry_no_traceback_either(self):
        for version in ("2/", ""):
            good = self._xmlrpc(version, "event_hub.source", "search", [[]])
            self.assertIn(self.source.id, good)
            for arguments in ([[["nonsense", "=", 1]]], [[]] * 9):
                fault = self._xmlrpc(version, "event_hub.source", "search", arguments)
                told = f"{fault.faultCode} {fault.faultString}"
                self.assertIn("The server could not use these arguments", told)
                self.assertNotIn("Traceback", told)
                self.assertNotIn(".py", told)
            refused = self._xmlrpc(
                version, "event_hub.event", "write", [[1], {"type": "x"}]
            )
            self.assertNotIn("could not use", str(refused))  # words of the refusal stay

    def test_the_secret_is_shown_once_over_json2(self):
        response = self._json2(
            "event_hub.source", "action_rotate_secret", ids=self.source.ids
        )
        self.assertEqual(response.status_code, 200, response.text)
        self.assertTrue(response.json()["secret"].startswith("whsec_"))

    @mute_logger("odoo.http")
    def test_a_conflict_is_409(self):
        message = self._heard_and_processed(self._event("nobody.knows"))
        self.patch(
            type(message), "try_lock_for_update", lambda self, **kw: self.browse()
        )
        self.assertEqual(
            self._json2(
                "event_hub.message", "action_replay", ids=message.ids
            ).status_code,
            409,
        )
