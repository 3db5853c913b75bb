from odoo.tests import TransactionCase, tagged

from odoo.addons.event_hub.tests.dashboards import DashboardChecks


@tagged("post_install", "-at_install")
class TestDashboard(DashboardChecks, TransactionCase):
    DASHBOARD = "support_visibility_spreadsheet.dashboard"
    FILTERS = frozenset({"team"})
    GROUPS = ("support_visibility.group_support_manager",)
