import threading
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

PARALLEL = 50


@tagged("post_install", "-at_install")
class TestRace(BaseCase):
    """Real transactions on committed data, which is taken away again afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self._set_up(env)

    def _set_up(self, env):
        group = env.ref("approval_engine.group_approval_user")
        people = (
            env["res.users"]
            .with_context(no_reset_password=True, tracking_disable=True)
            .create(
                [
                    {
                        "name": f"Race {n}",
                        "login": f"approval_race_{n}",
                        "group_ids": [Command.set(group.ids)],
                    }
                    for n in range(3)
                ]
            )
        )
        document = env["test_approval_engine.document"].create({"name": "Race"})
        kind = env["approval_engine.type"].create(
            {
                "code": "toy_race",
                "name": "Toy Race",
                "subject_model": document._name,
                "effect": "_approval_effect_stamp",
            }
        )
        policy = env["approval_engine.policy"].create(
            {
                "name": "Race",
                "type_id": kind.id,
                "owner_id": False,
                "step_ids": [
                    Command.create(
                        {"name": "Either", "user_ids": [Command.set(people[1:].ids)]}
                    )
                ],
            }
        )
        policy.action_activate()
        request = env["approval_engine.request"]._open(
            {
                "name": "Race",
                "type_id": kind.id,
                "res_model": document._name,
                "res_id": document.id,
            },
            requester=people[0],
        )
        self.ids = {
            "people": people.ids,
            "document": document.id,
            "type": kind.id,
            "policy": policy.id,
            "request": request.id,
        }

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT set_config('event_hub.maintenance', 'on', true)")
            request = self.ids["request"]
            for query, value in [
                ("DELETE FROM approval_engine_decision WHERE request_id = %s", request),
                (
                    "DELETE FROM approval_engine_assignment WHERE request_id = %s",
                    request,
                ),
                (
                    "DELETE FROM approval_engine_request_step WHERE request_id = %s",
                    request,
                ),
                (
                    "DELETE FROM mail_message WHERE model = 'approval_engine.request' AND res_id = %s",
                    request,
                ),
                (
                    "DELETE FROM mail_followers WHERE res_model = 'approval_engine.request' AND res_id = %s",
                    request,
                ),
                (
                    "DELETE FROM event_hub_event_object WHERE event_id IN (SELECT id FROM event_hub_event"
                    " WHERE case_model = 'approval_engine.request' AND case_id = %s)",
                    request,
                ),
                (
                    "DELETE FROM event_hub_event WHERE case_model = 'approval_engine.request' AND case_id = %s",
                    request,
                ),
                ("DELETE FROM approval_engine_request WHERE id = %s", request),
                (
                    "DELETE FROM mail_message WHERE model = 'approval_engine.policy' AND res_id = %s",
                    self.ids["policy"],
                ),
                (
                    "DELETE FROM mail_followers WHERE res_model = 'approval_engine.policy' AND res_id = %s",
                    self.ids["policy"],
                ),
                (
                    "DELETE FROM approval_engine_policy WHERE id = %s",
                    self.ids["policy"],
                ),
                ("DELETE FROM approval_engine_type WHERE id = %s", self.ids["type"]),
                (
                    "DELETE FROM test_approval_engine_document WHERE id = %s",
                    self.ids["document"],
                ),
            ]:
                cr.execute(query, [value])
            env = api.Environment(cr, SUPERUSER_ID, {})
            people = env["res.users"].browse(self.ids["people"])
            partners = people.partner_id
            people.unlink()
            partners.unlink()

    def _decide(self, index, start, results):
        start.wait()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.ids["people"][1 + index % 2], {})
            request = env["approval_engine.request"].browse(self.ids["request"])
            call = (
                request.action_approve
                if index % 2
                else lambda: request.action_reject("No.")
            )
            try:
                retrying(call, env)
                results[index] = "done"
            except UserError as error:
                results[index] = error
            except psycopg2.Error as error:
                results[index] = error

    def test_fifty_at_once_make_one_decision_and_the_losers_learn_why(self):
        start, results = threading.Barrier(PARALLEL), [None] * PARALLEL
        threads = [
            threading.Thread(target=self._decide, args=(n, start, results))
            for n in range(PARALLEL)
        ]
        quiet = mute_logger("odoo.sql_db", "odoo.service.model")
        # the native runner holds this lock in its own thread while tests run
        with quiet, patch.object(Registry, "_lock", threading.RLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertEqual(results.count("done"), 1, results)
        losers = [result for result in results if result != "done"]
        self.assertEqual(
            {getattr(loser, "http_status", loser) for loser in losers}, {409}
        )
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            request = env["approval_engine.request"].browse(self.ids["request"])
            self.assertEqual(len(request.decision_ids), 1)
            expected = {"approve": "approved", "reject": "rejected"}[
                request.decision_ids.action
            ]
            self.assertEqual(request.state, expected)
            outcomes = env["event_hub.event"].search(
                [
                    ("case_model", "=", request._name),
                    ("case_id", "=", request.id),
                    ("type", "in", ("approval.approved", "approval.rejected")),
                ]
            )
            self.assertEqual(outcomes.mapped("type"), [f"approval.{expected}"])

    def test_two_executors_run_one_effect(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.ids["people"][1], {})
            env["approval_engine.request"].browse(self.ids["request"]).action_approve()
        with self.registry.cursor() as one, self.registry.cursor() as other:
            first = api.Environment(one, SUPERUSER_ID, {})[
                "approval_engine.request"
            ].browse(self.ids["request"])
            second = api.Environment(other, SUPERUSER_ID, {})[
                "approval_engine.request"
            ].browse(self.ids["request"])
            first._cron_execute()
            second._cron_execute()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertEqual(
                env["test_approval_engine.document"]
                .browse(self.ids["document"])
                .stamps,
                1,
            )
