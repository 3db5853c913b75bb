from odoo.tests import HttpCase, tagged

from odoo.addons.event_hub.tests.people import people


@tagged("post_install", "-at_install")
class TestHttpDashboard(HttpCase):
    def test_managers_open_it_and_agents_are_refused(self):
        dashboard = self.env.ref("support_visibility_spreadsheet.dashboard")
        people(
            self.env,
            *(
                {
                    "login": f"sheet_support_{name}",
                    "groups": f"support_visibility.group_support_{name}",
                }
                for name in ("manager", "user")
            ),
        )
        statuses = {}
        for name in ("manager", "user"):
            login = f"sheet_support_{name}"
            self.authenticate(login, login.ljust(8, "x"))
            answer = self.url_open(f"/spreadsheet/dashboard/data/{dashboard.id}")
            statuses[name] = answer.status_code
        self.assertEqual(statuses, {"manager": 200, "user": 403})
