from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestAdhoc(ApprovalCase):
    def _add(self, request, user, by=None, reason="Knows the account."):
        request.with_user(by or self.fred).action_add_approver(user.id, reason)

    def test_it_cannot_be_approved_without_the_person_added(self):
        request = self._submitted()
        self._add(request, self.cleo)
        seat = request.sudo().assignment_ids.filtered(lambda s: s.user_id == self.cleo)
        self.assertEqual((seat.why, seat.state), ("added", "pending"))
        self._approve(request, self.fred)
        self.assertEqual(request.state, "pending")
        self._approve(request, self.cleo)
        self.assertEqual(request.state, "executed")
        self.assertTrue(self.env["approval_engine.decision"].verify_chain()["ok"])
        self.assertIn("approval.approver_added", self._events(request))

    def test_their_no_rejects(self):
        request = self._submitted()
        self._add(request, self.cleo)
        request.with_user(self.cleo).action_reject("No.")
        self.assertEqual(request.state, "rejected")

    def test_it_is_in_the_decision_log_with_the_reason(self):
        request = self._submitted()
        self._add(request, self.cleo)
        row = request.sudo().decision_ids
        self.assertEqual(
            (row.action, row.user_login, row.added_login, row.comment),
            ("add", "approval_fred", "approval_cleo", "Knows the account."),
        )
        told = request.with_user(self.audrey).dossier()["decisions"][0]
        self.assertEqual(told["added_login"], "approval_cleo")

    def test_the_log_shows_who_was_added_and_a_change_of_it_is_found(self):
        request = self._submitted()
        self._add(request, self.cleo)
        row = request.sudo().decision_ids
        self.env.flush_all()
        with row._maintenance("test"):
            self.env.cr.execute(
                "UPDATE approval_engine_decision SET added_login = 'x' WHERE id = %s",
                [row.id],
            )
        self.env.invalidate_all()
        found = self.env["approval_engine.decision"].verify_chain()
        self.assertEqual((found["ok"], found["first_bad"]), (False, row.id))

    def test_the_owner_of_the_policy_adds_too_others_do_not(self):
        request = self._submitted()
        self._add(request, self.cleo, by=self.max)
        request = self._submitted()
        with self.enter_registry_test_mode():
            for user in (self.ria, self.olaf):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    self._add(request, self.cleo, by=user)
        self.assertFalse(request.sudo().decision_ids)

    def test_who_cannot_decide_it_cannot_be_added(self):
        request = self._submitted(amount=5000)
        outside = self.env["res.users"].create(
            {"name": "No Access", "login": "adhoc_none"}
        )
        for user, words in (
            (self.ria, "may not decide"),
            (outside, "no access to Approvals"),
            (self.fred, "asked already"),
        ):
            with (
                self.subTest(user=user.name),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                self._add(request, user)
        with self.assertRaisesRegex(UserError, "say why"):
            self._add(request, self.cleo, reason=" ")
        self._add(request, self.cleo)
        with self.assertRaises(ConflictError), self.env.cr.savepoint():
            self._add(request, self.cleo, by=self.fay)
        self._approve(request, self.fay)
        with (
            self.assertRaisesRegex(UserError, "decided a step"),
            self.env.cr.savepoint(),
        ):
            self._add(request, self.fay, by=self.max)

    def test_somebody_needed_later_on_leaves_that_step_to_the_owner_or_is_not_added(
        self,
    ):
        request = self._submitted(amount=5000)  # max decides the second step, and owns
        with (
            self.assertRaisesRegex(UserError, "step Manager"),
            self.env.cr.savepoint(),
        ):
            self._add(request, self.max)
        self.assertEqual(len(request.sudo().step_ids), 2)

    def test_choosing_another_option_does_not_get_rid_of_them(self):
        request = self._submitted(self.choice_type)
        self._add(request, self.olaf)
        self._approve(request, self.olaf, self.fred, option="wait")
        request.with_user(self.cleo).action_choose("stop")
        seat = request.sudo().assignment_ids.filtered(lambda s: s.user_id == self.olaf)
        self.assertEqual((seat.why, seat.state), ("added", "pending"))
        self._approve(request, self.cleo, self.fred)
        self.assertEqual(request.state, "pending")
        self._approve(request, self.olaf)
        self.assertEqual(request.state, "executed")

    def test_recalling_and_submitting_again_does_not_get_rid_of_them(self):
        request = self._submitted()
        self._add(request, self.cleo)
        request.action_recall()
        request.action_resubmit()
        self.assertIn("Asked too: Cleo", [s["step"] for s in request.preview_route()])
        request.action_submit()
        self._approve(request, self.fred)
        self.assertEqual(request.state, "pending")

    def test_a_change_of_the_content_does_not_get_rid_of_them(self):
        request = self._submitted()
        self._add(request, self.cleo)
        self._approve(request, self.cleo)
        request.sudo()._change_content({"amount": 120}, "Corrected.")
        self._approve(request, self.fred)
        self.assertEqual(request.state, "pending")
        self._approve(request, self.cleo)
        self.assertEqual(request.state, "executed")

    def test_where_they_leave_the_owner_is_asked_in_their_place(self):
        request = self._submitted()
        self._add(request, self.cleo)
        self.cleo.action_archive()
        with self.enter_registry_test_mode():
            self.env.ref("approval_engine.ir_cron_seats").method_direct_trigger()
        self.env.invalidate_all()
        open_ = request.sudo().assignment_ids.filtered(lambda s: s.state == "pending")
        self.assertIn((self.max, "owner"), open_.mapped(lambda s: (s.user_id, s.why)))
        self._approve(request, self.fred)
        self.assertEqual(request.state, "pending")
        self._approve(request, self.max)
        self.assertEqual(request.state, "executed")


@tagged("post_install", "-at_install")
class TestAuto(ApprovalCase):
    def setUp(self):
        super().setUp()
        policy = self.credit_policy._new_version()
        policy.auto_amount = 50
        policy.action_activate()

    def test_a_small_amount_is_approved_by_the_policy_and_says_so(self):
        draft = self._draft(amount=50)
        [planned] = draft.preview_route()
        self.assertEqual(
            (planned["step"], planned["approvers"]), ("The policy itself", [])
        )
        self.assertIn("it needs nobody", planned["reason"])
        draft.action_submit()
        self.assertEqual((draft.state, draft.auto_approved), ("executed", True))
        self.assertEqual(
            self._events(draft),
            [
                "approval.submitted",
                "approval.auto_approved",
                "approval.approved",
                "approval.executed",
            ],
        )
        row = draft.sudo().decision_ids
        self.assertEqual(
            (row.action, row.user_login, row.by_policy, row.user_name),
            ("approve", "policy", "Policy of Toy Credit v2", "Policy of Toy Credit v2"),
        )
        self.assertEqual(draft.sudo().policy_snapshot["needs_nobody_up_to"], 50)
        told = draft.with_user(self.audrey).dossier()
        self.assertEqual(told["decisions"][0]["by_policy"], row.by_policy)
        self.assertTrue(told["chain"]["ok"])
        self.assertEqual(draft.sudo().step_ids.mapped("state"), ["approved"])

    def test_above_the_limit_and_without_an_amount_people_are_asked(self):
        for amount in (50.01, 0):
            with self.subTest(amount=amount):
                request = self._submitted(amount=amount)
                self.assertEqual(
                    (request.state, request.auto_approved), ("pending", False)
                )

    def test_after_a_rejection_a_smaller_amount_still_goes_to_people(self):
        request = self._submitted(amount=60)
        request.with_user(self.fred).action_reject("No.")
        request.action_resubmit()
        request.write({"amount": 40})
        request.action_submit()
        self.assertEqual(request.state, "pending")

    def test_an_option_has_to_be_chosen_by_somebody(self):
        policy = self.choice_policy._new_version()
        policy.auto_amount = 500
        policy.action_activate()
        self.assertEqual(self._submitted(self.choice_type).state, "pending")
        named = self._submitted(self.choice_type, option="stop")
        self.assertEqual(named.state, "executed")


@tagged("post_install", "-at_install")
class TestWatchAndUrgent(ApprovalCase):
    def test_who_was_let_watch_reads_it_and_not_the_evidence_of_approvers(self):
        request = self._submitted()
        self.assertFalse(request.with_user(self.olaf).has_access("read"))
        request.action_add_watcher(self.olaf.id)
        seen = request.with_user(self.olaf)
        self.assertTrue(seen.has_access("read") and seen.is_watched)
        self.assertEqual([s["key"] for s in seen.evidence()["sections"]], ["request"])
        with self.assertRaises(AccessError):
            seen.write({"name": "Mine"})
        seen.action_unwatch()
        self.env.invalidate_all()
        self.assertFalse(request.with_user(self.olaf).has_access("read"))

    def test_watchers_hear_what_came_of_it_in_their_digest_once(self):
        def digest(moment):
            self.env["event_hub.event"]._flush_emitted()
            with freeze_time(moment), self.enter_registry_test_mode():
                self.env.ref("approval_engine.ir_cron_digest").method_direct_trigger()
            self.env.invalidate_all()
            mails = self.env["mail.mail"].search([], order="id")
            return mails.filtered(lambda m: m.email_to == self.olaf.email_formatted)

        self.olaf.tz = "UTC"
        with freeze_time("2026-11-23 09:00:00"):
            request = self._submitted(name="Watched credit")
            request.action_add_watcher(self.olaf.id)
        self.assertFalse(digest("2026-11-23 10:00:00"))
        with freeze_time("2026-11-23 11:00:00"):
            self._approve(request, self.fred)
        self.assertFalse(digest("2026-11-24 06:00:00"), "not before their morning")
        mail = digest("2026-11-24 08:00:00")
        self.assertEqual(mail.subject, "What came of what you watch: Watched credit")
        self.assertIn("carried out", str(mail.body_html))
        self.assertEqual(digest("2026-11-25 08:00:00"), mail, "told once")

    def test_only_those_involved_let_others_watch(self):
        request = self._submitted()
        request.with_user(self.fred).action_add_watcher(self.olaf.id)
        with self.assertRaises(AccessError):
            request.with_user(self.olaf).action_add_watcher(self.cleo.id)
        outside = self.env["res.users"].create({"name": "No", "login": "watch_none"})
        with self.assertRaisesRegex(UserError, "no access to Approvals"):
            request.action_add_watcher(outside.id)

    def test_an_urgent_request_says_why_has_less_time_and_is_counted(self):
        policy = self.credit_policy._new_version()
        policy.urgent_hours = 4
        policy.action_activate()
        request = self._draft(urgent=True)
        with self.assertRaisesRegex(UserError, "say why it is urgent"):
            request.action_submit()
        request.urgent_reason = "They leave tonight."
        due = request.preview_route()[0]["due_at"]
        request.action_submit()
        hours = (request.due_at - request.submitted_at).total_seconds() / 3600
        self.assertEqual(hours, 4)
        self.assertEqual(due[:16], request.due_at.isoformat()[:16])
        self._submitted()
        self.assertEqual(policy.urgent_share, "1 of 2 (50 %)")
        with self.assertRaises(UserError):
            request.write({"urgent": False})
        first = request.search([("id", ">=", request.id)], order="urgent desc, due_at")
        self.assertEqual(first[:1], request)

    def test_integrators_say_urgent_too(self):
        found = (
            self.env["approval_engine.request"]
            .with_user(self.ria)
            .submit_request(
                {
                    "name": "Credit",
                    "type_id": "toy_credit",
                    "urgent": True,
                    "urgent_reason": "They leave tonight.",
                },
                "watch-1",
            )
        )
        self.assertTrue(self.env["approval_engine.request"].browse(found["id"]).urgent)
