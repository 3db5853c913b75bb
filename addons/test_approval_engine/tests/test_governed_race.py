import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import UserError, ValidationError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.approval_engine.exceptions import ApprovalNeeded

ORDER = "test_approval_engine.order"
DOCUMENT = "test_approval_engine.document"
# tables with rows about a request, by the column that names it
OF_REQUEST = (
    ("approval_engine_decision", "request_id = ANY(%s)"),
    ("approval_engine_evidence", "request_id = ANY(%s)"),
    ("approval_engine_assignment", "request_id = ANY(%s)"),
    ("approval_engine_request_step", "request_id = ANY(%s)"),
    ("mail_message", "model = 'approval_engine.request' AND res_id = ANY(%s)"),
    ("mail_followers", "res_model = 'approval_engine.request' AND res_id = ANY(%s)"),
    ("mail_activity", "res_model = 'approval_engine.request' AND res_id = ANY(%s)"),
    (
        "event_hub_event_object",
        "event_id IN (SELECT id FROM event_hub_event WHERE case_model = 'approval_engine.request'"
        " AND case_id = ANY(%s))",
    ),
    ("event_hub_event", "case_model = 'approval_engine.request' AND case_id = ANY(%s)"),
    ("approval_engine_request", "id = ANY(%s)"),
)


class CommittedCase(BaseCase):
    """Real transactions on committed data, which is taken away again afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.quiet = mute_logger("odoo.sql_db", "odoo.service.model")
        self.quiet.__enter__()
        self.addCleanup(self.quiet.__exit__, None, None, None)
        # the native runner holds this lock in its own thread while tests run
        lock = patch.object(Registry, "_lock", threading.RLock())
        lock.start()
        self.addCleanup(lock.stop)
        self.addCleanup(self._clean_up)
        self.made = []
        with self._env() as env:
            self._set_up(env)

    def _env(self, user_id=SUPERUSER_ID):
        return _Env(self.registry, user_id)

    def _people(self, env, *logins):
        group = env.ref("approval_engine.group_approval_user")
        people = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": login,
                        "login": f"gate_race_{login}",
                        "group_ids": [Command.set(group.ids)],
                    }
                    for login in logins
                ]
            )
        )
        self._made(people.partner_id)
        self._made(people)
        return people

    def _made(self, records):
        self.made.append((records._name, records.ids))
        return records

    def _type(self, env, approver, **values):
        kind = self._made(
            env["approval_engine.type"].create(
                {"code": "toy_gate_race", "name": "Toy Gate Race", **values}
            )
        )
        policy = env["approval_engine.policy"].create(
            {
                "name": "Gate race",
                "type_id": kind.id,
                "owner_id": False,
                "step_ids": [
                    Command.create(
                        {"name": "One", "user_ids": [Command.set(approver.ids)]}
                    )
                ],
            }
        )
        self._made(policy)
        policy.action_activate()
        return kind

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cr.execute("SELECT set_config('event_hub.maintenance', 'on', true)")
            kinds = [ids for model, ids in self.made if model == "approval_engine.type"]
            cr.execute(
                "SELECT id FROM approval_engine_request WHERE type_id = ANY(%s)",
                [[id_ for ids in kinds for id_ in ids]],
            )
            requests = [row[0] for row in cr.fetchall()]
            for table, where in OF_REQUEST:
                cr.execute(f"DELETE FROM {table} WHERE {where}", [requests])
            for model, ids in reversed(self.made):
                if model in ("res.users", "res.partner", "approval_engine.governed"):
                    env[model].browse(ids).exists().unlink()
                else:
                    env.flush_all()
                    for other in ("mail_message", "mail_followers"):
                        column = "model" if other == "mail_message" else "res_model"
                        cr.execute(
                            f"DELETE FROM {other} WHERE {column} = %s AND res_id = ANY(%s)",
                            [model, ids],
                        )
                    cr.execute(
                        f"DELETE FROM {env[model]._table} WHERE id = ANY(%s)", [ids]
                    )
                    env.invalidate_all()

    def _both(self, *calls):
        """Run each in a thread and a transaction of its own; all begin at the same moment.

        :param calls: (user id, function(env))
        :return: what they returned or raised, in order
        """
        start, results = threading.Barrier(len(calls)), [None] * len(calls)

        def run(index, user_id, call):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, user_id, {})
                start.wait()
                try:
                    results[index] = retrying(lambda: call(env), env)
                except UserError as error:
                    cr.rollback()  # as a request does
                    results[index] = error

        threads = [
            threading.Thread(target=run, args=(index, *call))
            for index, call in enumerate(calls)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return results


class _Env:
    def __init__(self, registry, user_id):
        self.cr, self.user_id = registry.cursor(), user_id

    def __enter__(self):
        self.cr.__enter__()
        return api.Environment(self.cr, self.user_id, {})

    def __exit__(self, *error):
        return self.cr.__exit__(*error)


@tagged("post_install", "-at_install")
class TestPermitRace(CommittedCase):
    """One approval, and several who use it at once."""

    def _set_up(self, env):
        ria, fred = self._people(env, "ria", "fred")
        kind = self._type(env, fred)
        order = self._made(env[ORDER].create({"name": "Race", "amount": 5000}))
        names = env["ir.model.fields"].search(
            [("model", "=", ORDER), ("name", "in", ["amount"])]
        )
        self._made(
            env["approval_engine.governed"].create(
                {
                    "name": "Race",
                    "model_id": env["ir.model"]._get_id(ORDER),
                    "type_id": kind.id,
                    "field_ids": [Command.set(names.ids)],
                    "method_names": "action_add",
                    "hold_write": False,
                }
            )
        )
        self.ids = {"ria": ria.id, "fred": fred.id, "order": order.id}

    def _approved(self):
        with self._env(self.ids["ria"]) as env:
            order = env[ORDER].browse(self.ids["order"])
            id_ = order.action_request_approval("action_add", None, "Race.")["res_id"]
            env["approval_engine.request"].browse(id_).action_submit()
        with self._env(self.ids["fred"]) as env:
            env["approval_engine.request"].browse(id_).action_approve()
        return id_

    def test_one_approval_lets_one_of_eight_through(self):
        id_ = self._approved()
        results = self._both(
            *[
                (
                    self.ids["ria"],
                    lambda env: env[ORDER].browse(self.ids["order"]).action_add(1),
                )
                for _index in range(8)
            ]
        )
        self.assertEqual(results.count(True), 1, results)
        for refused in (result for result in results if result is not True):
            self.assertIn(refused.http_status, (409, 422), refused)
        with self._env() as env:
            self.assertEqual(env[ORDER].browse(self.ids["order"]).amount, 5001)
            self.assertEqual(
                env["approval_engine.request"].browse(id_).state, "executed"
            )

    def test_a_change_at_the_same_moment_never_goes_through_on_an_old_approval(self):
        """Either the change comes first and voids the approval, or the approved act comes first."""
        self._approved()

        def change(env):
            env[ORDER].browse(self.ids["order"]).amount = 9000
            return "changed"

        def act(env):
            return env[ORDER].browse(self.ids["order"]).action_add(1)

        changed, acted = self._both((self.ids["fred"], change), (self.ids["ria"], act))
        with self._env() as env:
            amount = env[ORDER].browse(self.ids["order"]).amount
        if acted is True:
            self.assertEqual(changed, "changed")
            self.assertEqual(amount, 9000, "the act came first")
        else:
            self.assertIsInstance(acted, UserError)
            self.assertEqual(amount, 9000)
            self.assertNotEqual(amount, 9001)

    def test_a_governance_is_felt_by_transactions_that_begin_after_it(self):
        with self._env() as env:
            env[ORDER].browse(self.ids["order"]).note = "warm"
        with self._env(self.ids["ria"]) as env, self.assertRaises(ApprovalNeeded):
            env[ORDER].browse(self.ids["order"]).action_add(1)


@tagged("post_install", "-at_install")
class TestConditionRace(CommittedCase):
    """The reason goes away while the executor is at work, in two real connections."""

    def _set_up(self, env):
        ria, fred = self._people(env, "ria", "fred")
        kind = self._type(
            env,
            fred,
            subject_model=DOCUMENT,
            effect="_approval_effect_stamp",
            condition="_approval_condition_needed",
        )
        document = self._made(env[DOCUMENT].create({"name": "Race"}))
        request = env["approval_engine.request"]._open(
            {
                "name": "Race",
                "type_id": kind.id,
                "res_model": DOCUMENT,
                "res_id": document.id,
            },
            requester=ria,
        )
        self.ids = {"fred": fred.id, "document": document.id, "request": request.id}

    def _found(self):
        with self._env() as env:
            request = env["approval_engine.request"].browse(self.ids["request"])
            document = env[DOCUMENT].browse(self.ids["document"])
            return request.state, document.stamps, document.needed

    def _approve(self):
        with self._env(self.ids["fred"]) as env:
            env["approval_engine.request"].browse(self.ids["request"]).action_approve()

    def _execute(self, env):
        request = env["approval_engine.request"].browse(self.ids["request"])
        locked = request.try_lock_for_update(allow_referencing=True)
        locked.filtered_domain(request._executable_domain())._carry_out()

    def test_a_reason_that_goes_after_the_approval_stops_the_effect(self):
        self._approve()
        with self._env() as env:
            env[DOCUMENT].browse(self.ids["document"]).needed = False
        with self._env() as env:
            self._execute(env)
        self.assertEqual(self._found(), ("lapsed", 0, False))

    def test_who_changes_the_reason_first_makes_the_executor_wait_and_look_again(self):
        self._approve()
        with self._env() as other:
            other[DOCUMENT].browse(self.ids["document"]).needed = False
            other.flush_all()  # not committed: the executor meets a lock, and lets it be
            with self._env() as env:
                self._execute(env)
            self.assertEqual(self._found(), ("approved", 0, True))
        with self._env() as env:
            request = env["approval_engine.request"].browse(self.ids["request"])
            request._write_guarded({"next_try_at": fields.Datetime.now()})
            self._execute(env)
        self.assertEqual(self._found(), ("lapsed", 0, False))

    def test_a_reason_that_goes_in_an_executor_with_an_older_view_is_seen_all_the_same(
        self,
    ):
        """Its snapshot says that the reason holds; the lock of the subject says that it is old."""
        self._approve()
        with self._env() as env:
            env["res.partner"].search([], limit=1)  # the snapshot is taken here
            with self._env() as other:
                other[DOCUMENT].browse(self.ids["document"]).needed = False
            self._execute(env)
        state, stamps, needed = self._found()
        self.assertEqual((state, stamps, needed), ("approved", 0, False))
        with self._env() as env:
            request = env["approval_engine.request"].browse(self.ids["request"])
            request._write_guarded({"next_try_at": fields.Datetime.now()})
            self._execute(env)
        self.assertEqual(self._found(), ("lapsed", 0, False))

    def test_at_the_same_moment_either_it_lapses_or_the_reason_goes_after_the_effect(
        self,
    ):
        self._approve()

        def gone(env):
            env[DOCUMENT].browse(self.ids["document"]).needed = False
            return "gone"

        def execute(env):
            self._execute(env)
            return "tried"

        self._both((SUPERUSER_ID, gone), (SUPERUSER_ID, execute))
        with self._env() as env:
            request = env["approval_engine.request"].browse(self.ids["request"])
            if request.state == "approved":
                request._write_guarded({"next_try_at": fields.Datetime.now()})
                self._execute(env)
        self.assertIn(self._found(), (("lapsed", 0, False), ("executed", 1, False)))


@tagged("post_install", "-at_install")
class TestDelegationRace(CommittedCase):
    """Two who lend to each other at the same moment do not see each other."""

    def _set_up(self, env):
        self.people = self._people(env, "ada", "ben", "cleo").ids

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT set_config('event_hub.maintenance', 'on', true)")
            cr.execute(
                "SELECT id FROM approval_engine_delegation WHERE user_id = ANY(%s)",
                [self.people],
            )
            ids = [row[0] for row in cr.fetchall()]
            for query in (
                "DELETE FROM event_hub_event WHERE case_model = 'approval_engine.delegation' AND case_id = ANY(%s)",
                "DELETE FROM approval_engine_delegation WHERE id = ANY(%s)",
            ):
                cr.execute(query, [ids])
        return super()._clean_up()

    def _lend(self, delegate):
        def lend(env):
            now = fields.Datetime.now()
            lent = env["approval_engine.delegation"].create(
                {
                    "delegate_id": delegate,
                    "date_from": now + timedelta(days=1),
                    "date_to": now + timedelta(days=2),
                }
            )
            env.cr.execute("SELECT pg_sleep(0.2)")  # both are in the middle of it
            return lent.id

        return lend

    def _pairs(self):
        with self._env() as env:
            lent = env["approval_engine.delegation"].search(
                [("user_id", "in", self.people)]
            )
            return {(one.user_id.id, one.delegate_id.id) for one in lent}

    def test_two_at_the_same_moment_close_no_ring(self):
        ada, ben, _cleo = self.people
        for _round in range(3):
            with self.subTest(round=_round):
                results = self._both((ada, self._lend(ben)), (ben, self._lend(ada)))
                made = [one for one in results if isinstance(one, int)]
                self.assertEqual(len(made), 1, results)
                [refused] = [one for one in results if not isinstance(one, int)]
                self.assertIsInstance(refused, ValidationError)
                self.assertIn("Take that back first", str(refused))
                self.assertEqual(len(self._pairs()), 1)
                with self._env() as env:
                    env["approval_engine.delegation"].browse(made).unlink()

    def test_three_at_the_same_moment_close_no_ring(self):
        ada, ben, cleo = self.people
        results = self._both(
            (ada, self._lend(ben)), (ben, self._lend(cleo)), (cleo, self._lend(ada))
        )
        self.assertEqual(sum(isinstance(one, int) for one in results), 2, results)
        self.assertEqual(len(self._pairs()), 2)

    def test_without_the_common_row_both_would_have_been_made(self):
        """The proof that this test can fail."""
        ada, ben, _cleo = self.people
        model = self.registry["approval_engine.delegation"]
        self.patch(model, "_check_beside_others", lambda records: None)
        results = self._both((ada, self._lend(ben)), (ben, self._lend(ada)))
        self.assertEqual(sum(isinstance(one, int) for one in results), 2, results)
