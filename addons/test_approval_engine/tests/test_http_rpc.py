from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import DocumentCase


@tagged("post_install", "-at_install")
class TestHttpRpc(DocumentCase, HttpCase):
    """JSON-2 with real API keys: statuses, and no way around."""

    def setUp(self):
        super().setUp()
        self.keys = {}

    def _key(self, user):
        if user not in self.keys:
            self.keys[user] = (
                self.env["res.users.apikeys"]
                .with_user(user)
                .sudo()
                ._generate("rpc", "test", None)
            )
        return self.keys[user]

    def _call(self, user, method, ids=None, model="approval_engine.request", **kwargs):
        """:return: (HTTP status, answer)"""
        if ids is not None:
            kwargs["ids"] = ids
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.addons.rpc.controllers.json2"):
            answer = self.url_open(
                f"/json/2/{model}/{method}",
                json=kwargs,
                method="POST",
                headers={"Authorization": f"bearer {self._key(user)}"},
            )
        self.env.invalidate_all()
        return answer.status_code, answer.json()

    def _vals(self, **values):
        return {
            "name": "Stamp it",
            "type_id": self.stamp_type.id,
            "res_model": self.document._name,
            "res_id": self.document.id,
            "partner_id": self.account.id,
            "amount": 10,
            **values,
        }

    def test_a_request_from_creation_to_execution(self):
        status, [request_id] = self._call(
            self.ria, "create", vals_list=[self._vals(state="executed")]
        )
        self.assertEqual(status, 200)
        self.assertEqual(
            self._call(self.ria, "action_submit", [request_id]), (200, True)
        )
        status, route = self._call(self.ria, "preview_route", [request_id])
        self.assertEqual(
            (status, [step["step"] for step in route]), (200, ["Finance", "Success"])
        )
        self.assertEqual(
            self._call(
                self.fred, "action_approve", [request_id], option="red", comment="Yes."
            ),
            (200, True),
        )
        self.assertEqual(
            self._call(self.cleo, "action_approve", [request_id]), (200, True)
        )
        status, [row] = self._call(
            self.ria, "read", [request_id], fields=["state", "option", "requester_id"]
        )
        self.assertEqual(
            (row["state"], row["option"], row["requester_id"][0]),
            ("approved", "red", self.ria.id),
        )
        status, packet = self._call(self.cleo, "evidence", [request_id])
        self.assertEqual((status, sorted(packet)), (200, ["as_of", "hash", "sections"]))
        status, found = self._call(
            self.audrey, "verify_chain", model="approval_engine.decision"
        )
        self.assertEqual(status, 200, found)
        self.assertEqual(
            (status, found["ok"], sorted(found)),
            (200, True, ["checked", "first_bad", "ok", "sealed", "unsealed"]),
        )

    def test_refusals_have_the_right_status(self):
        request = self._asked()
        done = self._approved()
        ids = [request.id]
        cases = [
            (403, self.ria, "action_approve", ids, {"option": "red"}),
            (403, self.olaf, "action_approve", ids, {}),
            (403, self.audrey, "action_recall", ids, {}),
            (403, self.fred, "action_recall", ids, {}),
            (403, self.ria, "write", ids, {"vals": {"state": "approved"}}),
            (403, self.fred, "write", ids, {"vals": {"amount": 1}}),
            (404, self.fred, "action_approve", [999999999], {}),
            (404, self.fred, "evidence", [999999999], {}),
            (
                403,
                self.fred,
                "_decide",
                ids,
                {"action": "approve", "comment": "", "option": None},
            ),
            (409, self.fay, "action_approve", done.ids, {}),
            (409, self.cleo, "action_reject", done.ids, {"comment": "Too late."}),
            (409, self.ria, "action_submit", ids, {}),
            (422, self.fred, "action_approve", ids, {}),
            (422, self.fred, "action_approve", ids, {"option": "green"}),
            (422, self.fred, "action_reject", ids, {"comment": ""}),
            (422, self.fred, "action_reject", ids, {}),
            (422, self.cleo, "action_approve", ids, {"option": "red"}),
            (422, self.ria, "write", ids, {"vals": {"amount": 1}}),
            (422, self.fred, "action_approve", ids, {"comment": 7}),
            (422, self.fred, "action_approve", ids, {"option": ["red"]}),
            (422, self.fred, "action_choose", ids, {"option": {"a": 1}}),
            (422, self.fred, "action_approve", [], {}),
            (422, self.fred, "evidence", [], {}),
            (422, self.fred, "preview_route", [request.id, done.id], {}),
            (422, self.ria, "unlink", ids, {}),
            (422, self.ria, "action_archive", ids, {}),
            (
                422,
                self.ria,
                "submit_request",
                None,
                {"vals": {"name": "x"}, "idempotency_key": "k"},
            ),
        ]
        for expected, user, method, target, kwargs in cases:
            with self.subTest(method=method, user=user.login, kwargs=kwargs):
                status, answer = self._call(user, method, target, **kwargs)
                self.assertEqual(status, expected, answer)
        self.assertEqual((request.state, done.state), ("pending", "approved"))

    def test_the_one_call_door_is_idempotent(self):
        vals = self._vals(type_id="toy_stamp")
        first = self._call(
            self.ria, "submit_request", vals=vals, idempotency_key="http-1"
        )
        again = self._call(
            self.ria, "submit_request", vals=vals, idempotency_key="http-1"
        )
        other = self._call(
            self.ria,
            "submit_request",
            vals={**vals, "amount": 11},
            idempotency_key="http-1",
        )
        self.assertEqual(
            (first[0], first[1]["created"], again[0], again[1]["created"], other[0]),
            (200, True, 200, False, 409),
        )
        self.assertEqual(first[1]["id"], again[1]["id"])

    def test_unknown_ids_are_404_and_negative_amounts_422(self):
        cases = [
            (404, {"type_id": 999999}, "There is no Type with the id 999999 (type_id)"),
            (404, {"partner_id": 999999}, "no Account with the id 999999 (partner_id)"),
            (404, {"currency_id": -1}, "no Currency with the id -1 (currency_id)"),
            (
                404,
                {"res_id": 999999},
                "(test_approval_engine.document) with the id 999999",
            ),
            (422, {"type_id": True}, "type_id: no record True"),
            (422, {"type_id": "nothing_such"}, "no record nothing_such"),
            (422, {"amount": -5}, "-5.0 is negative"),
        ]
        for expected, vals, words in cases:
            with self.subTest(vals=vals):
                status, answer = self._call(
                    self.ria,
                    "submit_request",
                    vals=self._vals(**vals),
                    idempotency_key="unknown",
                )
                self.assertEqual(status, expected)
                self.assertIn(words, answer["message"])
        self.assertFalse(
            self.env["approval_engine.request"].search(
                [("idempotency_key", "=", "unknown")]
            )
        )

    def test_forged_contexts_change_nothing(self):
        request = self._asked()
        contexts = [
            {"default_state": "approved"},
            {"event_hub_pass": {"model": request._name}},
            {"install_mode": True},
            {"skip_approval": True, "import_file": True},
        ]
        for context in contexts:
            with self.subTest(context=context):
                status, _answer = self._call(
                    self.ria,
                    "write",
                    request.ids,
                    vals={"state": "approved"},
                    context=context,
                )
                self.assertEqual(status, 403)
        self.assertEqual(request.state, "pending")
