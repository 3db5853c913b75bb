from contextlib import closing
from datetime import datetime, timedelta

import psycopg2

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.tools.event_row import EventRow

from .common_rules import RuleCase

NOON = datetime(2026, 3, 2, 12)


@tagged("post_install", "-at_install")
class TestFindings(RuleCase):
    """What stalls and what comes back is noted once, and only if it is news."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Case {n}"} for n in range(34)]
        )
        cls.one, cls.two, *_others = cls.partners
        cls.definition = cls.definitions.create(
            {"name": "Onboarding", "source": "ledger", "case_type": "test_findings"}
        )

    def tell(self, moves, company=None):
        """:param moves: ``(partner, hours after noon, activity, who)``"""
        self.env["event_hub.event"]._append(
            [
                EventRow(
                    type="crm.test",
                    correlation="0" * 32,
                    occurred_at=NOON + timedelta(hours=hour),
                    company_id=(company or self.company).id,
                    case_type="test_findings",
                    case_model="res.partner",
                    case_id=partner.id,
                    activity=activity,
                    actor=who,
                    history=True,
                )
                for partner, hour, activity, who in moves
            ]
        )
        self.refresh()

    def usual(self):
        """Thirty cases that were closed after two hours, some days ago."""
        self.tell(
            [
                (partner, -100 + hours, name, "ann")
                for partner in self.partners[4:]
                for hours, name in ((0, "Open"), (2, "Close"))
            ]
        )
        self.definition.end_activity_ids = self.named(self.definition, "Close")

    def look(self, hours):
        """:return: what was found so many hours after noon"""
        with freeze_time(NOON + timedelta(hours=hours)):
            found = self.definition.sudo()._find()
            self.env["event_hub.event"]._flush_emitted()
        return found

    def events(self, kind):
        return self.env["event_hub.event"].search([("type", "=", f"process.{kind}")])

    # ------------------------------------------------------------------ stalled

    def test_a_case_that_stalls_is_told_once_and_again_when_it_stalls_again(self):
        self.usual()
        self.tell([(self.two, -50, "Open", "ann")])  # stalled before anybody looked
        self.assertFalse(self.look(0))
        self.tell([(self.one, 1, "Open", "ann")])
        self.assertFalse(self.look(2.9))
        found = self.look(3.5)
        self.assertEqual(found.mapped("case_id"), [self.one.id])
        self.assertEqual(found.became_at, NOON + timedelta(hours=3))
        self.assertEqual((found.state, found.partner_id), ("waiting", self.one))
        self.assertEqual(found.display_name, self.one.display_name)
        self.assertEqual(
            found.sentence, "Waits after Open; 95% of 30 moves took at most 2 h."
        )
        self.assertFalse(self.look(4))
        self.tell([(self.one, 4.5, "Open", "ann")])
        self.assertFalse(self.look(5))
        self.assertEqual(found.state, "over")
        again = self.look(7)
        self.assertEqual(again.mapped("case_id"), [self.one.id])
        self.assertNotEqual(again.occurrence, found.occurrence)
        told = self.events("stalled")
        self.assertEqual(len(told), 2)
        self.assertEqual(
            set(told.mapped("case_model")), {"process_intelligence.finding"}
        )
        for event in told:  # figures of the comparison are for managers
            self.assertEqual(set(event.attributes), {"process", "after"})
        self.assertEqual(set(told.object_ids.mapped("res_model")), {"res.partner"})

    def test_a_case_that_ends_does_not_wait_any_more(self):
        self.usual()
        self.look(0)
        self.tell([(self.one, 1, "Open", "ann")])
        found = self.look(4)
        self.tell([(self.one, 4, "Close", "ann")])
        self.assertFalse(self.look(5))
        self.assertEqual(
            (found.state, found.ended_at), ("over", NOON + timedelta(hours=5))
        )

    def test_what_is_told_late_of_before_the_watch_is_no_news(self):
        self.usual()
        self.look(0)
        self.tell([(self.one, -30, "Open", "ann")])
        self.assertFalse(self.look(1))
        self.definition.watch_stalled = False
        self.tell([(self.two, 1, "Open", "ann")])
        self.assertFalse(self.look(4))
        self.definition.watch_stalled = True
        self.assertFalse(self.look(5))
        self.assertFalse(self.look(6))

    def test_business_time_decides_where_there_is_a_calendar(self):
        self.usual()
        self.definition.calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Afternoons",
                "tz": "UTC",
                "company_id": self.company.id,
                "attendance_ids": [(5, 0, 0)]
                + [
                    (0, 0, {"name": d, "dayofweek": d, "hour_from": 12, "hour_to": 18})
                    for d in "01234"
                ],
            }
        )
        # Thursday 8 in the morning to 10: no business time at all, so every wait is too long.
        self.look(0)
        self.tell([(self.one, 7, "Open", "ann")])  # Monday 19:00
        self.assertFalse(self.look(20))
        [found] = self.look(25)
        self.assertEqual(found.limit_seconds, 0)
        self.assertGreaterEqual(found.became_at, NOON)

    def test_a_process_without_ends_or_history_stalls_nowhere(self):
        self.tell([(self.one, 0, "Open", "ann")])
        self.look(0)
        self.assertFalse(self.definition.stalled_since)
        self.definition.end_activity_ids = self.named(self.definition, "Open")
        self.look(1)
        self.assertTrue(self.definition.stalled_since)

    # ------------------------------------------------------------------ ping-pong

    def test_work_that_comes_back_is_told_once_each_time(self):
        moves = [(self.one, -3, "Open", "ann"), (self.one, -2, "Ask", "bob")]
        self.tell([*moves, (self.one, -1, "Answer", "ann")])
        self.assertFalse(self.look(0))
        self.tell([(self.one, 1, "Ask", "bob")])
        [found] = self.look(2)  # bob - ann - bob
        self.assertEqual(
            (found.kind, found.first_resource, found.other_resource, found.became_at),
            ("pingpong", "bob", "ann", NOON + timedelta(hours=1)),
        )
        self.assertEqual(
            found.sentence, "bob handed it to ann, who handed it back after Answer."
        )
        self.assertFalse(self.look(3))
        self.tell([(self.one, 3, "Note", "bob"), (self.one, 4, "Answer", "ann")])
        [again] = self.look(5)
        self.assertEqual(again.first_resource, "ann")
        self.tell([(self.one, 6, "Route", "eve"), (self.one, 7, "Close", "ann")])
        self.tell([(self.two, 6, "Open", "ann"), (self.two, 7, "Ask", "bob")])
        self.assertEqual(self.look(8).mapped("other_resource"), ["eve"])
        told = self.events("pingpong")
        self.assertEqual(len(told), 3)
        self.assertFalse({"ann", "bob", "eve"} & set(str(told.mapped("attributes"))))

    def test_switched_off_nothing_is_noted(self):
        self.definition.watch_pingpong = False
        self.look(0)
        self.tell(
            [(self.one, h, "Step", who) for h, who in ((1, "a"), (2, "b"), (3, "a"))]
        )
        self.assertFalse(self.look(4))
        self.assertFalse(self.definition.pingpong_since)

    def test_imported_logs_are_watched_only_if_a_manager_wants_it(self):
        definition = self.definitions.create({"name": "Log"})
        self.assertFalse(definition.watch_stalled or definition.watch_pingpong)
        definition.watch_pingpong = True
        with freeze_time(NOON):
            definition.sudo()._find()
        self.load(
            definition,
            "case,activity,time,who\nC1,A,2026-03-02 12:10,ann\nC1,B,2026-03-02 12:20,bob\nC1,A,2026-03-02 12:30,ann\n",
            resource="who",
        )
        with freeze_time(NOON + timedelta(hours=1)):
            [found] = definition.sudo()._find()
        theirs = self.env["process_intelligence.finding"].with_user(self.reader)
        self.assertEqual(theirs.search([("id", "=", found.id)]).case_key, "C1")
        self.assertEqual(found.with_user(self.reader).state, "noted")

    # ------------------------------------------------------------------ once, and for whom

    def test_two_that_look_at_once_leave_it_to_the_first(self):
        self.definition.sudo().pingpong_since = (
            NOON  # a look of ours would hold the lock itself
        )
        with closing(self.registry.cursor()) as other:
            other.execute(
                "SELECT pg_advisory_xact_lock(hashtext('process_intelligence.finding'), %s)",
                [self.definition.id],
            )
            self.tell(
                [(self.one, h, "Do", who) for h, who in ((1, "a"), (2, "b"), (3, "a"))]
            )
            self.assertFalse(self.look(4))
        self.assertEqual(len(self.look(4)), 1)

    def test_the_database_keeps_a_finding_once(self):
        self.look(0)
        self.tell(
            [(self.one, h, "Do", who) for h, who in ((1, "a"), (2, "b"), (3, "a"))]
        )
        found = self.look(4)
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            found.sudo().copy()

    def test_findings_are_seen_by_who_may_see_their_cases(self):
        self.look(0)
        self.tell(
            [
                (partner, h, "Do", who)
                for partner in (self.one, self.two)
                for h, who in ((1, "a"), (2, "b"), (3, "a"))
            ]
        )
        found = self.look(4)
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
        theirs = self.env["process_intelligence.finding"].with_user(self.reader)
        self.assertEqual(
            theirs.search([("id", "in", found.ids)]).mapped("case_id"), [self.one.id]
        )
        hidden = found.filtered(lambda one: one.case_id == self.two.id)
        with self.assertRaises(AccessError):
            hidden.with_user(self.reader).read(["case_key"])
        outsider = new_test_user(self.env, "pi_find_out", "base.group_user")
        with self.assertRaises(AccessError):
            theirs.with_user(outsider).search([])
        for call in (
            lambda: theirs.search([], limit=1).write({"kind": "stalled"}),
            lambda: theirs.with_user(self.manager).create({"kind": "stalled"}),
            lambda: theirs.with_user(self.manager).search([], limit=1).unlink(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_findings_of_another_company_stay_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.definition.company_id = False
        self.look(0)
        for partner, company in ((self.one, self.company), (self.two, other)):
            self.tell(
                [(partner, h, "Do", who) for h, who in ((1, "a"), (2, "b"), (3, "a"))],
                company,
            )
        found = self.look(4)
        self.assertEqual(set(found.mapped("company_id")), {self.company, other})
        theirs = self.env["process_intelligence.finding"].with_user(self.reader)
        self.assertEqual(
            theirs.search([("id", "in", found.ids)]).mapped("case_id"), [self.one.id]
        )

    # ------------------------------------------------------------------ what follows

    def test_a_drafted_automation_rule_is_off_and_reminds_the_owner_once(self):
        self.look(0)
        action = self.definition.action_draft_pingpong_automation()
        automation = self.env["base.automation"].browse(action["res_id"])
        self.assertFalse(automation.active)
        again = self.definition.action_draft_pingpong_automation()
        self.assertEqual(again["res_id"], automation.id)
        self.assertNotEqual(
            self.definition.action_draft_stalled_automation()["res_id"], automation.id
        )
        with self.assertRaises(AccessError):
            self.definition.with_user(self.reader).action_draft_stalled_automation()
        automation.active = True
        self.tell(
            [(self.one, h, "Do", who) for h, who in ((1, "a"), (2, "b"), (3, "a"))]
        )
        found = self.look(4)
        self.definition.name = "Onboarding <b>"
        runs = self.env["event_hub.run"].search([("automation_id", "=", automation.id)])
        self.assertEqual(len(runs), 1)
        found._remind_owner()
        found._remind_owner()
        [activity] = found.activity_ids
        self.assertIn("Onboarding &lt;b&gt;", activity.note)
        self.assertEqual(
            (activity.user_id, activity.summary),
            (self.manager, "Work goes back and forth"),
        )

    def test_the_scheduled_action_looks_at_every_watched_process(self):
        with self.enter_registry_test_mode():
            self.env.ref("process_intelligence.finding_cron").method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(self.definition.findings_checked_at)

    def test_many_findings_take_few_questions(self):
        self.look(0)
        self.tell(
            [
                (partner, h, "Do", who)
                for partner in self.partners
                for h, who in ((1, "a"), (2, "b"), (3, "a"))
            ]
        )
        with freeze_time(NOON + timedelta(hours=4)), self.assertQueryCount(40):
            self.assertEqual(len(self.definition.sudo()._find()), 34)

    # ------------------------------------------------------------------ what must not be told, or stay

    def bounce(self, partner, company=None):
        moves = [(partner, h, "Do", who) for h, who in ((1, "a"), (2, "b"), (3, "a"))]
        self.tell(moves, company)

    def test_what_another_rule_hides_does_not_uncover_the_rest(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.definition.company_id = False
        self.look(0)
        self.bounce(self.one)
        self.bounce(self.two)
        self.bounce(self.partners[2], other)
        found = self.look(4)
        self.env["ir.rule"].create(
            {
                "name": "no Two",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "domain_force": [("id", "!=", self.two.id)],
            }
        )
        self.assertEqual(len(found), 3)
        theirs = found.with_user(self.reader)._filtered_access("read")
        self.assertEqual(theirs.mapped("case_id"), [self.one.id])

    def test_what_rests_on_hidden_events_is_not_told(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.definition.company_id = False
        self.look(0)
        self.tell([(self.one, 0, "Open", "x")])
        self.bounce(self.one, other)
        found = self.look(4).with_user(self.reader)
        self.assertEqual(found.sudo().company_id, self.company)
        self.assertFalse(found.search([("id", "in", found.ids)]))
        self.assertFalse(found._filtered_access("read"))
        self.reader.company_ids += other
        both = found.with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertEqual(both.search([("id", "in", found.ids)]), both)

    def test_a_reminder_of_somebody_else_is_not_the_owners(self):
        self.look(0)
        self.bounce(self.one)
        found = self.look(4)
        summary = "Work goes back and forth"
        for user, words in (
            (self.manager, "Something else"),
            (self.env.ref("base.user_admin"), summary),
        ):
            found.activity_schedule(
                "mail.mail_activity_data_todo", summary=words, user_id=user.id
            )
        found._remind_owner()
        self.assertIn(
            (self.manager, summary),
            [(one.user_id, one.summary) for one in found.activity_ids],
        )

    def test_a_process_leaves_no_messages_and_activities_behind(self):
        self.look(0)
        self.bounce(self.one)
        found = self.look(4)
        found._remind_owner()
        found.message_post(body="Look at this.")
        rule = self.rule(self.definition, "absence", "Do", active=False).sudo()
        rule._remind(3)
        activities = (found.activity_ids | rule.activity_ids).sudo()
        messages = (found.message_ids | rule.message_ids).sudo()
        self.assertTrue(activities and messages)
        self.definition.unlink()
        self.env.invalidate_all()
        self.assertFalse(activities.exists())
        self.assertFalse(messages.exists())
