from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import DocumentCase


@tagged("post_install", "-at_install")
class TestDeadline(DocumentCase):
    def _overdue(self, **policy):
        self.stamp_policy.action_retire()
        self._policy(
            self.stamp_type,
            [{"name": "Finance", "user_ids": [Command.set(self.fred.ids)]}],
            **policy,
        )
        request = self._asked()
        request._write_guarded({"due_at": fields.Datetime.now() - timedelta(seconds=1)})
        return request

    def test_nobody_deciding_expires_the_request_and_tells_the_owner(self):
        request = self._overdue()
        self._run_cron("deadlines")
        self._run_cron("deadlines")
        self._run_cron()
        self.assertEqual(
            (request.state, request.outcome),
            ("expired", "Nobody decided until the deadline."),
        )
        self.assertEqual(
            (self.document.stamps, request.activity_ids.user_id), (0, self.max)
        )
        self.assertEqual(
            self._events(request), ["approval.submitted", "approval.expired"]
        )

    def test_nobody_deciding_rejects_where_the_policy_says_so(self):
        request = self._overdue(timeout_action="reject")
        self._run_cron("deadlines")
        self.assertEqual(
            (request.state, request.activity_ids.ids, self.document.stamps),
            ("rejected", [], 0),
        )

    def test_an_expired_request_can_be_asked_again(self):
        request = self._overdue()
        self._run_cron("deadlines")
        request.action_resubmit()
        request.action_submit()
        self.assertEqual(request.state, "pending")
        self.assertGreater(request.due_at, fields.Datetime.now())

    def test_without_a_deadline_it_waits(self):
        self.stamp_policy.action_retire()
        self._policy(
            self.stamp_type,
            [{"name": "Finance", "user_ids": [Command.set(self.fred.ids)]}],
            deadline_hours=0,
        )
        request = self._asked()
        self._run_cron("deadlines")
        self.assertEqual((request.state, request.due_at), ("pending", False))

    def test_a_reminder_is_sent_once_and_closes_nothing(self):
        request = self._asked()
        request._write_guarded({"remind_at": fields.Datetime.now()})
        self._run_cron("deadlines")
        self.assertEqual((request.state, request.remind_at), ("pending", False))
