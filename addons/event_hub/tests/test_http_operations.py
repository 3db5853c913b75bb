from datetime import timedelta
from unittest.mock import patch

from psycopg2 import DatabaseError, InterfaceError, OperationalError, ProgrammingError
from psycopg2.errors import AdminShutdown, QueryCanceled
from psycopg2.pool import PoolError

from odoo import fields, sql_db
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub import const, hooks
from odoo.addons.event_hub.controllers import operations
from odoo.addons.event_hub.models import event_hub_monitor_metrics
from odoo.addons.event_hub.tools import counters, lost_database

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestOperations(HubCommon, HttpCase):
    def setUp(self):
        super().setUp()
        event_hub_monitor_metrics._cache.clear()
        operations.health_cache.clear()
        # No Scheduled Action runs beside the tests.
        self.env["ir.cron"].search([]).write(
            {"nextcall": fields.Datetime.now() + timedelta(minutes=1)}
        )
        self.env["ir.cron.trigger"].search([]).unlink()
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

    def _checks(self):
        operations.health_cache.clear()
        return self.url_open("/hub/v1/health").json()["checks"]

    def test_health_tells_of_each_job_that_is_off_failing_or_not_run(self):
        jobs = self.env["event_hub.monitor"]._jobs()
        self.assertTrue({"worker", "reactions", "sender"} <= set(jobs))
        self.assertTrue({"approvals", "imports"} <= set(jobs))
        late = fields.Datetime.now() - timedelta(hours=1)
        for check, xmlids in jobs.items():
            self.assertTrue(self._checks()[check]["ok"], check)
            cron = self.env.ref(xmlids[-1])
            before = cron.nextcall
            for bad, words in (
                ({"active": False}, "switched off"),
                ({"failure_count": 1}, "failed"),
                ({"nextcall": late}, "is due for more than"),
            ):
                cron.write(bad)
                told = self._checks()[check]
                self.assertFalse(told["ok"], (check, bad))
                self.assertIn(words, told["reason"])
                cron.write({"active": True, "failure_count": 0, "nextcall": before})

    def test_a_job_that_was_woken_and_does_not_run_shows(self):
        cron = self.env.ref(const.CRONS_PROCESS[2])
        self.env["ir.cron.trigger"].create(
            {
                "cron_id": cron.id,
                "call_at": fields.Datetime.now() - timedelta(hours=1),
            }
        )
        self.assertFalse(self._checks()["worker"]["ok"])

    def test_a_role_that_may_not_connect_to_postgres_shows(self):
        self.assertTrue(self._checks()["wake_ups"]["ok"])
        connect = sql_db.db_connect

        def refuse(name, *args, **options):
            if name == "postgres":
                raise OperationalError("permission denied for database postgres")
            return connect(name, *args, **options)

        with patch.object(sql_db, "db_connect", refuse):
            good, reason = self.env["event_hub.monitor"]._health_checks()["wake_ups"]
        self.assertFalse(good)
        self.assertIn("60 s", reason)

    def test_health_is_asked_of_the_database_once_in_a_few_seconds(self):
        with patch.object(
            self.registry["event_hub.monitor"],
            "_health",
            return_value={"status": "ok", "checks": {}},
        ) as asked:
            for _ in range(3):
                self.assertEqual(self.url_open("/hub/v1/health").json()["status"], "ok")
        self.assertEqual(asked.call_count, 1)

    def test_health_is_down_when_the_database_cannot_be_read(self):
        with (
            patch.object(
                self.registry["event_hub.monitor"],
                "_health",
                side_effect=OperationalError,
            ),
            mute_logger(operations.__name__),
        ):
            response = self.url_open("/hub/v1/health")
        self.assertEqual(response.status_code, 503)
        self.assertEqual(response.json()["status"], "down")

    def test_without_a_database_senders_are_asked_to_come_again(self):
        hooks.post_load()  # Odoo calls it when it loads the addon itself
        with (
            patch("odoo.http.Registry", side_effect=OperationalError),
            mute_logger("odoo.http"),
        ):
            health = self.url_open("/hub/v1/health")
            sent = self._post(self._event())
        self.assertEqual((health.status_code, health.json()["status"]), (503, "down"))
        self.assertEqual(set(health.json()), {"status", "version", "checks"})
        self.assertEqual(sent.status_code, 503)
        self.assertEqual(sent.json()["error"]["code"], "unavailable")
        self.assertTrue(sent.headers["Retry-After"])

    def test_a_database_that_goes_away_during_a_request_asks_the_sender_to_come_again(
        self,
    ):
        hooks.post_load()
        message = self.registry["event_hub.message"]
        for moment in (
            patch("odoo.http.Registry", side_effect=InterfaceError),
            # What a broken connection of the pool gives.
            patch("odoo.http.Registry", side_effect=DatabaseError),
            patch.object(message, "_accept", side_effect=InterfaceError),
            patch.object(message, "_accept", side_effect=OperationalError),
            patch.object(message, "_accept", side_effect=AdminShutdown),
            # The pool was closed under a thread, or is full.
            patch.object(message, "_accept", side_effect=PoolError),
        ):
            with moment, mute_logger("odoo.http"):
                sent = self._post(self._event())
            self.assertEqual(sent.status_code, 503, sent.text)
            self.assertEqual(sent.json()["error"]["code"], "unavailable")
            self.assertTrue(sent.headers["Retry-After"])

    def test_a_bug_of_ours_is_no_lost_database(self):
        hooks.post_load()
        message = self.registry["event_hub.message"]
        with mute_logger("odoo.http"):
            for bug in (ZeroDivisionError, ProgrammingError):
                with patch.object(message, "_accept", side_effect=bug):
                    sent = self._post(self._event())
                self.assertEqual(
                    (sent.status_code, sent.json()["error"]["code"]), (500, "internal")
                )

    def test_a_query_that_took_too_long_is_no_lost_database(self):
        with self.assertRaises(QueryCanceled) as caught, mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                self.env.cr.execute("SET LOCAL statement_timeout = 1")
                self.env.cr.execute("SELECT pg_sleep(1)")
        self.assertFalse(lost_database.is_lost(caught.exception))

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
            {
                "200",
                "202",
                "400",
                "401",
                "403",
                "404",
                "405",
                "409",
                "413",
                "415",
                "429",
                "500",
                "503",
            },
        )

    def test_other_methods_are_refused_in_json(self):
        response = self.url_open("/hub/v1/health", method="POST", data="x")
        self.assertEqual(response.status_code, 405)
