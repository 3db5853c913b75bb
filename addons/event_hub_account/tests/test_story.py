from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


@tagged("post_install", "-at_install")
class TestStory(AccountTestInvoicingCommon):
    def _told(self, move):
        self.env.flush_all()
        self.env.cr.precommit.run()
        return (
            self.env["event_hub.event"]
            .sudo()
            .search(
                [("case_model", "=", "account.move"), ("case_id", "=", move.id)],
                order="id",
            )
        )

    def test_an_invoice_tells_what_becomes_of_it(self):
        invoice = self.init_invoice(
            "out_invoice", partner=self.partner_a, amounts=[100.0], post=False
        )
        self._told(invoice)
        invoice.action_post()
        self._told(invoice)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        events = self._told(invoice)
        self.assertEqual(
            events.mapped("type")[:2],
            ["account.invoice_created", "account.invoice_posted"],
        )
        self.assertIn(
            events[-1].type, ("account.invoice_paid", "account.invoice_in_payment")
        )
        self.assertEqual(events.account_id, self.partner_a.commercial_partner_id)
        self.assertEqual(events[1].attributes["number"], invoice.name)

    def test_a_plain_entry_is_silent(self):
        entry = self.env["account.move"].create({"move_type": "entry"})
        self.assertFalse(self._told(entry))
