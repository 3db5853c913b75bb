from datetime import timedelta

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestWindow(ApprovalCase):
    """What was asked shortly before counts: a split request meets the same people as the whole."""

    def _put_in_force(self, by="account", days=30, **values):
        self.env["approval_engine.policy"].search(
            [("type_id", "=", self.credit_type.id), ("state", "=", "active")]
        ).action_retire()
        people = [Command.set((self.fred | self.fay).ids)]
        steps = [
            {"name": "Finance", "user_ids": people},
            {
                "name": "Manager",
                "sequence": 20,
                "user_ids": [Command.set(self.max.ids)],
                "amount_from": 1000,
            },
        ]
        return self._policy(
            self.credit_type, steps, window_days=days, window_by=by, **values
        )

    def _steps(self, **values):
        """:return: names of the steps a submitted request got"""
        return self._submitted(**values).step_ids.mapped("name")

    def _age(self, request, days):
        request.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE approval_engine_request SET submitted_at = submitted_at - %s WHERE id = %s",
                timedelta(days=days),
                request.id,
            )
        )
        request.invalidate_recordset()

    def test_the_last_part_meets_whom_the_whole_would_meet(self):
        self._put_in_force()
        self.assertEqual(self._steps(amount=400), ["Finance"])
        self.assertEqual(self._steps(amount=600), ["Finance"])
        self.assertEqual(self._steps(amount=1), ["Finance", "Manager"])

    def test_the_preview_and_the_snapshot_say_what_counts(self):
        self._put_in_force()
        self._submitted(amount=900)
        request = self._draft(amount=200)
        amount = self.env.company.currency_id.format(900)
        words = f"{amount} of the last 30 days for the same account count too."
        self.assertIn(words, request.preview_route()[0]["reason"])
        request.action_submit()
        self.assertEqual(
            (
                request.policy_snapshot["counted"],
                request.policy_snapshot["at_stake"],
                request.preview_route()[0]["reason"][-len(words) :],
            ),
            (words, 1100, words),
        )

    def test_what_counts_together(self):
        other = self.env["res.partner"].create({"name": "Cobalt", "is_company": True})
        contact = self.env["res.partner"].create(
            {"name": "Anna", "parent_id": self.account.id}
        )
        cases = [  # by, values of the second part, does the first one count
            ("account", {}, True),
            ("account", {"user": self.olaf}, True),
            ("account", {"partner_id": contact.id}, True),
            ("account", {"partner_id": other.id}, False),
            ("requester", {"partner_id": other.id}, True),
            ("requester", {"user": self.olaf}, False),
            ("type", {"user": self.olaf, "partner_id": other.id}, True),
        ]
        for by, values, counts in cases:
            with self.subTest(by=by, values=values):
                self.env["approval_engine.request"].search([]).sudo()._write_guarded(
                    {"company_amount": 0}
                )
                self._put_in_force(by)
                self._submitted(amount=900)
                found = self._steps(amount=200, **values)
                self.assertEqual("Manager" in found, counts)

    def test_leaving_the_account_out_does_not_help(self):
        self._put_in_force()
        self._submitted(amount=900, partner_id=False)
        self.assertIn("Manager", self._steps(amount=200, partner_id=False))

    def test_what_is_old_refused_or_taken_back_does_not_count(self):
        self._put_in_force()
        old = self._submitted(amount=900)
        self._age(old, 31)
        self._submitted(amount=900).action_recall()
        self._submitted(amount=900).with_user(self.fred).action_reject("No.")
        self._draft(amount=900)
        self.assertEqual(self._steps(amount=900), ["Finance"])
        self._age(old, -2)
        self.assertIn("Manager", self._steps(amount=50))

    def test_currencies_count_at_the_rate_of_their_day(self):
        other = self.env["res.currency"].create(
            {
                "name": "TOY",
                "symbol": "T",
                "rate_ids": [Command.create({"rate": 10.0})],  # 10 TOY a unit
            }
        )
        self._put_in_force()
        self._submitted(amount=9000, currency_id=other.id)  # 900
        other.rate_ids.rate = 1000
        self.assertEqual(self._steps(amount=100), ["Finance"])
        self.assertIn("Manager", self._steps(amount=1))

    def test_without_a_window_each_stands_for_itself(self):
        self._put_in_force(days=0)
        self._submitted(amount=900)
        self.assertEqual(self._steps(amount=900), ["Finance"])

    def test_one_query_however_many_count(self):
        policy = self._put_in_force()
        request = self._draft(amount=1).sudo()

        def queries():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            request._counted_before({request: policy})
            return self.env.cr.sql_log_count - before

        for _n in range(3):
            self._submitted(amount=1)
        few = queries()
        for _n in range(10):
            self._submitted(amount=1)
        self.assertLessEqual(queries(), max(few, 1))
