from odoo.tests import HttpCase, tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestTourInbox(ApprovalCase, HttpCase):
    def test_an_approver_reads_the_evidence_and_approves_with_an_option(self):
        request = self._submitted(self.choice_type, name="Tour request")
        self.start_tour(
            "/odoo/approvals-needs-me", "approval_engine_inbox", login=self.fred.login
        )
        self.assertEqual(request.option, "wait")
        self.assertEqual(
            request.sudo().decision_ids.mapped(
                lambda d: (d.user_login, d.action, d.comment)
            ),
            [("approval_fred", "approve", "They always paid in the end.")],
        )
        self.assertEqual(request.state, "pending")
