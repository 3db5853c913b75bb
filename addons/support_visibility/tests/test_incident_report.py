from datetime import timedelta

from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.event_hub.tests.people import people

from ..tools.clock import utcnow
from .common import NOON, TicketCase


class TestIncidentReport(TicketCase):
    def _incident(self, **vals):
        return (
            self.env["support_visibility.incident"]
            .with_user(self.agent)
            .create(
                {"name": "Exports fail", "severity": "1", "started_at": NOON, **vals}
            )
        )

    def _life(self):
        with freeze_time(NOON + timedelta(minutes=10)):
            incident = self._incident()
            self.env["support_visibility.incident_hit"].create(
                [
                    {"incident_id": incident.id, "account_id": self.account.id},
                    {
                        "incident_id": incident.id,
                        "account_id": self.env["res.partner"]
                        .create({"name": "Cobalt", "is_company": True})
                        .id,
                        "down_from": NOON + timedelta(minutes=60),
                    },
                ]
            )
        with freeze_time(NOON + timedelta(minutes=15)):
            incident.action_acknowledge()
            incident.action_update("We know and work on it")
        with freeze_time(NOON + timedelta(minutes=252)):
            incident.action_resolve()
        incident.write({"cause": "A full disk", "learnt": "Watch the disk"})
        return incident

    def test_it_answers_what_when_whom_and_how_fast(self):
        incident = self._life()
        self.env.flush_all()
        seen = incident._report_values()
        self.assertIn("It lasted 4 h 12 min and is over.", seen["sentence"])
        self.assertIn(
            "Accounts hit: 2, of them strategic: 1; together without service for 7 h 24 min.",
            seen["sentence"],
        )
        self.assertIn("Customers were told once.", seen["sentence"])
        facts = dict(seen["facts"])
        self.assertEqual(facts["Time to acknowledge (MTTA)"], "5 min")
        self.assertEqual(facts["Time to resolve (MTTR)"], "4 h 12 min")
        self.assertEqual(
            [(hit["account"], hit["words"]) for hit in seen["hits"]],
            [("Borealis", "4 h 12 min"), ("Cobalt", "3 h 12 min")],
        )
        self.assertEqual(seen["told"][0]["text"], "We know and work on it")
        self.assertGreater(len(seen["timeline"]), 3)

    def test_what_goes_on_says_so(self):
        with freeze_time(NOON + timedelta(minutes=30)):
            seen = self._incident()._report_values()
        self.assertIn("It has lasted 30 min and is not over.", seen["sentence"])
        self.assertIn(
            "No account is known to be hit. Customers were not told yet.",
            seen["sentence"],
        )

    def test_the_button_leads_to_the_page(self):
        incident = self._incident()
        self.assertEqual(
            incident.action_report()["url"], f"/support/incident/{incident.id}/report"
        )

    def test_on_paper_it_is_the_same_page(self):
        incident = self._life()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "support_visibility.incident_report_document", incident.ids
        )
        for words in (b"Exports fail", b"A full disk", b"Watch the disk", b"Borealis"):
            self.assertIn(words, html)


@tagged("post_install", "-at_install")
class TestHttpIncidentReport(HttpCase):
    def test_stakeholders_read_it_and_others_learn_nothing(self):
        agent, stakeholder, other = people(
            self.env,
            {"login": "ir_agent", "groups": "support_visibility.group_support_user"},
            {"login": "ir_stakeholder"},
            {"login": "ir_other"},
        )
        incident = self.env["support_visibility.incident"].create(
            {
                "name": "<script>alert(1)</script> fails",
                "severity": "2",
                "stakeholder_ids": [(6, 0, stakeholder.ids)],
                "cause": "<img src=x onerror=alert(1)>",
            }
        )
        url = f"/support/incident/{incident.id}/report"
        found = {}
        for user in agent | stakeholder | other:
            self.authenticate(user.login, user.login.ljust(8, "x"))
            answer = self.url_open(url)
            found[user.login] = answer.status_code
            if answer.status_code == 200:
                self.assertNotIn("<script>alert", answer.text)
                self.assertNotIn("<img src=x", answer.text)
                self.assertIn(
                    "&lt;script&gt;alert(1)&lt;/script&gt; fails", answer.text
                )
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(
            found, {"ir_agent": 200, "ir_stakeholder": 200, "ir_other": 404}
        )
        self.assertEqual(
            self.url_open("/support/incident/99999999/report").status_code, 404
        )

    def test_the_page_prints_without_any_program(self):
        (agent,) = people(
            self.env,
            {"login": "ik_agent", "groups": "support_visibility.group_support_user"},
        )
        incident = self.env["support_visibility.incident"].create({"name": "Slow"})
        self.authenticate(agent.login, agent.login.ljust(8, "x"))
        page = self.url_open(f"/support/incident/{incident.id}/report").text
        self.assertIn("print this page (Ctrl+P", page)
        self.assertIn("d-print-none", page)
        self.assertIn("@media print", page)
        self.assertNotIn("overflow-x", page)  # it cuts off on paper

    def test_paper_is_no_way_around(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        agent, stakeholder, foreign, other, customer = people(
            self.env,
            {"login": "ip_agent", "groups": "support_visibility.group_support_user"},
            {"login": "ip_stakeholder"},
            {
                "login": "ip_foreign",
                "groups": "support_visibility.group_support_user",
                "company_id": elsewhere.id,
                "company_ids": [(6, 0, elsewhere.ids)],
            },
            {"login": "ip_other"},
            {"login": "ip_customer", "groups": "base.group_portal"},
        )
        incident = self.env["support_visibility.incident"].create(
            {"name": "Secret outage", "stakeholder_ids": [(6, 0, stakeholder.ids)]}
        )
        url = f"/report/html/support_visibility.incident_report_document/{incident.id}"
        found = {}
        for user in agent | stakeholder | foreign | other | customer:
            self.authenticate(user.login, user.login.ljust(8, "x"))
            answer = self.url_open(url)
            found[user.login] = answer.status_code, "Secret outage" in answer.text
        self.assertEqual(
            found,
            {
                "ip_agent": (200, True),
                "ip_stakeholder": (200, True),
                "ip_foreign": (403, False),
                "ip_other": (403, False),
                "ip_customer": (403, False),
            },
        )


class TestComponentSurge(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.export, cls.login = cls.env["support_visibility.component"].create(
            [
                {"name": "SV Export", "code": "sv_export"},
                {"name": "SV Login", "code": "sv_login"},
            ]
        )
        cls.slow, cls.wrong = cls.env["support_visibility.category"].create(
            [
                {
                    "name": f"SV {n}",
                    "code": f"sv_cat_{n}",
                    "component_id": cls.export.id,
                }
                for n in range(2)
            ]
        )

    def test_the_component_follows_from_the_category_unless_said(self):
        ticket = self._ticket(category_id=self.slow.id)
        self.assertEqual(ticket.component_id, self.export)
        ticket.component_id = self.login
        self.assertEqual(ticket.component_id, self.login)
        said = self._ticket(category_id=self.slow.id, component_id=self.login.id)
        self.assertEqual(said.component_id, self.login)
        self.assertFalse(self._ticket().component_id)

    def test_a_component_leaves_with_its_category_and_one_set_by_hand_stays(self):
        bare = self.env["support_visibility.category"].create(
            {"name": "SV Bare", "code": "sv_cat_bare"}
        )
        follows = self._ticket(category_id=self.slow.id)
        by_hand = self._ticket(category_id=self.slow.id, component_id=self.login.id)
        (follows | by_hand).write({"category_id": bare.id})
        self.assertFalse(follows.component_id)
        self.assertEqual(by_hand.component_id, self.login)
        (follows | by_hand).write({"category_id": self.wrong.id})
        self.assertEqual(follows.component_id, self.export)
        self.assertEqual(by_hand.component_id, self.login)

    def test_a_form_tells_of_the_component_what_saving_does(self):
        bare = self.env["support_visibility.category"].create(
            {"name": "SV Bare", "code": "sv_cat_bare"}
        )
        follows = self._ticket(category_id=self.slow.id)
        by_hand = self._ticket(category_id=self.slow.id, component_id=self.login.id)
        spec = {"category_id": {}, "component_id": {}}
        for ticket, change in ((follows, {"component_id": False}), (by_hand, {})):
            found = ticket.onchange({"category_id": bare.id}, ["category_id"], spec)
            self.assertEqual(found["value"], change)

    def test_tickets_of_two_categories_are_one_surge_of_their_component(self):
        with freeze_time(utcnow() - timedelta(weeks=9)):
            self._ticket(category_id=self.slow.id)
        for category in (self.slow, self.wrong) * 3:
            for partner in self.env["res.partner"].create({"name": "One of many"}):
                self._ticket(category_id=category.id, partner_id=partner.id)
        self.env.flush_all()
        self.env["support_visibility.incident"]._look_for_surges()
        surge = self.env["support_visibility.surge"].search(
            [("component_id", "=", self.export.id)]
        )
        self.assertEqual(len(surge), 1)
        self.assertEqual(surge.count, 6)
        self.assertIn("SV Export: 6 tickets within an hour", surge.words)
        self.env["support_visibility.incident"]._look_for_surges()
        self.assertEqual(
            len(
                self.env["support_visibility.surge"].search(
                    [("component_id", "=", self.export.id)]
                )
            ),
            1,
        )
