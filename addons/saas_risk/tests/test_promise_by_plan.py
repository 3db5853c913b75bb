from odoo.tests import tagged

from .common import RiskCase

REREAD = "support_visibility.ir_cron_sla_reread"


@tagged("post_install", "-at_install")
class TestPromiseByPlan(RiskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold = cls.env["saas_risk.plan"].create(
            {
                "name": "Test Gold",
                "price": 900.0,
                "period": "month",
                "company_id": False,
            }
        )
        cls.promise = cls.env["support_visibility.sla_policy"].create(
            {
                "name": "Gold is solved within two hours",
                "kind": "resolution",
                "sequence": 0,
                "target_minutes": 120,
                "plan_ids": cls.gold.ids,
            }
        )

    def _ticket(self, account, **vals):
        return self.env["support_visibility.ticket"].create(
            {"name": "Export fails", "partner_id": account.id, **vals}
        )

    def _run_reread(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(REREAD).method_direct_trigger()
        self.env.invalidate_all()

    def _promised(self, ticket):
        going = ticket.sla_clock_ids.filtered(lambda clock: clock.state != "void")
        return self.promise in going.policy_id

    def test_what_is_promised_follows_what_is_paid_for(self):
        with_plan = self._subscription(self.standard, plan_id=self.gold.id)
        ticket = self._ticket(self.standard)
        self.assertTrue(self._promised(ticket))
        self.assertFalse(self._promised(self._ticket(self.growth)))
        with_plan.cancel("Too expensive")
        self._run_reread()
        self.assertFalse(self._promised(ticket))

    def test_a_new_subscription_reaches_open_tickets(self):
        ticket = self._ticket(self.growth)
        self._subscription(self.growth, plan_id=self.gold.id)
        self._run_reread()
        self.assertTrue(self._promised(ticket))

    def test_what_is_paid_for_in_another_company_is_promised_there(self):
        shared = self.env["res.partner"].create(
            {"name": "Everywhere", "is_company": True}
        )
        self._subscription(
            shared, plan_id=self.gold.id, company_id=self.other_company.id
        )
        self.assertFalse(self._promised(self._ticket(shared)))
        there = self._ticket(shared, company_id=self.other_company.id)
        self.assertTrue(self._promised(there))

    def test_it_is_one_query_for_a_batch_and_none_if_nobody_asks(self):
        tickets = self._ticket(self.growth) + self._ticket(self.standard)
        tickets.mapped("account_id.name")
        self.env.flush_all()
        with self.assertQueryCount(1):
            tickets._sla_more_traits({"plan"})
        with self.assertQueryCount(0):
            tickets._sla_more_traits({"tier"})

    def test_the_sentence_names_the_plan(self):
        self.assertIn("Test Gold", self.promise.sentence)
