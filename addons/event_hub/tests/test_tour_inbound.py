"""The screens of a source in a real browser."""

from odoo.tests import HttpCase, tagged

from .common import HubCommon

KEY = "a key of the tour, 0123456789"


@tagged("post_install", "-at_install")
class TestInboundTours(HubCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.forms = self._source(
            "tour_forms",
            self.company_a,
            self.service,
            adapter_ids=self._adapters("mapping").ids,
        )
        self.forms.secret_current = KEY
        self.mapping = self.env["event_hub.mapping"].create(
            {
                "source_id": self.forms.id,
                "name": "Opened",
                "type_expr": "'test.ping'",
                "subject_expr": "account",
            }
        )
        self.url = f"/odoo/hub-sources/{self.forms.id}"

    def test_the_first_event_shows_by_itself(self):
        self.start_tour(self.url, "event_hub_connect", login="admin")
        message = self.env["event_hub.message"].search(
            [("source_id", "=", self.forms.id)]
        )
        self.assertEqual(len(message), 1)

    def test_a_mapping_follows_its_sample_and_a_request_is_checked(self):
        self.start_tour(self.url, "event_hub_mapping", login="admin")
        self.assertEqual(self.mapping.data_expr, "{what: title}")
        self.assertFalse(
            self.env["event_hub.message"].search([("source_id", "=", self.forms.id)])
        )
