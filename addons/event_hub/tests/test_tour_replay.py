"""Operations > Inbox > Replays in a real browser."""

from odoo.tests import HttpCase, tagged

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestReplayTour(HubCommon, HttpCase):
    def test_a_period_is_tried_and_replayed(self):
        self._heard_and_processed(
            self._payment("INV-1", subject="LATER"),
            self._payment("INV-2", subject="LATER"),
            self._event("<img src=x onerror=alert(1)>"),
        )
        self.env["res.partner"].create({"name": "Later", "account_code": "LATER"})
        self.start_tour("/odoo/hub-replays", "event_hub_replay", login="admin")
        asked = self.env["event_hub.replay"].search([])
        self.assertEqual((asked.state, asked.total), ("running", 3))
