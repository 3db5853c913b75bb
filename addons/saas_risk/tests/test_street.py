from datetime import timedelta

from odoo.tests import tagged

from .common import NOW, RiskCase


@tagged("post_install", "-at_install")
class TestStreet(RiskCase):
    """From a failed payment to a decision that was carried out, without HTTP."""

    def ask(self):
        """Three failures of a strategic account, and the rules ran."""
        self.payments_fail(
            self.strategic, "INV-1", 3, decline_code="insufficient_funds"
        )
        self.react()
        return self.requests()

    # ------------------------------------------------------------------ hearing

    def test_one_failure_makes_the_subscription_past_due_and_nothing_more(self):
        self.payment_fails(self.strategic, "INV-1", 1)
        self.react()
        self.assertEqual(self.sub_strategic.state, "past_due")
        self.assertEqual(self.invoice("INV-1").failed_count, 1)
        self.assertFalse(self.requests())
        self.assertFalse(
            self.events("risk.payment_failures_repeated", self.sub_strategic)
        )

    def test_a_third_failure_of_a_strategic_account_is_critical_with_reasons(self):
        self.payments_fail(self.strategic, "INV-1", 3)
        self.assertEqual(self.strategic.health_status, "critical")
        last = self.env["saas_risk.assessment"].search(
            [("partner_id", "=", self.strategic.id)], limit=1
        )
        self.assertIn("3 failed attempts on invoice INV-1", last.reasons)
        told = self.events("risk.payment_failures_repeated", self.sub_strategic)
        self.assertEqual(len(told), 1)
        self.assertEqual(told.attributes["invoice"], "INV-1")
        self.assertEqual(told.attributes["failures"], 3)
        self.assertEqual(told.attributes["tier"], "strategic")

    def test_a_third_failure_asks_finance_and_customer_success(self):
        request = self.ask()
        self.assertEqual(request.state, "pending")
        self.assertEqual(request.type_id.code, "service_continuity")
        self.assertEqual(request.partner_id, self.strategic)
        self.assertEqual(request.requester_id, self.service)
        self.assertEqual(
            sorted(request.step_ids.mapped("name")), ["Customer Success", "Finance"]
        )
        self.assertEqual(len(set(request.step_ids.mapped("sequence"))), 1)

    def test_the_whole_story_shares_the_correlation_of_the_third_failure(self):
        request = self.ask()
        third = self.events("billing.payment_failed")[-1]
        told = self.events("risk.payment_failures_repeated", self.sub_strategic)
        assessment = self.env["saas_risk.assessment"].search(
            [("partner_id", "=", self.strategic.id)], limit=1
        )
        suggestion = (
            self.env["ai_assist.suggestion"]
            .sudo()
            .search(
                [("res_model", "=", request._name), ("res_id", "=", request.id)],
                limit=1,
            )
        )
        self.assertEqual(
            {
                told.correlation,
                request.correlation,
                assessment.correlation,
                suggestion.correlation,
            },
            {third.correlation},
        )

    def test_a_fourth_failure_asks_nobody_twice(self):
        self.ask()
        self.payment_fails(self.strategic, "INV-1", 4, at=NOW + timedelta(days=9))
        self.react()
        self.assertEqual(len(self.requests()), 1)
        self.assertEqual(
            len(self.events("risk.payment_failures_repeated", self.sub_strategic)), 1
        )

    def test_failures_of_different_invoices_do_not_add_up(self):
        for number in ("INV-1", "INV-2", "INV-3"):
            self.payment_fails(self.strategic, number, 1)
        self.react()
        self.assertFalse(self.requests())
        self.assertEqual(self.invoice("INV-2").failed_count, 1)

    def test_an_attempt_reported_twice_is_one_attempt(self):
        for _i in range(3):
            self.payment_fails(self.strategic, "INV-1", 2)
        self.react()
        self.assertEqual(self.invoice("INV-1").failed_count, 1)
        self.assertFalse(self.requests())

    def test_a_payment_starts_the_count_anew(self):
        self.payments_fail(self.strategic, "INV-1", 2)
        self.pay(self.strategic, "INV-1", at=NOW + timedelta(days=3))
        self.assertEqual(self.sub_strategic.state, "active")
        self.payments_fail(self.strategic, "INV-1", 2, start=NOW + timedelta(days=10))
        self.react()
        self.assertFalse(self.requests())
        self.assertEqual(self.invoice("INV-1").failed_count, 2)

    def test_a_late_failure_from_before_the_payment_moves_nothing_back(self):
        self.payment_fails(self.strategic, "INV-1", 1)
        self.pay(self.strategic, "INV-1", at=NOW + timedelta(days=3))
        self.payment_fails(self.strategic, "INV-1", 2, at=NOW + timedelta(days=1))
        self.assertEqual(self.sub_strategic.state, "active")
        self.assertEqual(self.invoice("INV-1").state, "paid")

    def test_the_order_of_arrival_does_not_change_where_it_ends(self):
        stories = [
            (
                "billing.payment_failed",
                self.strategic,
                {
                    "invoice": "INV-1",
                    "amount": 1.0,
                    "currency": "EUR",
                    "attempt": i + 1,
                },
                NOW + timedelta(days=i),
                {},
            )
            for i in range(3)
        ]
        self.hear_all(list(reversed(stories)))
        self.react()
        self.assertEqual(self.invoice("INV-1").failed_count, 3)
        self.assertEqual(self.requests().state, "pending")

    def test_three_failures_heard_in_one_batch_ask_once(self):
        self.hear_all(
            [
                (
                    "billing.payment_failed",
                    self.strategic,
                    {
                        "invoice": "INV-1",
                        "amount": 1.0,
                        "currency": "EUR",
                        "attempt": i + 1,
                    },
                    NOW + timedelta(days=i),
                    {},
                )
                for i in range(3)
            ]
        )
        self.react()
        self.assertEqual(len(self.requests()), 1)

    # ------------------------------------------------------------------ evidence

    def test_the_evidence_holds_what_approvers_must_know(self):
        self.env["support_visibility.ticket"].create(
            {"name": "Export is slow", "partner_id": self.strategic.id}
        )
        self.env["saas_risk.concession"].create(
            {
                "name": "Grace last year",
                "kind": "grace",
                "partner_id": self.strategic.id,
                "company_id": self.company.id,
                "granted_on": "2025-11-02",
            }
        )
        self.payment_fails(self.strategic, "INV-0", 1)
        request = self.ask()
        sections = {
            section["key"]: section["items"]
            for section in request.evidence()["sections"]
        }
        said = {
            key: " | ".join(f"{i['label']}: {i['value']}" for i in items)
            for key, items in sections.items()
        }
        self.assertIn("Tier: Strategic", said["account"])
        self.assertIn("8,000.00", said["account"])
        self.assertIn("Owner: t_csm", said["account"])
        self.assertIn("Renewal: 2027-01-01 (in ", said["subscription"])
        self.assertIn("Failed attempts: 3", said["invoice"])
        self.assertIn("funds missing (insufficient_funds)", said["invoice"])
        self.assertIn("INV-0", said["open_money"])
        self.assertIn("Export is slow", said["tickets"])
        self.assertIn("Grace last year", said["concessions"])
        self.assertIn("critical", said["health"])
        self.assertIn("3 failed attempts on invoice INV-1", said["health"])
        for items in sections.values():
            for item in items:
                self.assertTrue(item["as_of"].endswith("Z"))

    def test_open_invoices_of_accounting_are_evidence_too(self):
        journal = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)], limit=1
        )
        if not journal:
            journal = self.env["account.journal"].create(
                {
                    "name": "Sales",
                    "code": "TSAL",
                    "type": "sale",
                    "company_id": self.company.id,
                }
            )
        income = self.env["account.account"].create(
            {"name": "Income", "code": "T4000", "account_type": "income"}
        )
        receivable = self.env["account.account"].create(
            {
                "name": "Receivable",
                "code": "T1100",
                "account_type": "asset_receivable",
                "reconcile": True,
            }
        )
        self.strategic.property_account_receivable_id = receivable
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.strategic.id,
                "journal_id": journal.id,
                "invoice_date": "2026-02-01",
                "invoice_line_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Licence",
                            "quantity": 1,
                            "price_unit": 480.0,
                            "account_id": income.id,
                            "tax_ids": [],
                        },
                    )
                ],
            }
        )
        move.action_post()
        request = self.ask()
        open_money = next(
            s for s in request.evidence()["sections"] if s["key"] == "open_money"
        )
        self.assertIn(
            move.id,
            [i["id"] for i in open_money["items"] if i["model"] == "account.move"],
        )

    def test_the_brief_is_a_suggestion_with_citations(self):
        request = self.ask()
        suggestion = (
            self.env["ai_assist.suggestion"]
            .sudo()
            .search([("res_model", "=", request._name), ("res_id", "=", request.id)])
        )
        self.assertEqual(suggestion.state, "ready", suggestion.error)
        self.assertEqual(request.brief, suggestion.output["sentences"])
        self.assertIn(
            "Borealis is a strategic account worth 8,000.00", request.brief[0]["text"]
        )
        self.assertTrue(
            all(sentence["model"] and sentence["id"] for sentence in request.brief)
        )

    # ------------------------------------------------------------------ deciding

    def test_both_approve_suspend_and_it_is_carried_out_once(self):
        request = self.ask()
        self.approve_as(self.finance, request, "suspend")
        self.execute()
        self.assertEqual(self.sub_strategic.state, "past_due")
        self.approve_as(self.csm, request, "suspend")
        self.execute()
        self.execute()
        self.assertEqual(request.state, "executed", request.outcome)
        self.assertEqual(self.sub_strategic.state, "suspended")
        self.assertEqual(self.sub_strategic.suspended_invoice_id, self.invoice("INV-1"))
        self.assertEqual(
            len(self.events("risk.subscription_suspended", self.sub_strategic)), 1
        )

    def test_extend_grace_sets_grace_by_the_tiers_policy_and_notes_a_concession(self):
        request = self.ask()
        self.approve_as(self.csm, request, "extend_grace")
        self.approve_as(self.finance, request, "extend_grace")
        self.execute()
        self.assertEqual(self.sub_strategic.state, "grace")
        granted = self.env["saas_risk.concession"].search(
            [("request_id", "=", request.id)]
        )
        self.assertEqual(granted.kind, "grace")
        self.assertEqual(granted.valid_until, self.sub_strategic.grace_until)

    def test_intervene_leaves_it_past_due_and_asks_the_owner(self):
        request = self.ask()
        self.approve_as(self.csm, request, "intervene")
        self.approve_as(self.finance, request, "intervene")
        self.execute()
        self.assertEqual(request.state, "executed", request.outcome)
        self.assertEqual(self.sub_strategic.state, "past_due")
        self.assertIn(self.csm, self.sub_strategic.activity_ids.user_id)

    def test_an_effect_run_twice_changes_nothing_more(self):
        for option in ("extend_grace", "intervene", "suspend"):
            with self.subTest(option):
                account = self._account(f"Twice {option}", f"T-9{option}", "strategic")
                sub = self._subscription(account)
                self.payments_fail(account, f"INV-{option}", 3)
                self.react()
                request = self.requests(sub)
                self.approve_as(self.csm, request, option)
                self.approve_as(self.finance, request, option)
                self.execute()
                before = (
                    sub.state,
                    sub.grace_until,
                    len(sub.concession_ids),
                    len(sub.activity_ids),
                )
                sub.sudo()._approval_effect_service_continuity(request)
                self.assertEqual(
                    before,
                    (
                        sub.state,
                        sub.grace_until,
                        len(sub.concession_ids),
                        len(sub.activity_ids),
                    ),
                )

    def test_a_payment_while_the_request_waits_lapses_it(self):
        request = self.ask()
        self.pay(self.strategic, "INV-1", at=NOW + timedelta(days=5))
        self.react()
        self.assertEqual(request.state, "lapsed")
        self.assertIn("INV-1 is paid", request.outcome)
        self.assertEqual(self.sub_strategic.state, "active")

    def test_a_payment_between_approval_and_execution_lapses_it_too(self):
        request = self.ask()
        self.approve_as(self.csm, request, "suspend")
        self.approve_as(self.finance, request, "suspend")
        self.pay(self.strategic, "INV-1", at=NOW + timedelta(days=5))
        self.execute()
        self.assertEqual(request.state, "lapsed")
        self.assertEqual(self.sub_strategic.state, "active")

    def test_a_payment_heard_late_lapses_the_request_that_counted_failures_before_it(
        self,
    ):
        request = self.ask()
        self.pay(self.strategic, "INV-1", at=NOW + timedelta(hours=30))
        self.react()
        self.assertEqual(self.invoice("INV-1").failed_count, 1)
        self.assertEqual(request.state, "lapsed")
        self.assertEqual(self.sub_strategic.state, "past_due")

    def test_failing_again_after_a_payment_asks_anew(self):
        self.ask()
        self.pay(self.strategic, "INV-1", at=NOW + timedelta(days=5))
        self.react()
        self.payments_fail(self.strategic, "INV-1", 3, start=NOW + timedelta(days=10))
        self.react()
        self.assertEqual(self.requests().mapped("state"), ["lapsed", "pending"])

    def test_a_rejected_request_carries_nothing_out(self):
        request = self.ask()
        request.with_user(self.finance).action_reject("We call them first")
        self.execute()
        self.assertEqual(request.state, "rejected")
        self.assertEqual(self.sub_strategic.state, "past_due")

    def test_a_suspended_subscription_comes_back_when_the_invoice_is_paid(self):
        request = self.ask()
        self.approve_as(self.csm, request, "suspend")
        self.approve_as(self.finance, request, "suspend")
        self.execute()
        self.pay(self.strategic, "INV-1", at=NOW + timedelta(days=6))
        self.assertEqual(self.sub_strategic.state, "active")
        self.assertTrue(
            self.events("risk.subscription_reactivated", self.sub_strategic)
        )

    def test_it_stays_suspended_while_another_invoice_fails(self):
        request = self.ask()
        self.approve_as(self.csm, request, "suspend")
        self.approve_as(self.finance, request, "suspend")
        self.execute()
        self.payment_fails(self.strategic, "INV-2", 1, at=NOW + timedelta(days=6))
        self.pay(self.strategic, "INV-1", at=NOW + timedelta(days=7))
        self.assertEqual(self.sub_strategic.state, "suspended")

    # ------------------------------------------------------------------ dunning by policy

    def test_standard_and_growth_get_grace_without_a_request(self):
        for account, sub, days in (
            (self.standard, self.sub_standard, 7),
            (self.growth, self.sub_growth, 10),
        ):
            self.payments_fail(account, f"INV-{account.name}", 3)
            self.react()
            self.assertFalse(self.requests(sub))
            self.assertEqual(sub.state, "grace")
            granted = sub.concession_ids
            self.assertEqual(granted.kind, "grace")
            self.assertEqual((sub.grace_until - granted.granted_on).days, days)
            self.assertFalse(granted.request_id)

    def test_paying_in_grace_makes_it_active_again(self):
        self.payments_fail(self.standard, "INV-9", 3)
        self.react()
        self.pay(self.standard, "INV-9", at=NOW + timedelta(days=5))
        self.assertEqual(self.sub_standard.state, "active")
        self.assertFalse(self.sub_standard.grace_until)

    def test_a_tier_whose_policy_asks_is_asked_about(self):
        self.env.ref("saas_risk.dunning_policy_growth").write(
            {"path": "approval", "threshold": 2}
        )
        self.payments_fail(self.growth, "INV-9", 2)
        self.react()
        self.assertEqual(self.requests(self.sub_growth).state, "pending")

    def test_grace_that_ran_out_is_past_due_and_somebody_looks(self):
        self.payments_fail(self.standard, "INV-9", 3)
        self.react()
        self.sub_standard._write_gated({"grace_until": "2026-01-01"})
        over = self.env["saas_risk.subscription"].search(
            [("state", "=", "grace"), ("grace_until", "<", "2026-01-02")]
        )
        over._end_grace()
        self.assertEqual(self.sub_standard.state, "past_due")
        self.assertIn(self.csm, self.sub_standard.activity_ids.user_id)
