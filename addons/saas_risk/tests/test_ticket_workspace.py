from odoo.tests import tagged

from .common import RiskCase


@tagged("post_install", "-at_install")
class TestTicketWorkspace(RiskCase):
    def setUp(self):
        super().setUp()
        self.ticket = (
            self.env["support_visibility.ticket"]
            .with_user(self.agent)
            .create({"name": "Export fails", "partner_id": self.strategic.id})
        )

    def _customer(self, person):
        told = self.ticket.with_user(person).workspace_ticket()
        [items] = [s["items"] for s in told["sections"] if s["key"] == "customer"]
        return {item["label"]: item for item in items}

    def test_the_agent_sees_what_the_account_is_worth_and_opens_only_what_is_theirs(
        self,
    ):
        worth = self._customer(self.agent)
        self.assertIn("8,000", worth["MRR"]["value"])
        self.assertIn("Renewal", worth)
        self.assertNotIn("open", worth["MRR"])
        self.assertIn("Open tickets", worth)

    def test_who_reads_subscriptions_opens_the_figure(self):
        action = self._customer(self.csm)["MRR"]["open"]
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.sub_strategic)

    def test_health_is_shown_with_its_reasons(self):
        self.env["saas_risk.health_model"].with_user(self.manager).assess(
            self.strategic.ids
        )
        health = self._customer(self.agent)["Health"]
        self.assertRegex(health["value"], r"^\d+ · \S ")
        self.assertEqual(health["open"]["res_id"], self.strategic.id)

    def test_an_account_that_pays_nothing_says_nothing_about_money(self):
        self.ticket.partner_id = self.env["res.partner"].create({"name": "Passer-by"})
        shown = self._customer(self.csm)
        self.assertFalse({"MRR", "Health", "Renewal"} & set(shown))

    def test_whoever_reads_the_ticket_is_shown_what_stands_around_it(self):
        for person in (self.csm, self.finance, self.reader, self.manager):
            with self.subTest(person.login):
                told = self.ticket.with_user(person).workspace_ticket()
                self.assertEqual(told["moves"], [])
                self.assertTrue(
                    self.ticket.with_user(person).presence_announce() is not None
                )
