from odoo.tests import TransactionCase, tagged

from odoo.addons.event_hub.tests.dashboards import DashboardChecks


@tagged("post_install", "-at_install")
class TestDashboard(DashboardChecks, TransactionCase):
    DASHBOARD = "approval_engine_spreadsheet.dashboard"
    FILTERS = frozenset({"kind"})
    GROUPS = (
        "approval_engine.group_approval_manager",
        "approval_engine.group_approval_auditor",
    )
