from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.tools import reaction

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestRecall(ApprovalCase):
    """What a program asked, a person can take back: who answers for its rule, or a manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.robot = new_test_user(
            cls.env, "approval_robot", groups="event_hub.group_hub_service"
        )
        cls.rule = cls.env["base.automation"].create(
            {
                "name": "Asks for a credit",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "trigger": "on_business_event",
                "event_pattern": "billing.*",
                "owner_id": cls.olaf.id,
            }
        )

    def _asked_by_robot(self):
        vals = {
            "name": "Credit for the outage",
            "type_id": self.credit_type.id,
            "partner_id": self.account.id,
        }
        with reaction.use(reaction.Reaction(self.rule.id, ())):
            return self.env["approval_engine.request"]._open(vals, self.robot)

    def test_the_rule_owner_and_a_manager_can_with_a_comment(self):
        for user in (self.olaf, self.max):
            with self.subTest(user=user.name):
                request = self._asked_by_robot().with_user(user)
                self.assertEqual(request.can_recall, "service")
                with self.assertRaisesRegex(UserError, "say why you recall"):
                    request.action_recall()
                self.assertEqual(request.state, "pending")
                request.action_recall("They paid by bank transfer.")
                self.assertEqual(
                    (request.state, request.outcome),
                    (
                        "recalled",
                        f"Recalled by {user.name}, for {self.robot.name}: They paid by bank transfer.",
                    ),
                )
                self.assertFalse(request.can_recall)

    def test_it_is_audited(self):
        request = self._asked_by_robot()
        request.with_user(self.max).action_recall("Mistake.")
        self.assertEqual(self._events(request)[-1], "approval.recalled")
        told = self.env["event_hub.event"].search(
            [("case_model", "=", request._name), ("case_id", "=", request.id)],
            order="id desc",
            limit=1,
        )
        self.assertEqual(
            (told.actor_id, told.attributes["by"], told.attributes["why"]),
            (self.max, self.max.login, "Mistake."),
        )
        self.assertIn("Mistake.", str(request.message_ids[:1].body))

    def test_approvers_as_such_cannot(self):
        request = self._asked_by_robot()
        for user in (self.fred, self.ria, self.audrey):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                request.with_user(user).action_recall("Away with it.")
        self.assertFalse(request.with_user(self.fred).can_recall)
        self.assertEqual(request.state, "pending")

    def test_what_a_person_asked_only_that_person_recalls(self):
        request = self._submitted()
        for user in (self.max, self.fred):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                request.with_user(user).action_recall("Away with it.")
        self.assertEqual(request.can_recall, "own")
        request.action_recall("Asked twice.")
        self.assertEqual(request.outcome, "Recalled by Ria: Asked twice.")

    def test_it_is_too_late_once_decided(self):
        request = self._approve(self._asked_by_robot(), self.fred)
        with self.assertRaises(ConflictError):
            request.with_user(self.max).action_recall("Late.")

    def test_nobody_names_the_rule_from_outside(self):
        forged = self._draft(rule_id=self.rule.id)
        self.assertFalse(forged.rule_id)
        with self.assertRaises(AccessError):
            forged.rule_id = self.rule
