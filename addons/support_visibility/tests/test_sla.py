from datetime import datetime, timedelta

import pytz

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.event_hub.tools import history

from .common import TicketCase

MONDAY = datetime(2026, 3, 2)


def at(hours):
    return MONDAY + timedelta(hours=hours)


@tagged("post_install", "-at_install")
class SlaCase(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policies = cls.env["support_visibility.sla_policy"]
        cls.policies.search([]).active = False
        cls.clocks = cls.env["support_visibility.sla_clock"]
        cls.office = cls.env["resource.calendar"].create(
            {
                "name": "SV Office",
                "tz": "UTC",
                "attendance_ids": [(5,)]
                + [
                    (0, 0, cls._line(day, *hours))
                    for day in range(5)
                    for hours in ((9, 12), (13, 17))
                ],
            }
        )
        cls.response = cls._policy("first_response", 60)
        cls.resolution = cls._policy("resolution", 480)

    @classmethod
    def _line(cls, day, begin, end):
        return {
            "name": f"{day} {begin}",
            "dayofweek": str(day),
            "hour_from": begin,
            "hour_to": end,
            "day_period": "morning" if begin < 12 else "afternoon",
        }

    @classmethod
    def _policy(cls, kind, minutes, **vals):
        return cls.policies.create(
            {
                "name": f"SV {kind}",
                "kind": kind,
                "target_minutes": minutes,
                "calendar_id": cls.office.id,
                **vals,
            }
        )

    def _opened(self, hours=9, **vals):
        with freeze_time(at(hours)):
            return self._ticket(**vals)

    def _clock(self, ticket, kind="resolution"):
        self.env.flush_all()
        return self.clocks.search(
            [("ticket_id", "=", ticket.id), ("kind", "=", kind)],
            order="id desc",
            limit=1,
        )

    def _answer(self, ticket, hours, user=None, **vals):
        with freeze_time(at(hours)):
            ticket.with_user(user or self.agent).message_post(
                body="We look into it",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                **vals,
            )

    def _look(self, hours):
        with freeze_time(at(hours)), self.enter_registry_test_mode():
            self.env.flush_all()
            self.env.ref("support_visibility.ir_cron_sla_sweep").method_direct_trigger()

    def _read_again(self, hours):
        with freeze_time(at(hours)), self.enter_registry_test_mode():
            self.env.flush_all()
            self.env.ref(
                "support_visibility.ir_cron_sla_reread"
            ).method_direct_trigger()


@tagged("post_install", "-at_install")
class TestSlaClock(SlaCase):
    def test_a_new_ticket_has_the_clocks_of_the_first_policies_that_fit(self):
        urgent = self._policy(
            "first_response",
            30,
            sequence=1,
            priority_ids=self.env.ref("support_visibility.trait_priority_3").ids,
        )
        ticket = self._opened()
        self.assertEqual(self._clock(ticket, "first_response").policy_id, self.response)
        self.assertEqual(self._clock(ticket, "first_response").due_at, at(10))
        self.assertEqual(self._clock(ticket).due_at, at(33 + 1))
        self.assertEqual((ticket.sla_state, ticket.sla_due_at), ("on_track", at(10)))
        pressing = self._opened(priority="3")
        self.assertEqual(self._clock(pressing, "first_response").policy_id, urgent)

    def test_the_first_public_answer_of_a_person_keeps_the_first_response(self):
        ticket = self._opened()
        with freeze_time(at(9.2)):
            ticket.message_post(body="internal", subtype_xmlid="mail.mt_note")
        self.assertFalse(self._clock(ticket, "first_response").stopped_at)
        self._answer(ticket, 9.5)
        clock = self._clock(ticket, "first_response")
        self.assertEqual((clock.state, clock.stopped_at), ("met", at(9.5)))
        self.assertEqual(clock.running_seconds, 1800)

    def test_waiting_pauses_the_resolution_but_not_the_first_response(self):
        ticket = self._opened()
        with freeze_time(at(10)):
            ticket.action_wait()
        self.assertEqual(self._clock(ticket).state, "paused")
        self.assertFalse(self._clock(ticket).due_at)
        self.assertEqual(self._clock(ticket, "first_response").state, "running")
        with freeze_time(at(15)):
            ticket.action_resume()
        clock = self._clock(ticket)
        self.assertEqual(clock.due_at, at(24 + 15))
        self.assertEqual(
            (clock.running_seconds, clock.paused_seconds, clock.closed_seconds),
            (3600, 5 * 3600, 0),
        )

    def test_reopening_goes_on_with_the_same_clock_and_a_breach_stays(self):
        ticket = self._opened()
        with freeze_time(at(11)):
            ticket.action_solve()
        self.assertEqual(self._clock(ticket).state, "met")
        self.assertEqual(ticket.sla_state, "breached")  # nobody had answered in time
        with freeze_time(at(24 + 9)):
            ticket.action_reopen()
        clock = self._clock(ticket)
        self.assertEqual((clock.state, clock.due_at), ("running", at(24 + 16)))
        with freeze_time(at(24 + 17)):
            ticket.action_solve()
        clock = self._clock(ticket)
        self.assertEqual((clock.state, clock.breached_at), ("breached", at(24 + 16)))
        with freeze_time(at(48 + 9)):
            ticket.action_reopen()
            ticket.action_solve()
        self.assertEqual(self._clock(ticket).state, "breached")
        self.assertEqual(
            self.clocks.search_count(
                [("ticket_id", "=", ticket.id), ("kind", "=", "resolution")]
            ),
            1,
        )

    def test_warnings_and_breaches_are_told_though_nobody_touches_the_ticket(self):
        ticket = self._opened()
        self._look(9.7)
        self.assertNotIn("SLA at risk", self._activities(ticket))
        self._look(9.76)
        self.assertEqual(self._activities(ticket).count("SLA at risk"), 1)
        self.assertEqual(ticket.sla_state, "at_risk")
        self._look(9.9)
        self.assertEqual(self._activities(ticket).count("SLA at risk"), 1)
        self._look(10.5)
        self._look(10.6)
        events = self._events(ticket).filtered(
            lambda event: event.type == "support.sla_breached"
        )
        self.assertEqual(len(events), 1)
        self.assertEqual(events.occurred_at.replace(microsecond=0), at(10))
        self.assertEqual(events.attributes["promise"], "first_response")
        self.assertEqual(ticket.sla_state, "breached")

    def test_a_breach_that_nobody_saw_yet_is_told_by_the_move_that_ends_it(self):
        ticket = self._opened()
        self._answer(ticket, 10.5)
        self.assertIn("SLA breached", self._activities(ticket))
        self.assertEqual(self._clock(ticket, "first_response").stopped_at, at(10.5))

    def test_the_customers_next_word_and_the_time_between_updates_have_clocks(self):
        self._policy("next_response", 120)
        self._policy("update", 240)
        ticket = self._opened()
        self.assertTrue(self._clock(ticket, "update"))
        self._answer(ticket, 9.5)
        self.assertEqual(
            self.clocks.search_count(
                [("ticket_id", "=", ticket.id), ("kind", "=", "update")]
            ),
            2,
        )
        for hours in (10, 10.5):  # asking twice does not begin twice
            with freeze_time(at(hours)):
                ticket.sudo().message_post(
                    body="And now?",
                    author_id=self.contact.id,
                    message_type="email",
                    subtype_xmlid="mail.mt_comment",
                )
        clock = self._clock(ticket, "next_response")
        self.assertEqual((clock.started_at, clock.due_at), (at(10), at(12)))
        self._answer(ticket, 11)
        self.assertEqual(self._clock(ticket, "next_response").state, "met")

    def test_a_change_of_priority_is_read_from_the_same_facts_and_kept_with_its_reason(
        self,
    ):
        self._policy(
            "resolution",
            240,
            sequence=1,
            priority_ids=self.env.ref("support_visibility.trait_priority_3").ids,
        )
        ticket = self._opened()
        with freeze_time(at(10)):
            ticket.action_wait()
        with freeze_time(at(11)):
            ticket.action_resume()
            ticket.priority = "3"
        clock = self._clock(ticket)
        self.assertEqual(clock.due_at, at(15))  # 1 h used, 1 h paused, an hour of lunch
        self.assertEqual(clock.paused_seconds, 3600)
        change = self.env["support_visibility.sla_change"].search(
            [("clock_id", "=", clock.id)]
        )
        self.assertEqual(
            (change.old_target_minutes, change.new_target_minutes), (480, 240)
        )
        self.assertIn("Priority", change.why)
        self.assertEqual(change.by_user_id.id, self.agent.id)

    def test_nothing_promised_any_more_counts_neither_as_kept_nor_as_missed(self):
        self.resolution.tier_ids = self.env.ref(
            "support_visibility.trait_tier_strategic"
        )
        ticket = self._opened()
        with freeze_time(at(10)):
            ticket.partner_id = self.env["res.partner"].create({"name": "Small"})
        clock = self._clock(ticket)
        self.assertEqual(
            (clock.state, clock.due_at, clock.next_at), ("void", False, False)
        )
        self.assertTrue(clock.void_reason)
        self.assertEqual([c["kind"] for c in ticket.sla_explain()], ["first_response"])

    def test_a_holiday_entered_later_moves_the_deadline_and_says_so(self):
        ticket = self._opened()
        with freeze_time(at(10)):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Closing day",
                    "calendar_id": self.office.id,
                    "date_from": at(24),
                    "date_to": at(48) - timedelta(seconds=1),
                }
            )
        before = self._clock(ticket).hours_id
        self._read_again(10)
        clock = self._clock(ticket)
        self.assertEqual(clock.due_at, at(48 + 10))
        self.assertNotEqual(clock.hours_id, before)
        self.assertEqual(before.content["leaves"], [])  # as it was
        self.assertIn("SV Office", " ".join(ticket.sla_explain()[-1]["steps"]))

    def test_a_changed_policy_holds_for_open_tickets_and_not_for_done_ones(self):
        done, going = self._opened(), self._opened()
        with freeze_time(at(10)):
            done.action_solve()
            self.resolution.target_hours = 2
        self._read_again(10)
        self.assertEqual(self._clock(going).due_at, at(11))
        self.assertEqual(self._clock(done).target_seconds, 480 * 60)

    def test_a_persons_leave_closes_nothing(self):
        ticket = self._opened()
        asked = self.env["support_visibility.sla_reread"].search_count([])
        resource = self.env["resource.resource"].create(
            {"name": "Anna", "calendar_id": self.office.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "calendar_id": self.office.id,
                "resource_id": resource.id,
                "date_from": at(24),
                "date_to": at(48),
            }
        )
        self.assertEqual(
            self.env["support_visibility.sla_reread"].search_count([]), asked
        )
        self.assertEqual(self._clock(ticket).due_at, at(34))

    def test_tickets_of_the_past_are_promised_nothing(self):
        with history.telling():
            ticket = self._opened()
        self.assertFalse(ticket.sla_clock_ids)
        self.assertFalse(ticket.sla_state)

    def test_why_this_deadline_adds_up(self):
        ticket = self._opened(8)
        with freeze_time(at(10)):
            ticket.action_wait()
        with freeze_time(at(11)):
            ticket.action_resume()
        with freeze_time(at(14)):
            told = {clock["kind"]: clock for clock in ticket.sla_explain()}
        clock = told["resolution"]
        self.assertEqual(
            clock["running_s"] + clock["paused_s"] + clock["closed_s"], 6 * 3600
        )
        self.assertEqual(clock["running_s"], 3 * 3600)
        self.assertEqual(clock["due_at"], "2026-03-03T11:00:00Z")
        self.assertEqual(clock["state"], "running")
        self.assertTrue(any("stood still for 1 h" in step for step in clock["steps"]))
        self.assertTrue(any("outside working hours" in step for step in clock["steps"]))
        self.assertRegex(clock["steps"][-1], "So it is due")
        self.assertEqual(told["first_response"]["state"], "breached")

    def test_attainment_counts_what_runs_past_its_deadline_as_broken(self):
        kept, late, going = (self._opened() for _number in range(3))
        self._answer(kept, 9.5)
        with freeze_time(at(9.9)):
            going.action_close()
        with freeze_time(at(11)):
            self.env.invalidate_all()
            self.assertEqual(self.response.judged_count, 3)
            self.assertAlmostEqual(self.response.attainment, 2 / 3)
        self.assertEqual(self._clock(late, "first_response").state, "running")


@tagged("post_install", "-at_install")
class TestSlaGuard(SlaCase):
    def test_nobody_sets_stops_or_deletes_a_clock(self):
        clock = self._clock(self._opened())
        values = {"ticket_id": clock.ticket_id.id, "kind": "update", "state": "met"}
        for model in (self.clocks, self.clocks.with_user(self.lead)):
            record = model.browse(clock.id)
            with self.assertRaises(AccessError):
                record.write({"state": "met"})
            with self.assertRaises(AccessError):
                record.write({"due_at": at(1000)})
            with self.assertRaises(AccessError):
                record.unlink()
            with self.assertRaises(AccessError):
                model.create(values)
        for vals in (
            {"sla_state": "kept"},
            {"sla_due_at": at(1)},
            {"sla_clock_ids": [(2, clock.id)]},
        ):
            with self.assertRaises(UserError):
                clock.ticket_id.write(vals)

    def test_agents_read_policies_and_managers_change_them(self):
        self.response.with_user(self.agent).read(["sentence"])
        with self.assertRaises(AccessError):
            self.response.with_user(self.agent).target_minutes = 5
        self.response.with_user(self.lead).target_minutes = 90

    def test_a_policy_that_made_promises_is_archived_and_not_deleted(self):
        self._opened()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.response.unlink()
        self._policy("update", 5).unlink()

    def test_hours_that_nobody_could_name_are_refused(self):
        loose = self.env["resource.calendar"].create(
            {"name": "Loose", "schedule_type": "flexible"}
        )
        with self.assertRaisesRegex(ValidationError, "flexible"):
            self.response.calendar_id = loose

    def test_a_policy_reads_as_a_sentence(self):
        self.resolution.priority_ids = self.env.ref(
            "support_visibility.trait_priority_3"
        )
        self.assertEqual(
            self.resolution.sentence,
            "Urgent: Resolution within 8 h of SV Office, standing still in Waiting for Customer.",
        )

    def test_the_hours_of_a_usual_calendar_are_those_odoo_works_out(self):
        begin = pytz.utc.localize(at(0))
        for tz in ("UTC", "Europe/Berlin", "America/New_York"):
            self.office.tz = tz
            end = begin + timedelta(days=60)
            ours = list(self.office._sla_working_time().spans(at(0), at(60 * 24)))
            theirs = [
                (
                    one.astimezone(pytz.utc).replace(tzinfo=None),
                    other.astimezone(pytz.utc).replace(tzinfo=None),
                )
                for one, other, _line in self.office._work_intervals_batch(begin, end)[
                    False
                ]
            ]
            self.assertEqual(ours, theirs)

    def test_simulate_refuses_in_words(self):
        with self.assertRaisesRegex(ValidationError, "target_minutes: from 1"):
            self.policies.with_user(self.agent).simulate(
                "2026-03-02T09:00:00Z", 0, "UTC", []
            )
        self.assertEqual(
            self.policies.with_user(self.agent).simulate(
                "2026-03-02T09:00:00Z", 60, "UTC", [[0, "09:00", "17:00"]]
            ),
            {"due_at": "2026-03-02T10:00:00Z"},
        )


@tagged("post_install", "-at_install")
class TestSlaTelling(SlaCase):
    def _told(self, ticket, event_type):
        return self._events(ticket).filtered(lambda event: event.type == event_type)

    def _reminders(self, ticket):
        return ticket.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id
                == self.env.ref("support_visibility.activity_type_promise")
            )
        )

    def test_who_has_the_ticket_is_reminded_once_and_no_longer_than_needed(self):
        ticket = self._opened(user_id=self.agent.id)
        self._look(9.8)
        events = self._told(ticket, "support.sla_warned")
        ticket._sla_remind(events)
        ticket._sla_remind(events)
        reminder = self._reminders(ticket)
        self.assertEqual(len(reminder), 1)
        self.assertEqual(reminder.user_id, self.agent)
        self.assertIn("First Response: 75 %", reminder.summary)
        self._look(10.5)
        ticket._sla_remind(self._told(ticket, "support.sla_breached"))
        self.assertIn("ran out", self._reminders(ticket).summary)
        ticket.action_solve()
        self.assertFalse(self._reminders(ticket))

    def test_the_leader_is_reminded_of_what_nobody_has(self):
        self.team.leader_id = self.lead
        ticket = self._opened()
        self._look(9.8)
        ticket._sla_remind(self._told(ticket, "support.sla_warned"))
        self.assertEqual(self._reminders(ticket).user_id, self.lead)

    def test_a_broken_promise_may_escalate_the_ticket_with_its_reason(self):
        ticket = self._opened()
        self._look(10.5)
        ticket._sla_escalate(self._told(ticket, "support.sla_breached"))
        self.assertEqual(ticket.team_id, self.upper)
        self.assertEqual(ticket.escalation_ids.reason_class, "policy")
        self.assertIn("SV first_response", ticket.escalation_ids.reason)

    def test_only_the_reminder_before_the_deadline_is_on_from_the_start(self):
        rules = [
            self.env.ref(f"support_visibility.rule_{name}")
            for name in ("remind_at_risk", "remind_broken", "escalate_broken")
        ]
        self.assertEqual([rule.active for rule in rules], [True, False, False])
        for rule in rules:
            self.assertTrue(rule.governed)
            self.assertEqual(rule.mode, "act")


@tagged("post_install", "-at_install")
class TestSlaQueries(SlaCase):
    """A ticket with its promises, assignment and events: one costs little, many cost hardly more."""

    def _count(self, number, **vals):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["support_visibility.ticket"].with_user(self.agent).create(
            [
                {"name": f"T{index}", "partner_id": self.contact.id, **vals}
                for index in range(number)
            ]
        )
        self.env["event_hub.event"]._flush_emitted()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_one_ticket_and_a_thousand(self):
        given = {"user_id": self.agent.id, "team_id": self.team.id}
        self._count(1, **given)  # what every process remembers
        one, many = self._count(1, **given), self._count(200, **given)
        self.assertLessEqual(one, 25)
        self.assertLessEqual(many, 200)

    def test_looking_at_many_clocks_costs_hardly_more_than_at_few(self):
        def count(number):
            with freeze_time(at(9)):
                tickets = self.env["support_visibility.ticket"].create(
                    [
                        {"name": f"T{i}", "partner_id": self.contact.id}
                        for i in range(number)
                    ]
                )
            self.env["event_hub.event"]._flush_emitted()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time(at(60)):
                self.clocks.search([("ticket_id", "in", tickets.ids)])._look()
            self.env["event_hub.event"]._flush_emitted()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(2)
        few, many = count(5), count(100)
        self.assertLessEqual(many, few + 10, f"{few} queries for 5, {many} for 100")
