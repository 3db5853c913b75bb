from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.approval_engine.const import DEADLINE_CRON

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

    def test_the_job_is_woken_when_the_reminder_and_the_deadline_are_due(self):
        rung = []
        waker = self.registry["event_hub.waker"]
        self.patch(waker, "_wake_at", lambda _self, *job: rung.append(job))
        request = self._asked()
        self.assertTrue(request.remind_at < request.due_at)
        self.assertEqual(rung, [(DEADLINE_CRON, request.remind_at, request.due_at)])

    def test_a_deadline_far_away_has_a_wake_up_that_survives_this_process(self):
        request = self._asked()
        cron = self.env.ref(DEADLINE_CRON)
        kept = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(request.due_at, kept.mapped("call_at"))

    def test_a_reminder_is_sent_once_and_closes_nothing(self):
        request = self._asked()
        request._write_guarded({"remind_at": fields.Datetime.now()})
        self._run_cron("deadlines")
        self.assertEqual((request.state, request.remind_at), ("pending", False))

    def test_a_request_that_cannot_be_closed_holds_up_nobody(self):
        bad, good = self._overdue(), self._asked()
        past = fields.Datetime.now() - timedelta(seconds=1)
        bad._write_guarded({"due_at": past - timedelta(hours=1)})
        good._write_guarded({"due_at": past})
        near = self._asked()
        near._write_guarded({"remind_at": past})
        time_out = type(bad)._time_out

        def fail_for_the_first(request):
            if request == bad:
                raise ValueError("broken")
            return time_out(request)

        with (
            patch.object(type(bad), "_time_out", fail_for_the_first),
            mute_logger(
                "odoo.addons.approval_engine.models.approval_engine_request_execute"
            ),
        ):
            self._run_cron("deadlines")
        self.assertEqual(
            (bad.state, good.state, near.remind_at), ("pending", "expired", False)
        )
