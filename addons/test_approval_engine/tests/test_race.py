import threading
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.approval_engine.exceptions import BusyError
from odoo.addons.event_hub.exceptions import ConflictError

PARALLEL = 50
SMALL = 100  # needs nobody, all of a month together


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
                "auto_amount": SMALL,
                "window_days": 30,
                "window_by": "type",
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
        requests = "SELECT id FROM approval_engine_request WHERE type_id = %(type)s"
        about = "= 'approval_engine.request' AND"
        with self.registry.cursor() as cr:
            cr.execute("SELECT set_config('event_hub.maintenance', 'on', true)")
            for query in (
                f"DELETE FROM approval_engine_decision WHERE request_id IN ({requests})",
                f"DELETE FROM approval_engine_assignment WHERE request_id IN ({requests})",
                f"DELETE FROM approval_engine_request_step WHERE request_id IN ({requests})",
                f"DELETE FROM mail_message WHERE model {about} res_id IN ({requests})",
                f"DELETE FROM mail_followers WHERE res_model {about} res_id IN ({requests})",
                "DELETE FROM event_hub_event_object WHERE event_id IN (SELECT id FROM event_hub_event"
                f" WHERE case_model {about} case_id IN ({requests}))",
                f"DELETE FROM event_hub_event WHERE case_model {about} case_id IN ({requests})",
                "DELETE FROM approval_engine_request WHERE type_id = %(type)s",
                "DELETE FROM mail_message WHERE model = 'approval_engine.policy' AND res_id = %(policy)s",
                "DELETE FROM mail_followers WHERE res_model = 'approval_engine.policy' AND res_id = %(policy)s",
                "DELETE FROM approval_engine_policy WHERE id = %(policy)s",
                "DELETE FROM approval_engine_type WHERE id = %(type)s",
                "DELETE FROM test_approval_engine_document WHERE id = %(document)s",
            ):
                cr.execute(query, self.ids)
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

    def _second_decides_meanwhile(self):
        """One approves and has not committed; another rejects.

        :return: what the other runs into
        """
        with self.registry.cursor() as one, self.registry.cursor() as other:
            self._request(one, 1).action_approve()
            one.flush()
            other.execute("SET LOCAL lock_timeout = '300ms'")
            with self.assertRaises((UserError, psycopg2.Error)) as caught:
                self._request(other, 2).action_reject("No.")
                other.flush()
            one.rollback()
            other.rollback()
        return caught.exception

    def _request(self, cr, person):
        env = api.Environment(cr, self.ids["people"][person], {})
        return env["approval_engine.request"].browse(self.ids["request"])

    def test_who_comes_while_another_decides_hears_so_at_once(self):
        self.assertIsInstance(self._second_decides_meanwhile(), ConflictError)

    def test_without_the_lock_they_would_wait(self):
        unlocked = patch.object(
            self.registry["approval_engine.request"], "_lock", lambda self, **_: None
        )
        with unlocked, mute_logger("odoo.sql_db"):
            error = self._second_decides_meanwhile()
        self.assertIsInstance(error, psycopg2.errors.LockNotAvailable)

    def test_two_small_parts_asked_at_once_are_not_both_small(self):
        with self.registry.cursor() as cr:
            first = self._ask_a_part(cr)
            self.assertEqual(first.state, "approved")
            with self.registry.cursor() as other:
                with self.assertRaises(BusyError) as caught:
                    self._ask_a_part(other)
                self.assertEqual(caught.exception.http_status, 409)
                self.assertIn("count together", str(caught.exception))
                other.rollback()
        with self.registry.cursor() as cr:
            self.assertEqual(self._ask_a_part(cr).state, "pending")

    def test_a_part_asked_since_the_transaction_began_sends_it_back(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT 1")  # its view of the database is taken
            with self.registry.cursor() as other:
                self._ask_a_part(other)
            with self.assertRaises(BusyError):
                self._ask_a_part(cr)
            cr.rollback()

    def _ask_a_part(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        vals = {
            "name": "A part",
            "type_id": self.ids["type"],
            "amount": 0.6 * SMALL,
            "res_model": "test_approval_engine.document",
            "res_id": self.ids["document"],
        }
        requester = env["res.users"].browse(self.ids["people"][0])
        return env["approval_engine.request"]._open(vals, requester)

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
