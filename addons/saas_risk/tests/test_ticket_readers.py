from odoo.tests import Form, tagged

from .common import RiskCase


@tagged("post_install", "-at_install")
class TestTicketReaders(RiskCase):
    def test_whoever_may_read_a_ticket_can_open_its_page(self):
        Tickets = self.env["support_visibility.ticket"].with_user(self.agent)
        one, two = Tickets.create(
            [
                {"name": name, "partner_id": self.strategic.id}
                for name in ("Export fails", "Wrong invoice")
            ]
        )
        one.action_take()
        one.action_escalate("The contract is not in the system", "missing_data")
        one.action_link(two.id, "relates")
        one.action_link_issue("https://github.com/acme/app/issues/12")
        for person in (self.csm, self.finance, self.reader, self.manager):
            with self.subTest(person.login):
                page = Form(one.with_user(person))
                self.assertEqual(page.name, "Export fails")
                self.assertTrue(one.with_user(person).sla_explain() is not None)
