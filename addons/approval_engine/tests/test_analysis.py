from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import ApprovalCase

START = "2026-11-02 08:00:00"


@tagged("post_install", "-at_install")
class TestAnalysis(ApprovalCase):
    """The figures of a set that was counted by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(START) as clock:
            make = cls._make
            # 1: decided after 2 h by Fred, after 5 h by Max
            cls.two_steps = make(amount=5000)
            clock.tick(timedelta(hours=2))
            cls.two_steps.with_user(cls.fred).action_approve()
            clock.tick(timedelta(hours=3))
            cls.two_steps.with_user(cls.max).action_approve()
            # 2: rejected after 1 h, resubmitted, approved after 4 h by Olaf in the place of Fay
            cls.again = make()
            clock.tick(timedelta(hours=1))
            cls.again.with_user(cls.fred).action_reject("Too much.")
            cls.again.action_resubmit()
            cls.again.action_submit()
            cls.env["approval_engine.delegation"].with_user(cls.fay).create(
                {
                    "delegate_id": cls.olaf.id,
                    "date_from": "2026-11-02 00:00:00",
                    "date_to": "2026-11-20 00:00:00",
                    "reason": "Away.",
                }
            )
            clock.tick(timedelta(hours=4))
            cls.again.with_user(cls.olaf).action_approve()
            # 3: still waits
            cls.waits = make()
            # 4: needed nobody
            cls.small_type = cls.env["approval_engine.type"].create(
                {"code": "toy_small", "name": "Toy Small"}
            )
            cls._policy(
                cls.small_type,
                [{"name": "Finance", "user_ids": [Command.set(cls.fred.ids)]}],
                auto_amount=500,
            )
            cls.small = make(cls.small_type, amount=20)
        cls.all = cls.two_steps | cls.again | cls.waits | cls.small
        cls.env.flush_all()

    @classmethod
    def _make(cls, kind=None, amount=100):
        request = (
            cls.env["approval_engine.request"]
            .with_user(cls.ria)
            .create(
                {
                    "name": "Credit",
                    "type_id": (kind or cls.credit_type).id,
                    "partner_id": cls.account.id,
                    "amount": amount,
                }
            )
        )
        request.action_submit()
        return request

    def _rows(self, model="analysis", user=None):
        self.env.invalidate_all()
        rows = self.env[f"approval_engine.{model}"].with_user(user or self.audrey)
        return rows.search([("request_id", "in", self.all.ids)], order="id")

    def _row(self, request):
        return self._rows().filtered(lambda row: row.request_id.id == request.id)

    def test_hours_to_decide_are_from_the_last_submission_to_the_decision(self):
        found = [self._row(one).cycle_hours for one in (self.two_steps, self.again)]
        self.assertEqual([round(hours, 3) for hours in found], [5, 4])

    def test_what_waits_has_no_hours_and_no_part_in_the_average(self):
        [(average, count)] = self.env["approval_engine.analysis"]._read_group(
            [("request_id", "in", (self.two_steps | self.again | self.waits).ids)],
            [],
            ["cycle_hours:avg", "requests:sum"],
        )
        self.assertEqual((round(average, 3), count), (4.5, 3))

    def test_the_share_that_needed_nobody_is_of_what_is_settled(self):
        [(share, count)] = self.env["approval_engine.analysis"]._read_group(
            [("request_id", "in", self.all.ids)],
            [],
            ["auto_share:avg", "auto_approved:sum"],
        )
        self.assertEqual((round(share, 4), count), (0.3333, 1))

    def test_rounds_delegations_and_entries_of_the_log_are_counted(self):
        self.assertEqual(self._rows().mapped("rounds"), [1, 2, 1, 1])
        self.assertEqual(self._rows().mapped("delegated"), [0, 1, 0, 0])
        self.assertEqual(self._rows().mapped("overrides"), [0, 0, 0, 0])

    def test_overdue_is_what_was_decided_late_or_waits_past_its_deadline(self):
        for request, due in (
            (self.two_steps, "2026-11-02 12:00:00"),  # decided at 13:00
            (self.again, "2026-11-02 20:00:00"),  # decided at 18:00
            (self.waits, "2026-11-03 08:00:00"),
            (self.small, False),
        ):
            request._write_guarded({"due_at": due})
        late = self._rows().filtered("overdue").request_id
        self.assertEqual(late, self.two_steps | self.waits)
        [(share,)] = self.env["approval_engine.analysis"]._read_group(
            [("request_id", "in", self.all.ids)], [], ["overdue_share:avg"]
        )
        self.assertEqual(round(share, 4), 0.6667)  # of the three with a deadline

    def test_overrides_are_what_was_done_by_hand_or_by_who_gains(self):
        self.waits._write_guarded({"beneficiary_id": self.cleo.id})
        self.assertEqual(self._row(self.waits).overrides, 0)
        self.credit_policy._write_guarded(
            {"bar_beneficiary": False, "bar_lift_reason": "A family firm."}
        )
        self.assertEqual(self._row(self.waits).overrides, 1)

    def test_escalations_count_levels_and_the_time_given_once_more(self):
        self.waits._write_guarded({"levels_done": "3,4", "extended": True})
        self.assertEqual(self._row(self.waits).escalations, 3)

    def test_waiting_is_told_per_step_and_approver(self):
        rows = self._rows("wait_analysis")
        answered = rows.filtered("answered")
        found = [
            (row.request_id, row.step, row.user_id, row.decided_by_id, row.answer_hours)
            for row in answered
            if row.request_id != self.small
        ]
        self.assertEqual(
            [(*row[:4], round(row[4], 3)) for row in found],
            [
                (self.two_steps, "Finance", self.fred, self.fred, 2),
                (self.two_steps, "Manager", self.max, self.max, 3),
                (self.again, "Finance", self.fay, self.olaf, 4),
            ],
        )

    def test_who_still_has_to_answer_waits_and_a_step_counts_once(self):
        rows = self._rows("wait_analysis")
        waiting = rows.filtered("open")
        self.assertEqual(waiting.user_id, self.fred | self.fay)
        self.assertTrue(all(row.waits_hours > 0 for row in waiting))
        steps = [
            round(row.step_hours, 3)
            for row in rows.filtered("step_hours")
            if row.request_id == self.two_steps
        ]
        self.assertEqual(steps, [2, 3])
        self.assertEqual(rows.filtered("stood_in").user_id, self.fay)

    def test_only_managers_and_auditors_of_the_company_see_it(self):
        for model in ("analysis", "wait_analysis"):
            with self.assertRaises(AccessError):
                self._rows(model, self.fred)
            self.assertTrue(self._rows(model, self.max))
        other = self.env["res.company"].create({"name": "Other"})
        self.audrey.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.assertFalse(self._rows())
        self.assertFalse(self._rows("wait_analysis"))
