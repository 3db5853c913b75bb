from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessDenied, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.iap.tools import iap_tools

from .. import hooks
from ..const import ECHO_PATH
from ..models.saas_demo_setup import OUTGOING_JOBS
from ..policies import access
from ..policies.processes import IMPORTED, PROCESSES
from .common import provision
from .start_routes import StartRoutes

# what was bought and written before the ninety days
LONG_AGO = (
    "risk.subscription_activated",
    "support.article_submitted",
    "support.article_published",
)
CODES = [f"ACC-{number:03d}" for number in range(1, 41)]


@tagged("post_install", "-at_install")
class TestSetup(StartRoutes, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mails_before = cls.env["mail.mail"].search_count([])
        cls.answer = provision(cls.env)

    def _login(self, login, password):
        credential = {"login": login, "password": password, "type": "password"}
        return self.env["res.users"].authenticate(credential, {"interactive": False})[
            "uid"
        ]

    def test_uninstalled_it_forgets_its_secrets_and_that_the_story_was_told(self):
        parameters = self.env["ir.config_parameter"].sudo()
        ours = [("key", "=like", "saas\\_demo.%")]
        self.assertTrue(parameters.search_count(ours))
        hooks.uninstall_hook(self.env)
        self.assertFalse(parameters.search_count(ours))

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
            "support_visibility.incident",
            "support_visibility.macro",
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

    def test_processes_have_ends_hours_and_rules_that_say_something_true(self):
        processes = self.env["process_intelligence.definition"].search([])
        imported = {name: key for key, name in IMPORTED.items()}
        by_kind = {p.case_type or imported[p.name]: p for p in processes}
        self.assertEqual(set(by_kind), set(PROCESSES))
        for kind, process in by_kind.items():
            self.assertTrue(process.end_activity_ids and process.calendar_id, kind)
            self.assertGreaterEqual(len(process.rule_ids), 2, kind)
            self.assertLessEqual(process.stalled()["running"], process.case_count)
            process.conformance()
        self.assertTrue(by_kind["refunds"].stalled()["stalled"])
        running = [case["case"] for case in by_kind["refunds"].stalled()["cases"]]
        self.assertTrue(by_kind["refunds"].remaining(case_keys=running))
        seen = by_kind["orders"].object_map()
        self.assertEqual(
            {kind["type"] for kind in seen["types"]},
            {"order", "customer", "licence", "invoice"},
        )
        self.assertTrue(seen["shared_events"])
        rules = processes.rule_ids
        self.assertTrue(all(rules.mapped("checked_at")))
        noted = self.env["process_intelligence.violation"].search([])
        self.assertTrue(noted)
        self.assertFalse(any(noted.mapped("told")))
        self.assertFalse(
            rules.filtered(lambda rule: rule.severity == "critical").violation_ids
        )
        runs = self.env["event_hub.run"].search([("event_type", "=like", "process.%")])
        self.assertFalse(runs)

    def test_the_overview_has_tiles_that_say_something(self):
        auditor = self.env["res.users"].search([("login", "=", "auditor")])
        tiles = self.env["process_intelligence.analysis"].with_user(auditor).tiles()
        self.assertFalse([tile["name"] for tile in tiles if tile["problem"]])
        told = [tile["headline"] for tile in tiles]
        self.assertGreaterEqual(len([one for one in told if one["cases"]]), 3)
        self.assertTrue(any(one["change"] for one in told))

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

    def test_the_desk_has_an_incident_that_runs_and_one_that_was_reviewed(self):
        incidents = self.env["support_visibility.incident"].search([])
        self.assertEqual(set(incidents.mapped("state")), {"acknowledged", "reviewed"})
        for incident in incidents:
            self.assertTrue(incident.ticket_ids, incident.name)
            self.assertTrue(incident.hit_ids, incident.name)
            self.assertFalse(incident.is_unconfirmed or incident.is_update_due)
            times = incident.entry_ids.mapped("at")
            self.assertEqual(times, sorted(times))
            self.assertLess(times[-1], fields.Datetime.now())
        over = incidents.filtered(lambda i: i.state == "reviewed")
        self.assertTrue(over.cause and over.learnt and over.workaround)
        self.assertGreater(over.mttr_minutes, 60)

    def test_customers_write_directly_and_were_answered_when_the_story_tells(self):
        tickets = self.env["support_visibility.ticket"].search(
            [("channel", "!=", "hub")]
        )
        self.assertEqual(set(tickets.mapped("channel")), {"mail", "portal", "form"})
        self.assertEqual(
            set(tickets.mapped("state")), {"new", "open", "waiting", "solved"}
        )
        answered = tickets.filtered("first_response_at")
        self.assertTrue(answered)
        for ticket in answered:
            self.assertLess(ticket.response_hours, 3, ticket.name)
        self.assertEqual(sorted(filter(None, tickets.mapped("rating_value"))), [3, 5])
        new = tickets.filtered(lambda t: t.state == "new")
        self.assertEqual(len(new[0].possible_duplicates()), 1)
        self.assertFalse(self.env["support_visibility.notice"].search_count([]))

    def test_entitlements_and_reasons_of_broken_promises_are_on_record(self):
        granted = self.env["support_visibility.entitlement"].search([])
        self.assertEqual(set(granted.mapped("state")), {"current", "used_up"})
        explained = self.env["support_visibility.sla_clock"].search(
            [("breach_reason_id", "!=", False)]
        )
        self.assertEqual(len(explained), 4)

    def test_escalations_of_the_story_say_why_and_when(self):
        found = self.env["support_visibility.escalation"].search([])
        self.assertEqual(
            set(found.mapped("reason_class")), {"missing_data", "technical_depth"}
        )
        latest = max(found.mapped("at"))
        self.assertLess(latest, fields.Datetime.now() - timedelta(hours=20))

    def test_a_promise_and_a_change_on_both_sides_wait_for_a_person(self):
        reply = self.env["support_visibility.held_reply"].search([])
        self.assertEqual((reply.state, reply.request_id.state), ("held", "pending"))
        conflict = self.env["support_visibility.conflict"].search([])
        self.assertEqual((conflict.state, conflict.name), ("open", "name"))

    def test_three_decisions_wait_and_five_are_made(self):
        requests = self.env["approval_engine.request"]
        waiting = requests.search([("state", "=", "pending")])
        self.assertGreaterEqual(len(waiting), 3)
        self.assertEqual(
            set(waiting.type_id.mapped("code")),
            {"service_credit", "service_continuity", "reply_promise"},
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

    def test_the_past_is_history_and_leaves_nothing_to_do(self):
        events = self.env["event_hub.event"].search([])
        self.assertGreater(len(events), 500)
        self.assertEqual(set(events.mapped("history")), {True})
        undone = [("state", "in", ("pending", "failed"))]
        self.assertFalse(self.env["event_hub.run"].search(undone))
        self.assertFalse(self.env["event_hub.delivery"].search(undone))
        self.assertEqual(self.env["mail.mail"].search_count([]), self.mails_before)

    def test_what_happened_is_spread_over_the_last_ninety_days(self):
        weeks = {
            (fields.Datetime.now() - event.occurred_at).days // 7
            for event in self.env["event_hub.event"].search(
                [("type", "not in", LONG_AGO)]
            )
        }
        self.assertEqual(weeks, set(range(min(weeks), 13)))

    def test_decisions_were_made_hours_after_they_were_asked_for(self):
        decided = self.env["approval_engine.request"].search(
            [("decided_at", "!=", False)]
        )
        self.assertGreaterEqual(len(decided), 10)
        for request in decided:
            hours = (request.decided_at - request.submitted_at) / timedelta(hours=1)
            self.assertTrue(1 <= hours <= 48, request.name)
            at = request.decision_ids.mapped("decided_at")
            self.assertTrue(
                all(request.submitted_at < one <= request.decided_at for one in at),
                request.name,
            )
            self.assertLess(request.decided_at, fields.Datetime.now())
        executed = decided.filtered("executed_at")
        self.assertGreaterEqual(len(executed), 5)
        for request in executed:
            self.assertGreaterEqual(request.executed_at, request.decided_at)
            self.assertLess(
                request.executed_at - request.decided_at, timedelta(hours=1)
            )

    def test_the_ledger_tells_each_decision_at_the_time_of_its_record(self):
        for decision in self.env["approval_engine.decision"].search([]):
            told = self.env["event_hub.event"].search(
                [
                    ("correlation", "=", decision.correlation),
                    ("type", "=", "approval.decided"),
                ]
            )
            self.assertIn(decision.decided_at, told.mapped("occurred_at"))

    def test_the_chain_of_decisions_dated_back_verifies(self):
        found = self.env["approval_engine.decision"].verify_chain()
        self.assertTrue(found["ok"])
        self.assertGreaterEqual(found["checked"], 15)

    def test_assessments_messages_and_handoffs_are_dated_as_the_story(self):
        yesterday = fields.Datetime.now() - timedelta(days=1)
        for model, moment in (
            ("saas_risk.assessment", "assessed_at"),
            ("event_hub.message", "received_at"),
            ("support_visibility.handoff", "at"),
            ("event_hub.run", "planned_at"),
            ("event_hub.delivery", "delivered_at"),
        ):
            dates = self.env[model].search([(moment, "!=", False)]).mapped(moment)
            self.assertGreater(len(set(dates)), 15, model)
            late = [at for at in dates if at > yesterday]
            self.assertLess(len(late), len(dates) / 2, model)

    def test_a_clock_set_back_is_no_clients_to_set(self):
        """Outside of the block, and with any context, it is now."""
        before = fields.Datetime.now()
        forged = {
            "at": "2020-01-01",
            "saas_demo_past": "2020-01-01",
            "now": "2020-01-01",
        }
        request = (
            self.env["approval_engine.request"]
            .with_user(self.env["res.users"].search([("login", "=", "csm")]))
            .with_context(**forged)
            .create(
                {
                    "name": "Now",
                    "type_id": self.env.ref("approval_engine.type_service_credit").id,
                    "partner_id": self._account("ACC-001").id,
                    "amount": 10,
                    "currency_id": self.env.ref("base.EUR").id,
                    "reason": "To see the clock",
                }
            )
        )
        request.action_submit()
        self.assertGreaterEqual(request.submitted_at, before)
        told = self.env["event_hub.event"]._flush_emitted()
        self.assertEqual(set(told.mapped("history")), {False})

    def _account(self, code):
        return self.env["res.partner"].search([("account_code", "=", code)])

    # ---------------------------------------------------------------- what waits for a person

    def _parked(self, code):
        return self.env["event_hub.message"].search(
            [("state", "=", "parked"), ("error_code", "=", code)]
        )

    def test_all_messages_were_understood_but_three_that_say_what_is_wrong(self):
        messages = self.env["event_hub.message"].search([("state", "!=", "processed")])
        self.assertEqual(
            sorted(messages.mapped(lambda m: (m.state, m.error_code))),
            [
                ("parked", "schema"),
                ("parked", "unknown_account"),
                ("parked", "unknown_type"),
            ],
        )
        self.assertTrue(all(messages.mapped("error")))

    def test_the_message_of_an_unknown_account_is_replayed_once_it_is_known(self):
        message = self._parked("unknown_account")
        partner = self.env["res.partner"].create(
            {"name": "Quill Press", "is_company": True, "account_code": "ACC-041"}
        )
        message.action_replay()
        self.assertEqual(message.state, "processed", message.error)
        self.assertEqual(message.event_ids.account_id, partner)

    def test_the_message_of_an_unknown_type_is_replayed_once_it_is_defined(self):
        message = self._parked("unknown_type")
        self.env["event_hub.event_type"].create(
            {"code": "usage.quota_reached", "name": "Quota reached"}
        )
        message.action_replay()
        self.assertEqual(message.state, "processed", message.error)

    def test_the_message_that_breaks_its_schema_is_replayed_once_the_schema_allows_it(
        self,
    ):
        message = self._parked("schema")
        self.assertIn("$.data.user", message.error)
        kind = self.env["event_hub.event_type"].search(
            [("code", "=", "identity.user_deactivated")]
        )
        schema = dict(kind.data_schema)
        schema["properties"] = {
            **schema["properties"],
            "user": {"type": ["string", "integer"]},
        }
        kind.data_schema = schema
        message.action_replay()
        self.assertEqual(message.state, "processed", message.error)

    def test_the_delivery_that_was_given_up_is_sent_again(self):
        dead = self.env["event_hub.delivery"].search([("state", "=", "dead")])
        self.assertEqual(len(dead), 1)
        self.assertIn("503", dead.error)
        dead.action_retry()
        self.assertEqual((dead.state, dead.attempts), ("pending", 0))

    def test_the_run_that_failed_succeeds_once_the_account_has_an_owner(self):
        dead = self.env["event_hub.run"].search([("state", "=", "dead")])
        self.assertEqual(len(dead), 1)
        account = self.env["res.partner"].browse(dead.res_id)
        self.assertIn(account.name, dead.error)
        account.account_owner_id = self.env["res.users"].search([("login", "=", "csm")])
        dead.action_retry()
        dead._react()
        self.assertEqual(dead.state, "done", dead.error)
        self.assertIn("Call", account.activity_ids.activity_type_id.mapped("name"))

    def test_the_echo_has_an_endpoint_of_its_own(self):
        echo = self.env["event_hub.endpoint"].search(
            [("url", "=like", f"%{ECHO_PATH}")]
        )
        self.assertEqual(len(echo), 1)
        self.assertEqual(echo.event_pattern, "approval.*")

    def test_the_demo_calls_nobody_outside(self):
        for xmlid in OUTGOING_JOBS:
            self.assertFalse(self.env.ref(xmlid).active, xmlid)
        with (
            patch.object(iap_tools, "iap_jsonrpc") as call,
            patch("odoo.modules.module.current_test", False),
        ):
            found = self.env["res.partner"].autocomplete_by_name("Borealis", False)
            self.env.company.iap_enrich_auto()
        self.assertFalse(found)
        call.assert_not_called()

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
