from odoo.tests import HttpCase, tagged

from odoo.addons.event_hub.tests.people import people


@tagged("post_install", "-at_install")
class TestHttpDashboard(HttpCase):
    def test_managers_and_auditors_open_it_and_others_are_refused(self):
        dashboard = self.env.ref("approval_engine_spreadsheet.dashboard")
        people(
            self.env,
            *(
                {
                    "login": f"sheet_{name}",
                    "groups": f"approval_engine.group_approval_{name}",
                }
                for name in ("manager", "auditor", "user")
            ),
        )
        statuses = {}
        for name in ("manager", "auditor", "user"):
            self.authenticate(f"sheet_{name}", f"sheet_{name}".ljust(8, "x"))
            answer = self.url_open(f"/spreadsheet/dashboard/data/{dashboard.id}")
            statuses[name] = answer.status_code
        self.assertEqual(statuses, {"manager": 200, "auditor": 200, "user": 403})
        dashboards = self.env["spreadsheet.dashboard"].with_user(
            self.env.ref("base.user_admin")
        )
        self.assertIn(dashboard, dashboards.search([]))
