from datetime import timedelta

import pytz

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common_sla import SlaCase, at


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
        self._count(1, **given)  # keeps the hours, which makes every process read anew
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
