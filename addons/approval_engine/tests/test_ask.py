from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import ApprovalCase

START = "2026-11-23 09:00:00"


def at(hours):
    return fields.Datetime.to_datetime(START) + timedelta(hours=hours)


@tagged("post_install", "-at_install")
class TestAsk(ApprovalCase):
    def setUp(self):
        super().setUp()
        with freeze_time(START):
            self.request = self._submitted()

    def _ask(self, text="Which contract?", user=None, hours=2):
        with freeze_time(at(hours)):
            self.request.with_user(user or self.fred).action_ask(text)
        return self._rows()[-1:]

    def _rows(self):
        return self.env["approval_engine.question"].search(
            [("request_id", "=", self.request.id)], order="id"
        )

    def _answer(self, question, text="Number 7.", user=None, hours=5, **values):
        with freeze_time(at(hours)):
            self.request.with_user(user or self.ria).action_answer(
                text, question.id, **values
            )

    def _look(self, hours):
        self.env["event_hub.event"]._flush_emitted()
        with freeze_time(at(hours)), self.enter_registry_test_mode():
            self.env.ref("approval_engine.ir_cron_deadlines").method_direct_trigger()
        self.env.invalidate_all()

    def test_the_requester_is_asked_and_answers_and_then_it_is_decided(self):
        question = self._ask()
        self.assertEqual(
            (self.request.state, self.request.open_questions), ("pending", 1)
        )
        self.assertTrue(self.request.needs_answer)
        self.assertFalse(self.request.with_user(self.fay).needs_answer)
        self._answer(question)
        self.assertFalse(self.request.needs_answer)
        with freeze_time(at(6)):
            self._approve(self.request, self.fred)
        self.assertEqual(self.request.state, "executed")
        self.assertEqual(
            self._events(self.request)[:3],
            [
                "approval.submitted",
                "approval.question_asked",
                "approval.question_answered",
            ],
        )

    def test_the_clock_stands_still_until_the_answer(self):
        due, remind = self.request.due_at, self.request.remind_at
        question = self._ask(hours=2)
        self.assertFalse(self.request.due_at or self.request.remind_at)
        self.assertEqual(self.request.paused_due_at, due)
        self._look(25)  # later than it was due
        self.assertEqual(self.request.state, "pending")
        self._answer(question, hours=25.5)
        waited = timedelta(hours=23.5)
        self.assertEqual(
            (self.request.due_at, self.request.remind_at),
            (due + waited, remind + waited),
        )
        self.assertFalse(self.request.paused_at)

    def test_while_it_stands_still_it_can_be_decided(self):
        self._ask()
        with freeze_time(at(40)):
            self._approve(self.request, self.fay)
        self.assertEqual(
            (self.request.state, self.request.open_questions), ("executed", 0)
        )

    def test_it_runs_again_with_the_last_answer_only(self):
        first, second = self._ask(hours=2), self._ask("And why?", self.fay, hours=3)
        self._answer(first, hours=4)
        self.assertTrue(self.request.paused_at)
        self._answer(second, hours=5)
        self.assertEqual(self.request.due_at, at(27))

    def test_without_an_answer_it_runs_on_after_as_long_as_there_was_to_decide(self):
        self._ask(hours=2)
        self._look(25.9)
        self.assertTrue(self.request.paused_at)
        self._look(26)
        self.assertFalse(self.request.paused_at)
        self.assertEqual(self.request.due_at, at(26 + 22))
        self._look(48)
        self.assertEqual(self.request.state, "expired")

    def test_where_the_policy_says_so_the_clock_runs_on(self):
        self.credit_policy._new_version().write({"pause_on_question": False})
        newer = self.credit_policy.search([], order="id desc", limit=1)
        newer.action_activate()
        with freeze_time(START):
            self.request = self._submitted()
        self._ask()
        self.assertEqual(self.request.due_at, at(24))

    def test_only_who_could_decide_now_asks(self):
        with self.enter_registry_test_mode():
            for user in (self.ria, self.olaf, self.max):
                with self.subTest(user=user.name), self.assertRaises(UserError):
                    self._ask(user=user)
        with self.assertRaisesRegex(UserError, "write something"):
            self._ask("  ")
        with self.assertRaisesRegex(UserError, "at most"):
            self._ask("x" * 4001)
        self.assertFalse(self._rows())

    def test_only_who_asked_for_it_or_is_asked_answers(self):
        question = self._ask()
        self.request.sudo().message_subscribe(self.olaf.partner_id.ids)
        with self.enter_registry_test_mode(), self.assertRaises(AccessError):
            self._answer(question, user=self.olaf)
        self._answer(question, user=self.fay)
        with self.assertRaisesRegex(ConflictError, "Fay answered this already"):
            self._answer(question)

    def test_answers_go_to_open_questions_of_this_request(self):
        question = self._ask()
        with freeze_time(START):
            other = self._submitted()
        with self.assertRaises(MissingError), freeze_time(at(3)):
            other.with_user(self.ria).action_answer("7", question.id)
        self._answer(question)
        with self.assertRaises(MissingError):
            self._answer(self._rows()[-1])  # an answer is no question

    def test_a_question_of_a_step_decided_meanwhile_needs_no_answer(self):
        with freeze_time(START):
            self.request = self._submitted(amount=5000)
        question = self._ask()
        with freeze_time(at(3)):
            self._approve(self.request, self.fay)
        self.assertEqual(
            (self.request.state, self.request.open_questions), ("pending", 0)
        )
        self.assertEqual(
            self.request.due_at, at(25), "the clock runs for the next step"
        )
        with self.assertRaisesRegex(ConflictError, "decided meanwhile"):
            self._answer(question)

    def test_files_come_with_an_answer_if_they_are_the_caller_s(self):
        question = self._ask()
        Files = self.env["ir.attachment"]
        own = Files.with_user(self.ria).create(
            {"name": "contract.txt", "raw": b"7", "res_model": "mail.compose.message"}
        )
        foreign = Files.with_user(self.fred).create(
            {"name": "secret.txt", "raw": b"s", "res_model": "mail.compose.message"}
        )
        elsewhere = Files.create(
            {
                "name": "account.txt",
                "raw": b"a",
                "res_model": "res.partner",
                "res_id": self.account.id,
            }
        )
        for wrong in (foreign, elsewhere):
            with self.assertRaises(AccessError):
                self._answer(question, attachment_ids=wrong.ids)
        with self.assertRaises(UserError):
            self._answer(question, attachment_ids=["1"])
        self._answer(question, attachment_ids=own.ids)
        self.assertEqual(own.with_user(self.fred).raw, b"7", "approvers can open it")
        self.assertEqual(self._rows()[-1].attachments[0]["name"], "contract.txt")

    def test_what_was_said_is_in_the_dossier_and_stays_as_it_was_said(self):
        question = self._ask()
        self._answer(question)
        [told] = self.request.with_user(self.audrey).dossier()["questions"]
        self.assertEqual(
            (told["by"], told["text"], told["answer"]["text"], told["open"]),
            ("Fred", "Which contract?", "Number 7.", False),
        )
        with self.assertRaises(UserError):
            question.sudo().write({"text": "Another"})
        with self.assertRaises(AccessError):
            question.sudo().create({"request_id": self.request.id, "text": "x"})

    def test_who_does_not_see_the_request_does_not_see_its_questions(self):
        self._ask()
        seen = self.env["approval_engine.question"].with_user(self.olaf).search([])
        self.assertFalse(seen)
        self.assertTrue(self._rows().with_user(self.ria).search([]))

    def test_recalling_closes_what_was_asked(self):
        question = self._ask()
        self.request.action_recall()
        self.assertEqual(self.request.open_questions, 0)
        with self.assertRaises(ConflictError):
            self._answer(question)
        self.request.action_resubmit()
        self.assertFalse(self.request.paused_at)
        self.request.action_submit()
        self.assertTrue(self.request.due_at)
