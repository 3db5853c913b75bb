from odoo.tests import HttpCase, tagged

from .common_governed import ORDER, GovernedCase


@tagged("post_install", "-at_install")
class TestTourGoverned(GovernedCase, HttpCase):
    def test_who_meets_the_gate_asks_from_there(self):
        self._govern("amount", amount_field_id=self._field("amount").id)
        order = self._order()
        self.start_tour(
            f"/odoo/{ORDER}/{order.id}", "approval_governed", login=self.ria.login
        )
        request = self.env["approval_engine.request"].search(
            [("res_model", "=", ORDER), ("res_id", "=", order.id)]
        )
        self.assertEqual(
            (request.state, request.requester_id, request.amount, order.amount),
            ("pending", self.ria, 7000, 5000),
        )
