"""One noisy source and one quiet one, from the door to the ledger."""

from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.event_hub.policies import lanes

from .common import HubCommon

QUEUED = 3000  # messages of the noisy source that wait
ASKED = 12  # messages of the quiet one
BATCH = 20  # messages a worker takes at a time
FLOOD = """
    INSERT INTO event_hub_message (source_id, external_id, body, body_sha256, headers, scheme, content_type, lane,
                                   state, attempts, next_try_at, correlation, received_at)
    SELECT %(source)s, 'noise-' || n,
           format('{"specversion": "1.0", "id": "%%s", "source": "/n", "type": "test.ping", "subject": "T-001"}', n),
           md5(n::text), '{}', 'standard', 'application/json', n %% %(lanes)s,
           'received', 0, now() AT TIME ZONE 'UTC', md5(n::text), now() AT TIME ZONE 'UTC'
      FROM generate_series(1, %(count)s) n
"""


@tagged("post_install", "-at_install")
class TestNoise(HubCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.quiet = self._source("test_quiet", self.company_a, self.service)
        self.quiet_secret = self.quiet._rotate_secret()

    def _ask(self):
        """:return: messages of the quiet source, sent through the door, over all lanes"""
        ids = []
        for number in range(ASKED):
            response = self._post(
                self._event("test.ping", f"QUIET-{number}"),
                code="test_quiet",
                secret=self.quiet_secret,
            )
            self.assertEqual(response.status_code, 202, response.text)
            ids.append(response.json()["message"])
        return self.env["event_hub.message"].browse(ids)

    def _turns(self, messages):
        """:return: how often each lane's worker took up a batch until ``messages`` were understood"""
        for turn in range(1, 1 + QUEUED):
            for lane in range(lanes.LANES):
                self.env["event_hub.message"]._process_waiting(BATCH, lane)
            self.env.invalidate_all()
            if "received" not in messages.mapped("state"):
                return turn
        return None

    def test_a_flood_and_refused_requests_of_one_leave_another_as_quick_as_alone(self):
        alone = self._turns(self._ask())
        self.env.cr.execute(
            FLOOD, {"source": self.source.id, "lanes": lanes.LANES, "count": QUEUED}
        )
        self.source.write({"rate_per_second": 1, "rate_burst": 1})
        with (
            patch("odoo.addons.event_hub.const.REFUSED_RATE_BURST", 3),
            patch("odoo.addons.event_hub.const.REFUSED_RATE_PER_SECOND", 0.01),
        ):
            forged = {"webhook-signature": "v1,x"}
            refused = [self._post(self._event(), headers=forged) for _ in range(8)]
            too_many = [self._post(self._event()) for _ in range(4)]
            asked = self._ask()
        self.assertEqual({r.status_code for r in refused}, {401, 429})
        self.assertIn(429, {r.status_code for r in too_many})
        self.assertEqual(self._turns(asked), alone)
        waiting = self.env["event_hub.message"].search_count(
            [("source_id", "=", self.source.id), ("state", "=", "received")]
        )
        self.assertGreater(waiting, QUEUED - lanes.LANES * BATCH - 1)
