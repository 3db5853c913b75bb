from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ApprovalCase

CHOOSE = ("action_choose", {"option": "stop"})
ASK = ("action_ask", {"question": "Why?"})


@tagged("post_install", "-at_install")
class TestHttpStanding(ApprovalCase, HttpCase):
    """What somebody was asked for once is no right any more, once they are barred or have left: over JSON-2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["res.groups"].create({"name": "Toy Finance"})
        cls.choice_policy.action_retire()
        people = {"user_ids": [Command.set(cls.fay.ids)], "group_id": cls.group.id}
        cls.fred.group_ids += cls.group
        steps = [
            {"name": "Finance", "bar_account_owner": True, **people},
            {"name": "Success", "user_ids": [Command.set(cls.cleo.ids)]},
        ]
        cls.policy = cls._policy(cls.choice_type, steps)

    def setUp(self):
        super().setUp()
        self.request = self._submitted(self.choice_type, option="wait")
        self.add = (
            "action_add_approver",
            {"user_id": self.olaf.id, "reason": "Knows it."},
        )
        guest = self.env["res.partner"].create({"name": "G", "email": "g@example.com"})
        self.invite = ("action_invite", {"partner_id": guest.id, "reason": "Knows it."})
        self.decide = [
            ("action_approve", {}),
            ("action_reject", {"comment": "No."}),
            CHOOSE,
            ASK,
            self.add,
            self.invite,
        ]

    def _call(self, user, method, arguments):
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        key = keys._generate("rpc", "test", None)
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.addons.rpc.controllers.json2"):
            answer = self.url_open(
                f"/json/2/approval_engine.request/{method}",
                json={"ids": self.request.ids, **arguments},
                method="POST",
                headers={"Authorization": f"bearer {key}"},
            )
        self.env.invalidate_all()
        return answer.status_code, answer.json()

    def _refused(self, user, calls, words="", status=403):
        before = self._looks()
        for method, arguments in calls:
            with self.subTest(method=method, user=user.name):
                got, answer = self._call(user, method, arguments)
                self.assertEqual(got, status, answer)
                self.assertIn(words, str(answer))
        self.assertEqual(self._looks(), before)

    def _looks(self):
        request = self.request.sudo()
        return (
            request.option,
            request.open_questions,
            len(request.step_ids),
            len(request.decision_ids),
            request.state,
        )

    def _lend(self, lender, delegate):
        now = fields.Datetime.now()
        return self.env["approval_engine.delegation"].create(
            {
                "user_id": lender.id,
                "delegate_id": delegate.id,
                "date_from": now - timedelta(minutes=1),
                "date_to": now + timedelta(days=1),
                "reason": "Away",
            }
        )

    def test_who_became_the_account_owner_does_nothing_with_the_step(self):
        self.account.account_owner_id = self.fred
        self._refused(self.fred, self.decide, "as you own the account")

    def test_who_became_a_contact_of_the_account_does_nothing_with_it(self):
        self.cleo.partner_id.parent_id = self.account
        self._refused(self.cleo, self.decide, "as you gain by it")

    def test_who_stands_in_for_somebody_barred_since_does_nothing_either(self):
        self._lend(self.fred, self.olaf)
        self.account.account_owner_id = self.fred
        more = self.request.sudo()
        more._watch(self.olaf)
        calls = [call for call in self.decide if call != self.add]
        self._refused(self.olaf, calls, "whom you stand in for")

    def test_who_left_the_group_of_the_step_does_nothing_with_it(self):
        self.fred.group_ids -= self.group
        self._refused(self.fred, self.decide, "You can no longer decide")

    def test_who_has_no_access_to_approvals_any_more_does_nothing(self):
        self.fred.group_ids -= self.env.ref("approval_engine.group_approval_user")
        self._refused(self.fred, self.decide)

    def test_who_works_for_another_company_now_does_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.fred.write({"company_ids": [Command.set(other.ids)], "company_id": other})
        self._refused(self.fred, self.decide)

    def test_who_was_archived_does_nothing(self):
        self._call(self.fred, *ASK)
        self.fred.active = False
        self._refused(self.fred, self.decide, status=401)

    def test_who_decided_before_does_not_choose_once_barred_or_gone(self):
        self._approve(self.request, self.fred, option="wait")
        self.account.account_owner_id = self.fred
        self._refused(self.fred, [CHOOSE], "as you own the account")
        self.account.account_owner_id = False
        self.fred.group_ids -= self.group
        self._refused(self.fred, [CHOOSE], "You can no longer decide")

    def test_who_decided_for_another_does_not_choose_once_that_ended(self):
        lent = self._lend(self.cleo, self.olaf)
        self._approve(self.request, self.olaf, option="wait")
        lent.action_revoke()
        self._refused(self.olaf, [CHOOSE], "You can no longer decide")

    def test_the_owner_of_the_policy_asks_nobody_else_once_barred(self):
        self.max.partner_id.parent_id = self.account
        self._refused(self.max, [self.add, self.invite], "as you gain by it")
        self.max.partner_id.parent_id = False
        self.assertEqual(self._call(self.max, *self.add)[0], 200)

    def test_who_was_added_does_not_decide_once_barred(self):
        self.assertEqual(self._call(self.fred, *self.add)[0], 200)
        self.olaf.partner_id.parent_id = self.account
        calls = [call for call in self.decide if call != self.add]
        self._refused(self.olaf, calls, "as you gain by it")
        self.olaf.partner_id.parent_id = False
        self.account.account_owner_id = self.olaf
        self._refused(self.olaf, calls, "as you own the account")

    def test_who_was_asked_does_not_answer_once_barred_or_gone(self):
        self.request.with_user(self.cleo).action_ask("Which contract?")
        question = self.env["approval_engine.question"].sudo().search([], limit=1)
        answer = [("action_answer", {"answer": "7", "question_id": question.id})]
        self.account.account_owner_id = self.fred
        self._refused(self.fred, answer, "as you own the account")
        self.account.account_owner_id = False
        self.fred.group_ids -= self.group
        self._refused(self.fred, answer, "You can no longer decide")
        self.assertEqual(self._call(self.fay, *answer[0]), (200, True))

    def test_who_is_barred_does_not_say_that_it_was_done_by_hand(self):
        self.request.sudo()._write_guarded({"state": "failed"})
        self.max.partner_id.parent_id = self.account
        done = [("action_complete", {"reason": "Booked."})]
        self._refused(self.max, done, "as you gain by it")
        self.max.partner_id.parent_id = False
        self.assertEqual(self._call(self.max, *done[0]), (200, True))
