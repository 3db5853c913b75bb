import json
from datetime import datetime, timedelta

from odoo.tests import HttpCase, new_test_user, tagged

from .common import SMALL, encoded


@tagged("post_install", "-at_install")
class TestHttpProcess(HttpCase):
    def setUp(self):
        super().setUp()
        manager = new_test_user(
            self.env, "pi_rpc", "process_intelligence.group_process_manager"
        )
        soon = datetime.now() + timedelta(days=1)
        self.key = (
            self.env["res.users.apikeys"]
            .with_user(manager)
            .sudo()
            ._generate("rpc", "test", soon)
        )
        self.definition = (
            self.env["process_intelligence.definition"]
            .with_user(manager)
            .create({"name": "Over RPC"})
        )

    def call(self, method, **arguments):
        """:return: (status, answer)"""
        answer = self.url_open(
            f"/json/2/process_intelligence.definition/{method}",
            data=json.dumps({"ids": self.definition.ids, **arguments}),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        return answer.status_code, answer.json()

    def load(self, **arguments):
        columns = {"case": "case", "activity": "activity", "timestamp": "time"}
        return self.call(
            "import_csv", data_base64=encoded(SMALL), **{**columns, **arguments}
        )

    def test_a_log_is_imported_and_questioned(self):
        status, answer = self.load(resource="who", attributes=["priority"])
        self.assertEqual(
            (status, answer["events"], answer["cases"], answer["rejected"]),
            (200, 6, 3, []),
        )
        status, answer = self.call(
            "process_map", filters={"attributes": {"priority": ["high"]}}
        )
        self.assertEqual((status, answer["cases"], answer["events"]), (200, 1, 3))
        status, answer = self.call("variants", limit=1)
        self.assertEqual((status, len(answer)), (200, 1))

    def test_bad_input_is_422_in_words(self):
        with self.assertLogs("odoo.http", "WARNING"):
            for method, arguments, words in (
                ("process_map", {"filters": {"hass": ["a"]}}, "no filter hass"),
                ("variants", {"filters": {"period": {"mode": "x"}}}, "mode"),
                ("variants", {"limit": 0}, "limit"),
                ("process_map", {"ids": []}, "which records"),
            ):
                status, answer = self.call(method, **arguments)
                self.assertEqual(status, 422)
                self.assertIn(words, answer["message"])
            status, answer = self.load(case="ticket")
            self.assertEqual(status, 422)
            self.assertIn(
                "There is no column ticket. The columns of the file are: case, activity, time, who, priority.",
                answer["message"],
            )

    def test_the_same_file_again_is_409(self):
        self.load()
        with self.assertLogs("odoo.http", "WARNING"):
            status, answer = self.load()
        self.assertEqual(status, 409)
        self.assertIn("already imported", answer["message"])

    def test_a_manager_drafts_automation_rules(self):
        self.load()
        self.definition.sudo()._note_names(self.definition.sudo()._every_row())
        rule = self.env["process_intelligence.rule"].create(
            {
                "name": "No asking",
                "definition_id": self.definition.id,
                "kind": "absence",
                "activity_id": self.definition.sudo().activity_ids[0].id,
            }
        )
        answer = self.url_open(
            "/json/2/process_intelligence.rule/action_draft_automation",
            data=json.dumps({"ids": rule.ids}),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        drafted = rule.automation_id
        self.assertEqual((drafted.active, len(drafted.action_server_ids)), (False, 1))
        self.assertEqual(answer.json()["res_id"], drafted.id)
        for kind in ("stalled", "pingpong"):
            status, action = self.call(f"action_draft_{kind}_automation")
            self.assertEqual((status, action["res_model"]), (200, "base.automation"))
