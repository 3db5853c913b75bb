from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.approval_engine.const import EXECUTE_CRON
from odoo.addons.event_hub.exceptions import ConflictError

from .common import DocumentCase


@tagged("post_install", "-at_install")
class TestExecution(DocumentCase):
    def test_the_last_approval_only_wakes_the_executor(self):
        request = self._approved()
        self.assertEqual((request.state, self.document.stamps), ("approved", 0))

    def test_the_effect_runs_once_as_the_last_decider_with_the_option(self):
        request = self._approved()
        self._run_cron()
        self._run_cron()
        self.assertEqual(
            (request.state, request.outcome), ("executed", "Contract 7 was stamped.")
        )
        self.assertEqual(
            (
                self.document.stamps,
                self.document.stamped_by,
                self.document.stamped_option,
            ),
            (1, "approval_cleo", "red"),
        )
        self.assertEqual(
            self._events(request)[-2:], ["approval.approved", "approval.executed"]
        )

    def test_everything_of_a_request_shares_its_correlation_and_names_its_actor(self):
        request = self._approved()
        self._run_cron()
        events = (
            self.env["event_hub.event"]
            .sudo()
            .search([("correlation", "=", request.correlation)], order="id")
        )
        self.assertEqual(events.mapped("case_id"), [request.id] * 5)
        self.assertEqual(events[-1].actor, "approval_cleo")
        self.assertEqual(events[-1].causation, events[-2])
        self.assertEqual(events[0].account_id, self.account)

    def test_nothing_runs_for_a_rejected_or_recalled_request(self):
        rejected, recalled = self._asked(), self._asked()
        rejected.with_user(self.fred).action_reject("No.")
        recalled.action_recall()
        self._run_cron()
        self.assertEqual(
            (rejected.state, recalled.state, self.document.stamps),
            ("rejected", "recalled", 0),
        )

    def test_a_reason_that_went_away_lapses_the_approved_request(self):
        request = self._approved()
        self.document.needed = False
        self._run_cron()
        self.assertEqual(
            (request.state, request.outcome),
            ("lapsed", "Contract 7 needs no stamp any more."),
        )
        self.assertEqual(self.document.stamps, 0)

    def test_a_reason_that_went_away_lapses_the_waiting_request(self):
        request = self._asked()
        self.assertFalse(request._recheck_condition())
        self.document.needed = False
        self.assertEqual(request._recheck_condition(), request)
        self.assertEqual((request.state, request.due_at and True), ("lapsed", True))
        self.assertEqual(
            set(request.sudo().assignment_ids.mapped("state")), {"skipped"}
        )
        with self.assertRaisesRegex(
            ConflictError, "lapsed already. Contract 7 needs no stamp"
        ):
            self._approve(request, self.fred, option="red")

    def test_a_deleted_subject_lapses_the_request(self):
        request = self._approved()
        self.document.unlink()
        self._run_cron()
        self.assertEqual(request.state, "lapsed")

    def test_content_changed_after_the_approval_is_asked_again(self):
        request = self._approved()
        request.flush_recordset()
        self.env.cr.execute(
            "UPDATE approval_engine_request SET amount = 9 WHERE id = %s", [request.id]
        )
        self.env.invalidate_all()
        self._run_cron()
        self.assertEqual((request.state, self.document.stamps), ("pending", 0))
        self.assertIn("approval.reopened", self._events(request))
        self._approve(request, self.fay, self.cleo)
        self._run_cron()
        self.assertEqual((request.state, self.document.stamps), ("executed", 1))

    def test_another_effect_on_the_type_is_another_content(self):
        request = self._approved()
        self.stamp_type.condition = False
        self._run_cron()
        self.assertEqual((request.state, self.document.stamps), ("pending", 0))

    def test_a_forged_decision_log_stops_the_effect(self):
        request = self._approved()
        request.flush_recordset()
        self.env.cr.execute(
            "UPDATE approval_engine_request SET decision_head = %s WHERE id = %s",
            ["a" * 64, request.id],
        )
        self.env.invalidate_all()
        self._run_cron()
        self.assertEqual(
            (request.state, request.next_try_at, self.document.stamps),
            ("failed", False, 0),
        )
        self.assertIn("does not verify", request.outcome)

    def test_an_effect_that_fails_leaves_nothing_behind_and_is_tried_again(self):
        self.document.broken = True
        request = self._approved()
        self._run_cron()
        self.assertEqual(
            (request.state, request.outcome, request.attempts),
            ("failed", "Contract 7 is out of ink.", 1),
        )
        self.assertEqual(self.document.stamps, 0)
        self.assertGreater(request.next_try_at, fields.Datetime.now())
        self.document.broken = False
        self._run_cron()
        self.assertEqual(request.state, "failed", "the next attempt is not due yet")
        request._write_guarded({"next_try_at": fields.Datetime.now()})
        self._run_cron()
        self.assertEqual((request.state, self.document.stamps), ("executed", 1))

    def test_the_next_try_does_not_wait_for_the_schedule(self):
        self.document.broken = True
        request = self._approved()
        rung = []
        waker = self.registry["event_hub.waker"]
        self.patch(waker, "_wake_at", lambda _self, *job: rung.append(job))
        self._run_cron()
        self.assertEqual(rung, [(EXECUTE_CRON, request.next_try_at)])

    def test_five_retries_then_a_person_has_to_look(self):
        self.document.broken = True
        request = self._approved()
        for _attempt in range(8):
            if request.next_try_at:
                request._write_guarded({"next_try_at": fields.Datetime.now()})
            self._run_cron()
        self.assertEqual(
            (request.state, request.attempts, request.next_try_at), ("failed", 6, False)
        )
        self.assertEqual(request.activity_ids.user_id, self.max)
        self.document.broken = False
        with self.assertRaises(AccessError):
            request.with_user(self.fred).action_retry_execution()
        request.with_user(self.max).action_retry_execution()
        self._run_cron()
        self.assertEqual(request.state, "executed")

    def test_what_breaks_inside_an_effect_shows_no_inner_details(self):
        self.document.crashing = True
        request = self._approved()
        with mute_logger(
            "odoo.addons.approval_engine.models.approval_engine_request_execute"
        ):
            self._run_cron()
        self.assertEqual(request.state, "failed")
        self.assertNotIn("secret", request.outcome)

    def test_one_broken_request_does_not_stop_the_others(self):
        broken = self.env["test_approval_engine.document"].create(
            {"name": "Broken", "broken": True}
        )
        requests = []
        for document in (broken, self.document):
            request = self._submitted(
                self.stamp_type, res_model=document._name, res_id=document.id
            )
            requests.append(self._approve(request, self.fred, self.cleo, option="blue"))
        self._run_cron()
        self.assertEqual([r.state for r in requests], ["failed", "executed"])

    def test_executing_directly_is_not_a_way_around(self):
        request = self._asked()
        for state in ("executed", "approved"):
            with self.assertRaises(UserError):
                request.sudo()._set_state(state, "approval.executed")
        self._run_cron()
        self.assertEqual((request.state, self.document.stamps), ("pending", 0))

    def test_a_request_about_the_wrong_kind_of_record_is_refused(self):
        with self.assertRaisesRegex(
            UserError, "about a record of test_approval_engine.document"
        ):
            self._submitted(self.stamp_type, res_model="res.users", res_id=1)
        with self.assertRaisesRegex(
            UserError, "there is no test_approval_engine.document 99999999"
        ):
            self._submitted(
                self.stamp_type, res_model=self.document._name, res_id=99999999
            )

    def test_a_record_the_requester_cannot_see_is_refused(self):
        parameter = self.env["ir.config_parameter"].sudo().search([], limit=1)
        with self.assertRaises(AccessError):
            self._submitted(res_model="ir.config_parameter", res_id=parameter.id)

    def test_a_draft_shows_nothing_its_author_could_not_see(self):
        parameter = self.env["ir.config_parameter"].sudo().search([], limit=1)
        draft = self._draft(res_model="ir.config_parameter", res_id=parameter.id)
        self.assertFalse(draft.subject_name)
        self.assertFalse(draft.evidence_data)
        with self.assertRaises(AccessError):
            draft.evidence()
