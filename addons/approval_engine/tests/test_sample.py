from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestSample(ApprovalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sample = cls.env["approval_engine.sample"].with_user(cls.audrey)

    def test_an_auditor_draws_and_draws_the_same_again(self):
        decided = self.env["approval_engine.request"]
        for _n in range(6):
            decided |= self._approve(self._submitted(), self.fred)
        self._submitted()
        values = {"count": 3, "seed": 7, "type_ids": self.credit_type.ids}
        drawn, again = (
            self.sample.create(values).action_draw()["domain"][0][2] for _n in range(2)
        )
        self.assertEqual(drawn, again)
        self.assertEqual(len(drawn), 3)
        self.assertLessEqual(set(drawn), set(decided.ids))
        self.assertEqual(self.sample.create(values).population, 6)

    def test_a_count_that_is_none_is_refused_in_words(self):
        for count in (0, -1, 501):
            with self.assertRaisesRegex(UserError, "count"):
                self.sample.create({"count": count}).action_draw()

    def test_approvers_draw_none(self):
        with self.assertRaises(AccessError):
            self.sample.with_user(self.fred).create({})

    def test_what_one_drew_or_judged_no_other_reads(self):
        other = self._person("audit_other", "approval_engine.group_approval_auditor")
        drawn = self.sample.create({"count": 3})
        judged = self.env["approval_engine.adherence"].with_user(self.audrey).create({})
        judged.action_judge()
        for record in (drawn, judged):
            self.assertTrue(record.search_count([("id", "=", record.id)]))
            found = record.with_user(other).search_count([("id", "=", record.id)])
            self.assertFalse(found, record._name)
