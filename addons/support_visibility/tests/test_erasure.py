from odoo.tests import tagged

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestErasure(TicketCase):
    def test_a_ticket_of_the_person_loses_its_words_and_keeps_its_times(self):
        other = self._ticket(name="Billing of Anna", partner_id=self.account.id)
        ticket = self._ticket(
            name="Anna cannot log in",
            description="I forgot it",
            email_from="anna@borealis.example",
        )
        ticket.message_post(body="She called again")
        post = ticket.message_ids[0]
        opened, number = ticket.opened_at, ticket.number
        self.contact.hub_erase("file 117")
        self.env.invalidate_all()
        self.assertEqual(
            [ticket.name, ticket.description, ticket.email_from], ["[erased]"] * 3
        )
        self.assertIn("[erased]", post.body)
        self.assertNotIn("called", post.body)
        self.assertEqual((ticket.opened_at, ticket.number), (opened, number))
        self.assertEqual(other.name, "Billing of Anna")

    def test_why_a_ticket_moved_goes_on_the_guarded_path(self):
        ticket = self._ticket()
        ticket.action_escalate("Anna insists", "customer_request")
        self.account.hub_erase("file 117")
        self.env.invalidate_all()
        self.assertEqual(ticket.escalation_ids.mapped("reason"), ["[erased]"])
