from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import DocumentCase


@tagged("post_install", "-at_install")
class TestCompletion(DocumentCase):
    """What failed, and was then done by hand."""

    def _failed(self):
        self.document.broken = True
        request = self._approved()
        self._run_cron()
        self.assertEqual(request.state, "failed")
        return request

    def test_a_manager_says_that_it_was_done_by_hand_and_it_stays_in_the_log(self):
        request = self._failed()
        request.with_user(self.max).action_complete("Stamped on paper, folder 7.")
        self.assertEqual((request.state, request.next_try_at), ("executed", False))
        self.assertEqual(
            request.outcome, "Carried out by hand by Max: Stamped on paper, folder 7."
        )
        last = request.decision_ids.sorted("id")[-1]
        self.assertEqual(
            (last.action, last.user_id, last.comment),
            ("complete", self.max, "Stamped on paper, folder 7."),
        )
        self.assertTrue(self.env["approval_engine.decision"].verify_chain()["ok"])
        self.assertEqual(self._events(request)[-1], "approval.executed")
        self.assertEqual(request.dossier()["decisions"][-1]["action"], "complete")
        request.sudo()._write_guarded({"next_try_at": fields.Datetime.now()})
        self._run_cron()
        self.assertEqual(self.document.stamps, 0)

    def test_who_may_not(self):
        request = self._failed()
        for user in (self.ria, self.fred, self.cleo):
            with self.assertRaises(AccessError):
                request.with_user(user).action_complete("Done.")
        self.ria.group_ids += self.env.ref("approval_engine.group_approval_manager")
        with self.assertRaisesRegex(AccessError, "asked for"):
            request.with_user(self.ria).action_complete("Done.")
        self.assertEqual(request.state, "failed")

    def test_it_needs_a_reason_and_something_that_failed(self):
        request = self._failed()
        for reason in ("", "  "):
            with self.assertRaises(UserError):
                request.with_user(self.max).action_complete(reason)
        for other in (self._approved(), self._asked()):
            with self.assertRaises(ConflictError):
                other.with_user(self.max).action_complete("Done.")
