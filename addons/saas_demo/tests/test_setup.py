from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessDenied, UserError
from odoo.tests import TransactionCase, tagged

from ..const import ECHO_PATH
from ..policies import access
from .common import provision

CODES = [f"ACC-{number:03d}" for number in range(1, 41)]


@tagged("post_install", "-at_install")
class TestSetup(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.answer = provision(cls.env)

    def _login(self, login, password):
        credential = {"login": login, "password": password, "type": "password"}
        return self.env["res.users"].authenticate(credential, {"interactive": False})[
            "uid"
        ]

    def test_everybody_gets_in_with_the_password_and_the_key(self):
        for login, secrets in self.answer["users"].items():
            user = self.env["res.users"].search([("login", "=", login)])
            self.assertEqual(self._login(login, secrets["password"]), user.id)
            key = {"scope": "rpc", "key": secrets["api_key"]}
            self.assertEqual(
                self.env["res.users.apikeys"]._check_credentials(**key), user.id
            )

    def test_a_second_start_renews_the_keys_and_repeats_nothing(self):
        before = {model: self.env[model].search_count([]) for model in self._told()}
        again = provision(self.env)
        self.assertEqual(
            {model: self.env[model].search_count([]) for model in self._told()}, before
        )
        self.assertNotEqual(again["start_key"], self.answer["start_key"])
        self.assertEqual(again["sources"], self.answer["sources"])
        self.assertEqual(
            again["users"]["csm"]["password"], self.answer["users"]["csm"]["password"]
        )
        old = {"scope": "rpc", "key": self.answer["users"]["csm"]["api_key"]}
        self.assertFalse(self.env["res.users.apikeys"]._check_credentials(**old))

    def test_a_changed_password_is_set_anew(self):
        self.env["res.users"].search([("login", "=", "csm")]).password = "somebody's"
        password = provision(self.env)["users"]["csm"]["password"]
        self.assertTrue(self._login("csm", password))

    def _told(self):
        return [
            "res.partner",
            "res.users",
            "event_hub.source",
            "event_hub.endpoint",
            "event_hub.event",
            "event_hub.message",
            "saas_risk.subscription",
            "support_visibility.ticket",
            "approval_engine.request",
            "approval_engine.decision",
            "process_intelligence.definition",
        ]

    def test_service_users_cannot_log_in_and_are_no_personas(self):
        for source in self.env["event_hub.source"].search([]):
            with self.assertRaises(AccessDenied):
                self._login(source.user_id.login, "")
            self.assertNotIn(source.user_id.login, self.answer["users"])
            self.assertFalse(source.user_id.has_group("base.group_system"))

    def test_there_are_forty_accounts_of_every_health(self):
        accounts = self.env["res.partner"].search([("account_code", "in", CODES)])
        self.assertEqual(len(accounts), 40)
        self.assertEqual(
            accounts.filtered(lambda a: a.account_tier == "strategic").mapped(
                "account_code"
            ),
            CODES[:5],
        )
        self.assertEqual(
            set(accounts.mapped("health_status")),
            {"healthy", "watch", "at_risk", "critical"},
        )
        self.assertEqual(accounts.account_owner_id.login, "csm")

    def test_tickets_and_invoices_are_open_and_settled(self):
        tickets = self.env["support_visibility.ticket"]
        self.assertGreaterEqual(tickets.search_count(tickets._open_domain()), 10)
        self.assertGreaterEqual(
            tickets.search_count([("state", "in", ("solved", "closed"))]), 30
        )
        invoices = self.env["saas_risk.billing_invoice"]
        self.assertGreaterEqual(invoices.search_count([("state", "!=", "paid")]), 4)
        self.assertGreater(invoices.search_count([("state", "=", "paid")]), 100)

    def test_three_decisions_wait_and_five_are_made(self):
        requests = self.env["approval_engine.request"]
        waiting = requests.search([("state", "=", "pending")])
        self.assertGreaterEqual(len(waiting), 3)
        self.assertEqual(
            set(waiting.type_id.mapped("code")),
            {"service_credit", "service_continuity"},
        )
        self.assertGreaterEqual(
            self.env["approval_engine.decision"].search_count([]), 5
        )
        self.assertFalse(
            requests.search([("state", "in", ("draft", "failed", "approved"))])
        )

    def test_what_waits_was_asked_hours_ago_and_is_not_overdue(self):
        now = fields.Datetime.now()
        for request in self.env["approval_engine.request"].search(
            [("state", "=", "pending")]
        ):
            self.assertLess(request.submitted_at, now - timedelta(hours=4))
            self.assertGreater(request.due_at, now)
            told = self.env["event_hub.event"].search(
                [
                    ("correlation", "=", request.correlation),
                    ("type", "=", "approval.submitted"),
                ]
            )
            self.assertEqual(
                told.occurred_at.replace(microsecond=0), request.submitted_at
            )

    def test_the_routes_are_those_of_the_demo(self):
        self.assertEqual(
            self._asked("service_continuity", 0),
            [["finance", "finance_manager"], ["csm"]],
        )
        self.assertEqual(self._asked("service_credit", 1000), [["finance"]])
        self.assertEqual(
            self._asked("service_credit", 1000.01), [["finance"], ["finance_manager"]]
        )

    def _asked(self, code, amount):
        """The logins asked by each step of a new request of `admin`."""
        admin = self.env.ref("base.user_admin")
        request = (
            self.env["approval_engine.request"]
            .with_user(admin)
            .create(
                {
                    "name": "What if",
                    "type_id": self.env["approval_engine.type"]
                    .search([("code", "=", code)])
                    .id,
                    "partner_id": self.env["res.partner"]
                    .search([("account_code", "=", "ACC-001")])
                    .id,
                    "amount": amount,
                    "currency_id": self.env.ref("base.EUR").id,
                    "reason": "To see the route",
                }
            )
        )
        route = request.preview_route()
        return [
            sorted(approver["login"] for approver in step["approvers"])
            for step in route
        ]

    def test_the_past_is_history_and_fires_nothing(self):
        events = self.env["event_hub.event"].search([])
        self.assertGreater(len(events), 500)
        self.assertEqual(set(events.mapped("history")), {True})
        self.assertFalse(self.env["event_hub.run"].search_count([]))
        self.assertFalse(self.env["event_hub.delivery"].search_count([]))

    def test_every_message_of_the_past_was_understood(self):
        messages = self.env["event_hub.message"].search([])
        self.assertEqual(
            set(messages.mapped("state")), {"processed"}, messages.mapped("error")
        )

    def test_the_echo_has_an_endpoint_of_its_own(self):
        echo = self.env["event_hub.endpoint"].search(
            [("url", "=like", f"%{ECHO_PATH}")]
        )
        self.assertEqual(len(echo), 1)
        self.assertEqual(echo.event_pattern, "approval.*")

    def test_elsewhere_there_is_no_demo(self):
        self.patch(access, "bound_here", lambda **kwargs: False)
        with self.assertRaises(UserError):
            provision(self.env)

    def test_start_page_tells_an_empty_story_to_everybody(self):
        for login in self.answer["users"]:
            user = self.env["res.users"].search([("login", "=", login)])
            page = self.env["saas_demo.page"].with_user(user)._read_page()
            self.assertEqual(page["me"]["login"], login)
            self.assertEqual(len(page["steps"]), 5)
            self.assertTrue(page["screens"], login)
