from odoo.tests import HttpCase, tagged

from odoo.addons.event_hub.models import event_hub_monitor_metrics
from odoo.addons.event_hub.tools import counters

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestOperations(HubCommon, HttpCase):
    def setUp(self):
        super().setUp()
        event_hub_monitor_metrics._cache.clear()
        counters.take(self.env.cr.dbname)  # what other tests left

    def test_health_tells_each_check_and_no_figures(self):
        response = self.url_open("/hub/v1/health")
        self.assertEqual(response.status_code, 200)
        health = response.json()
        self.assertEqual(health["status"], "ok", health)
        self.assertTrue(health["version"])
        self.assertTrue({"database", "worker", "messages"} <= set(health["checks"]))
        self.assertEqual(set(health["checks"]["worker"]), {"ok", "reason"})

    def test_health_is_degraded_when_messages_wait_too_long_or_the_job_is_off(self):
        message = self._hear(self._event())
        self.env.cr.execute(
            "UPDATE event_hub_message SET next_try_at = now() - interval '1 hour' WHERE id = %s",
            [message.id],
        )
        health = self.url_open("/hub/v1/health").json()
        self.assertEqual(
            (health["status"], health["checks"]["messages"]["ok"]), ("degraded", False)
        )
        self.env.ref("event_hub.ir_cron_process_messages").active = False
        self.assertFalse(
            self.url_open("/hub/v1/health").json()["checks"]["worker"]["ok"]
        )

    def test_metrics_need_the_token(self):
        token = (
            self.env["ir.config_parameter"].sudo().get_param("event_hub.metrics_token")
        )
        self.assertGreater(len(token), 30)
        for headers in (
            {},
            {"Authorization": "Bearer"},
            {"Authorization": "Bearer x"},
            {"Authorization": f"Basic {token}"},
        ):
            self.assertEqual(
                self.url_open("/hub/v1/metrics", headers=headers).status_code, 401
            )
        self._post(self._event())
        response = self.url_open(
            "/hub/v1/metrics", headers={"Authorization": f"Bearer {token}"}
        )
        self.assertEqual(response.status_code, 200)
        self.assertIn('hub_queue_depth{queue="messages"} 1.0', response.text)
        self.assertIn(
            f'hub_received_total{{source="{self.source.code}"}} 1.0', response.text
        )

    def test_openapi_describes_the_door(self):
        document = self.url_open("/hub/v1/openapi.json").json()
        self.assertEqual(document["openapi"], "3.1.0")
        answers = document["paths"]["/hub/v1/events/{source}"]["post"]["responses"]
        self.assertEqual(
            set(answers),
            {"200", "202", "400", "401", "403", "404", "405", "409", "413", "415", "429"},
        )

    def test_other_methods_are_refused_in_json(self):
        response = self.url_open("/hub/v1/health", method="POST", data="x")
        self.assertEqual(response.status_code, 405)
