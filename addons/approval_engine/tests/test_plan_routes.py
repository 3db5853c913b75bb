from odoo import Command
from odoo.tests import tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestPlanRoutes(ApprovalCase):
    """The routes of many requests at once: as one after another would go, read once."""

    def _drafts(self, count, **values):
        requests = self.env["approval_engine.request"].browse()
        for at in range(count):
            requests += self._draft(name=f"Credit {at}", **values)
        return requests.sudo()

    def _asked_in(self, planned):
        return [
            [seat.user_id for step in route.steps for seat in step.seats]
            for route, _note, _amount in planned.values()
        ]

    def _policy_with(self, *steps, **values):
        """:return: a draft, which nobody put in force"""
        return self.env["approval_engine.policy"].create(
            {
                "name": "Imagined",
                "type_id": self.credit_type.id,
                "owner_id": self.max.id,
                "step_ids": [Command.create(step) for step in steps],
                **values,
            }
        )

    def _finance(self, **values):
        people = self.fred | self.fay | self.cleo
        return {"name": "Finance", "user_ids": [Command.set(people.ids)], **values}

    def test_many_take_as_many_queries_as_few(self):
        group = self.env.ref("approval_engine.group_approval_manager").id
        policy = self._policy_with(
            self._finance(pick="least"),
            {"name": "Managers", "sequence": 20, "group_id": group},
            {"name": "Line", "sequence": 30, "route": "manager"},
            {
                "name": "Large",
                "sequence": 40,
                "user_ids": [Command.set(self.olaf.ids)],
                "condition": "[('amount', '>', 50)]",
            },
            window_days=30,
        )
        self.ria.sudo().approval_manager_id = self.max

        def queries(count):
            requests = self._drafts(count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            planned = requests._plan_routes(policy)
            self.assertEqual(len(planned), count)
            return self.env.cr.sql_log_count - before

        queries(1)
        few, many = queries(3), queries(30)
        self.assertLessEqual(many, few)

    def test_nothing_is_written(self):
        requests = self._drafts(2)
        self.env.flush_all()
        requests._plan_routes(self.credit_policy)
        before = self.env.cr.sql_log_count
        self.env.flush_all()
        self.assertEqual(self.env.cr.sql_log_count, before, "nothing to be flushed")
        self.assertFalse(requests.step_ids)

    def test_records_that_are_only_imagined_have_a_route(self):
        model = self.env["approval_engine.request"].sudo()
        asked = self._submitted(amount=400).sudo()
        imagined = [
            model.new(
                {
                    "name": f"Part {at}",
                    "type_id": self.credit_type.id,
                    "amount": 400,
                    "requester_id": self.ria.id,
                    "partner_id": self.account.id,
                    "submitted_at": f"2026-11-0{at} 09:00:00",
                }
            )
            for at in (1, 2, 3)
        ]
        requests = model.concat(*imagined)
        policy = self._policy_with(self._finance(), window_days=30)
        planned = requests._plan_routes(policy)
        self.assertEqual([amount for *_r, amount in planned.values()], [400, 800, 1200])
        copy = model.new({"amount": 5000}, origin=asked)
        [(route, _note, _amount)] = copy._plan_routes(self.credit_policy).values()
        self.assertEqual([step.name for step in route.steps], ["Finance", "Manager"])

    def test_each_request_can_have_a_policy_of_its_own(self):
        requests = self._drafts(2)
        other = self._policy_with(self._finance(name="Other"))
        policies = dict(zip(requests, (self.credit_policy, other), strict=True))
        names = [
            [step.name for step in route.steps]
            for route, _note, _amount in requests._plan_routes(policies).values()
        ]
        self.assertEqual(names, [["Finance"], ["Other"]])

    def test_the_least_busy_and_the_turn_go_on_within_the_batch(self):
        for pick in ("least", "turn"):
            with self.subTest(pick=pick):
                policy = self._policy_with(self._finance(pick=pick))
                people = self._asked_in(self._drafts(4)._plan_routes(policy))
                ids = sorted((self.fred | self.fay | self.cleo).ids)
                self.assertEqual(people, [[ids[at % 3]] for at in range(4)])

    def test_a_step_that_is_not_open_yet_makes_nobody_busy(self):
        later = self._finance(name="Later", sequence=20, pick="least")
        first = {"name": "First", "user_ids": [Command.set(self.olaf.ids)]}
        policy = self._policy_with(first, later)
        people = self._asked_in(self._drafts(3)._plan_routes(policy))
        self.assertEqual(people, [people[0]] * 3)

    def test_parts_of_one_batch_meet_whom_the_whole_would_meet(self):
        policy = self._policy_with(
            self._finance(),
            {
                "name": "Manager",
                "sequence": 20,
                "user_ids": [Command.set(self.max.ids)],
                "amount_from": 1000,
            },
            window_days=30,
        )
        planned = self._drafts(3, amount=400)._plan_routes(policy)
        self.assertEqual([amount for *_r, amount in planned.values()], [400, 800, 1200])
        self.assertEqual(
            [len(route.steps) for route, *_r in planned.values()], [1, 1, 2]
        )
