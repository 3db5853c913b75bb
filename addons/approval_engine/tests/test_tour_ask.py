from odoo.tests import HttpCase, tagged

from .common import ApprovalCase

INBOX = "/odoo/approvals-needs-me"


@tagged("post_install", "-at_install")
class TestTourAsk(ApprovalCase, HttpCase):
    def test_an_approver_asks_and_the_requester_answers(self):
        self._submitted(name="Ordinary tour")
        request = self._submitted(
            name="Urgent tour", urgent=True, urgent_reason="They leave tonight."
        )
        self.start_tour(INBOX, "approval_engine_ask", login=self.fred.login)
        self.start_tour(
            "/odoo/approvals-answer", "approval_engine_answer", login=self.ria.login
        )
        rows = self.env["approval_engine.question"].search(
            [("request_id", "=", request.id)], order="id"
        )
        self.assertEqual(
            rows.mapped("text"), ["Which contract is it?", "Number 7, see the file."]
        )

    def test_the_inbox_is_worked_off_with_the_keys(self):
        first = self._submitted(
            name="First tour", urgent=True, urgent_reason="They leave tonight."
        )
        second = self._submitted(name="Second tour")
        self.start_tour(INBOX, "approval_engine_keys", login=self.fred.login)
        self.assertEqual((first.state, second.state), ("executed", "pending"))

    def test_letters_are_switched_off_where_they_are_told(self):
        self._submitted(name="First tour")
        self._submitted(name="Second tour")
        self.assertTrue(self.fred.single_letter_keys)
        self.start_tour(INBOX, "approval_engine_keys_off", login=self.fred.login)
        self.fred.invalidate_recordset()
        self.assertFalse(self.fred.single_letter_keys)
