from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.event_hub.tests.json2 import Json2

from ..const import TEXT_SUMMARY


@tagged("post_install", "-at_install")
class TestHttpAi(Json2, HttpCase):
    """Programs ask and people judge over JSON-2: statuses, rights and what cannot be forged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asker = new_test_user(cls.env, login="rpc_asker", groups="base.group_user")
        cls.portal = new_test_user(
            cls.env, login="rpc_portal", groups="base.group_portal"
        )
        cls.partner = cls.env["res.partner"].create(
            {"name": "Anna", "comment": "<p>The export fails. It worked before.</p>"}
        )
        cls.question = {
            "code": TEXT_SUMMARY,
            "res_model": "res.partner",
            "res_ids": cls.partner.ids,
        }
        cls.keys = cls._keys_of(cls.asker, cls.portal)

    def _call(self, model, method, user=None, **body):
        return self._json2(self.keys[user or self.asker], model, method, **body)

    def _judge(self, suggestion_id, method, **body):
        return self._call("ai_assist.suggestion", method, ids=[suggestion_id], **body)

    def test_a_suggestion_is_asked_for_and_judged_once(self):
        answer = self._call("ai_assist.task", "suggest", **self.question)
        self.assertEqual(answer.status_code, 200, answer.text[:300])
        [suggestion_id] = answer.json()
        first = self._judge(suggestion_id, "action_accept")
        self.assertEqual((first.status_code, first.json()), (200, True))
        second = self._judge(suggestion_id, "action_reject", reason="late")
        self.assertEqual(second.status_code, 409, second.text[:300])

    def test_a_suggestion_cannot_be_forged_changed_or_deleted(self):
        [suggestion_id] = self._call(
            "ai_assist.task", "suggest", **self.question
        ).json()
        gate = {"event_hub_pass": True}
        for method, body in (
            ("write", {"vals": {"verdict": "accepted"}, "context": gate}),
            ("write", {"vals": {"output": {}}}),
            ("unlink", {}),
            ("copy", {}),
            ("_judge", {"verdict": "accepted"}),
            ("_keep", {}),
        ):
            answer = self._judge(suggestion_id, method, **body)
            self.assertEqual(answer.status_code, 403, (method, answer.text[:300]))
        created = self._call(
            "ai_assist.suggestion",
            "create",
            vals_list=[{"res_model": "res.partner"}],
            context=gate,
        )
        self.assertEqual(created.status_code, 403)
        self.assertEqual(
            self.env["ai_assist.suggestion"].browse(suggestion_id).verdict, "pending"
        )

    def test_bad_questions_have_the_right_status(self):
        for expected, user, change in (
            (403, self.portal, {}),
            (404, None, {"code": "unknown"}),
            (422, None, {"code": ["text_summary"]}),
            (404, None, {"res_ids": [999999999]}),
            (404, None, {"res_ids": [2**40]}),
            (404, None, {"res_ids": [-1]}),
            (404, None, {"res_ids": [2**70]}),
            (422, None, {"res_model": "no.model"}),
            (422, None, {"res_model": {"a": 1}}),
            (422, None, {"res_ids": ["1"]}),
            (422, None, {"res_ids": [[1]]}),
            (422, None, {"res_ids": None}),
            (422, None, {"res_ids": list(range(1, 502))}),
        ):
            answer = self._call(
                "ai_assist.task", "suggest", user, **self.question | change
            )
            self.assertEqual(answer.status_code, expected, (change, answer.text[:300]))

    def test_bad_corrections_have_the_right_status(self):
        [suggestion_id] = self._call(
            "ai_assist.task", "suggest", **self.question
        ).json()
        for output in (None, 7, "x", [], {}, {"sentences": "all fine"}, {"a": [[[]]]}):
            answer = self._judge(suggestion_id, "action_edit", output=output)
            self.assertEqual(answer.status_code, 422, (output, answer.text[:300]))
        for reason in (7, ["x"], "x" * 501):
            answer = self._judge(suggestion_id, "action_reject", reason=reason)
            self.assertEqual(answer.status_code, 422, (reason, answer.text[:300]))
