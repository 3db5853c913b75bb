"""A door to post to, and what to expect of its answers."""

from odoo.tests import HttpCase

from .common import HubCommon


class DoorCase(HubCommon, HttpCase):
    def _assert_refused(self, response, status, code, detail=""):
        self.assertEqual(response.status_code, status, response.text)
        self.assertEqual(
            response.headers["Content-Type"].split(";")[0], "application/json"
        )
        error = response.json()["error"]
        self.assertEqual(error["code"], code)
        self.assertIn(detail, error["detail"])

    def _messages(self):
        return self.env["event_hub.message"].search(
            [("source_id", "=", self.source.id)]
        )
