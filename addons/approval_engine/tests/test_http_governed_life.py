from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_governed_life import LifeCase


@tagged("post_install", "-at_install")
class TestHttpGovernedLife(LifeCase, HttpCase):
    """No way around the second person over JSON-2, whatever the door, the field or the context."""

    def _call(self, user, method, **arguments):
        key = self.env["res.users.apikeys"].with_user(user).sudo()
        key = key._generate("rpc", "test", None)
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.addons.rpc.controllers.json2"):
            answer = self.url_open(
                f"/json/2/approval_engine.governed/{method}",
                json=arguments,
                method="POST",
                headers={"Authorization": f"bearer {key}"},
            )
        self.env.invalidate_all()
        return answer.status_code, answer.json()

    def test_one_person_puts_nothing_in_force(self):
        born = {"active": True, "state": "active", "proposed_by_id": self.mia.id}
        status, [id_] = self._call(
            self.max,
            "create",
            vals_list=[self._values(**born)],
            context={f"default_{name}": value for name, value in born.items()},
        )
        self.assertEqual(status, 200)
        for method, arguments, expected in (
            ("write", {"vals": {"active": True}}, 403),
            ("write", {"vals": {"state": "active"}}, 403),
            ("write", {"vals": {"proposed_by_id": self.mia.id}}, 403),
            ("action_unarchive", {}, 200),  # proposes
            ("action_unarchive", {}, 403),
            ("action_activate", {"context": {"install_mode": True}}, 403),
            ("write", {"vals": {"proposed_by_id": False}}, 403),
            ("web_save", {"vals": {"active": True}, "specification": {}}, 403),
            ("copy", {"default": {"active": True, "state": "active"}}, 200),
            ("_activate", {"governance": 1}, 403),
            ("_write_guarded", {"vals": {"active": True}}, 403),
        ):
            with self.subTest(method=method, arguments=arguments):
                status, answer = self._call(self.max, method, ids=[id_], **arguments)
                self.assertEqual(status, expected, answer)
        columns = ["name", "active", "state", "model_id/.id", "type_id/.id"]
        row = ["I", "True", "In Force", self._values()["model_id"], self.credit_type.id]
        self._call(self.max, "load", fields=columns, data=[[str(x) for x in row]])
        found = self.env["approval_engine.governed"].with_context(active_test=False)
        mine = found.search([("create_uid", "=", self.max.id)])
        self.assertFalse(mine.filtered("active"))
        self.assertFalse(self._holds())

    def test_one_person_loosens_nothing(self):
        governed = self._in_force()
        before = governed._trailed()
        for user in (self.max, self.mia, self.env.ref("base.user_admin")):
            for method, arguments, expected in (
                ("write", {"vals": {"domain": "[('ref', '=', 'never')]"}}, 422),
                ("write", {"vals": {"field_ids": [[5]]}}, 422),
                ("write", {"vals": {"type_id": self.choice_type.id}}, 422),
                ("write", {"vals": {"active": False}}, 403),
                ("web_save", {"vals": {"active": False}, "specification": {}}, 403),
                ("unlink", {}, 422),
                ("action_send_back", {}, 422),
                ("_set_state", {"target": "draft"}, 403),
                ("_take_over", {"revision": 1, "how": "x"}, 403),
            ):
                with self.subTest(method=method, arguments=arguments, user=user.name):
                    status, answer = self._call(
                        user, method, ids=governed.ids, **arguments
                    )
                    self.assertEqual(status, expected, answer)
        columns = [".id", "active", "domain"]
        self._call(
            self.max, "load", fields=columns, data=[[str(governed.id), "False", "[]"]]
        )
        self.assertEqual(governed._trailed(), before)
        self.assertTrue(self._holds())

    def test_who_is_no_manager_has_no_door(self):
        governed = self._in_force()
        for user in (self.ria, self.fred, self.audrey):
            for method in (
                "action_activate",
                "action_switch_off",
                "action_send_back",
                "action_archive",
                "open_revision",
            ):
                status, answer = self._call(user, method, ids=governed.ids)
                self.assertEqual(status, 403, (user.name, method, answer))
        self.assertEqual(governed.state, "active")
