"""What careless and hostile callers send through the public doors."""

import json
import xmlrpc.client

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import HubCommon

NO_IDS = (0, [0], [-1], False, None, [None], ["1"], [True], [[1]], {}, "1", [1.5])


@tagged("post_install", "-at_install")
class TestHostile(HubCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            "hub_hostile",
            groups="event_hub.group_hub_admin",
            password="hub_hostile_1",
            company_id=cls.company_a.id,
            company_ids=cls.company_a.ids,
        )
        keys = cls.env["res.users.apikeys"].with_user(cls.user).sudo()
        cls.key = keys._generate("rpc", "test", None)

    def _json2(self, model, method, **arguments):
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(arguments),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
            },
            method="POST",
        )

    def _web(self, model, method, *args, way="call_kw"):
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        response = self.url_open(
            f"/web/dataset/{way}/{model}/{method}",
            headers={"Content-Type": "application/json"},
            data=json.dumps({"jsonrpc": "2.0", "id": 1, "params": params}),
        )
        return response.json()

    def _old(self, path, *call):
        """:return: what is answered, or the ``Fault``"""
        args = (self.env.cr.dbname, self.user.id, self.key, *call)
        if path == "/jsonrpc":
            params = {"service": "object", "method": "execute_kw", "args": args}
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "params": params})
            response = self.url_open(
                path, data=body, headers={"Content-Type": "application/json"}
            )
            found = response.json()
            error = found.get("error")
            return (
                xmlrpc.client.Fault(1, error["data"]["message"])
                if error
                else found["result"]
            )
        body = xmlrpc.client.dumps(args, "execute_kw", allow_none=True)
        response = self.url_open(path, data=body, headers={"Content-Type": "text/xml"})
        try:
            return xmlrpc.client.loads(response.content)[0][0]
        except xmlrpc.client.Fault as fault:
            return fault

    # ------------------------------------------------------------------- the door

    def test_no_header_keeps_a_message_from_its_effect(self):
        for odd in ("é", "\xff" * 64, "x", "0" * 64):
            response = self._post(
                self._event(), headers={"hub-test": odd.encode("latin-1")}
            )
            self.assertEqual(response.status_code, 202, response.text)
            message = self.env["event_hub.message"].browse(response.json()["message"])
            self._process()
            self.assertFalse(message.is_test)
            self.assertEqual((message.state, message.error), ("processed", False))

    # --------------------------------------------------------------- wrong records

    @mute_logger("odoo.http")
    def test_the_web_client_has_to_name_records_by_whole_numbers(self):
        self.authenticate("hub_hostile", "hub_hostile_1")
        for way in ("call_kw", "call_button"):
            for ids in (*NO_IDS, 2**30, [2**30], [10**20]):
                for method in ("action_rotate_secret", "action_open_messages"):
                    answer = self._web("event_hub.source", method, ids, way=way)
                    self.assertIn("error", answer, f"{way} {method} {ids}")
        good = self._web("event_hub.source", "action_rotate_secret", self.source.ids)
        self.assertTrue(good["result"]["secret"])

    @mute_logger("odoo.http")
    def test_nothing_chosen_is_nothing_to_do_for_the_web_client(self):
        self.authenticate("hub_hostile", "hub_hostile_1")
        self.assertNotIn("error", self._web("event_hub.replay", "action_cancel", []))

    @mute_logger(
        "odoo.http",
        "odoo.addons.rpc.controllers.xmlrpc",
        "odoo.addons.rpc.controllers.jsonrpc",
    )
    def test_the_old_protocols_have_to_name_records_by_whole_numbers(self):
        for path in ("/xmlrpc/2/object", "/xmlrpc/object", "/jsonrpc"):
            for ids in NO_IDS:
                answer = self._old(
                    path, "event_hub.source", "action_rotate_secret", [ids]
                )
                told = f"{path} {ids}: {answer}"
                self.assertIsInstance(answer, xmlrpc.client.Fault, told)
                self.assertIn("whole numbers", str(answer), told)
            good = self._old(
                path, "event_hub.source", "action_rotate_secret", [self.source.ids]
            )
            self.assertTrue(good["secret"])

    @mute_logger("odoo.http")
    def test_a_reason_is_given_for_records_that_are_there(self):
        for ids in (["abc"], 5, {"a": 1}, [[1]], [None], [1.7], [True], "12"):
            self.assertEqual(self._reason(ids).status_code, 422, ids)
        for ids in ([0], [-1], [2**30], [10**20]):
            self.assertEqual(self._reason(ids).status_code, 404, ids)

    def _reason(self, ids):
        made = self._json2(
            "event_hub.reason",
            "create",
            vals_list=[
                {
                    "res_model": "base.automation",
                    "method": "action_pause",
                    "reason": "x",
                    "res_ids": ids,
                }
            ],
        )
        self.assertEqual(made.status_code, 200, made.text)
        return self._json2("event_hub.reason", "action_confirm", ids=made.json())

    # ------------------------------------------------------- defaults of the context

    @mute_logger("odoo.http")
    def test_no_default_of_the_context_makes_a_version_that_was_never_in_force(self):
        event_type = self.env["event_hub.event_type"].create(
            {"code": "hostile.thing", "name": "Thing", "version": "1.0"}
        )
        for state, version in (("retired", "9.1"), ("current", "9.2")):
            response = self._json2(
                "event_hub.event_type.version",
                "create",
                vals_list=[{"event_type_id": event_type.id, "version": version}],
                context={"default_state": state},
            )
            self.assertEqual(response.status_code, 200, response.text)
            [id_] = response.json()
            made = self.env["event_hub.event_type.version"].browse(id_)
            self.assertEqual(made.state, "draft")

    @mute_logger("odoo.http")
    def test_no_default_of_the_context_makes_an_endpoint_that_is_off(self):
        values = {"name": "Far", "url": "https://example.com/x"}
        response = self._json2(
            "event_hub.endpoint",
            "create",
            vals_list=[values],
            context={"default_state": "disabled", "default_disabled_reason": "forged"},
        )
        self.assertEqual(response.status_code, 200, response.text)
        made = self.env["event_hub.endpoint"].browse(response.json())
        self.assertEqual((made.state, made.disabled_reason), ("live", False))
        for forged in ({"state": "disabled"}, {"disabled_reason": "forged"}):
            response = self._json2(
                "event_hub.endpoint", "create", vals_list=[{**values, **forged}]
            )
            self.assertEqual(response.status_code, 422, response.text)

    # ------------------------------------------------------------- numbers and limits

    @mute_logger("odoo.http")
    def test_a_number_is_one(self):
        rule = self.env["base.automation"].create(
            {
                "name": "Charted",
                "model_id": self.env["ir.model"]._get_id("event_hub.event"),
                "trigger": "on_business_event",
                "event_pattern": "hostile.*",
            }
        )
        rule.action_govern()
        for odd in (float("nan"), float("inf"), float("-inf"), "NaN", "-inf", "1e999"):
            response = self._json2(
                "event_hub.charter",
                "write",
                ids=rule.charter_id.ids,
                vals={"minutes_saved": odd},
            )
            self.assertEqual(response.status_code, 422, f"{odd}: {response.text}")
            self.assertIn("number", response.text)
        self.env.invalidate_all()
        self.assertEqual(rule.charter_id.minutes_saved, 0)

    @mute_logger("odoo.http")
    def test_contents_are_kept_for_a_hundred_years_at_most(self):
        for days in (2**31 - 1, 36_501):
            response = self._json2(
                "event_hub.source",
                "write",
                ids=self.source.ids,
                vals={"payload_retention_days": days},
            )
            self.assertEqual(response.status_code, 422, response.text)

    @mute_logger("odoo.http")
    def test_only_records_that_know_when_they_were_made_have_a_past_to_tell(self):
        for model in ("event_hub.run", "event_hub.event", "event_hub.clash"):
            response = self._json2(
                "event_hub.backfill",
                "create",
                vals_list=[{"model_id": self.env["ir.model"]._get_id(model)}],
            )
            self.assertEqual(response.status_code, 422, f"{model}: {response.text}")

    @mute_logger("odoo.http")
    def test_an_alert_stays_with_its_queue(self):
        self.env["event_hub.alert"]._ensure()
        alert = self.env["event_hub.alert"].search([("queue", "=", "messages")])
        response = self._json2(
            "event_hub.alert", "write", ids=alert.ids, vals={"queue": "nowhere"}
        )
        self.assertEqual(response.status_code, 422, response.text)
        response = self._json2(
            "event_hub.alert", "write", ids=alert.ids, vals={"max_depth": 5}
        )
        self.assertEqual(response.status_code, 200, response.text)

    @mute_logger("odoo.http")
    def test_events_are_about_records_and_their_schema_is_whole(self):
        for values in (
            {"subject_model": "event_hub.subject"},
            {"subject_model": "res.users"},
            {"data_schema": {"$ref": "http://127.0.0.1/schema"}},
            {"data_schema": {"$ref": "#"}},
            {"data_schema": {"properties": {"a": {"pattern": "(?=x)"}}}},
        ):
            response = self._json2(
                "event_hub.event_type",
                "create",
                vals_list=[
                    {"code": "hostile.odd", "name": "Odd", "version": "1.0", **values}
                ],
            )
            self.assertEqual(response.status_code, 422, f"{values}: {response.text}")
