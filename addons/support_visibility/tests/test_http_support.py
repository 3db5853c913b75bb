from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.event_hub.tests.json2 import Json2


@tagged("post_install", "-at_install")
class TestHttpSupport(Json2, HttpCase):
    """Agents and their programs over JSON-2: statuses, rights and what cannot be forged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env, login="rpc_agent", groups="support_visibility.group_support_user"
        )
        cls.employee = new_test_user(
            cls.env, login="rpc_employee", groups="base.group_user"
        )
        cls.account = cls.env["res.partner"].create({"name": "RPC Ltd"})
        cls.ticket = cls.env["support_visibility.ticket"].create(
            {
                "name": "Export fails",
                "partner_id": cls.account.id,
                "description": "The export fails. It worked before.",
            }
        )
        cls.keys = cls._keys_of(cls.agent, cls.employee)

    def _call(self, model, method, user=None, **body):
        return self._json2(self.keys[user or self.agent], model, method, **body)

    def _ticket_call(self, method, user=None, **body):
        return self._call(
            "support_visibility.ticket", method, user, ids=self.ticket.ids, **body
        )

    def test_a_ticket_lives_over_json_2(self):
        for method, body in (
            ("action_assign", {"user_id": self.agent.id}),
            (
                "action_escalate",
                {"reason": "No contract", "reason_class": "missing_data"},
            ),
            ("action_wait", {}),
            ("action_solve", {}),
            ("action_reopen", {}),
            ("action_close", {}),
        ):
            answer = self._ticket_call(method, **body)
            self.assertEqual((answer.status_code, answer.json()), (200, True), method)
        self.ticket.invalidate_recordset()
        self.assertEqual(self.ticket.state, "closed")

    def test_refusals_have_the_right_status(self):
        for expected, method, user, body in (
            (422, "action_reopen", None, {}),
            (422, "action_assign", None, {"user_id": "7"}),
            (422, "action_assign", None, {"user_id": [1]}),
            (422, "action_assign", None, {"user_id": self.employee.id}),
            (422, "action_assign", None, {}),
            (422, "action_escalate", None, {"reason": "x", "reason_class": "boredom"}),
            (422, "action_escalate", None, {"reason": {"a": 1}, "reason_class": []}),
            (422, "write", None, {"vals": {"state": "solved"}}),
            (422, "write", None, {"vals": {"user_id": "x"}}),
            (422, "write", None, {"vals": {"stage_id": {"a": 1}}}),
            (422, "write", None, {"vals": {"team_id": True}}),
            (
                422,
                "write",
                None,
                {
                    "vals": {"state": "solved"},
                    "context": {"event_hub_pass": True},
                },
            ),
            (403, "action_solve", self.employee, {}),
            (403, "read", self.employee, {"fields": ["name"]}),
            (403, "unlink", None, {}),
            (403, "_set_state", None, {"target": "solved"}),
        ):
            answer = self._ticket_call(method, user, **body)
            self.assertEqual(
                answer.status_code, expected, (method, body, answer.text[:300])
            )
        self.ticket.invalidate_recordset()
        self.assertEqual((self.ticket.state, self.ticket.user_id.id), ("new", False))

    def test_who_comes_second_gets_409(self):
        colleague = new_test_user(
            self.env,
            login="rpc_colleague",
            groups="support_visibility.group_support_user",
        )
        self.ticket.action_assign(colleague.id)
        answer = self._ticket_call("action_take")
        self.assertEqual(answer.status_code, 409, answer.text[:300])
        self.assertIn("rpc_colleague", answer.json()["message"])
