from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestStepConditions(ApprovalCase):
    """A step that applies only if: read as values, checked when saved."""

    def _step(self, condition, **values):
        return {
            "name": "Finance",
            "user_ids": [Command.set((self.fred | self.fay).ids)],
            "condition": condition,
            **values,
        }

    def _put_in_force(self, *steps):
        self.env["approval_engine.policy"].search(
            [("type_id", "=", self.credit_type.id), ("state", "=", "active")]
        ).action_retire()
        return self._policy(self.credit_type, steps)

    def test_a_step_applies_only_if_its_condition_holds(self):
        condition = "[('partner_id.account_tier', '=', 'strategic')]"
        always = {"name": "Always", "user_ids": [Command.set(self.cleo.ids)]}
        self._put_in_force(always, self._step(condition, sequence=20))
        self.assertEqual(self._submitted().step_ids.mapped("name"), ["Always"])
        self.account.account_tier = "strategic"
        self.assertEqual(
            self._submitted().step_ids.mapped("name"), ["Always", "Finance"]
        )

    def test_a_condition_is_said_in_words(self):
        cases = [
            (
                "[('partner_id.account_tier', '=', 'strategic'), ('amount', '>', 5)]",
                "only if Account Tier of Account = strategic and Amount > 5",
            ),
            (
                "['|', ('amount', '>', 5), ('amount', '=', 0)]",
                "only if ['|', ('amount', '>', 5), ('amount', '=', 0)]",
            ),
        ]
        for condition, words in cases:
            policy = self._put_in_force(self._step(condition))
            self.assertIn(words, policy.sentence)

    def test_a_condition_on_the_record(self):
        self.credit_type.sudo().subject_model = "res.partner"
        always = {"name": "Always", "user_ids": [Command.set(self.cleo.ids)]}
        step = self._step(
            "[('is_company', '=', True)]", condition_on="subject", sequence=20
        )
        self._put_in_force(always, step)
        person = self.env["res.partner"].create({"name": "Anna"})
        for record, names in (
            (self.account, ["Always", "Finance"]),
            (person, ["Always"]),
        ):
            request = self._submitted(res_model="res.partner", res_id=record.id)
            self.assertEqual(request.step_ids.mapped("name"), names)

    def test_free_code_and_mistakes_are_refused_when_saved(self):
        cases = [
            ("[('amount', '>', uid)]", "names and calls are not run"),
            ("[('amount', '>', env.user.id)]", "names and calls are not run"),
            ("[(lambda: 1)]", "names and calls are not run"),
            ("[('partner_id.__class__', '=', 1)]", "has no field"),
            ("[('ammount', '>', 5)]", "did you mean amount"),
            ("[('amount.x', '>', 5)]", "leads to no record"),
            ("[('amount', '=?', 5)]", "no operator"),
            ("[('amount', 'any', [('x', '=', 1)])]", "leads to no records"),
            ("[('partner_id', 'any', [('x', '=', 1)])]", "has no field"),
            ("[('partner_id', 'any!', [])]", "no operator"),
            ("nonsense", "names and calls"),
        ]
        for condition, words in cases:
            with (
                self.subTest(condition=condition),
                self.assertRaisesRegex(ValidationError, words),
            ):
                self._put_in_force(self._step(condition))

    def test_a_field_hidden_from_the_author_cannot_be_asked_about(self):
        hidden = self.env["res.users"]._fields["approval_limit"]
        self.patch(hidden, "groups", "base.group_system")
        condition = "[('requester_id.approval_limit', '>', 5)]"
        steps = [Command.create(self._step(condition))]
        with self.assertRaisesRegex(ValidationError, "that you can read"):
            self.env["approval_engine.policy"].with_user(self.max).create(
                {"name": "P", "type_id": self.credit_type.id, "step_ids": steps}
            )

    def test_a_condition_on_the_record_needs_a_type_about_records(self):
        with self.assertRaisesRegex(ValidationError, "need not be about one"):
            self._put_in_force(self._step("[('id', '>', 0)]", condition_on="subject"))
