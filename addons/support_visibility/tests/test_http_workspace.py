from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.event_hub.tests.json2 import Json2

UNKNOWN = 2**31 - 1
TICKET = "support_visibility.ticket"


@tagged("post_install", "-at_install")
class TestHttpWorkspace(Json2, HttpCase):
    """The doors of the workspace over JSON-2: bad ids, bad values and people without rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env, login="ws_agent", groups="support_visibility.group_support_user"
        )
        cls.employee = new_test_user(
            cls.env, login="ws_employee", groups="base.group_user"
        )
        cls.account = cls.env["res.partner"].create({"name": "WS Ltd"})
        cls.ticket = cls.env[TICKET].create(
            {"name": "Export fails", "partner_id": cls.account.id}
        )
        cls.keys = cls._keys_of(cls.agent, cls.employee)

    def _status(self, method, user=None, **body):
        answer = self._json2(self.keys[user or self.agent], TICKET, method, **body)
        return answer.status_code

    def test_who_works_on_tickets_is_answered(self):
        ids = self.ticket.ids
        for method, body in (
            ("workspace_queue", {"tab": "unassigned"}),
            ("workspace_ticket", {"ids": ids}),
            ("presence_announce", {"ids": ids, "is_writing": True}),
            ("answers_since", {"ids": ids, "message_id": 0}),
            ("presence_leave", {"ids": ids}),
        ):
            self.assertEqual(self._status(method, **body), 200, method)

    def test_who_has_no_rights_is_refused(self):
        ids = self.ticket.ids
        for method, body in (
            ("workspace_queue", {}),
            ("workspace_ticket", {"ids": ids}),
            ("presence_announce", {"ids": ids}),
            ("answers_since", {"ids": ids, "message_id": 0}),
            ("presence_leave", {"ids": ids}),
        ):
            self.assertEqual(self._status(method, self.employee, **body), 403, method)

    def test_a_ticket_that_does_not_exist_is_missing(self):
        for method, body in (
            ("workspace_ticket", {}),
            ("presence_announce", {}),
            ("answers_since", {"message_id": 0}),
            ("presence_leave", {}),
        ):
            self.assertEqual(self._status(method, ids=[UNKNOWN], **body), 404, method)
        self.assertFalse(self.env["support_visibility.presence"].search([]))

    def test_bad_values_are_refused_in_words(self):
        ids = self.ticket.ids
        for method, body in (
            ("workspace_queue", {"tab": "all"}),
            ("workspace_queue", {"offset": -1}),
            ("workspace_queue", {"limit": "x"}),
            ("workspace_queue", {"filters": {"owner": 1}}),
            ("workspace_queue", {"filters": []}),
            ("workspace_queue", {"search": 5}),
            ("presence_announce", {"ids": ids, "is_writing": "yes"}),
            ("answers_since", {"ids": ids, "message_id": -1}),
            ("answers_since", {"ids": ids, "message_id": "7"}),
            ("answers_since", {"ids": ids}),
        ):
            with self.subTest(method=method, body=body):
                self.assertEqual(self._status(method, **body), 422)
