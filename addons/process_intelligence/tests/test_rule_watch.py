from datetime import datetime, timedelta

import psycopg2

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.tools.event_row import EventRow

from .common_rules import RuleCase

NOON = datetime(2026, 3, 2, 12)


@tagged("post_install", "-at_install")
class TestRuleWatch(RuleCase):
    """History is no news, and news is told once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = cls.env["res.partner"].create(
            [{"name": "One"}, {"name": "Two"}]
        )
        cls.definition = cls.definitions.create(
            {"name": "Onboarding", "source": "ledger", "case_type": "test_watch"}
        )

    def tell(self, partner, *moves):
        """:param moves: ``(hours after noon, activity)``"""
        self.env["event_hub.event"]._append(
            [
                EventRow(
                    type="crm.test",
                    correlation="0" * 32,
                    occurred_at=NOON + timedelta(hours=hour),
                    company_id=self.company.id,
                    case_type="test_watch",
                    case_model="res.partner",
                    case_id=partner.id,
                    activity=activity,
                    history=True,
                )
                for hour, activity in moves
            ]
        )
        self.refresh()

    def check(self, rule, hours):
        """Look at the rule so many hours after noon.

        :return: the keys of the cases that were told
        """
        with freeze_time(NOON + timedelta(hours=hours)):
            told = rule.sudo()._watch()
            self.env["event_hub.event"]._flush_emitted()
        return told.mapped("case_id")

    def events(self):
        return self.env["event_hub.event"].search([("type", "=", "process.violation")])

    def noted(self, rule):
        return self.env["process_intelligence.violation"].search(
            [("rule_id", "=", rule.id)]
        )

    def test_the_first_look_only_notes_and_later_ones_tell_once(self):
        self.tell(self.one, (0, "Open"), (1, "Forbidden"))
        rule = self.rule(self.definition, "absence", "Forbidden")
        self.assertFalse(self.check(rule, 2))
        self.assertEqual(self.noted(rule).mapped("told"), [False])
        self.assertFalse(self.check(rule, 3))
        self.tell(self.one, (4, "Forbidden"))
        self.tell(self.two, (4, "Forbidden"))
        self.assertEqual(set(self.check(rule, 5)), {self.one.id, self.two.id})
        self.assertFalse(self.check(rule, 6))
        self.assertEqual(len(self.noted(rule)), 3)
        told = self.events()
        self.assertEqual(len(told), 2)
        self.assertEqual(
            set(told.mapped("case_model")), {"process_intelligence.violation"}
        )
        self.assertEqual(told[0].attributes["code"], "forbidden")
        self.assertEqual(set(told.object_ids.mapped("res_model")), {"res.partner"})
        self.assertEqual(self.noted(rule).partner_id, self.one | self.two)

    def test_what_was_broken_before_the_watch_is_no_news_when_it_comes_late(self):
        self.tell(self.one, (0, "Open"), (1, "Forbidden"))
        rule = self.rule(self.definition, "absence", "Forbidden")
        self.check(rule, 2)
        self.tell(self.two, (1, "Forbidden"))
        self.assertFalse(self.check(rule, 3))
        self.assertEqual(len(self.noted(rule)), 2)

    def test_what_may_heal_is_told_when_nobody_expects_a_step_any_more(self):
        self.tell(self.one, (0, "Open"), (1, "Close"))
        rule = self.rule(self.definition, "response", "Open", "Close", settle_hours=24)
        self.check(rule, 2)
        self.tell(self.one, (3, "Open"))
        self.tell(self.two, (3, "Open"))
        self.assertFalse(self.check(rule, 26))
        self.assertFalse(self.noted(rule))
        self.tell(self.two, (26, "Close"))
        self.assertEqual(self.check(rule, 28), [self.one.id])

    def test_an_answer_in_time_is_late_when_its_time_is_over(self):
        self.tell(self.one, (0, "Open"), (1, "Close"))
        rule = self.rule(self.definition, "within", "Open", "Close", within_hours=4)
        self.check(rule, 2)
        self.tell(self.one, (3, "Open"))
        self.assertFalse(self.check(rule, 6))
        self.assertEqual(self.check(rule, 8), [self.one.id])
        self.assertFalse(self.check(rule, 9))

    def test_a_changed_rule_and_one_that_comes_back_start_anew(self):
        self.tell(self.one, (0, "Open"), (1, "Other"))
        rule = self.rule(self.definition, "absence", "Other")
        self.check(rule, 2)
        rule.active = False
        rule.active = True
        self.assertFalse(rule.watched_since)
        self.tell(self.one, (3, "Other"))
        self.assertFalse(self.check(rule, 4))
        rule.severity = "high"
        self.assertTrue(rule.watched_since)

    def test_the_database_keeps_a_breach_once(self):
        self.tell(self.one, (0, "Open"))
        rule = self.rule(self.definition, "absence", "Open")
        self.check(rule, 1)
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.noted(rule).sudo().copy()

    def test_breaches_are_seen_by_who_may_see_their_cases(self):
        self.tell(self.one, (0, "Open"))
        self.tell(self.two, (0, "Open"))
        rule = self.rule(self.definition, "absence", "Open")
        self.check(rule, 1)
        self.env["ir.rule"].create(
            {
                "name": "no Two",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "domain_force": [("id", "!=", self.two.id)],
                "groups": [
                    (4, self.env.ref("process_intelligence.group_process_user").id)
                ],
            }
        )
        theirs = self.env["process_intelligence.violation"].with_user(self.reader)
        self.assertEqual(
            theirs.search([("rule_id", "=", rule.id)]).mapped("case_id"), [self.one.id]
        )
        hidden = self.noted(rule).filtered(lambda one: one.case_id == self.two.id)
        with self.assertRaises(AccessError):
            hidden.with_user(self.reader).read(["case_key"])
        outsider = new_test_user(self.env, "pi_watch_out", "base.group_user")
        with self.assertRaises(AccessError):
            theirs.with_user(outsider).search([])
        for call in (
            lambda: theirs.search([], limit=1).write({"code": "x"}),
            lambda: theirs.with_user(self.manager).create({"rule_id": rule.id}),
            lambda: theirs.with_user(self.manager).search([], limit=1).unlink(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_a_rule_that_means_something_else_begins_anew(self):
        self.tell(self.one, (0, "Open"), (1, "Forbidden"))
        rule = self.rule(self.definition, "absence", "Forbidden")
        self.check(rule, 2)
        [noted] = self.noted(rule)
        forbidden, opened = (
            rule.activity_id,
            rule.activity_id.search(
                [("definition_id", "=", self.definition.id), ("name", "=", "Open")]
            ),
        )
        rule.write({"name": "Other words", "activity_id": forbidden.id})
        rule.active = False
        rule.active = True
        self.assertEqual(self.noted(rule), noted)
        rule.with_user(self.manager).activity_id = opened
        self.assertFalse(self.noted(rule))
        words = rule.message_ids.sorted("id")[-1].body
        for part in (
            "Forbidden never happens",
            "Open never happens",
            "no longer noted",
        ):
            self.assertIn(part, words)
        self.assertNotRegex(words, r"\d")
        self.check(rule, 3)
        self.assertEqual(len(self.noted(rule)), 1)

    def activity(self, name):
        return self.definition.activity_ids.filtered(lambda one: one.name == name)

    def test_what_the_kind_does_not_ask_about_changes_nothing(self):
        self.tell(self.one, (0, "Open"), (1, "Forbidden"))
        rule = self.rule(self.definition, "absence", "Forbidden")
        self.check(rule, 2)
        noted, since = self.noted(rule), rule.watched_since
        rule.write(
            {
                "times": 7,
                "within_hours": 3,
                "resources": "ann",
                "clock": "business",
                "other_activity_id": self.activity("Open").id,
            }
        )
        self.assertEqual((self.noted(rule), rule.watched_since), (noted, since))
        self.assertNotIn("no longer noted", " ".join(rule.message_ids.mapped("body")))

    def test_activities_that_count_otherwise_make_other_breaches(self):
        self.tell(self.one, (0, "Open"), (1, "Call"), (2, "Ring"))
        called = self.rule(self.definition, "absence", "Call")
        opened = self.rule(self.definition, "absence", "Open")
        for rule in (called, opened):
            self.check(rule, 3)
        kept, ring = self.noted(opened), self.activity("Ring")
        self.assertEqual(len(self.noted(called)), 1)
        ring.shown_as_id = self.activity("Call")
        self.assertFalse(self.noted(called))
        self.assertFalse(called.watched_since)
        self.assertEqual(self.noted(opened), kept)
        self.assertIn("Call never happens.", called.message_ids.sorted("id")[-1].body)
        self.assertFalse(self.check(called, 4))
        self.assertEqual(len(self.noted(called)), 2)
        self.activity("Open").ignored = True
        self.assertFalse(self.noted(called) | self.noted(opened))
        ring.kind = "work"
        self.check(called, 5)
        self.assertEqual(set(self.noted(called).mapped("position")), {1, 2})
        self.tell(self.two, (6, "Ring"))
        self.assertEqual(self.check(called, 7), [self.two.id])

    def test_a_norm_begins_anew_with_every_activity_that_counts_otherwise(self):
        self.tell(self.one, (0, "Open"), (1, "Call"))
        self.tell(self.two, (0, "Open"), (1, "Ring"))
        self.definition.action_freeze_norm({"has": ["Call"]})
        norm = self.definition.rule_ids
        norm.settle_hours = 0
        self.check(norm, 3)
        self.assertTrue(self.noted(norm))
        self.activity("Ring").shown_as_id = self.activity("Call")
        self.assertFalse(self.noted(norm))
        self.check(norm, 4)
        self.assertFalse(self.noted(norm))

    def test_another_calendar_makes_other_working_time(self):
        calendars = self.env["resource.calendar"].create(
            [{"name": "One", "company_id": False}, {"name": "Two", "company_id": False}]
        )
        self.definition.calendar_id = calendars[0]
        self.tell(self.one, (0, "Open"))
        self.tell(self.two, (0, "Open"), (1, "Close"))
        rule = self.rule(
            *(self.definition, "within", "Open", "Close"),
            within_hours=1,
            clock="business",
        )
        plain = self.rule(self.definition, "absence", "Open")
        for watched in (rule, plain):
            self.check(watched, 100)
        self.assertTrue(self.noted(rule))
        self.definition.calendar_id = calendars[1]
        self.assertFalse(self.noted(rule))
        self.assertTrue(self.noted(plain))

    def test_breaches_of_imported_cases_are_seen_with_their_events(self):
        definition = self.of([("C1", "A", NOON, {}), ("C2", "A", NOON, {})])
        self.refresh()
        rule = self.rule(definition, "absence", "A")
        self.check(rule, 1)
        theirs = self.env["process_intelligence.violation"].with_user(self.reader)
        self.assertEqual(
            set(theirs.search([("rule_id", "=", rule.id)]).mapped("case_key")),
            {"C1", "C2"},
        )
        self.env["ir.rule"].create(
            {
                "name": "no C2",
                "model_id": self.env["ir.model"]
                ._get("process_intelligence.log_event")
                .id,
                "domain_force": [("case_key", "!=", "C2")],
            }
        )
        self.assertEqual(
            theirs.search([("rule_id", "=", rule.id)]).mapped("case_key"), ["C1"]
        )

    def test_a_drafted_automation_rule_is_off_and_reminds_the_owner(self):
        self.tell(self.one, (0, "Open"), (1, "Forbidden"))
        rule = self.rule(
            self.definition, "absence", "Forbidden", owner_id=self.manager.id
        )
        self.check(rule, 2)
        action = rule.action_draft_automation()
        automation = self.env["base.automation"].browse(action["res_id"])
        self.assertFalse(automation.active)
        self.assertEqual(rule.action_draft_automation()["res_id"], automation.id)
        self.assertEqual(
            (automation.trigger, automation.event_pattern),
            ("on_business_event", "process.violation"),
        )
        self.assertEqual(
            automation.action_server_ids.code, "records._remind_owner(events)"
        )
        automation.active = True
        self.tell(self.one, (3, "Forbidden"))
        self.check(rule, 4)
        runs = self.env["event_hub.run"].search([("automation_id", "=", automation.id)])
        self.assertEqual(len(runs), 1)
        told = self.noted(rule).filtered("told").with_user(self.manager)
        told._remind_owner()
        told._remind_owner()
        [activity] = rule.activity_ids
        self.assertEqual(
            (activity.user_id, activity.summary), (self.manager, "A rule is broken")
        )
        self.assertIn("New breaches: 1.", activity.note)

    def test_the_scheduled_action_looks_at_every_rule(self):
        self.tell(self.one, (0, "Open"))
        rule = self.rule(self.definition, "absence", "Open")
        with self.enter_registry_test_mode():
            self.env.ref("process_intelligence.rule_cron").method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(rule.checked_at)
        self.assertEqual(len(self.noted(rule)), 1)
