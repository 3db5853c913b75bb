"""What comes signed as Stripe signs."""

import json
import time
import uuid

from odoo.tests import tagged

from odoo.addons.event_hub.policies import signatures

from .common_door import DoorCase


@tagged("post_install", "-at_install")
class TestDoorStripe(DoorCase):
    def _post_stripe(self, event, at=None):
        body = json.dumps(event).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "stripe-signature": signatures.sign_stripe(
                int(time.time()) if at is None else at, body, self.secret
            ),
        }
        return self.url_open(
            f"/hub/v1/events/{self.source.code}",
            data=body,
            headers=headers,
            method="POST",
        )

    def test_stripes_events_are_known_by_their_id(self):
        event = {
            "id": "evt_" + uuid.uuid4().hex,
            "object": "event",
            "type": "invoice.payment_failed",
            "created": int(time.time()),
            "data": {
                "object": {
                    "id": "in_1",
                    "customer": "T-001",
                    "amount_due": 1000,
                    "currency": "eur",
                }
            },
        }
        codes = [self._post_stripe(event).status_code for _ in range(2)]
        self.assertEqual(codes, [202, 200])
        self.assertEqual(self._messages().external_id, event["id"])
        event["data"]["object"]["amount_due"] = 2000
        self._assert_refused(self._post_stripe(event), 409, "conflict")

    def test_a_scheme_the_source_does_not_allow_is_401(self):
        self.source.adapter_ids = self._adapters("standard")
        self._assert_refused(self._post_stripe({"id": "evt_1"}), 401, "bad_signature")

    def test_a_stale_stripe_signature_is_401(self):
        self._assert_refused(
            self._post_stripe({"id": "evt_1"}, at=int(time.time()) - 400), 401, "stale"
        )
