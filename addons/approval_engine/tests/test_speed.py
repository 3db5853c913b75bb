from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.event_hub.tools import caches

from .common import ApprovalCase

MOST = 24  # queries of one submission or decision of three steps; promised are 25
EACH = 5  # of each in a batch


@tagged("post_install", "-at_install")
class TestSpeed(ApprovalCase):
    """Ceilings of queries with no record in memory, and that many take as many as one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.three = cls.env["approval_engine.type"].create(
            {"code": "toy_three", "name": "Toy Three"}
        )
        cls._policy(
            cls.three,
            [
                {"sequence": at, "name": f"Step {at}", "user_ids": [Command.set(ids)]}
                for at, ids in enumerate(
                    ((cls.fred | cls.fay).ids, cls.cleo.ids, cls.olaf.ids), 1
                )
            ],
        )

    def setUp(self):
        super().setUp()
        # as in a transaction that began after the policies were set up
        self.env.cr.postcommit.data.pop(caches.MINE, None)
        self.addCleanup(self.registry.clear_all_caches)

    def _drafts(self, count, **values):
        requests = self.env["approval_engine.request"].with_user(self.ria).browse()
        for at in range(count):
            requests += self._draft(
                self.three, name=f"Toy {at}", partner_id=False, **values
            )
        return requests

    def _queries(self, act, requests, user):
        """:return: how many it takes to the end of the transaction"""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        requests = self.env["approval_engine.request"].browse(requests.ids)
        before = self.env.cr.sql_log_count
        act(requests.with_user(user))
        self.env.flush_all()
        self.env.cr.precommit.run()
        return self.env.cr.sql_log_count - before

    def _all_steps(self, request):
        """:return: {what: queries}"""
        refused = self._drafts(1)
        refused.action_submit()
        found = {
            "submit": self._queries(lambda r: r.action_submit(), request, self.ria),
            "reject": self._queries(
                lambda r: r.action_reject("No."), refused, self.fred
            ),
        }
        for user in (self.fred, self.cleo, self.olaf):
            found[user.name] = self._queries(
                lambda r: r.action_approve(), request, user
            )
        return found

    def test_each_act_takes_few_queries(self):
        self._all_steps(self._drafts(1))  # rights and settings are in memory then
        request = self._drafts(1)
        found = self._all_steps(request)
        self.assertEqual(request.state, "executed")
        self.assertFalse({k: n for k, n in found.items() if n > MOST}, found)

    def test_a_batch_takes_as_many_as_one(self):
        def submit(count):
            drafts = self._drafts(count)
            queries = self._queries(lambda r: r.action_submit(), drafts, self.ria)
            self.assertEqual(set(drafts.mapped("state")), {"pending"})
            self.assertEqual(len(drafts.assignment_ids), 4 * count)
            return queries

        submit(2)
        few, many = submit(5), submit(40)
        self.assertLessEqual(many, few + 3, "rows are inserted a hundred at a time")
        self.assertLess(few, 5 * EACH + MOST)

    def test_approving_many_reads_what_they_share_once(self):
        drafts = self._drafts(12)
        drafts.action_submit()
        queries = self._queries(lambda r: r.approve_each(), drafts, self.fred)
        self.assertLessEqual(queries, 12 * 18)
        self.assertEqual(
            set(drafts.step_ids.filtered(lambda s: s.sequence == 1).mapped("state")),
            {"approved"},
        )

    def test_a_batch_with_a_bad_request_says_which_and_asks_nobody(self):
        drafts = self._drafts(3)
        nobody = self.env["approval_engine.type"].create({"code": "n", "name": "None"})
        drafts[1].type_id = nobody
        with self.assertRaisesRegex(UserError, "^Toy 1: No policy says who decides"):
            drafts.action_submit()
        self.assertEqual(set(drafts.mapped("state")), {"draft"})
        self.assertFalse(drafts.sudo().step_ids)
        self.assertFalse(drafts.sudo().policy_id)
        drafts[1].type_id = self.three
        drafts[2].write({"urgent": True})
        with self.assertRaisesRegex(UserError, "^Toy 2: say why it is urgent"):
            drafts.action_submit()
        drafts[2].write({"urgent": False})
        drafts.action_submit()
        self.assertEqual(set(drafts.mapped("state")), {"pending"})

    def test_a_batch_tells_what_each_alone_would_tell(self):
        alone, batch = self._drafts(1), self._drafts(2)
        alone.action_submit()
        batch.action_submit()
        for request in batch:
            self.assertEqual(self._events(request), self._events(alone))
            for name in ("round", "policy_id", "policy_snapshot", "brief"):
                self.assertEqual(request.sudo()[name], alone.sudo()[name])
            self.assertTrue(request.remind_at < request.due_at)
            self.assertEqual(request.content_hash, request.sudo()._content_digest())
            self.assertEqual(
                request.preview_route()[0]["approvers"],
                alone.preview_route()[0]["approvers"],
            )
            self.assertIn(self.fred, request.sudo().asked_user_ids)
            self.assertEqual(
                request.sudo().step_ids.mapped("state"),
                ["pending", "waiting", "waiting"],
            )

    def test_each_change_of_a_batch_stands_in_its_conversation(self):
        self.env = self.env(context={"tracking_disable": False})
        drafts = self._drafts(3).with_env(self.env(user=self.ria.id))
        self.env.flush_all()
        self.env.cr.precommit.run()
        drafts.action_submit()
        self.env.flush_all()
        self.env.cr.precommit.run()
        for request in drafts.sudo():
            note = request.message_ids[:1]
            self.assertEqual(note.author_id, self.ria.partner_id)
            self.assertEqual(
                [(t.old_value_char, t.new_value_char) for t in note.tracking_value_ids],
                [("Draft", "Waiting")],
            )

    def test_parts_of_a_batch_meet_whom_the_whole_meets(self):
        kind = self.env["approval_engine.type"].create({"code": "w", "name": "Window"})
        self._policy(
            kind,
            [
                {"name": "Finance", "user_ids": [Command.set(self.fred.ids)]},
                {
                    "name": "Manager",
                    "sequence": 20,
                    "user_ids": [Command.set(self.max.ids)],
                    "amount_from": 1000,
                },
            ],
            window_days=30,
        )
        parts = self.env["approval_engine.request"].with_user(self.ria).browse()
        for amount in (400, 600, 1):
            parts += self._draft(kind, amount=amount)
        parts.action_submit()
        self.assertEqual(
            [request.step_ids.mapped("name") for request in parts],
            [["Finance"], ["Finance"], ["Finance", "Manager"]],
        )
        again = self._submitted(kind, amount=1)
        self.assertEqual(again.step_ids.mapped("name"), ["Finance", "Manager"])

    def test_the_policy_approves_a_batch_as_far_as_its_limit_goes(self):
        kind = self.env["approval_engine.type"].create({"code": "a", "name": "Auto"})
        self._policy(
            kind,
            [{"name": "Finance", "user_ids": [Command.set(self.fred.ids)]}],
            auto_amount=100,
        )
        requests = self._draft(kind, amount=50) + self._draft(kind, amount=500)
        requests += self._draft(kind, amount=100)
        requests.action_submit()
        self.assertEqual(requests.mapped("state"), ["executed", "pending", "executed"])
        verdict = self.env["approval_engine.decision"].sudo()._verify(requests.sudo())
        self.assertEqual(verdict, ([], 2))

    def test_steps_remembered_of_a_policy_are_those_it_came_in_force_with(self):
        """Also if putting it in force was undone, and its draft changed since."""
        kind = self.env["approval_engine.type"].create({"code": "u", "name": "Undone"})
        policy = self.env["approval_engine.policy"].create(
            {
                "name": "Undone",
                "type_id": kind.id,
                "owner_id": self.max.id,
                "step_ids": [
                    Command.create(
                        {"name": "A", "user_ids": [Command.set(self.fred.ids)]}
                    )
                ],
            }
        )
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            policy.action_activate()
            self.assertEqual(self._submitted(kind).step_ids.mapped("name"), ["A"])
            raise ZeroDivisionError
        self.assertEqual(policy.state, "draft")
        policy.write(
            {
                "step_ids": [
                    Command.clear(),
                    Command.create(
                        {"name": "B", "user_ids": [Command.set(self.fay.ids)]}
                    ),
                ]
            }
        )
        policy.action_activate()
        self.assertEqual(self._submitted(kind).step_ids.mapped("name"), ["B"])
