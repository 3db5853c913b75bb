from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.approval_engine.tools import passages

from .common_governed import ORDER, GovernedCase

TODAY = "2026-11-22"


@tagged("post_install", "-at_install")
class TestAdherence(GovernedCase):
    """Which governed documents that came into force have a valid approval, and why others have none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what other addons govern is judged elsewhere
        cls.env["approval_engine.governed"].search([]).active = False
        cls.governed = cls._govern(
            "amount",
            "state",
            "line_ids",
            hold_write=True,
            method_names="action_confirm",
            domain="[('amount', '>', 1000)]",
            amount_field_id=cls._field("amount").id,
        )

    def _confirmed(self, **values):
        """:return: an order that was approved, then confirmed"""
        order = self._order(**values)
        request = self._ask(order, "action_confirm")
        self._approve(request, self.fred)
        order.invalidate_recordset()
        order.action_confirm()
        self.env["event_hub.event"]._flush_emitted()
        self.assertEqual(request.state, "executed")
        return order

    def _by_sql(self, order, **values):
        """As somebody with the database password does it."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE test_approval_engine_order SET {name} = %s WHERE id = %s",
                [value, order.id],
            )
        self.env.invalidate_all()

    def _report(self, user=None, date_from="2000-01-01", date_to="2100-01-01", **more):
        report = self.env["approval_engine.adherence"].with_user(user or self.audrey)
        return report.report(date_from, date_to, **more)

    def _whys(self, **more):
        found = self._report(**more)
        return {
            row["id"]: row["why"] for row in found["without"] if row["model"] == ORDER
        }

    # ------------------------------------------------------------------ the judgement

    def test_what_was_approved_and_confirmed_adheres(self):
        self._confirmed()
        self._order()  # still a draft: binds nobody
        self._order(amount=9, state="sale")  # too small to be governed
        found = self._report()
        self.assertEqual(
            (found["documents"], found["approved"], found["share"], found["without"]),
            (1, 1, 1.0, []),
        )

    def test_what_was_made_before_the_gate_or_past_it_was_never_asked(self):
        born_so = self._order(state="sale")
        by_sql = self._order()
        self._by_sql(by_sql, state="sale")
        found = self._report()
        self.assertEqual(self._whys(), {born_so.id: "never", by_sql.id: "never"})
        self.assertEqual(
            (found["documents"], found["approved"], found["share"]), (2, 0, 0.0)
        )
        self.assertEqual(found["without"][0]["request"], False)

    def test_a_confirmed_order_changed_past_the_gate_is_another_content(self):
        order = self._confirmed()
        request = order.env["approval_engine.request"].search(
            [("res_id", "=", order.id)]
        )
        self._by_sql(order, amount=9000)
        [row] = self._report()["without"]
        self.assertEqual((row["why"], row["request"]), ("other", request.id))
        self._by_sql(order, amount=5000)
        self.assertEqual(self._whys(), {})

    def test_a_line_that_was_changed_or_slipped_in_is_another_content(self):
        order = self._confirmed(
            line_ids=[Command.create({"name": "Seats", "price": 5000})]
        )
        self.env.flush_all()
        for query in (
            "UPDATE test_approval_engine_order_line SET price = 1 WHERE order_id = %s",
            "INSERT INTO test_approval_engine_order_line (order_id, price) VALUES (%s, 7)",
        ):
            with self.subTest(query), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(query, [order.id])
                self.env.invalidate_all()
                self.assertEqual(self._whys(), {order.id: "other"})
                savepoint.rollback()
                self.env.invalidate_all()

    def test_an_effect_or_an_automation_that_confirmed_it_does_not_help(self):
        order = self._order()
        with passages.effect_of(order):
            order.sudo().action_confirm()
        self.assertEqual(self._whys(), {order.id: "never"})

    def test_rejected_waiting_and_recalled_requests_are_no_approval(self):
        orders = [self._order() for _number in range(3)]
        rejected, waiting, recalled = (
            self._ask(order, "action_confirm") for order in orders
        )
        rejected.with_user(self.fred).action_reject("No.")
        recalled.action_recall()
        self.assertTrue(waiting)
        for order in orders:
            self._by_sql(order, state="sale")
        self.assertEqual(list(self._whys().values()), ["rejected", "waiting", "ended"])

    def test_an_approval_asked_once_it_was_in_force_came_later(self):
        order = self._order()
        self._by_sql(order, state="sale")
        self._approve(self._ask(order, "action_confirm"), self.fred)
        self.assertEqual(self._whys(), {order.id: "later"})

    def test_an_approval_after_the_day_it_counts_from_came_later(self):
        order = self._confirmed()
        self.governed.in_force_at_field_id = self._field("day")
        yesterday = fields.Date.today() - timedelta(days=1)
        for day, expected in (
            (yesterday, {order.id: "later"}),
            (fields.Date.today(), {}),
        ):
            self._by_sql(order, day=day)
            self.assertEqual(self._whys(), expected)

    def test_an_approval_whose_log_was_altered_does_not_verify(self):
        order = self._confirmed()
        log = self.env["approval_engine.decision"]
        with log._maintenance("a test forges"):
            self.env.cr.execute(
                "UPDATE approval_engine_decision SET comment = 'Sure.' WHERE request_id IN"
                " (SELECT id FROM approval_engine_request WHERE res_id = %s)",
                [order.id],
            )
        self.env.invalidate_all()
        self.assertEqual(self._whys(), {order.id: "forged"})

    def test_what_came_of_it_forged_together_with_the_document_does_not_fit_the_ledger(
        self,
    ):
        order = self._confirmed()
        self._by_sql(order, amount=9000)
        self.env.cr.execute(
            "UPDATE approval_engine_request SET result = jsonb_set(result, '{amount}', '\"9000.00\"')"
            " WHERE res_id = %s",
            [order.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self._whys(), {order.id: "forged"})

    def test_an_approved_change_of_a_confirmed_order_adheres(self):
        order = self._confirmed()
        self._approve(self._ask(order, "write", amount=8000), self.fred)
        order.invalidate_recordset()
        order.write({"amount": 8000})
        self.env["event_hub.event"]._flush_emitted()
        self.assertEqual(self._whys(), {})

    def test_a_birth_is_found_by_what_came_of_it(self):
        self.governed.write({"hold_create": True, "method_names": False})
        vals = {"name": "S009", "amount": 5000}
        request = self._ask(self.env[ORDER], "create", **vals)
        self._approve(request, self.fred)
        order = self.env[ORDER].with_user(self.ria).create(vals)
        self.env["event_hub.event"]._flush_emitted()
        self.assertEqual(request.sudo().result_id, order.id)
        self.assertEqual(self._whys(), {})
        self._by_sql(order, amount=7000)
        self.assertEqual(self._whys(), {order.id: "other"})

    def test_where_nothing_tells_only_what_was_changed_with_an_approval_is_judged(self):
        self.governed.write(
            {
                "field_ids": [Command.set(self._field("amount").ids)],
                "method_names": False,
                "mode": "change",
            }
        )
        self._order()
        order = self._order()
        order.write({"amount": 8000})
        request = order.env["approval_engine.request"].search(
            [("res_id", "=", order.id)]
        )
        self._approve(request, self.fred)
        request.sudo()._carry_out_as_approved()
        self.env["event_hub.event"]._flush_emitted()
        found = self._report()
        self.assertEqual((found["documents"], found["approved"]), (1, 1))
        self._by_sql(order, amount=9999)
        self.assertEqual(self._whys(), {order.id: "other"})
        self.governed.in_force = "[]"
        self.assertEqual(len(self._whys()), 2)

    # ------------------------------------------------------------------ figures, rights

    def test_no_document_is_no_share_and_never_all(self):
        found = self._report(date_to="2000-01-02")
        self.assertEqual((found["documents"], found["share"]), (0, False))
        self.assertIn("No governed document", found["words"])

    def test_both_ends_of_the_period_count_and_other_days_do_not(self):
        order = self._order(state="sale")
        self._by_sql(order, create_date="2026-03-31 23:59:59")
        for start, end, count in (
            ("2026-03-31", "2026-03-31", 1),
            ("2026-03-01", "2026-03-30", 0),
            ("2026-04-01", "2026-04-30", 0),
        ):
            found = self._report(date_from=start, date_to=end)
            self.assertEqual(found["documents"], count, (start, end))

    def test_other_companies_are_judged_by_who_may_see_them(self):
        other = self.env["res.company"].create({"name": "Other"})
        order = self._order(state="sale", company_id=other.id)
        self.assertEqual(self._report()["documents"], 0)
        with self.assertRaises(AccessError):
            self._report(company_id=other.id)
        self.audrey.company_ids += other
        self.assertEqual(self._whys(company_id=other.id), {order.id: "never"})

    def test_it_says_where_approvals_were_deleted_after_their_years(self):
        self.assertEqual(self._report()["note"], "")
        self.env["approval_engine.checkpoint"]._write_down(
            self.env.company, fields.Datetime.to_datetime("2020-06-01"), 0, []
        )
        self.assertIn("2020-06-01", self._report()["note"])
        self.assertEqual(self._report(date_from="2020-06-01")["note"], "")

    def test_before_it_is_judged_a_report_says_nothing(self):
        report = self.env["approval_engine.adherence"].with_user(self.audrey).new({})
        self.assertFalse(report.words or report.note)

    def test_who_is_no_auditor_gets_nothing(self):
        with self.assertRaises(AccessError):
            self._report(user=self.olaf)

    def test_a_period_that_is_none_is_refused_in_words(self):
        for period in (
            ("2026-02-30", TODAY),
            ("", TODAY),
            (TODAY, "2026-11-21"),
            ("0001-01-01", "9999-12-31"),
        ):
            with self.assertRaises(UserError):
                self._report(date_from=period[0], date_to=period[1])

    def test_the_screen_says_the_same_and_leads_to_record_and_approval(self):
        order = self._confirmed()
        self._order(state="sale")
        self._by_sql(order, amount=9000)
        report = self.env["approval_engine.adherence"].with_user(self.audrey).create({})
        report.action_judge()
        self.assertEqual((report.documents, report.approved), (2, 0))
        self.assertIn("0 of 2", report.words)
        self.assertEqual(report.line_ids.mapped("why"), ["other", "never"])
        self.assertEqual(report.line_ids[0].open_record()["res_id"], order.id)
        self.assertTrue(report.line_ids[0].request_id)
        report.action_judge()  # anew: nothing is counted twice
        self.assertEqual(len(report.line_ids), 2)

    def test_the_number_of_queries_does_not_depend_on_the_number_of_documents(self):
        def judge():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["approval_engine.governed"].sudo()._judge_adherence(
                rule,
                self.env.company,
                fields.Date.to_date("2000-01-01"),
                fields.Date.to_date("2100-01-01"),
            )
            return self.env.cr.sql_log_count - before

        self._confirmed(line_ids=[Command.create({"name": "Seats", "price": 5000})])
        rule = self.env["approval_engine.governed"]._rule_of(
            f"governed:{self.governed.id}", ORDER
        )
        judge()
        few = judge()
        self.env.cr.execute(
            "INSERT INTO test_approval_engine_order (name, state, amount, company_id, currency_id, create_date)"
            " SELECT 'S', 'sale', 5000, company_id, currency_id, now()"
            " FROM test_approval_engine_order, generate_series(1, 300) LIMIT 300"
        )
        self.assertEqual(judge(), few)
        self.assertLess(few, 20)
