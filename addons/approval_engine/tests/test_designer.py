from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestDesigner(ApprovalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls.credit_policy._new_version()

    def _words(self, policy):
        flow = policy.flow
        steps = [step for group in flow["groups"] for step in group]
        return [c["words"] for s in steps for c in s["checks"]], [
            c["words"] for c in flow["checks"]
        ]

    # ------------------------------------------------------------------ the flow

    def test_steps_follow_each_other_or_stand_side_by_side(self):
        names = [[s["name"] for s in g] for g in self.credit_policy.flow["groups"]]
        self.assertEqual(names, [["Finance"], ["Manager"]])
        names = [[s["name"] for s in g] for g in self.choice_policy.flow["groups"]]
        self.assertEqual(names, [["Finance", "Customer Success"]])
        step = self.credit_policy.flow["groups"][0][0]
        self.assertEqual(step["people"], "Fred, Fay")
        self.assertEqual(step["how"], "the first answer decides")

    def test_flow_and_sentence_are_live_while_editing(self):
        with Form(self.draft.with_user(self.max)) as form:
            with form.step_ids.new() as step:
                step.name = "Board"
                step.sequence = 30
                step.user_ids.add(self.cleo)
            self.assertIn("Board", form.sentence)
            self.assertEqual(form.flow["groups"][2][0]["name"], "Board")
            self.assertIn("+ Step Board", form.changes)

    def test_what_is_weak_stands_beside_the_step(self):
        for _index in range(3):
            self._submitted(amount=10, user=self.cleo)
        self.draft.step_ids[0].user_ids = self.cleo
        (finance, manager), whole = self._words(self.draft.with_user(self.max))
        self.assertIn("Cleo, who is often the requester (3 of 3 in 90 days)", finance)
        self.assertIn("This step has one person, Max", manager)
        for name in ("Max", "Cleo"):  # asked by Cleo, Max decides for finance
            self.assertIn(
                f"If {name} asks, nobody is left for step Manager", " ".join(whole)
            )

    def test_nobody_and_gaps(self):
        self.draft.step_ids[1].unlink()
        self.draft.step_ids.write({"user_ids": [Command.clear()], "amount_from": 50})
        steps, whole = self._words(self.draft)
        self.assertIn("Nobody can decide this step today: Max", steps[0])
        self.assertIn("no step is for it", whole[0])
        self.draft.auto_amount = 50
        self.assertNotIn("no step is for it", " ".join(self._words(self.draft)[1]))

    # ------------------------------------------------------------------ what changes

    def test_a_new_version_says_what_it_changes(self):
        self.assertEqual(self.draft.changes, "Nothing: it says the same.")
        self.assertEqual(self.draft.compared_id, self.credit_policy)
        self.draft.deadline_hours = 48
        self.draft.step_ids[0].comment_required = True
        self.draft.step_ids[1].unlink()
        self.assertEqual(
            self.draft.changes.splitlines(),
            [
                "Step Finance, Comment Required: no → yes",
                "− Step Manager",
                "Deadline Hours: 24 → 48",
            ],
        )

    def test_every_field_that_decides_is_compared(self):
        """What a policy freezes when it is put in force is what a second person has to be shown."""
        shown = self.draft._content_fields() - {"step_ids", "escalation_ids"}
        other = self.draft.copy()
        self.assertEqual(shown - set(other._fields), set())
        fields_ = self.env["approval_engine.policy_step"]._fields
        decides = {n for n, f in fields_.items() if f.store and not f.related}
        decides -= {"id", "name", "policy_id"}
        decides -= {"create_uid", "create_date", "write_uid", "write_date"}
        self.assertEqual(set(self.draft.step_ids[0]._said_fields()), decides)

    def test_a_first_version_is_compared_with_what_it_replaces(self):
        fresh = self.env["approval_engine.policy"].create(
            {"name": "Fresh", "type_id": self.credit_type.id, "owner_id": self.max.id}
        )
        self.assertEqual(fresh.compared_id, self.credit_policy)
        self.assertIn("− Step Finance", fresh.changes)
        self.assertFalse(self.credit_policy.changes)

    # ------------------------------------------------------------------ as a person

    def _preview(self, **values):
        return (
            self.env["approval_engine.policy_preview"]
            .with_user(self.max)
            .create({"policy_id": self.draft.id, "requester_id": self.ria.id, **values})
            .route_data
        )

    def test_the_route_of_a_person_and_an_amount(self):
        steps = self._preview(amount=100)["steps"]
        self.assertEqual([s["step"] for s in steps], ["Finance"])
        steps = self._preview(amount=5000)["steps"]
        self.assertEqual([s["step"] for s in steps], ["Finance", "Manager"])
        steps = self._preview(amount=100, requester_id=self.fred.id)["steps"]
        self.assertEqual([a["name"] for a in steps[0]["approvers"]], ["Fay"])

    def test_it_says_what_submitting_would_say(self):
        found = self._preview(amount=5000, requester_id=self.max.id)
        self.assertIn("not enough people are left", found["problem"])

    def test_it_is_for_who_designs_or_audits(self):
        with self.assertRaises(AccessError):
            self.env["approval_engine.policy_preview"].with_user(self.ria).create(
                {"policy_id": self.draft.id}
            )

    def test_a_policy_of_another_company_is_shown_to_nobody(self):
        other = self.env["res.company"].create({"name": "Other"})
        hidden = self.draft.copy({"company_id": other.id})
        for model in ("approval_engine.policy_preview", "approval_engine.simulation"):
            records = self.env[model].with_user(self.max)
            with self.assertRaises(AccessError):
                made = records.create({"policy_id": hidden.id})
                made.invalidate_recordset()
                made.read()

    # ------------------------------------------------------------------ names

    def test_two_policies_of_one_name_are_told_apart_by_their_company(self):
        self.assertEqual(self.credit_policy.display_name, "Policy of Toy Credit v1")
        twin = self.credit_policy.copy({"company_id": False})
        twins = twin + self.credit_policy
        twins.invalidate_recordset(["display_name"])
        self.assertEqual(
            twins.mapped("display_name"),
            [
                "Policy of Toy Credit v1 (every company)",
                f"Policy of Toy Credit v1 ({self.env.company.name})",
            ],
        )
