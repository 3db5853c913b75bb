from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ApprovalCase

TYPES = {
    "service_continuity",
    "service_credit",
    "refund",
    "credit_note",
    "discount",
    "procurement",
    "contract_exception",
    "billing_override",
    "price_change",
    "data_access",
}


@tagged("post_install", "-at_install")
class TestTemplates(ApprovalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance = cls.env["res.groups"].create({"name": "Toy Finance"})
        cls.finance.user_ids = cls.fred | cls.fay
        cls.role("finance").group_ids = cls.finance

    @classmethod
    def role(cls, name):
        return cls.env.ref(f"approval_engine.template_role_{name}")

    def template(self, name):
        found = self.env.ref(f"approval_engine.template_{name}")
        return found.with_user(self.max)

    def test_there_is_one_for_each_type_and_it_says_what_it_does(self):
        templates = self.env["approval_engine.policy_template"].search([])
        self.assertEqual(set(templates.mapped("type_id.code")) & TYPES, TYPES)
        for template in templates:
            with self.subTest(template=template.name):
                self.assertTrue(template.who_words)
                self.assertTrue(template.limit_words)

    def test_one_click_makes_a_draft_that_could_be_put_in_force(self):
        for name in sorted(TYPES):
            with self.subTest(name=name):
                policy, _missing = self.template(name)._make_policy()
                self.assertEqual((policy.state, policy.owner_id), ("draft", self.max))
                self.assertEqual(policy.type_id.code, name)
                policy._refuse_unless_whole()
                self.assertTrue(policy.sentence)

    def test_roles_that_somebody_has_are_filled(self):
        self.role("success").group_ids = self.env["res.groups"].create(
            {"name": "Toy Success", "user_ids": [Command.set(self.cleo.ids)]}
        )
        action = self.template("service_continuity").action_use()
        policy = self.env["approval_engine.policy"].browse(action["res_id"])
        self.assertEqual(
            policy.step_ids.mapped("group_id.name"), ["Toy Finance", "Toy Success"]
        )
        self.assertFalse(policy.step_ids.user_ids)

    def test_a_role_that_nobody_has_is_said_and_the_owner_decides(self):
        empty = self.env["res.groups"].create({"name": "Toy Lawyers"})
        self.role("legal").group_ids = empty
        action = self.template("contract_exception").action_use()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("known as Legal:", action["params"]["message"])
        policy = self.env["approval_engine.policy"].browse(
            action["params"]["next"]["res_id"]
        )
        self.assertEqual(policy.step_ids[0].user_ids, self.max)
        self.assertIn("known as Legal:", policy.message_ids[0].body)

    def test_people_without_access_to_approvals_fill_no_role(self):
        outsider = self.env["res.users"].create(
            {"name": "Out", "login": "approval_out"}
        )
        self.finance.user_ids = outsider
        _policy, missing = self.template("refund")._make_policy()
        self.assertEqual(missing, ["Finance"])

    def test_nothing_is_in_force_by_itself(self):
        before = self.env["approval_engine.policy"].search([("state", "!=", "draft")])
        self.template("refund").action_use()
        after = self.env["approval_engine.policy"].search([("state", "!=", "draft")])
        self.assertEqual(before, after)

    def test_only_managers_use_them(self):
        for user in (self.ria, self.audrey):
            with self.assertRaises(AccessError):
                self.template("refund").with_user(user).action_use()

    def test_an_app_offers_its_group_once_and_what_was_taken_away_stays_away(self):
        group = self.env["res.groups"].create({"name": "Toy Lawyers"})
        self.env["ir.model.data"].create(
            {"module": "toy", "name": "law", "model": "res.groups", "res_id": group.id}
        )
        offer = {"approval_engine.template_role_legal": "toy.law"}
        roles, role = (
            self.env["approval_engine.policy_template_role"],
            self.role("legal"),
        )
        roles._offer(offer)
        self.assertEqual(role.group_ids, group)
        role.group_ids = False
        roles._offer(offer)
        self.assertFalse(role.group_ids)
        roles._offer({"approval_engine.template_role_gone": "toy.law"})
