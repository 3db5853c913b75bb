import threading

import pytest

from odoo import SUPERUSER_ID, api
from odoo.tests import HttpCase, tagged

from odoo.addons.event_hub import const

from .common import provision

#: what the server's Scheduled Actions do meanwhile; none of them runs in a test by itself
CRONS = (
    *const.CRONS_PROCESS,
    "event_hub.ir_cron_react",
    "approval_engine.ir_cron_execute",
)
PAUSE = 0.5  # seconds between two looks at whether the test is over


@tagged("post_install", "-at_install")
class TestDecisionTour(HttpCase):
    @pytest.mark.optional(
        "tests/test_street_browser.py walks the same on a real server"
    )
    def test_a_failed_payment_is_decided_by_two_people_in_the_browser(self):
        answer = provision(self.env)
        stop, asked = threading.Event(), threading.Event()
        # The worker runs when a request asks for it, as on a server. Earlier it would share
        # the one cursor of the test with the main thread, which still prepares the browser.
        self.patch(
            self.registry["event_hub.waker"], "_wake", lambda _self, _xmlid: asked.set()
        )
        worker = threading.Thread(
            target=self._work, args=(stop, asked), name="crons of the tour"
        )
        worker.start()
        try:
            self.start_tour(
                f"/saas_demo/start?key={answer['start_key']}",
                "saas_demo_decision",
                timeout=180,
            )
        finally:
            stop.set()
            worker.join()
        episode = self.env["saas_demo.episode"]._current()
        request = self.env["approval_engine.request"].search(
            [("correlation", "=", episode.correlation)]
        )
        self.assertEqual((request.state, request.option), ("executed", "extend_grace"))
        self.assertEqual(
            set(request.decision_ids.mapped("user_login")), {"finance", "csm"}
        )
        self.assertEqual(episode.subscription_id.state, "grace")

    def _work(self, stop, asked):
        while not stop.is_set():
            if not asked.wait(PAUSE):
                continue
            asked.clear()
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                for xmlid in CRONS:
                    env.ref(xmlid).method_direct_trigger()
