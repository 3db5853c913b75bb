import contextlib
import itertools
import json
import xmlrpc.client

from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_governed import ORDER, GovernedCase

LINE = "test_approval_engine.order_line"
NOTE = "test_approval_engine.order_note"
REQUEST = "approval_engine.request"
DOORS = ("json2", "call_kw", "xmlrpc", "jsonrpc")
# What a client may send to be let through; each call takes the next of them.
CONTEXTS = (
    {},
    {"skip_approval": True, "install_mode": True, "import_file": True},
    {"event_hub_pass": {"model": ORDER, "ids": [1], "values": {"amount": 1}}},
    {"default_state": "sale", "default_amount": 1, "default_governed_key": "x"},
    {"_force_unlink": True, "module": "base", "active_test": False, "no_reset": 1},
    {"approval_engine_passages": ["*"], "su": True, "uid": 1, "tracking_disable": True},
)
TRUTH = """
    SELECT (SELECT json_agg(json_build_array(id, name, amount, state, title, total, active_lines) ORDER BY id)
              FROM (SELECT o.*, (SELECT json_agg(json_build_array(l.id, l.name, l.price) ORDER BY l.id)
                                   FROM test_approval_engine_order_line l WHERE l.order_id = o.id) active_lines
                      FROM test_approval_engine_order o) held),
           (SELECT json_agg(json_build_array(id, state, amount, operation, governed_key, change::text, content_hash,
                                             decision_count, requester_id) ORDER BY id)
              FROM approval_engine_request WHERE state <> 'draft'),
           (SELECT json_agg(json_build_array(id, state) ORDER BY id) FROM approval_engine_request_step),
           (SELECT json_agg(json_build_array(id, state, user_id) ORDER BY id) FROM approval_engine_assignment),
           (SELECT count(*) FROM approval_engine_decision),
           (SELECT count(*) FROM approval_engine_evidence),
           (SELECT json_agg(json_build_array(id, active, mode, domain, method_names) ORDER BY id)
              FROM approval_engine_governed)
"""


@tagged("post_install", "-at_install")
class TestHttpBypass(GovernedCase, HttpCase):
    """What is held is tried by everybody, in every way, through every door: nothing changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.governance = cls._govern(
            "name",
            "amount",
            "state",
            "title",
            "line_ids",
            hold_create=True,
            hold_unlink=True,
            hold_enter=True,
            method_names="action_confirm, action_add",
            domain="[('amount', '>', 1000)]",
            amount_field_id=cls._field("amount").id,
        )
        cls.outsider = cls._person("approval_outsider", "base.group_user")
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.password = cls.admin.login
        cls.personas = (cls.ria, cls.fred, cls.max, cls.outsider, cls.admin)
        cls.order = cls._held_order()

    @classmethod
    def _held_order(cls):
        values = {"name": "S001", "amount": 5000, "title": "Title"}
        lines = [Command.create({"name": "a", "price": 10})]
        order = cls.env[ORDER].create({"name": "x"})
        cls.env["approval_engine.governed"].search([]).active = False
        order.write({**values, "line_ids": lines})
        cls.env["approval_engine.governed"].with_context(active_test=False).search(
            []
        ).active = True
        cls._age(order)
        return order

    def setUp(self):
        super().setUp()
        self.waiting = self._ask(self.order.with_user(self.ria), "write", amount=9000)
        self.permit = self._ask(self.order.with_user(self.ria), "write", amount=7000)
        self._approve(self.permit, self.fred)
        self.env.cr.flush()
        self.contexts = itertools.cycle(CONTEXTS)
        self.tried = 0

    def _attempts(self):
        """:return: [(model, method, ids, positional arguments)]: none of which is anybody's right"""
        order, line = self.order.ids, self.order.line_ids.ids
        waiting, permit = self.waiting.ids, self.permit.ids
        clear = [[5, 0, 0]]
        return [
            (ORDER, "write", order, [{"amount": 1}]),
            (ORDER, "write", order, [{"amount": 7001}]),
            (ORDER, "write", order, [{"amount": 7000, "state": "sale"}]),
            (ORDER, "write", order, [{"state": "sale"}]),
            (ORDER, "write", order, [{"line_ids": clear}]),
            (ORDER, "write", order, [{"line_ids": [[1, line[0], {"price": 9}]]}]),
            (ORDER, "write", order, [{"shout": "LOUD"}]),
            (ORDER, "web_save", order, [{"amount": 2}, {}]),
            (ORDER, "action_confirm", order, []),
            (ORDER, "action_add", order, [5]),
            (ORDER, "unlink", order, []),
            (ORDER, "copy", order, [{"name": "Copy"}]),
            (ORDER, "create", None, [[{"name": "New", "amount": 6000}]]),
            (ORDER, "load", None, [[".id", "amount"], [[str(order[0]), "3"]]]),
            (ORDER, "load", None, [["name", "amount"], [["New", "6000"]]]),
            (ORDER, "update_field_translations", order, ["title", {"en_US": "Other"}]),
            (LINE, "write", line, [{"price": 99}]),
            (LINE, "write", line, [{"order_id": False}]),
            (LINE, "unlink", line, []),
            (LINE, "create", None, [[{"order_id": order[0], "price": 1}]]),
            (REQUEST, "write", waiting, [{"state": "approved"}]),
            (REQUEST, "write", permit, [{"state": "executed", "change": {"new": {}}}]),
            (REQUEST, "write", permit, [{"res_id": 1, "operation": "unlink"}]),
            (REQUEST, "unlink", permit, []),
            (REQUEST, "action_complete", permit, ["Done."]),
            (REQUEST, "_use", permit, []),
            (
                "approval_engine.request_step",
                "write",
                self.waiting.sudo().step_ids.ids,
                [{"state": "approved"}],
            ),
            (
                "approval_engine.decision",
                "create",
                None,
                [[{"request_id": waiting[0], "action": "approve"}]],
            ),
            ("approval_engine.governed", "_write_through", None, []),
        ]

    def _password(self, user):
        return user.login if user == self.admin else user.login.ljust(8, "x")

    def _truth(self):
        self.env.cr.execute(TRUTH)
        return json.dumps(self.env.cr.fetchone(), default=str)

    # ------------------------------------------------------------------ doors

    def _json2(self, user, model, method, ids, args):
        names = {
            "write": ("vals",),
            "create": ("vals_list",),
            "copy": ("default",),
            "web_save": ("vals", "specification"),
            "load": ("fields", "data"),
            "action_add": ("amount",),
            "update_field_translations": ("field_name", "translations"),
            "action_complete": ("reason",),
        }
        body = dict(zip(names.get(method, ()), args, strict=False))
        body["context"] = next(self.contexts)
        if ids is not None:
            body["ids"] = ids
        answer = self.url_open(
            f"/json/2/{model}/{method}",
            json=body,
            method="POST",
            headers={"Authorization": f"bearer {self.keys[user]}"},
        )
        return answer.status_code

    def _call_kw(self, user, model, method, ids, args):
        if ids is not None:
            args = [ids, *args]
        return self._rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": args,
                "kwargs": {"context": next(self.contexts)},
            },
        )

    def _jsonrpc(self, user, model, method, ids, args):
        args = args if ids is None else [ids, *args]
        call = [self.env.cr.dbname, user.id, self.keys[user], model, method, args]
        kwargs = {"context": next(self.contexts)}
        return self._rpc(
            "/jsonrpc",
            {"service": "object", "method": "execute_kw", "args": [*call, kwargs]},
        )

    def _rpc(self, url, params):
        answer = self.url_open(
            url,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            method="POST",
        )
        self.assertEqual(answer.status_code, 200)
        error = answer.json().get("error")
        if error:
            self.assertNotIn("Traceback", error["data"].get("debug") or "")
            self.assertIn("odoo", error["data"]["name"], error)
        return 422 if error else 200

    def _xmlrpc(self, user, model, method, ids, args):
        args = args if ids is None else [ids, *args]
        call = (self.env.cr.dbname, user.id, self.keys[user], model, method, args)
        body = xmlrpc.client.dumps(
            (*call, {"context": next(self.contexts)}), "execute_kw", allow_none=True
        )
        answer = self.url_open(
            "/xmlrpc/2/object", data=body, headers={"Content-Type": "text/xml"}
        )
        self.assertEqual(answer.status_code, 200)
        try:
            xmlrpc.client.loads(answer.content)
        except xmlrpc.client.Fault:
            return 422
        return 200

    @mute_logger(
        "odoo.http",
        "odoo.addons.rpc.controllers.json2",
        "odoo.addons.rpc.controllers.xmlrpc",
        "odoo.addons.rpc.controllers.jsonrpc",
        "odoo.addons.base.models.ir_model",
        "odoo.addons.base.models.ir_rule",
    )
    def test_no_door_lets_anybody_past(self):
        keys = self.env["res.users.apikeys"]
        self.keys = {
            user: keys.with_user(user).sudo()._generate("rpc", "bypass", None)
            for user in self.personas
        }
        doors = {
            "json2": self._json2,
            "call_kw": self._call_kw,
            "xmlrpc": self._xmlrpc,
            "jsonrpc": self._jsonrpc,
        }
        self.env.flush_all()
        before, left_out = self._truth(), itertools.cycle(DOORS)
        for user in self.personas:
            self.authenticate(user.login, self._password(user))
            for model, method, ids, args in self._attempts():
                skipped = next(left_out)  # each is tried through three doors by each
                for door in (door for door in DOORS if door != skipped):
                    status = doors[door](user, model, method, ids, args)
                    self.tried += 1
                    tried = (user.login, door, model, method, args)
                    # an import answers 200 and says per row what is wrong
                    allowed = (200,) if method == "load" else (403, 404, 409, 422)
                    self.assertIn(status, allowed, tried)
                    self.assertEqual(self._truth(), before, tried)
        self.assertGreaterEqual(self.tried, 400)
        self.env.invalidate_all()
        self.order.with_user(self.ria).amount = 7000
        self.assertEqual(self.permit.state, "executed")

    def test_no_automation_lets_anybody_past(self):
        """Rules of each trigger, whose actions run in superuser mode, set off by each person."""
        order, model = self.order, self.env["ir.model"]
        codes = [
            f"env['{ORDER}'].browse({order.id}).write({{'amount': 1}})",
            f"env['{ORDER}'].sudo().browse({order.id}).write({{'state': 'sale'}})",
            f"env['{ORDER}'].browse({order.id}).action_confirm()",
            f"env['{ORDER}'].browse({order.id}).unlink()",
            f"env['{LINE}'].browse({order.line_ids.id}).write({{'price': 5}})",
            f"env['{ORDER}'].with_context(install_mode=True).create({{'name': 'New', 'amount': 6000}})",
            f"env['{ORDER}'].with_user(1).browse({order.id}).write({{'amount': 7001}})",
            f"env['{REQUEST}'].sudo().browse({self.waiting.id}).write({{'state': 'approved'}})",
        ]
        rule = self.env["base.automation"].create(
            {
                "name": "Sneak",
                "model_id": model._get_id(NOTE),
                "trigger": "on_create_or_write",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Sneak",
                            "model_id": model._get_id(NOTE),
                            "state": "code",
                            "code": "pass",
                        }
                    )
                ],
            }
        )
        note = self.env[NOTE].create({"name": "x"})
        self.env.flush_all()
        before = self._truth()
        for code in codes:
            rule.action_server_ids.code = code
            self.env.flush_all()
            for user in self.personas:
                self._set_off(note.with_user(user), code, before)
        self.assertEqual(self.tried, 120)

    def _set_off(self, note, code, before):
        for sneak in (
            lambda: note.write({"name": "y"}),
            lambda: note.create({"name": "y"}),
            lambda: note.load(["name"], [["z"]]),
        ):
            self.tried += 1
            # an import says what is wrong, the others raise it
            with (
                contextlib.suppress(AccessError, UserError, MissingError),
                self.env.cr.savepoint(),
            ):
                self.assertFalse(sneak()["ids"], code)
            self.assertEqual(self._truth(), before, (note.env.user.login, code))
