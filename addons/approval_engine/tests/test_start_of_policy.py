from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_activation import PolicyCase


@tagged("post_install", "-at_install")
class TestPolicyStart(PolicyCase):
    def form(self):
        form = Form(self.env["approval_engine.policy_start"].with_user(self.max))
        form.type_id = self.credit_type
        return form

    def test_three_answers_make_a_draft_that_reads_as_a_sentence(self):
        form = self.form()
        form.amount_from = 500
        form.user_ids.add(self.cleo)
        self.assertIn("Toy Credit needs Cleo (above", form.sentence)
        self.assertEqual(form.replaces_id, self.credit_policy)
        action = form.save().action_create()
        policy = self.env["approval_engine.policy"].browse(action["res_id"])
        self.assertEqual((policy.state, policy.owner_id), ("draft", self.max))
        self.assertEqual(policy.step_ids.user_ids, self.cleo)
        self.assertEqual(policy.step_ids.amount_from, 500)

    def test_without_anybody_it_says_what_is_missing(self):
        with self.assertRaisesRegex(UserError, "user_ids or group_id"):
            self.form().save().action_create()

    def test_only_managers_start_policies(self):
        with self.assertRaises(AccessError):
            self.env["approval_engine.policy_start"].with_user(self.cleo).create(
                {"type_id": self.credit_type.id}
            )
