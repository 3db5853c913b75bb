from datetime import datetime, timedelta

from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import SMALL
from .common_rules import RuleCase

NOON = datetime(2026, 3, 2, 12)


@tagged("post_install", "-at_install")
class TestRules(RuleCase):
    def setUp(self):
        super().setUp()
        self.definition = self.define(SMALL, resource="who")
        self.refresh()

    def test_a_rule_reads_as_a_sentence(self):
        for kind, values, words in (
            ("existence", {}, "Close happens in every case."),
            (
                "existence",
                {"times": 2},
                "Close happens at least 2 times in every case.",
            ),
            ("response", {}, "After Close, Open follows sooner or later."),
            (
                "within",
                {"within_hours": 1.5},
                "After Close, Open follows within 1 h 30 min.",
            ),
            (
                "allowed",
                {"resources": "ann\nbob\n"},
                "Close is only done by: ann, bob. Steps without a known person break nothing.",
            ),
        ):
            with self.subTest(kind):
                rule = self.rule(self.definition, kind, "Close", "Open", **values)
                self.assertEqual(rule.sentence, words)

    def test_what_a_rule_lacks_is_named(self):
        for kind, names, values, field in (
            ("response", ("Open",), {}, "Other Activity"),
            ("response", ("Open", "Open"), {}, "Other Activity"),
            ("init", (), {}, "Activity"),
            ("exactly", ("Open",), {"times": 0}, "Times"),
            ("within", ("Open", "Close"), {}, "Within"),
            (
                "within",
                ("Open", "Close"),
                {"within_seconds": 9, "clock": "business"},
                "calendar",
            ),
            ("allowed", ("Open",), {"resources": " \n"}, "People"),
            ("norm", (), {}, "Freeze as Norm"),
        ):
            with self.subTest(kind), self.assertRaisesRegex(ValidationError, field):
                self.rule(self.definition, kind, *names, **values)

    def test_an_activity_of_another_process_is_refused(self):
        other = self.define(SMALL)
        self.refresh()
        theirs = other.sudo().activity_ids[0]
        with self.assertRaisesRegex(ValidationError, "is not an activity of"):
            self.rule(self.definition, "init", activity_id=theirs.id)

    def test_figures_place_and_cases_of_a_breach(self):
        rule = self.rule(self.definition, "response", "Open", "Close", severity="high")
        [told] = self.definition.conformance()
        self.assertEqual(
            (told["cases"], told["applies"], told["violated"], told["may_heal"]),
            (3, 3, 1, 1),
        )
        self.assertEqual(round(told["ok_share"], 4), 0.6667)
        self.assertEqual([month["month"] for month in told["trend"]], ["2026-03"])
        found = self.definition.violations(rule.id)
        [case] = found["cases"]
        self.assertEqual(
            (found["total"], case["case_key"], case["position"], case["why"]),
            (1, "T3", 1, "After this Open comes no Close."),
        )
        self.assertEqual(case["ts"], "2026-03-05T08:00:00Z")
        self.assertTrue(case["seq"])
        action = self.definition.open_violations(rule.id)
        self.assertIn(("case_key", "in", ["T3"]), action["domain"])
        self.assertEqual(
            rule.figures,
            "1 of 3 cases that it is about break it, 1 of them may still come right.",
        )

    def test_unknown_people_break_nothing_and_are_told(self):
        self.rule(self.definition, "four_eyes", "Open", "Close")
        [told] = self.definition.conformance()
        # T1: ann did both; T2: who closed is not known.
        self.assertEqual(
            (told["applies"], told["violated"], told["unknown"]), (2, 1, 1)
        )

    def test_names_that_count_as_one_are_one_for_rules(self):
        rule = self.rule(self.definition, "response", "Open", "Close")
        ask, close = (
            self.definition.activity_ids.filtered(lambda one, n=name: one.name == n)
            for name in ("Ask", "Close")
        )
        close.shown_as_id = ask
        [told] = self.definition.conformance()
        self.assertEqual((told["violated"], told["problem"]), (1, False))
        ask.ignored = True
        close.shown_as_id = False
        close.ignored = True
        [told] = self.definition.conformance()
        self.assertIn("Close is left out", told["problem"])
        self.assertEqual(told["cases"], 0)
        with self.assertRaisesRegex(ValidationError, "left out"):
            self.definition.violations(rule.id)

    def test_bad_arguments_are_named(self):
        rule = self.rule(self.definition, "init", "Open")
        for call in (
            lambda: self.definition.conformance("x"),
            lambda: self.definition.conformance({"x": 1}),
            lambda: self.definition.violations("x"),
            lambda: self.definition.violations(rule.id, {}, 0),
            lambda: self.define(SMALL).violations(rule.id),
            lambda: self.definition.action_freeze_norm({}, 0),
            lambda: self.definition.action_freeze_norm({}, True),
            lambda: self.definition.action_freeze_norm({"has": ["nowhere"]}),
        ):
            with self.assertRaises(ValidationError):
                call()
        with self.assertRaises(MissingError):
            self.definition.violations(rule.id + 1000)

    def test_a_reader_asks_and_changes_nothing(self):
        rule = self.rule(self.definition, "init", "Open")
        mine, theirs = (
            self.definition.with_user(self.reader),
            rule.with_user(self.reader),
        )
        self.assertEqual(
            mine.conformance()[0]["sentence"], "Every case starts with Open."
        )
        self.assertEqual(mine.violations(rule.id)["total"], 0)
        self.assertEqual(
            theirs.action_open_violations()["type"], "ir.actions.act_window"
        )
        for call in (
            lambda: theirs.write({"name": "x"}),
            lambda: theirs.unlink(),
            theirs.action_draft_automation,
            mine.action_freeze_norm,
        ):
            with self.assertRaises(AccessError):
                call()

    def test_others_and_other_companies_see_no_rule(self):
        rule = self.rule(self.definition, "init", "Open")
        other = self.env["res.company"].create({"name": "Other"})
        for user in (
            new_test_user(self.env, "pi_out", "base.group_user"),
            new_test_user(
                self.env,
                "pi_far",
                "process_intelligence.group_process_manager",
                company_id=other.id,
                company_ids=[(6, 0, other.ids)],
            ),
        ):
            for call in (
                lambda who=user: rule.with_user(who).read(["name"]),
                lambda who=user: self.definition.with_user(who).conformance(),
                lambda who=user: self.definition.with_user(who).violations(rule.id),
            ):
                with self.assertRaises(AccessError):
                    call()

    def test_each_rule_is_one_question(self):
        for kind in ("init", "end", "absence"):
            self.rule(self.definition, kind, "Open")
        self.definition.conformance()
        self.env.flush_all()
        with self.assertQueryCount(30):
            self.definition.conformance()

    def test_figures_have_bounds(self):
        for field, junk in (
            ("times", -1),
            ("within_seconds", -5),
            ("within_seconds", 2**31 - 1),
            ("settle_hours", 10**9),
        ):
            with self.assertRaisesRegex(ValidationError, "whole number from 0 to"):
                self.rule(self.definition, "init", "Open", **{field: junk})
        with self.assertRaisesRegex(ValidationError, "longer than"):
            self.rule(self.definition, "allowed", "Open", resources="x" * 300_000)
        rule = self.rule(self.definition, "init", "Open")
        with self.assertRaises(AccessError):
            rule.sentence = "Something else"

    def test_drift_is_told_in_words(self):
        events = []
        for number in range(60):
            day = NOON + timedelta(days=number * 2)
            way = "AB" if number < 50 else "AC"
            events += [
                (f"C{number}", name, day + timedelta(hours=place), {})
                for place, name in enumerate(way)
            ]
        definition = self.of(events)
        definition.action_freeze_norm({}, 0.8)
        with freeze_time(NOON + timedelta(days=119)):
            [told] = definition.conformance()
        drift = told["drift"]
        self.assertEqual(drift["recent"]["cases"], 15)
        self.assertEqual(drift["recent"]["off"], 10)
        self.assertTrue(drift["significant"])
        self.assertIn(
            "In the last 30 days 10 of 15 cases left the norm", drift["sentence"]
        )
        self.assertIn("hardly chance", drift["sentence"])

    def test_what_a_rule_says_today_is_said_to_its_reader(self):
        rule = self.rule(self.definition, "init", "Open")
        events = self.env.ref(
            "process_intelligence.model_process_intelligence_log_event"
        )
        self.env["ir.rule"].create(
            {"name": "none", "model_id": events.id, "domain_force": [(0, "=", 1)]}
        )
        self.assertNotIn("There is no case", rule.sudo().figures)
        self.assertIn("There is no case", rule.with_user(self.reader).figures)

    def test_names_that_rules_use_outlive_an_erasure(self):
        rule = self.rule(self.definition, "init", "Open")
        self.definition.sudo()._mark_stale()
        self.env["process_intelligence.store"]._drop_stale()
        self.assertEqual(rule.exists().activity_id.name, "Open")
