from odoo import api, fields, models

from odoo.addons.event_hub.exceptions import ParkMessage


class TestEventHubInvoice(models.Model):
    """An invoice of a billing system, as handlers of real addons would have it."""

    _name = "test_event_hub.invoice"
    _inherit = ["event_hub.subject"]
    _description = "Test Invoice"
    _hub_case_type = "test_invoice"

    name = fields.Char(required=True)
    account_id = fields.Many2one("res.partner", required=True)
    company_id = fields.Many2one("res.company", required=True)
    attempt_ids = fields.One2many("test_event_hub.attempt", "invoice_id")
    handler_calls = fields.Integer(
        help="How often the handler ran for a batch that began with this invoice."
    )

    @api.model
    def _hub_subjects(self, incoming):
        names = {i.data["invoice"] for i in incoming}
        known = {
            invoice.name: invoice
            for invoice in self.search([("name", "in", sorted(names))])
        }
        missing = {
            i.data["invoice"]: i for i in incoming if i.data["invoice"] not in known
        }
        created = self.create(
            [
                {"name": name, "account_id": i.account.id, "company_id": i.company.id}
                for name, i in missing.items()
            ]
        )
        known.update({invoice.name: invoice for invoice in created})
        return [known[i.data["invoice"]] for i in incoming]

    @api.model
    def _hub_on_payment_failed(self, events):
        invoices = self.browse(events.mapped("case_id"))
        self.env["test_event_hub.attempt"].create(
            [
                {
                    "invoice_id": event.case_id,
                    "event_id": event.id,
                    "amount": event.attributes["amount"],
                }
                for event in events
            ]
        )
        invoices[0].handler_calls += 1
        for event in events:
            if event.attributes.get("explode"):
                raise RuntimeError("the handler broke after its second write")
            if reach := event.attributes.get("reach"):
                self.env["test_event_hub.attempt"].create({"invoice_id": reach})
            if companies := event.attributes.get("companies"):
                self.with_context(allowed_company_ids=companies).env.companies.mapped(
                    "name"
                )
            if event.attributes.get("park"):
                raise ParkMessage(
                    "handler", f"Invoice {event.attributes['invoice']} needs a person."
                )
        invoices._emit(
            "test.attempted",
            "Attempt noted",
            objects=[("account", invoices.account_id)],
            note="x",
        )
