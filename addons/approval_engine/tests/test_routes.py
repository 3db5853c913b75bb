from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestRoutes(ApprovalCase):
    """How the people of a step are found, and why each has a seat.

    ria's manager is fay (limit 500), fay's is cleo (none), cleo's is max (5,000).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ria.approval_manager_id = cls.fay
        cls.fay.write({"approval_manager_id": cls.cleo.id, "approval_limit": 500})
        cls.cleo.approval_manager_id = cls.max
        cls.max.approval_limit = 5000
        cls.credit_policy.action_retire()
        cls.account.account_owner_id = cls.fred

    def _put_in_force(self, *steps, **values):
        self.env["approval_engine.policy"].search(
            [("type_id", "=", self.credit_type.id), ("state", "=", "active")]
        ).action_retire()
        named = [{"name": "Step", **step} for step in steps]
        return self._policy(self.credit_type, named, **values)

    def _asked(self, step, **values):
        """:return: {name: why} of those whom this step asks, as previewed and as submitted"""
        self._put_in_force(step)
        request = self._draft(**values)
        [shown] = request.preview_route()
        request.action_submit()
        self.assertEqual(request.preview_route()[0]["approvers"], shown["approvers"])
        return {one["name"]: one["why"] for one in shown["approvers"]}

    # ------------------------------------------------------------------ managers

    def test_the_manager_is_asked_and_the_preview_says_why(self):
        limit = self.env.company.currency_id.format(500)
        self.assertEqual(
            self._asked({"route": "manager"}),
            {"Fay": f"Manager of Ria, limit {limit}"},
        )

    def test_several_levels_up(self):
        step = {"route": "manager", "manager_levels": 2, "mode": "all"}
        self.assertEqual(
            {name: why[:20] for name, why in self._asked(step).items()},
            {"Fay": "Manager of Ria, limi", "Cleo": "2 levels above Ria"},
        )

    def test_the_first_manager_whose_limit_covers_the_amount(self):
        step = {"route": "manager", "manager_reach": "covering"}
        for amount, who in ((500, "Fay"), (500.01, "Max"), (5000, "Max")):
            with self.subTest(amount=amount):
                self.assertEqual(list(self._asked(step, amount=amount)), [who])

    def test_everybody_up_to_the_one_who_covers_it(self):
        step = {"route": "manager", "manager_reach": "line", "mode": "all"}
        self.assertEqual(list(self._asked(step, amount=900)), ["Fay", "Cleo", "Max"])

    def test_where_no_limit_covers_it_the_owner_is_asked(self):
        step = {"route": "manager", "manager_reach": "covering"}
        self._put_in_force(step, owner_id=self.olaf.id)
        request = self._submitted(amount=6000)
        self.assertEqual(request.sudo().assignment_ids.mapped("why"), ["owner"])

    def test_a_manager_who_cannot_decide_is_passed_over(self):
        self.fay.action_archive()
        self.assertEqual(
            list(self._asked({"route": "manager", "manager_levels": 1})), ["Cleo"]
        )

    def test_who_is_barred_is_passed_over_too(self):
        found = self._asked({"route": "manager"}, beneficiary_id=self.fay.id)
        self.assertEqual(list(found), ["Cleo"])

    def test_the_limit_is_read_in_the_currency_of_the_policy(self):
        other = self.env["res.currency"].create(
            {
                "name": "TOY",
                "symbol": "T",
                "rate_ids": [Command.create({"rate": 10.0})],  # 10 TOY a unit
            }
        )
        step = {"route": "manager", "manager_reach": "covering"}
        self._put_in_force(step, currency_id=other.id)
        for amount, who in ((4999, self.fay), (5001, self.max)):
            request = self._submitted(amount=amount, currency_id=other.id)
            self.assertEqual(request.sudo().assignment_ids.user_id, who)

    def test_nobody_is_their_own_manager(self):
        with self.assertRaisesRegex(ValidationError, "their own manager"):
            self.max.approval_manager_id = self.ria

    def test_a_new_manager_does_not_change_who_was_asked(self):
        self._put_in_force({"route": "manager"})
        request = self._submitted()
        self.ria.approval_manager_id = self.cleo
        self._approve(request, self.fay)
        self.assertEqual(request.state, "executed")

    def test_every_manager_in_line_needs_everybody(self):
        with self.assertRaisesRegex(ValidationError, "has to be Everybody"):
            self._put_in_force({"route": "manager", "manager_reach": "line"})

    def test_an_approver_does_not_set_managers_or_limits_and_cannot_read_them(self):
        for values in ({"approval_limit": 9e9}, {"approval_manager_id": self.ria.id}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.ria.with_user(self.ria).write(values)
        with self.assertRaises(AccessError):
            self.fay.with_user(self.ria).read(["approval_limit"])

    # ------------------------------------------------------------------ a field of the record

    def test_a_field_names_them(self):
        step = {"route": "field", "field_path": "partner_id.account_owner_id"}
        label = self.env["res.partner"]._fields["account_owner_id"].string
        self.assertEqual(self._asked(step), {"Fred": f"{label} of Borealis GmbH"})

    def test_a_contact_counts_as_its_user(self):
        step = {
            "route": "field",
            "field_path": "partner_id.account_owner_id.partner_id",
        }
        self.assertEqual(list(self._asked(step)), ["Fred"])

    def test_a_field_that_names_nobody_goes_to_the_owner(self):
        self.account.account_owner_id = False
        step = {"route": "field", "field_path": "partner_id.account_owner_id"}
        self.assertEqual(list(self._asked(step)), ["Max"])

    def test_a_path_that_leads_nowhere_is_refused_in_words(self):
        cases = [
            ("", "say which"),
            ("partner_id.acount_owner_id", "did you mean account_owner_id"),
            ("partner_id", None),  # a contact is fine
            ("amount", "has no field|leads to no record"),
            ("type_id", "neither to users nor to contacts"),
            ("partner_id.parent_id.parent_id.parent_id.user_id", "further than 4"),
            ("partner_id.__class__", "has no field"),
            ("partner_id..user_id", "has no field"),
        ]
        for path, words in cases:
            with self.subTest(path=path):
                step = {"route": "field", "field_path": path}
                if words is None:
                    self._put_in_force(step)
                    continue
                with self.assertRaisesRegex(ValidationError, words):
                    self._put_in_force(step)

    def test_a_path_over_a_field_hidden_from_its_author_is_refused(self):
        hidden = self.env["res.users"]._fields["approval_manager_id"]
        self.patch(hidden, "groups", "base.group_system")
        steps = [
            Command.create(
                {
                    "name": "Secret",
                    "route": "field",
                    "field_path": "requester_id.approval_manager_id",
                }
            )
        ]
        with self.assertRaisesRegex(ValidationError, "that you can read"):
            self.env["approval_engine.policy"].with_user(self.max).create(
                {"name": "P", "type_id": self.credit_type.id, "step_ids": steps}
            )

    def test_a_policy_asks_for_nothing_hidden_from_its_author(self):
        hidden = self.env["res.users"]._fields["approval_manager_id"]
        self.patch(hidden, "groups", "base.group_system")
        policies = self.env["approval_engine.policy"].with_user(self.max)
        values = {"name": "P", "type_id": self.credit_type.id}
        for condition in (
            "[('requester_id.approval_manager_id', '!=', False)]",
            "[('requester_id', 'any', [('approval_manager_id', '=', 2)])]",
            "['|', ('amount', '>', 1), '!', ('requester_id.totp_secret', '=', 'A')]",
            "[('invitation_ids.token_digest', '=like', 'a%')]",
        ):
            with self.assertRaisesRegex(ValidationError, "may not read"):
                policies.create({**values, "condition": condition})
        for condition in (
            "[('create_date.month_number', '=', 1)]",
            "[('partner_id.name', 'ilike', 'a'), ('step_ids', 'any', [('name', '=', 'x')])]",
        ):
            self.assertTrue(policies.create({**values, "condition": condition}))

    # ------------------------------------------------------------------ picking

    def test_the_least_busy_is_asked(self):
        people = [Command.set((self.fred | self.fay | self.cleo).ids)]
        step = {"user_ids": people, "pick": "least"}
        self._put_in_force({"user_ids": [Command.set((self.fred | self.fay).ids)]})
        self._submitted()
        self._submitted()
        self.assertEqual(
            self._asked(step), {"Cleo": "Named in the step; least busy, 0 waiting"}
        )

    def test_each_in_turn(self):
        people = [Command.set((self.fred | self.fay | self.cleo).ids)]
        self._put_in_force({"user_ids": people, "pick": "turn"})
        asked = [self._submitted().sudo().assignment_ids.user_id for _n in range(6)]
        self.assertEqual(asked[:3], asked[3:])
        self.assertEqual(set(asked), {self.fred, self.fay, self.cleo})

    def test_whoever_was_picked_and_leaves_is_replaced_by_one(self):
        people = [Command.set((self.fred | self.fay | self.cleo).ids)]
        self._put_in_force({"user_ids": people, "pick": "least"})
        request = self._submitted().sudo()
        gone = request.assignment_ids.user_id
        gone.action_archive()
        request._reseat()
        pending = request.assignment_ids.filtered(lambda a: a.state == "pending")
        self.assertEqual(len(pending), 1)
        self.assertNotEqual(pending.user_id, gone)

    def test_fewer_than_needed_cannot_be_asked(self):
        for values in (
            {"mode": "quorum", "quorum": 2, "pick_count": 1},
            {"pick_count": 0},
            {"mode": "weighted", "quorum": 1},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._put_in_force(
                    {"user_ids": [Command.set(self.fred.ids)], "pick": "least"} | values
                )

    # ------------------------------------------------------------------ quorums

    def test_a_share_of_those_asked(self):
        people = [Command.set((self.fred | self.fay | self.cleo).ids)]
        step = {"user_ids": people, "mode": "percent", "percent": 60}
        self._put_in_force(step)
        request = self._submitted()
        self.assertEqual(request.preview_route()[0]["quorum"], 2)
        self._approve(request, self.fred)
        self.assertEqual(request.state, "pending")
        self._approve(request, self.cleo)
        self.assertEqual(request.state, "executed")

    def test_weights_of_people(self):
        weights = [Command.create({"user_id": self.cleo.id, "weight": 3})]
        people = [Command.set((self.fred | self.fay | self.cleo).ids)]
        step = {
            "user_ids": people,
            "mode": "weighted",
            "quorum": 3,
            "weight_ids": weights,
        }
        self._put_in_force(step)
        alone, two, never = (self._submitted() for _n in range(3))
        self._approve(alone, self.cleo)
        self._approve(two, self.fred, self.fay)
        never.with_user(self.cleo).action_reject("No.")
        self.assertEqual(
            (alone.state, two.state, never.state), ("executed", "pending", "rejected")
        )

    def test_weights_of_a_policy_in_force_are_frozen(self):
        people = [Command.set((self.fred | self.fay).ids)]
        weights = [Command.create({"user_id": self.fred.id, "weight": 2})]
        policy = self._put_in_force(
            {
                "user_ids": people,
                "mode": "weighted",
                "quorum": 3,
                "weight_ids": weights,
            }
        )
        step = policy.step_ids
        line = step.weight_ids.with_user(self.max)
        values = {"step_id": step.id, "user_id": self.fay.id, "weight": 9}
        for attempt in (
            lambda: line.write({"weight": 3}),
            line.unlink,
            lambda: line.create(values),
            lambda: line.with_context(install_mode=True).write({"weight": 3}),
            lambda: step.with_user(self.max).write({"weight_ids": [Command.clear()]}),
        ):
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                attempt()
                self.env.flush_all()

    # ------------------------------------------------------------------ the sentence

    def test_the_policy_reads_as_a_sentence(self):
        policy = self._put_in_force(
            {"name": "Line", "route": "manager", "identity_required": True},
            {
                "name": "Owner",
                "sequence": 20,
                "route": "field",
                "field_path": "partner_id.account_owner_id",
                "amount_from": 1000,
                "comment_required": True,
            },
            window_days=30,
        )
        for words in (
            "needs Line (the manager of the requester) (password required), then",
            "(the Account Owner of Account) (above",
            "comment required)",
            "What was asked in the last 30 days for the same account counts towards the amount.",
            "The beneficiary never decides either.",
        ):
            self.assertIn(words, policy.sentence)
        request = self._submitted()
        self.assertEqual(request.policy_snapshot["sentence"], policy.sentence)
