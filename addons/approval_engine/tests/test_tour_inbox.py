from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestTourInbox(ApprovalCase, HttpCase):
    def test_who_stands_in_reads_the_evidence_and_approves_with_an_option(self):
        request = self._submitted(self.choice_type, name="Tour request")
        self.env["approval_engine.delegation"].with_user(self.fred).create(
            {
                "delegate_id": self.olaf.id,
                "date_to": fields.Datetime.now() + timedelta(days=1),
            }
        )
        self.start_tour(
            "/odoo/approvals-needs-me", "approval_engine_inbox", login=self.olaf.login
        )
        self.assertEqual(request.option, "wait")
        self.assertEqual(
            request.sudo().decision_ids.mapped(
                lambda d: (d.user_login, d.on_behalf_login, d.action, d.comment)
            ),
            [
                (
                    "approval_olaf",
                    "approval_fred",
                    "approve",
                    "They always paid in the end.",
                )
            ],
        )
        self.assertEqual(request.state, "pending")
