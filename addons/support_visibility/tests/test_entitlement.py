from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import TicketCase

NOON = "2026-03-10 12:00:00"


@tagged("post_install", "-at_install")
class TestEntitlement(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold, cls.basic = cls.env["support_visibility.entitlement_level"].create(
            [{"name": "Gold", "sequence": 1}, {"name": "Basic", "sequence": 2}]
        )

    def _grant(self, level=None, **vals):
        return self.env["support_visibility.entitlement"].create(
            {
                "account_id": self.account.id,
                "level_id": (level or self.gold).id,
                "date_from": "2026-03-01",
                "date_to": "2026-03-31",
                **vals,
            }
        )

    @freeze_time(NOON)
    def test_the_ticket_says_what_its_customer_may_ask_for(self):
        granted = self._grant(included_tickets=2)
        ticket = self._ticket()
        self.assertEqual(ticket.entitlement_id, granted)
        self.assertIn("Gold until", ticket.entitlement_text)
        self.assertIn("1 of 2 tickets", ticket.entitlement_text)
        self.assertEqual(ticket.entitlement_state, "current")

    @freeze_time(NOON)
    def test_used_up_is_shown_and_keeps_no_ticket_out(self):
        granted = self._grant(included_tickets=1, included_hours=1.5)
        first = self._ticket()
        self.env["support_visibility.time_line"].with_user(self.agent).create(
            [
                {"ticket_id": first.id, "minutes": 45},
                {"ticket_id": first.id, "minutes": 60},
            ]
        )
        granted.invalidate_recordset()
        self.assertEqual((granted.used_tickets, granted.used_hours), (1, 1.75))
        self.assertEqual(granted.state, "used_up")
        self.assertTrue(self._ticket().exists())

    @freeze_time(NOON)
    def test_spam_and_what_was_merged_away_use_nothing(self):
        granted = self._grant(included_tickets=5)
        self._ticket().action_mark_spam("advert")
        self.assertEqual(granted.used_tickets, 0)

    @freeze_time(NOON)
    def test_the_better_of_two_holds_and_another_company_has_its_own(self):
        self._grant(self.basic)
        granted = self._grant()
        self.assertEqual(self._ticket().entitlement_id, granted)
        granted.company_id = self.env["res.company"].create({"name": "Else"})
        self.assertEqual(self._ticket().entitlement_id.level_id, self.basic)

    @freeze_time(NOON)
    def test_a_promise_can_ask_for_a_level_and_follows_its_change(self):
        policy = self.env["support_visibility.sla_policy"].create(
            {
                "name": "Gold: answered in an hour",
                "sequence": 0,
                "kind": "first_response",
                "target_minutes": 60,
                "level_ids": [(6, 0, self.gold.ids)],
            }
        )
        self.assertNotIn(policy, self._ticket().sla_clock_ids.policy_id)
        granted = self._grant()
        ticket = self._ticket()
        self.assertIn(policy, ticket.sla_clock_ids.policy_id)
        rereads = self.env["support_visibility.sla_reread"]
        before = rereads.search_count([("account_id", "=", self.account.id)])
        granted.level_id = self.basic
        after = rereads.search_count([("account_id", "=", self.account.id)])
        self.assertEqual(after, before + 1)

    @freeze_time(NOON)
    def test_one_query_for_a_batch_and_none_while_nobody_asks(self):
        self._grant()
        tickets = self._ticket() + self._ticket() + self._ticket()
        tickets.mapped("account_id.name")
        self.env["support_visibility.entitlement"]._holding(
            tickets.account_id, tickets.company_id
        )
        with self.assertQueryCount(0):
            tickets._sla_more_traits({"tier"})
        self.env["support_visibility.entitlement"].invalidate_model()
        with self.assertQueryCount(2):  # the search and the levels
            tickets._sla_more_traits({"level"})

    def test_periods_and_rights(self):
        with self.assertRaisesRegex(ValidationError, "Last Day"):
            self._grant(date_to="2026-02-01")
        granted = self._grant()
        with self.assertRaises(AccessError):
            granted.with_user(self.agent).included_tickets = 9
        granted.with_user(self.lead).included_tickets = 9
        self.assertEqual(granted.included_tickets, 9)


@tagged("post_install", "-at_install")
class TestBreachReason(TicketCase):
    def _broken(self):
        with freeze_time("2026-03-02 09:00:00"):
            ticket = self._ticket()
        clocks = ticket.sla_clock_ids
        clocks.sudo()._look()
        return clocks.filtered(lambda clock: clock.state == "breached")

    def test_a_broken_promise_is_explained_and_told(self):
        broken = self._broken()
        self.assertTrue(broken)
        reason = self.env.ref("support_visibility.breach_reason_missing_data")
        wizard = self.env["support_visibility.explain"].with_user(self.agent)
        wizard.with_context(active_ids=broken.ids).create(
            {"reason_id": reason.id, "note": " No tenant id "}
        ).action_explain()
        self.assertEqual(broken.breach_reason_id, reason)
        self.assertEqual(set(broken.mapped("breach_note")), {"No tenant id"})
        self.assertEqual(broken.explained_by_id, self.agent)
        other = self.env.ref("support_visibility.breach_reason_capacity")
        broken[0].with_user(self.lead).action_explain(other.id)
        told = self._events(broken.ticket_id).filtered(
            lambda event: event.type == "support.breach_explained"
        )
        self.assertEqual(told[-1].attributes["was"], "missing_data")
        self.assertEqual(told[-1].attributes["reason"], "capacity")

    def test_what_is_kept_needs_no_reason(self):
        clock = self._ticket().sla_clock_ids[:1]
        reason = self.env.ref("support_visibility.breach_reason_other")
        with self.assertRaisesRegex(Exception, "not broken"):
            clock.with_user(self.agent).action_explain(reason.id)

    def test_no_door_around_the_method(self):
        broken = self._broken()[:1]
        reason = self.env.ref("support_visibility.breach_reason_other")
        with self.assertRaises(AccessError):
            broken.with_user(self.lead).breach_reason_id = reason
        with self.assertRaises(AccessError):
            broken.with_user(self.employee).action_explain(reason.id)
        reason.active = False
        with self.assertRaisesRegex(Exception, "reason_id"):
            broken.with_user(self.agent).action_explain(reason.id)
        self.assertFalse(broken.explained_at)
        self.assertTrue(fields.Datetime.now() > broken.breached_at)
