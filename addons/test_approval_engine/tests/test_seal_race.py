import tempfile
import threading
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api, sql_db
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from odoo.addons.event_hub.tools import settings

PARALLEL = 50
PATIENCE = 120  # seconds; then somebody waits for somebody


@tagged("post_install", "-at_install")
class TestSealRace(BaseCase):
    """Deciding in parallel, and one sealer; real transactions on committed data, taken away again afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # the native runner holds this lock in its own thread while tests run
        self._patch(Registry, "_lock", threading.RLock())
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            self._set_up(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}))

    def _patch(self, *args):
        started = patch.object(*args)
        started.start()
        self.addCleanup(started.stop)

    def _set_up(self, env):
        env.cr.execute("SELECT coalesce(max(id), 0) FROM approval_engine_seal")
        [self.seals_before] = env.cr.fetchone()
        group = env.ref("approval_engine.group_approval_user")
        self.people = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": f"Seal Race {n}",
                        "login": f"approval_seal_race_{n}",
                        "group_ids": [Command.set(group.ids)],
                    }
                    for n in range(2)
                ]
            )
            .ids
        )
        kind = env["approval_engine.type"].create(
            {"code": "toy_seal_race", "name": "Toy Seal Race"}
        )
        step = {"name": "One", "user_ids": [Command.set(self.people[1:])]}
        policy = env["approval_engine.policy"].create(
            {
                "name": "Seal race",
                "type_id": kind.id,
                "owner_id": False,
                "step_ids": [Command.create(step)],
            }
        )
        policy.action_activate()
        self.kind, self.policy = kind.id, policy.id
        self.requests = []

    def _ask(self, count):
        """:return: ids of ``count`` pending requests"""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            requester = env["res.users"].browse(self.people[0])
            for number in range(count):
                values = {"name": f"Race {number}", "type_id": self.kind}
                request = env["approval_engine.request"]._open(
                    values, requester=requester
                )
                self.requests.append(request.id)
        return self.requests

    def _clean_up(self):
        requests, new = (self.requests,), (self.seals_before,)
        about = "model = 'approval_engine.request' AND res_id = ANY(%s)"
        followed = "res_model = 'approval_engine.request' AND res_id = ANY(%s)"
        told = "case_model = 'approval_engine.request' AND case_id = ANY(%s)"
        with self.registry.cursor() as cr:
            cr.execute("SELECT set_config('event_hub.maintenance', 'on', true)")
            for query, values in (
                ("approval_engine_seal_entry WHERE seal_id > %s", new),
                ("approval_engine_seal WHERE id > %s", new),
                (
                    "event_hub_event WHERE case_model = 'approval_engine.seal' AND case_id > %s",
                    new,
                ),
                ("approval_engine_decision WHERE request_id = ANY(%s)", requests),
                ("approval_engine_assignment WHERE request_id = ANY(%s)", requests),
                ("approval_engine_request_step WHERE request_id = ANY(%s)", requests),
                (f"mail_message WHERE {about}", requests),
                (f"mail_followers WHERE {followed}", requests),
                (
                    f"event_hub_event_object WHERE event_id IN (SELECT id FROM event_hub_event WHERE {told})",
                    requests,
                ),
                (f"event_hub_event WHERE {told}", requests),
                ("approval_engine_request WHERE id = ANY(%s)", requests),
                (
                    "mail_message WHERE model = 'approval_engine.policy' AND res_id = %s",
                    (self.policy,),
                ),
                (
                    "mail_followers WHERE res_model = 'approval_engine.policy' AND res_id = %s",
                    (self.policy,),
                ),
                ("approval_engine_policy WHERE id = %s", (self.policy,)),
                ("approval_engine_type WHERE id = %s", (self.kind,)),
            ):
                cr.execute(f"DELETE FROM {query}", values)
            env = api.Environment(cr, SUPERUSER_ID, {})
            people = env["res.users"].browse(self.people)
            partners = people.partner_id
            people.unlink()
            partners.unlink()

    def _approve(self, cr, request_id):
        env = api.Environment(cr, self.people[1], {})
        env["approval_engine.request"].browse(request_id).action_approve()
        cr.flush()

    def _sealer(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})["approval_engine.seal"]

    def _sealed(self):
        """:return: how many of our decisions are sealed, of how many"""
        with self.registry.cursor() as cr:
            cr.execute(
                """
                SELECT count(e.id), count(d.id) FROM approval_engine_decision d
                  LEFT JOIN approval_engine_seal_entry e ON e.decision_id = d.id
                 WHERE d.request_id = ANY(%s)
                """,
                [self.requests],
            )
            return cr.fetchone()

    def _verify(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return env["approval_engine.decision"].verify_chain()

    def test_fifty_decide_at_once_and_nobody_waits_for_anybody(self):
        """Each has decided before any of them commits, while a sealer is at work: a wait would never end."""
        # each takes a second line after its commit, to tell browsers
        self._patch(sql_db._Pool, "_maxconn", 2 * PARALLEL + 20)
        decided = threading.Barrier(PARALLEL)
        results = []

        def decide(request_id):
            try:
                with self.registry.cursor() as cr:
                    self._approve(cr, request_id)
                    decided.wait(PATIENCE)
                results.append("done")
            except Exception as error:  # told by the assertion below
                decided.abort()
                results.append(error)

        threads = [
            threading.Thread(target=decide, args=(id_,)) for id_ in self._ask(PARALLEL)
        ]
        with self.registry.cursor() as cr:
            sealer = self._sealer(cr)
            with sealer._single_writer() as mine:
                self.assertTrue(mine)
                sealer._seal_waiting()
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join(2 * PATIENCE)
        self.assertEqual(results, ["done"] * PARALLEL)
        with self.registry.cursor() as cr:
            self._sealer(cr)._cron_seal()
        self.assertEqual(self._sealed(), (PARALLEL, PARALLEL))
        self.assertTrue(self._verify()["ok"])

    def test_a_seal_published_after_the_verifier_began_is_no_false_alarm(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        conf = {"audit_heads": f"{folder.name}/heads.jsonl"}
        self._patch(settings, "section", lambda name: conf)
        [request] = self._ask(1)
        with self.registry.cursor() as reader:
            reader.execute(
                "SELECT 1 FROM approval_engine_seal"
            )  # sees no more than this
            with self.registry.cursor() as cr:
                self._approve(cr, request)
            with self.registry.cursor() as cr:
                self._sealer(cr)._cron_seal()
            env = api.Environment(reader, SUPERUSER_ID, {})
            found = env["approval_engine.decision"].chain_report()
        self.assertEqual((found["ok"], found["heads"]), (True, 1))

    def test_a_decision_committed_late_is_sealed_although_its_id_is_lower(self):
        early, late = self._ask(2)
        with self.registry.cursor() as slow:
            self._approve(slow, early)
            with self.registry.cursor() as quick:
                self._approve(quick, late)
            with self.registry.cursor() as cr:
                self._sealer(cr)._cron_seal()
            self.assertEqual(self._sealed(), (1, 1))
        with self.registry.cursor() as cr:
            self._sealer(cr)._cron_seal()
        self.assertEqual(self._sealed(), (2, 2))
        self.assertTrue(self._verify()["ok"])

    def test_there_is_one_sealer_at_a_time(self):
        [request] = self._ask(1)
        with self.registry.cursor() as cr:
            self._approve(cr, request)
        with self.registry.cursor() as one, self.registry.cursor() as other:
            with self._sealer(one)._single_writer() as first:
                one.commit()  # the lock outlasts it
                self._sealer(other)._cron_seal()
                self.assertEqual((first, self._sealed()[0]), (True, 0))
            self._sealer(other)._cron_seal()
            self.assertEqual(self._sealed(), (1, 1))

    def test_the_lock_is_given_back_after_an_error(self):
        with self.registry.cursor() as cr:
            with (
                self.assertRaises(ZeroDivisionError),
                self._sealer(cr)._single_writer(),
            ):
                raise ZeroDivisionError
            with self.registry.cursor() as other:
                with self._sealer(other)._single_writer() as mine:
                    self.assertTrue(mine)
