import json

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestHttpRoutes(ApprovalCase, HttpCase):
    """Routes, bars and the password over JSON-2 and from the web client."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ria.approval_manager_id = cls.fay
        cls.credit_policy.action_retire()
        steps = [
            {"name": "Line", "route": "manager", "bar_account_owner": True},
            {
                "name": "Finance",
                "sequence": 20,
                "user_ids": [Command.set(cls.fred.ids)],
                "identity_required": True,
            },
        ]
        cls.policy = cls._policy(cls.credit_type, steps, window_days=30)

    def _key(self, user):
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        return keys._generate("rpc", "test", None)

    def _call(self, user, method, ids=None, model="approval_engine.request", **kwargs):
        """:return: (HTTP status, answer) of JSON-2 with a key"""
        if ids is not None:
            kwargs["ids"] = ids
        key = self._key(user)
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.addons.rpc.controllers.json2"):
            answer = self.url_open(
                f"/json/2/{model}/{method}",
                json=kwargs,
                method="POST",
                headers={"Authorization": f"bearer {key}"},
            )
        self.env.invalidate_all()
        return answer.status_code, answer.json()

    def _click(
        self, method, request, *args, model="approval_engine.request", **context
    ):
        """:return: the result, or the error, of a call as the web client makes it"""
        self.env.flush_all()
        params = {
            "model": model,
            "method": method,
            "args": [request.ids, *args],
            "kwargs": {"context": context},
        }
        with mute_logger("odoo.http"):
            answer = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                data=json.dumps({"jsonrpc": "2.0", "params": params}),
                headers={"Content-Type": "application/json"},
            ).json()
        self.env.invalidate_all()
        return answer.get("result", answer.get("error"))

    def test_the_preview_names_the_manager_and_the_reason(self):
        request = self._draft(amount=100)
        status, [line, finance] = self._call(self.ria, "preview_route", request.ids)
        self.assertEqual(
            (status, [(a["login"], a["why"]) for a in line["approvers"]]),
            (200, [("approval_fay", "Manager of Ria")]),
        )
        self.assertEqual(finance["mode"], "any")

    def test_statuses_of_bars_and_of_what_the_engine_alone_writes(self):
        request = self._submitted(beneficiary_id=self.cleo.id)
        self.account.account_owner_id = self.fay  # after she was asked
        rows, seat = request.step_ids, request.assignment_ids[:1]
        cases = [
            (403, self.fay, "action_approve", request.ids, {}),
            (403, self.cleo, "action_approve", request.ids, {}),
            (422, self.ria, "write", request.ids, {"vals": {"beneficiary_id": False}}),
            (403, self.max, "write", rows.ids, {"vals": {"barred": {}}}, rows._name),
            (403, self.max, "write", seat.ids, {"vals": {"weight": 9}}, seat._name),
            (
                422,
                self.max,
                "write",
                self.policy.ids,
                {
                    "vals": {"bar_beneficiary": False, "bar_lift_reason": "x"},
                    "context": {"install_mode": True},
                },
                "approval_engine.policy",
            ),
            (
                422,
                self.max,
                "write",
                self.policy.step_ids.ids,
                {"vals": {"identity_required": False}},
                "approval_engine.policy_step",
            ),
            (
                422,
                self.max,
                "create",
                None,
                {
                    "vals_list": [
                        {
                            "step_id": self.policy.step_ids[:1].id,
                            "user_id": self.fred.id,
                            "weight": 9,
                        }
                    ]
                },
                "approval_engine.policy_step.weight",
            ),
            (
                403,
                self.fred,
                "write",
                self.fred.ids,
                {"vals": {"approval_limit": 9e9}},
                "res.users",
            ),
        ]
        for expected, user, method, ids, kwargs, *model in cases:
            with self.subTest(method=method, user=user.login, kwargs=kwargs):
                status, answer = self._call(
                    user, method, ids, *([model[0]] if model else []), **kwargs
                )
                self.assertEqual(status, expected, answer)
        self.assertEqual(request.state, "pending")

    def test_a_key_cannot_decide_a_step_that_asks_for_the_password(self):
        request = self._approve(self._submitted(), self.fay)
        calls = [("action_approve", {}), ("action_reject", {"comment": "No."})]
        for method, kwargs in calls:
            status, answer = self._call(self.fred, method, request.ids, **kwargs)
            self.assertEqual(status, 403)
            self.assertIn("in the browser only", answer["message"])
        answer = self._call(self.fred, "approve_each", request.ids)
        self.assertEqual((answer[0], answer[1]["approved"]), (200, []))
        self.assertEqual(request.state, "pending")

    def test_the_browser_asks_for_the_password_and_then_decides(self):
        request = self._approve(self._submitted(), self.fay)
        self.authenticate("approval_fred", "approval_fred")
        asked = self._click("action_approve", request, "Fine.")
        self.assertEqual(asked["res_model"], "res.users.identitycheck")
        self.assertEqual(request.state, "pending", "nothing is decided yet")
        refused = self._click("approve_each", request)
        self.assertIn("asks for your password", refused["failed"][0]["why"])
        check = self.env["res.users.identitycheck"].browse(asked["res_id"])
        wrong = self._click("run_check", check, model=check._name, password="wrong")
        self.assertIn("Incorrect Password", wrong["data"]["message"])
        self.assertEqual(request.state, "pending")
        self._click("run_check", check, model=check._name, password="approval_fred")
        self.assertEqual(request.state, "executed")
        self.assertEqual(request.decision_ids[:1].comment, "Fine.")
