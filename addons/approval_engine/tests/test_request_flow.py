from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestRequestFlow(ApprovalCase):
    def test_one_approval_is_enough_up_to_a_thousand(self):
        request = self._submitted(amount=1000)
        self.assertEqual(request.state, "pending")
        self._approve(request, self.fred, comment="Fair.")
        self.assertEqual(
            (request.state, request.outcome),
            ("executed", "Approved; there was nothing more to carry out."),
        )
        self.assertEqual(
            self._events(request),
            [
                "approval.submitted",
                "approval.decided",
                "approval.approved",
                "approval.executed",
            ],
        )

    def test_above_a_thousand_the_manager_comes_second(self):
        request = self._submitted(amount=1000.01)
        with self.assertRaisesRegex(UserError, "not your turn yet.*waits for Finance"):
            self._approve(request, self.max)
        self._approve(request, self.fay)
        self.assertEqual(request.state, "pending")
        self._approve(request, self.max)
        self.assertEqual(request.state, "executed")

    def test_amounts_in_another_currency_are_converted(self):
        other = self.env["res.currency"].create(
            {
                "name": "ZZZ",
                "symbol": "Z",
                "rate_ids": [Command.create({"name": "2000-01-01", "rate": 100})],
            }
        )
        request = self._submitted(
            amount=5000, currency_id=other.id
        )  # 50 in the policy's currency
        self.assertEqual(request.step_ids.mapped("name"), ["Finance"])

    def test_an_amount_that_is_no_number_is_refused(self):
        for amount in (float("inf"), float("nan")):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self._draft(amount=amount)

    def test_a_negative_amount_is_refused_unless_the_type_allows_it(self):
        request = self._draft()
        with self.assertRaisesRegex(UserError, "-5.* is negative.*Toy Credit"):
            self._draft(amount=-5)
        with self.assertRaisesRegex(UserError, "is negative"):
            request.amount = -5
        self.choice_type.allow_negative = True
        corrected = self._draft(self.choice_type, amount=-5)
        with self.assertRaisesRegex(UserError, "is negative"):
            corrected.type_id = self.credit_type

    def test_a_large_negative_amount_takes_the_long_route(self):
        self.credit_type.allow_negative = True
        self.assertEqual(len(self._submitted(amount=-4200).step_ids), 2)

    def test_a_rejection_ends_it_and_says_why(self):
        request = self._submitted()
        request.with_user(self.fred).action_reject("No contract clause.")
        self.assertEqual(
            (request.state, request.outcome),
            ("rejected", "Rejected by Fred: No contract clause."),
        )
        self.assertEqual(self._events(request)[-1], "approval.rejected")

    def test_a_rejection_needs_a_comment(self):
        request = self._submitted()
        for comment in ("", "  ", None):
            with self.assertRaisesRegex(UserError, "say why"):
                request.with_user(self.fred).action_reject(comment)

    def test_the_policy_owner_hears_of_a_rejection_if_the_policy_says_so(self):
        self.credit_policy.action_retire()
        self._policy(
            self.credit_type,
            [{"name": "Finance", "user_ids": [Command.set(self.fred.ids)]}],
            on_reject="activity",
        )
        request = self._submitted()
        request.with_user(self.fred).action_reject("No.")
        self.assertEqual(request.sudo().activity_ids.user_id, self.max)

    def test_the_requester_recalls_and_resubmits_with_a_change(self):
        request = self._submitted()
        with self.assertRaises(AccessError):
            request.with_user(self.fred).action_recall()
        request.action_recall()
        self.assertEqual(request.state, "recalled")
        with self.assertRaises(UserError):
            self._approve(request, self.fred)
        request.action_resubmit()
        self.assertEqual(
            (request.state, request.step_ids.ids, request.content_hash),
            ("draft", [], False),
        )
        request.write({"amount": 2000})
        request.action_submit()
        self.assertEqual((request.state, len(request.step_ids)), ("pending", 2))

    def test_without_a_policy_nobody_can_be_asked(self):
        kind = self.env["approval_engine.type"].create(
            {"code": "toy_none", "name": "Toy None"}
        )
        with self.assertRaisesRegex(
            UserError, "No policy says who decides requests of type Toy None"
        ):
            self._submitted(kind)

    def test_a_route_nobody_can_decide_names_policy_step_and_way_out(self):
        self.credit_policy.action_retire()
        self._policy(
            self.credit_type,
            [{"name": "Alone", "user_ids": [Command.set(self.ria.ids)]}],
            owner_id=self.ria.id,
        )
        with self.assertRaisesRegex(
            UserError, "Policy of Toy Credit.*step Alone.*Add people"
        ):
            self._submitted()

    def test_the_owner_steps_in_where_only_the_requester_could_decide(self):
        self.credit_policy.action_retire()
        self._policy(
            self.credit_type,
            [{"name": "Alone", "user_ids": [Command.set(self.ria.ids)]}],
        )
        request = self._submitted()
        self.assertEqual(
            request.sudo().assignment_ids.mapped(lambda a: (a.user_id, a.why)),
            [(self.max, "owner")],
        )

    def test_members_of_the_group_are_asked_if_they_have_access(self):
        team = self.env["res.groups"].create(
            {"name": "Toy Team", "user_ids": [Command.set((self.fred | self.olaf).ids)]}
        )
        outside = self.env["res.users"].create(
            {
                "name": "No Access",
                "login": "approval_none",
                "group_ids": [
                    Command.set([self.env.ref("base.group_user").id, team.id])
                ],
            }
        )
        self.credit_policy.action_retire()
        self._policy(self.credit_type, [{"name": "Team", "group_id": team.id}])
        people = self._submitted().sudo().assignment_ids.user_id
        self.assertEqual(people, self.fred | self.olaf)
        self.assertNotIn(outside, people)

    def test_the_preview_names_people_and_reasons(self):
        [first, second] = self._draft(amount=5000).preview_route()
        self.assertEqual(
            (
                first["step"],
                first["mode"],
                sorted(a["login"] for a in first["approvers"]),
                first["approvers"][0]["why"],
            ),
            ("Finance", "any", ["approval_fay", "approval_fred"], "Named in the step"),
        )
        self.assertEqual((second["step"], second["sequence"]), ("Manager", 20))
        self.assertRegex(first["due_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_the_preview_stays_true_after_submitting(self):
        request = self._draft(amount=5000)
        before = [(s["step"], s["approvers"]) for s in request.preview_route()]
        request.action_submit()
        self.assertEqual(
            [(s["step"], s["approvers"]) for s in request.preview_route()], before
        )

    def test_the_evidence_is_frozen_when_submitted(self):
        request = self._draft()
        self.assertFalse(request.evidence_hash)
        request.action_submit()
        packet = request.with_user(self.fred).evidence()
        self.account.name = "Renamed"
        self.assertEqual(request.evidence(), packet)
        self.assertEqual(packet["hash"], request.evidence_hash)
        items = packet["sections"][0]["items"]
        self.assertIn(
            ("Account", "Borealis GmbH", "res.partner", self.account.id),
            [
                (item["label"], item["value"], item["model"], item["id"])
                for item in items
            ],
        )

    def test_what_was_decided_before_is_part_of_the_evidence(self):
        self._approve(self._submitted(name="Earlier credit", amount=70), self.fred)
        request = self._submitted()
        for reader, keys in (
            (self.fred, ["request", "before"]),
            (self.max, ["request", "before"]),
            (self.audrey, ["request", "before"]),
            (self.ria, ["request"]),
        ):
            with self.subTest(reader=reader.login):
                request.invalidate_recordset()
                seen = request.with_user(reader)
                sections = seen.evidence()["sections"]
                self.assertEqual([s["key"] for s in sections], keys)
                self.assertEqual(seen.evidence_data["sections"], sections)
        sections = {
            s["key"]: s for s in request.with_user(self.fred).evidence()["sections"]
        }
        self.assertEqual(
            [i["label"] for i in sections["before"]["items"]], ["Earlier credit"]
        )

    def test_the_packet_itself_is_for_those_who_read_everything(self):
        request = self._submitted()
        for reader in (self.ria, self.fred):
            for name in ("evidence_packet", "brief"):
                with self.subTest(reader=reader.login), self.assertRaises(AccessError):
                    request.with_user(reader).read([name])
        self.assertTrue(request.with_user(self.audrey).read(["evidence_packet"]))

    def test_an_account_the_requester_cannot_read_is_not_shown(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        request = self._draft()
        self.account.company_id = elsewhere
        self.assertFalse(request.evidence_data)
        with self.assertRaises(AccessError):
            request.evidence()
        with self.assertRaises(AccessError):
            request.action_submit()

    def test_decisions_are_closed_after_the_deadline(self):
        request = self._submitted()
        request.sudo()._write_guarded(
            {"due_at": fields.Datetime.now() - timedelta(minutes=1)}
        )
        with self.assertRaisesRegex(ConflictError, "closed for decisions"):
            self._approve(request, self.fred)

    def test_options_are_chosen_before_the_deadline(self):
        request = self._submitted(self.choice_type, option="stop")
        request.sudo()._write_guarded(
            {"due_at": fields.Datetime.now() - timedelta(minutes=1)}
        )
        with self.assertRaisesRegex(ConflictError, "closed for decisions"):
            request.with_user(self.fred).action_choose("wait")

    def test_no_option_is_chosen_for_changed_content(self):
        request = self._submitted(self.choice_type, option="stop")
        request.sudo()._write_guarded({"content_hash": "0" * 64})
        with self.assertRaisesRegex(ConflictError, "no longer what was submitted"):
            request.with_user(self.fred).action_choose("wait")

    def test_a_request_that_does_not_exist_is_missing(self):
        gone = self._draft()
        missing = gone.browse(gone.id)
        gone.unlink()
        for call in (
            missing.action_submit,
            missing.evidence,
            missing.preview_route,
            missing.action_approve,
        ):
            with self.assertRaises(MissingError):
                call()

    def test_who_is_asked_sees_it_and_others_do_not(self):
        request = self._submitted(amount=5000)
        Request = self.env["approval_engine.request"]
        cases = [
            (self.ria, True),
            (self.fred, True),
            (self.fay, True),
            (self.max, True),
            (self.audrey, True),
            (self.olaf, False),
            (self.cleo, False),
        ]
        for user, sees in cases:
            with self.subTest(user=user.login):
                self.assertEqual(request in Request.with_user(user).search([]), sees)
        self.assertEqual(
            self.fred.with_user(self.fred).env["approval_engine.request"].inbox_count(),
            1,
        )
        self.assertEqual(
            self.max.with_user(self.max).env["approval_engine.request"].inbox_count(), 0
        )

    def test_who_decided_still_sees_it(self):
        request = self._submitted()
        self._approve(request, self.fred)
        self.assertTrue(request.with_user(self.fred).has_access("read"))
        self.assertTrue(request.with_user(self.fay).has_access("read"))

    def test_watchers_see_it(self):
        request = self._submitted()
        request.message_subscribe(self.olaf.partner_id.ids)
        self.assertTrue(request.with_user(self.olaf).has_access("read"))
        with self.assertRaises(AccessError), self.enter_registry_test_mode():
            self._approve(request, self.olaf)

    def test_the_inbox_search_knows_who_waits(self):
        request = self._submitted()
        Request = self.env["approval_engine.request"]
        self.assertEqual(
            Request.with_user(self.fred).search([("needs_me", "=", True)]), request
        )
        self.assertNotIn(
            request, Request.with_user(self.fred).search([("needs_me", "=", False)])
        )
        self.assertFalse(Request.with_user(self.ria).search([("needs_me", "=", True)]))
        self._approve(request, self.fay)
        self.assertFalse(Request.with_user(self.fred).search([("needs_me", "=", True)]))


@tagged("post_install", "-at_install")
class TestOptions(ApprovalCase):
    def test_the_first_approver_sets_the_option_and_the_second_agrees(self):
        request = self._submitted(self.choice_type)
        before = request.content_hash
        self._approve(request, self.fred, option="wait")
        self.assertEqual(request.option, "wait")
        self.assertNotEqual(request.content_hash, before)
        self._approve(request, self.cleo)
        self.assertEqual((request.state, request.option), ("executed", "wait"))

    def test_without_an_option_the_first_approval_names_them(self):
        request = self._submitted(self.choice_type)
        with self.assertRaisesRegex(UserError, r"stop \(Stop\), wait \(Wait\)"):
            self._approve(request, self.fred)

    def test_another_option_is_a_conflict(self):
        request = self._submitted(self.choice_type)
        self._approve(request, self.fred, option="wait")
        with self.assertRaisesRegex(ConflictError, "Fred approved .* “Wait”"):
            self._approve(request, self.cleo, option="stop")
        self.assertEqual((request.state, request.option), ("pending", "wait"))

    def test_an_option_that_does_not_exist_is_refused(self):
        request = self._submitted(self.choice_type)
        with self.assertRaisesRegex(UserError, "no option “burn”"):
            self._approve(request, self.fred, option="burn")
        with self.assertRaisesRegex(UserError, "has no options"):
            self._approve(self._submitted(), self.fred, option="stop")
        with self.assertRaisesRegex(UserError, "no option “burn”"):
            self._draft(self.choice_type, option="burn")

    def test_the_option_asked_for_stands_unless_the_first_approver_sets_another(self):
        request = self._submitted(self.choice_type, option="stop")
        self._approve(request, self.fred)
        self.assertEqual(request.option, "stop")
        request = self._submitted(self.choice_type, option="stop")
        self._approve(request, self.fred, option="wait")
        self.assertEqual(request.option, "wait")

    def test_choosing_another_option_voids_the_approvals_given(self):
        request = self._submitted(self.choice_type)
        self._approve(request, self.fred, option="wait")
        request.with_user(self.cleo).action_choose("stop")
        self.assertEqual((request.state, request.option), ("pending", "stop"))
        self.assertEqual(
            set(request.sudo().assignment_ids.mapped("state")), {"pending"}
        )
        self.assertIn("approval.reopened", self._events(request))
        self._approve(request, self.cleo, self.fred)
        self.assertEqual((request.state, request.option), ("executed", "stop"))
        self.assertTrue(self.env["approval_engine.decision"].verify_chain()["ok"])

    def test_who_approved_may_still_choose_another_option(self):
        request = self._submitted(self.choice_type)
        self._approve(request, self.fred, option="wait")
        request.with_user(self.fred).action_choose("stop")
        self.assertEqual(request.option, "stop")

    def test_choosing_the_same_option_changes_nothing(self):
        request = self._submitted(self.choice_type)
        self._approve(request, self.fred, option="wait")
        request.with_user(self.cleo).action_choose("wait")
        self.assertEqual(request.sudo().decision_ids.mapped("action"), ["approve"])
        self._approve(request, self.cleo)
        self.assertEqual(request.state, "executed")

    def test_the_requester_does_not_choose(self):
        request = self._submitted(self.choice_type)
        with self.enter_registry_test_mode(), self.assertRaises(AccessError):
            request.action_choose("stop")
