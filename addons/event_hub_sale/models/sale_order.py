from odoo import models


class SaleOrder(models.Model):
    """A quotation tells its way to an order."""

    _name = "sale.order"
    _inherit = ["sale.order", "event_hub.watched"]

    _hub_case_type = "sale_order"
    _hub_created = "sale.order_created"
    _hub_watched = {
        "state": {
            "sent": "sale.order_sent",
            "sale": "sale.order_confirmed",
            "cancel": "sale.order_cancelled",
            "draft": "sale.order_reset",
        },
        "user_id": "sale.order_assigned",
        "invoice_status": {
            "to invoice": "sale.order_to_invoice",
            "invoiced": "sale.order_invoiced",
        },
    }

    def _compute_invoice_status(self):
        self._hub_note()  # it follows from invoices: nothing is written on the order
        return super()._compute_invoice_status()

    def _hub_attributes(self):
        order = self.sudo()
        return {
            **super()._hub_attributes(),
            "number": order.name or "",
            "amount": order.amount_total,
            "currency": order.currency_id.name or "",
            "team": order.team_id.name or "",
        }
