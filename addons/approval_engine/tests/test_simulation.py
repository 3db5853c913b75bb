import base64
import math
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import ApprovalCase

WRITTEN = (
    "approval_engine_request",
    "approval_engine_request_step",
    "approval_engine_assignment",
    "approval_engine_decision",
    "approval_engine_policy",
    "event_hub_event",
    "event_hub_delivery",
    "mail_message",
    "mail_mail",
    "mail_activity",
)


@tagged("post_install", "-at_install")
class TestSimulation(ApprovalCase):
    """A draft against what ria asked for: 100, then 5,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small = cls._ask(cls, amount=100)
        cls.large = cls._ask(cls, amount=5000)
        cls.draft = cls._draft_policy(
            {"name": "Finance", "user_ids": [Command.set(cls.fred.ids)]},
            {
                "name": "Success",
                "sequence": 20,
                "amount_from": 4000,
                "user_ids": [Command.set(cls.cleo.ids)],
            },
        )

    def _ask(self, **values):
        request = ApprovalCase._draft(self, **values)
        request.action_submit()
        return request

    @classmethod
    def _draft_policy(cls, *steps, **values):
        return cls.env["approval_engine.policy"].create(
            {
                "name": "Tried",
                "type_id": cls.credit_type.id,
                "owner_id": cls.max.id,
                "step_ids": [Command.create(step) for step in steps],
                **values,
            }
        )

    def _simulate(self, policy=None, user=None, **values):
        return (policy or self.draft).with_user(user or self.max).simulate(**values)

    def _lines(self, figures, user=None):
        run = self.env["approval_engine.simulation"].browse(figures["simulation"])
        return run.line_ids.sorted("amount")

    def _counts(self):
        self.env["event_hub.event"]._flush_emitted()
        self.env.flush_all()
        counted = {}
        for table in WRITTEN:
            self.env.cr.execute(
                SQL("SELECT count(*), max(xmin::text) FROM %s", SQL.identifier(table))
            )
            counted[table] = self.env.cr.fetchone()
        return counted

    # ------------------------------------------------------------------ what comes of it

    def test_who_would_have_decided_what(self):
        figures = self._simulate()
        self.assertEqual((figures["cases"], figures["of"]), (2, 2))
        self.assertEqual(figures["stuck"], 0)
        small, large = self._lines(figures)
        self.assertEqual(small.route, "Finance (Fred)")
        self.assertEqual(large.route, "Finance (Fred), then Success (Cleo)")
        self.assertEqual((small.difference, large.difference), ("same", "other"))
        self.assertEqual(large.difference_words, "also Success; without Manager")
        self.assertEqual(figures["other_steps"], 1)
        self.assertEqual(small.request_id, self.small)

    def test_the_policy_in_force_changes_nothing(self):
        self._approve(self.small, self.fred)
        figures = self._simulate(self.credit_policy)
        self.assertEqual((figures["other_steps"], figures["compared"]), (0, 2))
        self.assertEqual(figures["added_seconds"] or 0, 0)

    def test_nothing_else_is_written(self):
        before = self._counts()
        self._simulate()
        self.draft.with_user(self.max).open_simulation()
        self.assertEqual(self._counts(), before)

    def test_load_per_week_now_and_then(self):
        load = {one["login"]: one for one in self._simulate(days=14)["load"]}
        self.assertEqual(load["approval_fred"]["per_week"], 1.0)
        self.assertEqual(load["approval_cleo"]["cases"], 1)
        self.assertEqual(load["approval_fay"]["cases"], 0)
        self.assertEqual(load["approval_fay"]["real_cases"], 2)

    def test_time_is_unknown_until_somebody_decided(self):
        found = self._simulate()
        self.assertEqual((found["usual_seconds"], found["usual_known"]), (False, 0))
        self.assertIn("unknown", " ".join(found["words"]))
        self._approve(self.small, self.fred)
        step = self.small.step_ids
        step.sudo()._write_guarded({"opened_at": step.opened_at - timedelta(hours=3)})
        found = self._simulate()
        self.assertAlmostEqual(found["usual_seconds"], 3 * 3600, delta=60)
        self.assertEqual(found["usual_known"], 1)
        self.assertEqual(self._lines(found).mapped("time_words"), ["3.0 h", "unknown"])

    def test_automatic_share_and_nobody_to_decide(self):
        self.draft.auto_amount = 500
        figures = self._simulate()
        self.assertEqual((figures["automatic"], figures["automatic_share"]), (1, 0.5))
        self.assertEqual(self._lines(figures)[0].difference, "fewer")
        mine = self._draft_policy(
            {"name": "Ria", "user_ids": [Command.set(self.ria.ids)]},
            owner_id=self.ria.id,
        )
        figures = self._simulate(mine)
        self.assertEqual(figures["stuck"], 2)
        self.assertIn("▲ 2 nobody could have decided", " ".join(figures["words"]))
        mine.owner_id = self.max
        figures = self._simulate(mine)
        self.assertEqual((figures["stuck"], figures["by_owner"]), (0, 2))

    def test_a_window_counts_the_series_itself_in_order(self):
        parts = [self._ask(amount=1500), self._ask(amount=1600)]
        self.assertTrue(all(parts))
        self.draft.window_days = 30
        figures = self._simulate()
        lines = self._lines(figures).sorted(lambda line: line.request_id.id)
        self.assertEqual(lines.mapped("at_stake"), [100, 5100, 6600, 8200])
        self.assertEqual(lines[2].steps, "Finance, Success")
        # what is asked today does not count in the past of a sheet
        found = self._sheet("2026-01-05,approval_ria,10\n2026-01-06,approval_ria,20\n")
        self.assertEqual(self._lines(found).mapped("at_stake"), [10, 30])

    def test_what_falls_under_another_condition_is_left_out(self):
        self._policy(
            self.credit_type,
            [{"name": "Board", "user_ids": [Command.set(self.fay.ids)]}],
            condition="[('amount', '>', 4000)]",
        )
        figures = self._simulate()
        self.assertEqual((figures["cases"], figures["other_policy"]), (1, 1))
        self.draft.condition = "[('amount', '>', 4000)]"
        figures = self._simulate()
        self.assertEqual(self._lines(figures).request_id, self.large)

    def test_no_case_says_so(self):
        none = self._draft_policy(
            {"name": "F", "user_ids": [Command.set(self.fred.ids)]},
            type_id=self.choice_type.id,
        )
        figures = self._simulate(none)
        self.assertEqual((figures["cases"], figures["automatic_share"]), (0, False))
        self.assertIn("nothing to try this out", figures["words"][0])

    # ------------------------------------------------------------------ sheets

    def _sheet(self, rows, head="date,requester,amount"):
        data = base64.b64encode(f"{head}\n{rows}".encode()).decode()
        return self.draft.with_user(self.max).simulate_csv(data)

    def test_cases_of_a_sheet(self):
        self.account.account_code = "SIM-1"
        found = self._sheet(
            "2026-01-05,approval_ria,9000,SIM-1\n2026-01-12,approval_fred,10,\n",
            "date,requester,amount,account",
        )
        small, large = self._lines(found)
        self.assertEqual(large.partner_id, self.account)
        self.assertEqual(large.difference, "uncompared")
        self.assertEqual(small.outcome, "owner")  # fred asked himself
        self.assertEqual((found["compared"], found["days"]), (0, False))

    def test_errors_name_line_and_column(self):
        with self.assertRaisesRegex(
            ValidationError, "Line 2, column requester: “nobody” is nothing we know"
        ):
            self._sheet("2026-01-05,nobody,1\n")
        with self.assertRaisesRegex(ValidationError, "Line 3, column amount: “x”"):
            self._sheet("2026-01-05,approval_ria,1\n2026-01-05,approval_ria,x\n")
        for bad in ("", "§", "YQ"):
            with self.assertRaises(ValidationError):
                self.draft.with_user(self.max).simulate_csv(bad)

    def test_the_example_can_be_tried_as_it_is(self):
        run = self.draft.with_user(self.max)._new_simulation()
        found = self.draft.with_user(self.max).simulate_csv(run.example.decode())
        self.assertEqual(found["cases"], 3)

    # ------------------------------------------------------------------ whose business it is

    def test_only_managers_and_auditors_try_out(self):
        for user in (self.ria, self.fred):
            with self.assertRaises(AccessError):
                self._simulate(user=user)
        self.assertEqual(self._simulate(user=self.audrey)["cases"], 2)

    def test_nobody_sees_what_another_tried_out(self):
        found = self._simulate()
        run = self.env["approval_engine.simulation"].browse(found["simulation"])
        for records in (run, run.line_ids, run.seat_ids):
            self.assertTrue(records)
            records.with_user(self.max).check_access("read")
            with self.assertRaises(AccessError):
                records.with_user(self.audrey).check_access("read")

    def test_requests_of_another_company_stay_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.draft.company_id = False
        boss = self._person("approval_boss", "approval_engine.group_approval_manager")
        boss.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertEqual(self._simulate(user=boss)["cases"], 0)
        self.assertEqual(self._simulate()["cases"], 2)

    def test_days_and_steps_are_asked_for(self):
        for days in (0, 732):
            with self.assertRaisesRegex(UserError, "days"):
                self._simulate(days=days)
        for days in (True, "9", -1, 2.5, None):
            with self.assertRaises(ValidationError):
                self._simulate(days=days)
        with self.assertRaisesRegex(UserError, "no step yet"):
            self._simulate(self._draft_policy())

    def test_older_requests_are_out(self):
        self.large._write_guarded(
            {"submitted_at": fields.Datetime.subtract(fields.Datetime.now(), days=91)}
        )
        self.assertEqual(self._simulate()["cases"], 1)
        self.assertEqual(self._simulate(days=92)["cases"], 2)

    def test_more_cases_cost_no_more_queries_each(self):
        """A sheet of 20 and one of 60 cases: what is asked of the database beyond writing the rows is the same."""
        spent = []
        for count in (20, 60):
            data = "".join(
                f"2026-01-{1 + n % 28:02},approval_ria,{100 * n}\n"
                for n in range(count)
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._sheet(data)
            spent.append(self.env.cr.sql_log_count - before)
        self.assertLess(spent[1] - spent[0], 40, spent)

    def test_numbers_of_many_new_records_are_checked_once_each(self):
        run = self.draft.with_user(self.max)._new_simulation()
        rows = [{"simulation_id": run.id, "amount": n} for n in range(30)]
        with patch.object(math, "isfinite", wraps=math.isfinite) as checked:
            self.env["approval_engine.simulation_line"].create(rows)
        self.assertLessEqual(checked.call_count, 3 * len(rows))

    # ------------------------------------------------------------------ more than can be waited for

    def _in_slices(self, policy, size, user=None, run_it=True):
        """:return: (answer at once, the run after the Scheduled Action)"""
        model = self.env.registry["approval_engine.simulation"]
        with patch.object(model, "_most_cases", lambda _self: size):
            answer = self._simulate(policy, user)
            if run_it:
                self._cron()
        return answer, self.env["approval_engine.simulation"].browse(
            answer["simulation"]
        ).with_user(user or self.max)

    def _cron(self):
        self.env["event_hub.event"]._flush_emitted()
        with self.enter_registry_test_mode():
            self.env.ref("approval_engine.ir_cron_simulations").method_direct_trigger()
        self.env.invalidate_all()

    def test_many_cases_are_played_through_in_slices_with_the_same_result(self):
        for amount in (300, 4100, 200, 700, 50):
            self._ask(amount=amount, partner_id=self.account.id)
        two = [Command.set((self.fred | self.fay).ids)]
        turns = self._draft_policy(
            {"name": "In turn", "user_ids": two, "pick": "turn", "pick_count": 1},
            {
                "name": "Sum",
                "amount_from": 4000,
                "user_ids": [Command.set(self.cleo.ids)],
            },
            window_days=30,
            window_by="requester",
        )
        whole = self._simulate(turns)
        before = self._counts()
        for size in (1, 2, 3, 6):
            answer, run = self._in_slices(turns, size)
            self.assertEqual((answer["state"], answer["cases"]), ("running", 0))
            self.assertEqual((run.state, run.total, run.looked_at), ("done", 7, 7))
            found = run._figures_json()
            with self.subTest(size=size):
                self.assertEqual(found | {"simulation": 0}, whole | {"simulation": 0})
                self.assertEqual(
                    [(line.at_stake, line.route) for line in self._lines(found)],
                    [(line.at_stake, line.route) for line in self._lines(whole)],
                )
        self.assertEqual(self._counts(), before)

    def test_the_screen_says_how_far_it_is_and_a_run_can_be_cancelled(self):
        answer, run = self._in_slices(self.draft, 1, run_it=False)
        self.assertIn("0 of 2 requests", " ".join(answer["words"]))
        model = self.env.registry["approval_engine.simulation"]
        with patch.object(model, "_most_cases", lambda _self: 1):
            run.sudo()._one_slice()
        self.assertEqual((run.state, run.looked_at), ("running", 1))
        self.assertEqual(run.progress, 50)
        [fred] = [p for p in run.figures["load"] if p["login"] == "approval_fred"]
        self.assertLess(fred["per_week"], 0.1, "as of now, all but today was looked at")
        run.action_cancel()
        self._cron()
        self.assertEqual((run.state, run.looked_at), ("cancelled", 1))
        self.assertIn("1 of 2 requests", run.words)
        self.assertEqual(run.case_count, 1)
        with self.assertRaisesRegex(UserError, "nothing to cancel"):
            run.action_cancel()
        run.action_run()
        self.assertEqual((run.state, run.case_count), ("done", 2))

    def test_in_slices_nobody_reads_more_than_they_may(self):
        _answer, run = self._in_slices(self.draft, 1, run_it=False)
        self.max.group_ids -= self.env.ref("approval_engine.group_approval_manager")
        with mute_logger(
            "odoo.addons.approval_engine.wizards.approval_engine_simulation_slices"
        ):
            self._cron()
        run = run.sudo()
        self.assertEqual((run.state, run.looked_at), ("failed", 0))
        self.assertIn("It failed after 0 cases", run.words)

    def test_what_is_between_two_slices_is_nobody_s_to_write(self):
        _answer, run = self._in_slices(self.draft, 1, run_it=False)
        for values in ({"kept": {"companies": [1]}}, {"kept": False}):
            with self.assertRaises(AccessError):
                run.write(values)
        with self.assertRaises(AccessError):
            run.with_user(self.audrey).action_cancel()
