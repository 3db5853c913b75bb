from odoo import models


class AccountMove(models.Model):
    """Invoices, bills and credit notes tell what becomes of them. Other entries are silent."""

    _name = "account.move"
    _inherit = ["account.move", "event_hub.watched"]

    _hub_case_type = "invoice"
    _hub_created = "account.invoice_created"
    _hub_watched = {
        "state": {
            "posted": "account.invoice_posted",
            "cancel": "account.invoice_cancelled",
            "draft": "account.invoice_reset",
        },
        "payment_state": {
            "paid": "account.invoice_paid",
            "in_payment": "account.invoice_in_payment",
            "partial": "account.invoice_partly_paid",
            "reversed": "account.invoice_reversed",
            "not_paid": "account.invoice_unpaid",
        },
    }

    def _compute_payment_state(self):
        self._hub_note()  # it follows from payments: nothing is written on the invoice
        return super()._compute_payment_state()

    def _hub_is_told(self):
        return super()._hub_is_told() and self.sudo().move_type != "entry"

    def _hub_attributes(self):
        move = self.sudo()
        return {
            **super()._hub_attributes(),
            "number": move.name or "",
            "kind": move.move_type,
            "amount": move.amount_total,
            "residual": move.amount_residual,
            "currency": move.currency_id.name or "",
        }
