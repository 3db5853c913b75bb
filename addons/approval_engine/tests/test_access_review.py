from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_activation import PolicyCase


@tagged("post_install", "-at_install")
class TestAccessReview(PolicyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["res.groups"].create({"name": "Deal Desk"})
        (cls.fred | cls.fay).group_ids = [Command.link(cls.group.id)]
        cls.choice_policy.action_retire()
        cls.policy = cls._policy(
            cls.choice_type, [{"name": "Deal Desk", "group_id": cls.group.id}]
        )
        cls.reviews = cls.env["approval_engine.access_review"]

    def review(self):
        action = self.reviews.with_user(self.mona).open_review()
        return self.reviews.with_user(self.mona).browse(action["res_id"])

    def line(self, review, user, kind):
        return review.line_ids.filtered(
            lambda line: line.user_id == user and line.type_id == kind
        )

    def judged(self, review):
        for line in review.line_ids:
            judge = self.max if line.user_id == self.mona else self.mona
            line.with_user(judge).action_keep()
        return review

    def test_it_lists_each_person_in_each_step_and_what_they_did(self):
        self._approve(self._submitted(), self.fred)
        review = self.review()
        fred = self.line(review, self.fred, self.credit_type)
        self.assertEqual(
            (fred.step_name, fred.why, fred.decisions), ("Finance", "named", 1)
        )
        self.assertTrue(fred.last_decided_at)
        manager = self.line(review, self.max, self.credit_type)
        self.assertEqual((manager.step_name, manager.above), ("Manager", 1000))
        desk = self.line(review, self.fay, self.choice_type)
        self.assertEqual((desk.why, desk.decisions), ("group", 0))
        self.assertTrue(desk.since)

    def test_where_each_request_names_others_the_line_says_who_in_words(self):
        self.credit_policy.action_retire()
        self._policy(self.credit_type, [{"name": "Above", "route": "manager"}])
        line = self.review().line_ids.filtered(
            lambda line: line.type_id == self.credit_type
        )
        self.assertEqual(
            (line.who, line.user_id.id), ("Above (the manager of the requester)", False)
        )
        line.action_remove()
        self.assertEqual(line.verdict, "remove")

    def test_it_closes_once_each_line_is_judged_and_its_fingerprint_is_in_the_ledger(
        self,
    ):
        review = self.review()
        with self.assertRaisesRegex(UserError, "wait for a word"):
            review.action_close()
        self.judged(review)
        self.assertIs(review.action_close(), True)
        self.assertEqual((review.state, review.closed_by_id), ("closed", self.mona))
        self.assertEqual(
            self.told(review),
            ["approval.access_review_opened", "approval.access_reviewed"],
        )
        with self.assertRaisesRegex(UserError, "closed"):
            review.line_ids[0].with_user(self.max).action_remove()
        with self.assertRaisesRegex(UserError, "closed already"):
            review.action_close()

    def test_a_change_in_the_database_after_it_was_closed_shows(self):
        review = self.judged(self.review())
        review.action_close()
        self.assertTrue(review.is_whole)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE approval_engine_access_review_line SET verdict = 'remove' WHERE id = %s",
            [review.line_ids[0].id],
        )
        self.env.invalidate_all()
        self.assertFalse(review.is_whole)

    def test_authority_by_a_group_that_is_removed_ends_at_once(self):
        line = self.line(self.review(), self.fay, self.choice_type)
        line.action_remove("Moved to sales")
        self.assertEqual((line.verdict, line.reason), ("remove", "Moved to sales"))
        request = self._submitted(self.choice_type)
        self.assertEqual(request.sudo().assignment_ids.user_id, self.fred)
        self.assertIn(self.fay, self.group.all_user_ids)

    def test_for_who_is_named_in_a_step_the_owner_is_told(self):
        last = self.env["mail.message"].search([], order="id desc", limit=1)
        self.line(self.review(), self.fred, self.credit_type).action_remove()
        told = self.env["mail.message"].search([("id", ">", last.id)])
        self.assertIn(self.max.partner_id, told.partner_ids)

    def test_nobody_judges_themselves_and_only_managers_judge(self):
        review = self.review()
        own = self.line(review, self.max, self.credit_type)
        with self.assertRaisesRegex(AccessError, "another manager"):
            own.with_user(self.max).action_keep()
        for nobody in (self.fred, self.audrey, self.ria):
            with self.assertRaises(AccessError):
                own.with_user(nobody).action_keep()
            with self.assertRaises(AccessError):
                self.reviews.with_user(nobody).open_review()
        self.assertTrue(review.with_user(self.audrey).read(["state", "digest"]))

    def test_nothing_in_it_is_written_by_hand(self):
        review = self.review()
        for record, values in (
            (review, {"state": "closed"}),
            (review.line_ids[0], {"verdict": "keep"}),
        ):
            for model in (record, record.sudo()):
                with self.assertRaises(AccessError):
                    model.write(values)
            with self.assertRaises(UserError):
                record.unlink()
