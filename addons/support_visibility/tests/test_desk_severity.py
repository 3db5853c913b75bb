from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.event_hub.tools import history

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestDeskSeverity(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.write({"leader_id": cls.colleague.id, "severity_minutes": 30})

    def _mine(self, ticket):
        return ticket.activity_ids.filtered(
            lambda a: (
                a.activity_type_id
                == self.env.ref("support_visibility.activity_type_severity")
            )
        )

    def test_what_an_agent_claims_waits_for_the_leader(self):
        with freeze_time("2026-03-02 12:00:00"):
            ticket = self._ticket(severity="1")
        self.assertEqual(ticket.severity_state, "unconfirmed")
        self.assertEqual(str(ticket.severity_due_at), "2026-03-02 12:30:00")
        self.assertEqual(self._mine(ticket).user_id, self.colleague)
        with self.assertRaises(AccessError):
            ticket.action_confirm_severity()
        self.assertFalse(ticket.can_confirm_severity)
        theirs = ticket.with_user(self.colleague)
        self.assertTrue(theirs.can_confirm_severity)
        self.assertIs(theirs.action_confirm_severity(), True)
        self.assertEqual(
            (ticket.severity_state, ticket.severity_by_id, ticket.severity_due_at),
            ("confirmed", self.colleague, False),
        )
        self.assertFalse(self._mine(ticket))
        self.assertEqual(
            self._activities(ticket),
            ["Ticket opened", "Severity set", "Severity confirmed"],
        )
        with self.assertRaises(UserError):
            theirs.action_confirm_severity()

    def test_mild_ones_are_everybodys_and_cost_nothing(self):
        ticket = self._ticket(severity="3")
        self.assertFalse(ticket.severity_state)
        self.assertEqual(self._activities(ticket), ["Ticket opened"])
        ticket.severity = "2"
        self.assertEqual(ticket.severity_state, "unconfirmed")
        ticket.severity = "4"
        self.assertFalse(ticket.severity_state or self._mine(ticket))

    def test_the_word_of_a_leader_or_manager_is_confirmed_at_once(self):
        for user in (self.colleague, self.lead):
            ticket = self._ticket(user=user, severity="1")
            self.assertEqual(
                (ticket.severity_state, ticket.severity_by_id), ("confirmed", user)
            )

    def test_what_was_confirmed_is_not_changed_by_others(self):
        ticket = self._ticket(severity="1")
        ticket.with_user(self.lead).action_confirm_severity()
        with self.assertRaisesRegex(UserError, "confirmed by"):
            ticket.with_user(self.agent).write({"severity": "3"})
        ticket.with_user(self.agent).write({"severity": "1"})
        self.assertEqual(ticket.severity_state, "confirmed")
        ticket.with_user(self.lead).write({"severity": "3"})
        self.assertFalse(ticket.severity_state)

    def test_a_change_says_why(self):
        ticket = self._ticket(severity="1")
        theirs = ticket.with_user(self.colleague)
        for severity, reason in (("2", " "), ("2", "x" * 501)):
            with self.assertRaises(UserError):
                theirs.action_change_severity(severity, reason)
        for severity in ("5", 1, None):
            with self.assertRaises(ValidationError):
                theirs.action_change_severity(severity, "Hm")
        with self.assertRaises(AccessError):
            ticket.action_change_severity("2", "Only one site")
        theirs.action_change_severity("2", "Only one site")
        self.assertEqual((ticket.severity, ticket.severity_state), ("2", "confirmed"))
        self.assertIn("1 to 2: Only one site", ticket.message_ids[0].body)

    def test_nobody_confirms_by_writing(self):
        ticket = self._ticket(severity="1")
        for vals in (
            {"severity_state": "confirmed"},
            {"severity_by_id": self.agent.id},
            {"severity": "1", "severity_state": "confirmed"},
        ):
            with self.assertRaises(UserError):
                ticket.write(vals)
        with self.assertRaises(UserError):
            self._ticket(severity="1", severity_state="confirmed")

    def test_another_helpdesk_claims_as_well(self):
        ticket = self._hear(self._incoming(title="All is down", severity="1"))
        self.assertEqual((ticket.severity, ticket.severity_state), ("1", "unconfirmed"))

    def test_the_past_asks_nobody(self):
        with history.telling():
            self.assertFalse(self._ticket(severity="1").severity_state)
