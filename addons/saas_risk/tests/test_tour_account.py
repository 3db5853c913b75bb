from odoo.tests import HttpCase, tagged

from .common import RiskCase


@tagged("post_install", "-at_install")
class TestAccountTour(RiskCase, HttpCase):
    def test_a_person_reads_why_an_account_is_critical(self):
        account = self._account("Tour Borealis", "T-777", "strategic")
        self._subscription(account, seats=10)
        self.payments_fail(account, "INV-TOUR", 3, decline_code="insufficient_funds")
        self.react()
        self.csm.password = "t_csm".ljust(8, "x")  # what tours log in with
        self.start_tour(
            "/odoo/risk-accounts", "saas_risk_account", login="t_csm", timeout=120
        )
