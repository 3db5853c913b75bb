from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestBulk(ApprovalCase):
    """Several at once: one summary first, then each for itself."""

    def _mixed(self):
        good = self._submitted(amount=100) | self._submitted(amount=50.5)
        choice = self._submitted(self.choice_type)
        late = self._submitted()
        late._write_guarded({"due_at": fields.Datetime.now() - timedelta(hours=1)})
        return good, choice, late

    def test_the_summary_says_what_is_approved_and_what_is_not(self):
        good, choice, late = self._mixed()
        everything = (good | choice | late).with_user(self.fred)
        found = everything.approve_summary()
        self.assertEqual(found["count"], 2)
        self.assertEqual([s["amount"] for s in found["sums"]], [150.5])
        self.assertEqual(found["types"], [{"name": "Toy Credit", "count": 2}])
        self.assertEqual([row["id"] for row in found["ready"]], good.ids)
        self.assertEqual(
            {row["id"]: row["why"] for row in found["left_out"]},
            {
                choice.id: "Open it to choose what shall happen.",
                late.id: "Its deadline has passed.",
            },
        )
        self.assertEqual(
            set(good.mapped("state")), {"pending"}, "looking changes nothing"
        )

    def test_one_that_fails_does_not_take_the_others_with_it(self):
        good, choice, late = self._mixed()
        mine = good | choice | late
        foreign = self._submitted(amount=10)
        self._approve(foreign, self.fay)
        answer = (mine | foreign).with_user(self.fred).approve_each("All fine.")
        self.assertEqual(answer["approved"], good.ids)
        self.assertEqual(
            [row["id"] for row in answer["failed"]], (choice | late | foreign).ids
        )
        for row in answer["failed"]:
            self.assertTrue(row["why"])
        self.assertEqual(set(good.mapped("state")), {"executed"})
        self.assertEqual(set(good.decision_ids.mapped("comment")), {"All fine."})
        self.assertEqual(choice.state, "pending")
        for request in good:
            self.assertIn("approval.executed", self._events(request))
        self.assertFalse(choice.decision_ids | late.decision_ids)
        found = (
            self.env["approval_engine.decision"].with_user(self.audrey).verify_chain()
        )
        self.assertTrue(found["ok"])

    def test_what_changed_since_the_summary_is_refused(self):
        good, _choice, _late = self._mixed()
        mine = good.with_user(self.fred)
        seen = {str(r["id"]): r["hash"] for r in mine.approve_summary()["ready"]}
        good[0]._change_content({"amount": 900}, "The contract says so.")
        answer = mine.approve_each(seen=seen)
        self.assertEqual(answer["approved"], good[1].ids)
        self.assertIn("changed after you looked", answer["failed"][0]["why"])

    def test_nobody_approves_their_own_or_what_is_not_theirs(self):
        requests = self._submitted() | self._submitted()
        answer = requests.with_user(self.ria).approve_each()
        self.assertEqual((answer["approved"], len(answer["failed"])), ([], 2))
        self.assertEqual(set(requests.mapped("state")), {"pending"})

    def test_nothing_chosen_is_said(self):
        with self.assertRaises(UserError):
            self.env["approval_engine.request"].with_user(self.fred).approve_summary()
