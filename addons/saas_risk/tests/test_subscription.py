from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import RiskCase


@tagged("post_install", "-at_install")
class TestSubscription(RiskCase):
    """One gate to the state, MRR that adds up, and the methods of the contract."""

    # ------------------------------------------------------------------ the gate

    def test_the_smallest_create_and_activate(self):
        sub = (
            self.env["saas_risk.subscription"]
            .with_user(self.finance)
            .create(
                {
                    "partner_id": self.standard.id,
                    "plan_id": self.plan.id,
                    "seats": 3,
                    "start_date": "2026-02-01",
                    "renewal_date": "2027-02-01",
                }
            )
        )
        self.assertEqual(sub.state, "draft")
        self.assertTrue(sub.name.startswith("SUB/"))
        self.assertIs(sub.action_activate(), True)
        self.assertEqual(sub.state, "active")
        self.assertEqual(sub.mrr, 300.0)

    def test_the_state_cannot_be_written_by_any_door(self):
        sub = self.sub_strategic
        doors = {
            "write": lambda: sub.write({"state": "suspended"}),
            "attribute": lambda: setattr(sub, "state", "suspended"),
            "superuser": lambda: sub.sudo().write({"state": "suspended"}),
            "mixed": lambda: sub.write({"seats": 1, "state": "grace"}),
            "flag": lambda: sub.with_context(
                event_hub_pass=True, install_mode=True
            ).write({"state": "suspended"}),
            "grace_until": lambda: sub.write({"grace_until": "2030-01-01"}),
            "billed_mrr": lambda: sub.write({"billed_mrr": 1.0}),
            "mrr": lambda: sub.write({"mrr": 1.0}),
            "next_plan_id": lambda: sub.write({"next_plan_id": self.plan.id}),
            "next_seats": lambda: sub.write({"next_seats": 1}),
            "cancel_on": lambda: sub.write({"cancel_on": "2026-01-01"}),
            "cancel_reason": lambda: sub.write({"cancel_reason": "x"}),
            "plan_id": lambda: sub.write({"plan_id": self.plan.id}),
            "seats": lambda: sub.write({"seats": 0}),
            "currency_id": lambda: sub.write(
                {"currency_id": self.env.ref("base.EUR").id}
            ),
            "unit_price": lambda: sub.write({"unit_price": 1.0}),
            "import": lambda: self._import(sub),
        }
        for name, door in doors.items():
            with self.subTest(name), self.assertRaises(UserError):
                door()
            self.env.invalidate_all()
            self.assertEqual(sub.state, "active")

    def _import(self, sub):
        result = self.env["saas_risk.subscription"].load(
            [".id", "state"], [[str(sub.id), "Suspended"]]
        )
        if not result["ids"]:
            raise UserError(str(result["messages"]))

    def test_what_was_sold_is_free_in_a_draft_only(self):
        draft = self._subscription(self.standard, activate=False)
        draft.with_user(self.finance).write({"seats": 7})
        self.assertEqual(draft.seats, 7)
        draft.action_activate()
        with self.assertRaises(UserError) as refused:
            draft.with_user(self.finance).write({"seats": 8})
        self.assertIn("Use change plan", str(refused.exception))

    def test_a_subscription_is_born_as_a_draft(self):
        vals = {
            "partner_id": self.standard.id,
            "plan_id": self.plan.id,
            "start_date": "2026-01-01",
        }
        model = self.env["saas_risk.subscription"]
        with self.assertRaises(UserError):
            model.create({**vals, "state": "active"})
        wishes = {
            "default_state": "active",
            "default_grace_until": "2030-01-01",
            "default_mrr": 9.0,
        }
        born = model.with_context(**wishes, default_unit_price=9.0).create(vals)
        self.assertEqual(
            (born.state, born.grace_until, born.mrr), ("draft", False, 100.0)
        )

    def test_a_copy_is_a_draft(self):
        copied = self.sub_strategic.copy()
        self.assertEqual(copied.state, "draft")
        self.assertNotEqual(copied.name, self.sub_strategic.name)

    def test_a_rule_that_writes_in_the_same_context_meets_the_gate(self):
        sub = (
            self.sub_strategic._write_gated({"grace_until": "2030-01-01"})
            and self.sub_strategic
        )
        with self.assertRaises(UserError):
            sub.with_context(**sub.env.context).write({"state": "suspended"})

    def test_a_forbidden_move_is_refused_with_words(self):
        with self.assertRaises(UserError) as refused:
            self.sub_strategic._set_state("suspended")
        self.assertIn("is active and cannot become suspended", str(refused.exception))

    def test_moving_to_the_same_state_is_no_news(self):
        self.assertFalse(self.sub_strategic._set_state("active"))
        self.env["event_hub.event"].sudo()._flush_emitted()
        self.assertEqual(
            len(self.events("risk.subscription_activated", self.sub_strategic)), 1
        )

    def test_a_started_subscription_cannot_be_deleted(self):
        with self.assertRaises(UserError):
            self.sub_strategic.with_user(self.manager).unlink()
        draft = self._subscription(self.standard, activate=False)
        draft.with_user(self.manager).unlink()
        self.assertFalse(draft.exists())

    def test_readers_cannot_activate(self):
        draft = self._subscription(self.standard, activate=False)
        with self.assertRaises(AccessError):
            draft.with_user(self.reader).action_activate()

    # ------------------------------------------------------------------ MRR

    def test_a_yearly_price_counts_a_twelfth(self):
        yearly = self.env["saas_risk.plan"].create(
            {"name": "Yearly", "price": 100.0, "period": "year"}
        )
        sub = self._subscription(self.standard, plan_id=yearly.id, seats=7)
        self.assertEqual(sub.mrr, 58.33)

    def test_the_account_is_worth_its_living_subscriptions(self):
        self.assertEqual(self.standard.mrr, 500.0)
        second = self._subscription(self.standard, seats=2)
        self.assertEqual(self.standard.mrr, 700.0)
        second.cancel("Merged")
        self.assertEqual(self.standard.mrr, 500.0)
        self._subscription(self.standard, activate=False, seats=9)
        self.assertEqual(self.standard.mrr, 500.0)

    def test_a_price_change_of_the_plan_does_not_touch_what_was_sold(self):
        self.plan.price = 999.0
        self.assertEqual(self.sub_standard.mrr, 500.0)

    def test_mrr_in_another_currency_is_converted(self):
        euro, dollar = self.env.ref("base.EUR"), self.env.ref("base.USD")
        other = dollar if self.company.currency_id == euro else euro
        other.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": other.id,
                "rate": 2.0,
                "name": fields.Date.today(),
                "company_id": self.company.id,
            }
        )
        plan = self.env["saas_risk.plan"].create(
            {"name": "Abroad", "price": 100.0, "currency_id": other.id}
        )
        account = self._account("Abroad Ltd", "T-050", "standard")
        self._subscription(account, plan_id=plan.id, seats=4)
        self.assertEqual(account.mrr, 200.0)

    def test_nobody_writes_the_figures_of_an_account(self):
        partner_manager = self.env.ref("base.group_partner_manager")
        self.manager.group_ids += partner_manager
        for vals in (
            {"health_score": 99.0},
            {"health_status": "healthy"},
            {"mrr": 1.0},
            {"health_score": 0},
            {"health_status": False},
            {"mrr": 0},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                self.strategic.with_user(self.manager).write(vals)
        self.strategic.with_user(self.manager).write({"comment": "fine"})
        born = (
            self.env["res.partner"]
            .with_user(self.manager)
            .with_context(default_mrr=9.0, default_health_status="healthy")
            .create({"name": "New"})
        )
        self.assertEqual((born.mrr, born.health_status), (0.0, False))

    def test_nobody_forges_the_decision_behind_a_concession(self):
        vals = {
            "name": "Credit",
            "kind": "credit",
            "partner_id": self.strategic.id,
            "company_id": self.company.id,
        }
        policy = self.env.ref("saas_risk.dunning_policy_standard")
        concessions = self.env["saas_risk.concession"].with_user(self.manager)
        with self.assertRaises(AccessError):
            concessions.create({**vals, "policy_id": policy.id})
        born = concessions.with_context(default_policy_id=policy.id).create(vals)
        self.assertFalse(born.policy_id)
        with self.assertRaises(AccessError):
            concessions.create(vals).write({"policy_id": policy.id})

    # ------------------------------------------------------------------ change and cancel

    def test_change_plan_now(self):
        plus = self.env["saas_risk.plan"].create({"name": "Plus", "price": 150.0})
        sub = self.sub_standard.with_user(self.finance)
        self.assertIs(sub.change_plan(plus.id, seats=10), True)
        self.assertEqual((sub.plan_id, sub.seats, sub.mrr), (plus, 10, 1500.0))
        self.assertEqual(self.standard.mrr, 1500.0)

    def test_change_plan_keeps_seats_unless_told(self):
        plus = self.env["saas_risk.plan"].create({"name": "Plus", "price": 150.0})
        self.sub_standard.change_plan(plus.id)
        self.assertEqual(self.sub_standard.seats, 5)

    def test_change_plan_at_the_renewal_waits_for_the_day(self):
        plus = self.env["saas_risk.plan"].create({"name": "Plus", "price": 150.0})
        self.sub_standard.change_plan(plus.id, seats=2, when="renewal")
        self.assertEqual(self.sub_standard.plan_id, self.plan)
        self.sub_standard.renewal_date = fields.Date.today()
        self.run_cron(self.env["saas_risk.subscription"]._cron_apply_planned_changes)
        self.assertEqual(
            (self.sub_standard.plan_id, self.sub_standard.seats), (plus, 2)
        )
        self.assertFalse(self.sub_standard.next_plan_id)

    def test_planned_seats_of_zero_are_not_kept_seats(self):
        for seats, after in ((0, 0), (None, 5)):
            sub = self._subscription(self.standard, seats=5)
            sub.change_plan(self.plan.id, seats=seats, when="renewal")
            sub.renewal_date = fields.Date.today()
            self.run_cron(
                self.env["saas_risk.subscription"]._cron_apply_planned_changes
            )
            self.assertEqual((sub.seats, sub.next_seats_given), (after, False))

    def test_one_refused_planned_change_does_not_stop_the_others(self):
        subs = self.sub_standard + self.sub_growth
        subs.change_plan(self.plan.id, seats=3, when="renewal")
        subs.renewal_date = fields.Date.today()
        model = type(subs)
        change_plan = model.change_plan

        def refuse_one(sub, *args, **kwargs):
            change_plan(sub, *args, **kwargs)
            if sub == self.sub_growth:
                raise UserError(self.env._("No."))

        with (
            patch.object(model, "change_plan", refuse_one),
            self.assertLogs("odoo.addons.saas_risk", "WARNING"),
        ):
            done = self.run_cron(subs._cron_apply_planned_changes)
        self.assertEqual((self.sub_standard.seats, self.sub_growth.seats), (3, 20))
        self.assertTrue(self.sub_growth.next_plan_id)
        self.assertEqual(done, [0, 0, 1, 1])

    def test_nonsense_changes_are_refused(self):
        sub = self.sub_standard
        for call in (
            lambda: sub.change_plan(self.plan.id, when="sometime"),
            lambda: sub.change_plan(2**31 - 1),
            lambda: sub.change_plan(self.plan.id, seats=-1),
            lambda: sub.change_plan(self.plan.id, seats="many"),
            lambda: sub.cancel(""),
            lambda: sub.cancel("x", effective_at="soon"),
        ):
            with self.assertRaises(UserError):
                call()

    def test_cancel_now_needs_a_reason_and_is_final(self):
        self.assertIs(self.sub_standard.cancel("Went out of business"), True)
        self.assertEqual(self.sub_standard.state, "cancelled")
        self.assertEqual(self.sub_standard.cancel_reason, "Went out of business")
        with self.assertRaises(UserError) as refused:
            self.sub_standard.action_activate()
        self.assertIn("cancelled and stays so", str(refused.exception))

    def test_cancel_on_a_day_to_come_waits_for_it(self):
        day = fields.Date.today() + timedelta(days=30)
        self.sub_standard.cancel("Budget", effective_at=f"{day}T00:00:00Z")
        self.assertEqual(
            (self.sub_standard.state, self.sub_standard.cancel_on), ("active", day)
        )
        self.sub_standard._write_gated({"cancel_on": fields.Date.today()})
        self.run_cron(self.env["saas_risk.subscription"]._cron_apply_planned_changes)
        self.assertEqual(self.sub_standard.state, "cancelled")

    def test_a_renewal_before_the_start_is_refused(self):
        with self.assertRaises(ValidationError):
            self._subscription(
                self.standard, start_date="2026-05-01", renewal_date="2026-04-01"
            )

    def test_every_move_is_an_event(self):
        self.sub_standard.cancel("Budget")
        self.env["event_hub.event"].sudo()._flush_emitted()
        (event,) = self.events("risk.subscription_cancelled", self.sub_standard)
        self.assertEqual(event.account_id, self.standard)
        self.assertEqual(event.case_type, "subscription")
        self.assertEqual(event.attributes["mrr"], 500.0)

    def test_explaining_health_is_the_assessment_of_its_account(self):
        explained = self.sub_standard.with_user(self.reader).health_explain()
        self.assertEqual(explained["partner_id"], self.standard.id)
        self.assertEqual(explained["status"], "healthy")

    def test_subscriptions_are_found_by_what_dunning_asks_for(self):
        """The form of an event rule counts the records that meet its condition."""
        ours = self.sub_strategic | self.sub_growth | self.sub_standard
        for value in ("approval", "grace", "none"):
            expected = ours.filtered(lambda sub, v=value: sub.dunning_path == v)
            for domain, wanted in (
                ([("dunning_path", "=", value)], expected),
                ([("dunning_path", "!=", value)], ours - expected),
            ):
                found = ours.search([("id", "in", ours.ids), *domain])
                self.assertEqual(found, wanted, domain)
        self.assertEqual(self.sub_strategic.dunning_path, "approval")
