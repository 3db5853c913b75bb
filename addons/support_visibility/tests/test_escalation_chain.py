from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.tests.people import people

from ..policies.quiet import again
from .common_sla import SlaCase, at


class ChainCase(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.leader_id = cls.lead
        cls.runs = cls.env["support_visibility.escalation_run"]
        cls.items = cls.env["support_visibility.notice_item"]

    def _step(self, act, moment="broken", minutes=0, **vals):
        return self.env["support_visibility.escalation_step"].create(
            {"act": act, "moment": moment, "minutes": minutes, **vals}
        )

    def _chain(self, ticket, hours):
        """Have the clocks looked at, and the rule called with what they said."""
        self._look(hours)
        events = self._events(ticket).filtered(lambda e: "sla_" in e.type)
        with freeze_time(at(hours)):
            ticket._sla_chain(events)
        self.env.flush_all()

    def _said(self, ticket):
        return " ".join(ticket.message_ids.mapped("body"))

    def _tell(self, hours):
        with freeze_time(at(hours)):
            return self.items._tell_people()

    def _messages(self, user):
        notified = [("notified_partner_ids", "in", user.partner_id.ids)]
        return self.env["mail.message"].search(
            [*notified, ("message_type", "=", "user_notification")]
        )


@tagged("post_install", "-at_install")
class TestEscalationChain(ChainCase):
    def test_steps_come_one_after_the_other(self):
        self.response.warn_90 = True
        self._step("leader", "75")
        self._step("priority", "90")
        self._step("queue", "broken", to_team_id=self.upper.id)
        ticket = self._opened()
        before = ticket.priority
        self._chain(ticket, 9.76)
        self.assertEqual(self.items.search([]).user_id, self.lead)
        self.assertEqual(ticket.priority, before)
        self._chain(ticket, 9.92)
        self.assertEqual(int(ticket.priority), int(before) + 1)
        self.assertEqual(ticket.team_id, self.team)
        self._chain(ticket, 10.1)
        self.assertEqual(ticket.team_id, self.upper)
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.escalation_ids.reason_class, "policy")
        self.assertIn("Raise the priority", self._said(ticket))
        self.assertIn("SV first_response", self._said(ticket))

    def test_a_step_is_taken_once_also_after_reopening(self):
        self._step("priority", policy_id=self.resolution.id)
        ticket = self._opened()
        self._chain(ticket, 60)
        raised = ticket.priority
        self._chain(ticket, 61)
        with freeze_time(at(62)):
            ticket.with_user(self.agent).action_take()
            ticket.with_user(self.agent).action_solve()
        with freeze_time(at(63)):
            ticket.with_user(self.agent).action_reopen()
        self._chain(ticket, 64)
        self.assertEqual(ticket.priority, raised)
        self.assertEqual(len(self.runs.search([("ticket_id", "=", ticket.id)])), 1)

    def test_later_steps_wait_and_are_not_needed_for_what_is_done(self):
        self._step("assign", minutes=30, user_id=self.colleague.id)
        one, other = self._opened(), self._opened()
        self._chain(one | other, 10.1)
        waiting = self.runs.search([("state", "=", "waiting")])
        self.assertEqual(waiting.ticket_id, one | other)
        self.assertEqual(set(waiting.mapped("due_at")), {at(10.5)})
        self._answer(other, 10.2)
        with freeze_time(at(10.6)), self.enter_registry_test_mode():
            self.env.flush_all()
            self.env.ref("support_visibility.ir_cron_sla_sweep").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(one.user_id, self.colleague)
        self.assertNotEqual(other.user_id, self.colleague)
        states = {run.ticket_id: run.state for run in waiting}
        self.assertEqual(states, {one: "done", other: "skipped"})

    def test_what_is_not_possible_says_why(self):
        self._step("assign", user_id=self.employee.id)
        ticket = self._opened()
        self._chain(ticket, 10.1)
        run = self.runs.search([("ticket_id", "=", ticket.id)])
        self.assertEqual(run.state, "failed")
        self.assertIn("does not work in support", run.said)

    def test_what_one_ticket_cannot_do_leaves_the_others_alone(self):
        self._step("assign", user_id=self.colleague.id)
        tickets = self._opened() + self._opened()
        acting = type(tickets)._chain_act

        def one_fails(records, step, reason):
            if tickets[0] in records:
                raise UserError(reason)
            return acting(records, step, reason)

        with patch.object(type(tickets), "_chain_act", one_fails):
            self._chain(tickets, 10.1)
        runs = self.runs.search([("ticket_id", "in", tickets.ids)]).grouped("ticket_id")
        self.assertEqual([runs[t].state for t in tickets], ["failed", "done"])
        self.assertEqual(tickets[1].user_id, self.colleague)

    def test_who_has_the_ticket_already_keeps_it(self):
        self._step("queue", to_team_id=self.upper.id, team_id=self.upper.id)
        self._step("assign", user_id=self.agent.id, team_id=self.team.id)
        there = self._opened(team_id=self.upper.id, user_id=self.colleague.id)
        his = self._opened(user_id=self.agent.id)
        moved = self._opened()
        self._chain(there | his | moved, 10.1)
        runs = self.runs.search([("ticket_id", "in", (there | his | moved).ids)])
        states = {run.ticket_id: run.state for run in runs}
        self.assertEqual(states, {there: "skipped", his: "skipped", moved: "done"})
        self.assertIn("there already", runs.filtered("said")[:1].said)
        self.assertEqual(there.user_id, self.colleague)
        for ticket in (there, his):
            self.assertEqual(ticket.escalation_level, 0)
            self.assertFalse(ticket.escalation_ids)
        self.assertEqual(moved.escalation_level, 1)

    def test_a_manager_takes_a_step_back(self):
        self._step("queue", to_team_id=self.upper.id)
        ticket = self._opened()
        self._chain(ticket, 10.1)
        run = self.runs.search([("ticket_id", "=", ticket.id)])
        with self.assertRaises(AccessError):
            run.with_user(self.agent).action_undo()
        run.with_user(self.lead).action_undo()
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(run.state, "undone")
        with self.assertRaisesRegex(ConflictError, "taken back already"):
            run.with_user(self.lead).action_undo()

    def test_what_was_moved_since_is_a_conflict_and_not_undone(self):
        self._step("queue", to_team_id=self.upper.id)
        ticket = self._opened()
        self._chain(ticket, 10.1)
        ticket.action_assign(self.lead.id)
        run = self.runs.search([("ticket_id", "=", ticket.id)])
        with self.assertRaises(ConflictError):
            run.with_user(self.lead).action_undo()

    def test_a_step_needs_somebody(self):
        with self.assertRaises(ValidationError) as caught:
            self._step("assign")
        self.assertIn("Person", str(caught.exception))
        with self.assertRaises(ValidationError):
            self._step("queue")

    def test_the_shipped_rule_calls_it(self):
        rule = self.env.ref("support_visibility.rule_chain")
        self.assertTrue(rule.active)
        self.assertEqual((rule.governed, rule.mode), (True, "act"))
        self.assertEqual(
            rule.action_server_ids.code.strip(), "records._sla_chain(events)"
        )

    def test_many_cost_hardly_more_than_few(self):
        self._step("leader")

        def count(number):
            with freeze_time(at(9)):
                tickets = self.env["support_visibility.ticket"].create(
                    [
                        {
                            "name": f"T{i}",
                            "partner_id": self.contact.id,
                            "team_id": self.team.id,
                        }
                        for i in range(number)
                    ]
                )
            with freeze_time(at(60)):
                self.clocks.search([("ticket_id", "in", tickets.ids)])._look()
            events = self._events(tickets).filtered(lambda e: "breach" in e.type)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            with freeze_time(at(60)):
                tickets._sla_chain(events)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(2)
        few, many = count(5), count(100)
        self.assertLessEqual(many, few + 10, f"{few} queries for 5, {many} for 100")


@tagged("post_install", "-at_install")
class TestDigestOfNotices(ChainCase):
    def _storm(self, number, **vals):
        with freeze_time(at(9)):
            tickets = self.env["support_visibility.ticket"].create(
                [
                    {
                        "name": f"T{i}",
                        "partner_id": self.contact.id,
                        "team_id": self.team.id,
                        **vals,
                    }
                    for i in range(number)
                ]
            )
        self._chain(tickets, 10.1)
        return tickets

    def test_a_storm_is_one_message_a_person(self):
        (boss,) = people(self.env, {"login": "sv_boss"})
        self._step("leader")
        self._step("executive", user_id=boss.id)
        self._storm(100)
        self.assertEqual(len(self.items.search([])), 200)
        self.assertEqual(self._tell(10.1), 0)
        self.assertEqual(self._tell(10.2), 2)
        self.assertEqual(self._tell(10.4), 0)
        for person in (self.lead, boss):
            message = self._messages(person)
            self.assertEqual(len(message), 1)
            self.assertIn("100 tickets need you", message.subject)
            self.assertIn("and 80 more", message.body)

    def test_quiet_hours_wait_until_morning(self):
        self.lead.tz = "UTC"
        self.env["support_visibility.agent"].create(
            {"user_id": self.lead.id, "quiet_from": 10, "quiet_until": 12}
        )
        self._step("leader")
        self._storm(1)
        self.assertEqual(self._tell(11), 0)
        self.assertEqual(self._tell(12), 1)

    def test_severity_one_does_not_wait(self):
        self.lead.tz = "UTC"
        self.env["support_visibility.agent"].create(
            {"user_id": self.lead.id, "quiet_from": 10, "quiet_until": 12}
        )
        self._step("leader")
        self._storm(1, severity="1")
        self._storm(1)
        self.assertEqual(self._tell(11), 1)
        self.assertEqual(len(self.items.search([("state", "=", "waiting")])), 1)

    def test_who_left_is_told_nothing(self):
        self._step("leader")
        self._storm(1)
        self.lead.active = False
        self._tell(11)
        self.assertEqual(self.items.search([]).state, "skipped")

    def test_what_could_not_be_said_is_said_later(self):
        self._step("leader")
        self._storm(1)
        item = self.items.search([])

        why = "no way"

        def fails(records):
            raise UserError(why)

        with patch.object(type(item), "_send", fails):
            self._tell(10.2)
            self.assertEqual((item.state, item.tries), ("waiting", 1))
            self.assertEqual(item.again_at, at(10.2) + timedelta(minutes=2))
            self._tell(10.21)
            self.assertEqual(item.tries, 1)
        self.assertEqual(self._tell(10.3), 1)
        self.assertEqual(item.state, "sent")

    def test_after_a_day_it_is_given_up_with_an_error(self):
        self._step("leader")
        self._storm(1)
        item = self.items.search([])
        item.tries = again.MOST_TRIES - 1

        def fails(records):
            raise ValueError("no way")

        with (
            patch.object(type(item), "_send", fails),
            self.assertLogs(
                "odoo.addons.support_visibility.models.support_visibility_notice_item",
                "ERROR",
            ),
        ):
            self._tell(10.2)
        self.assertEqual(item.state, "failed")
        self.assertTrue(item.sent_at)

    def test_a_mistake_of_ours_is_not_hidden(self):
        self._step("leader")
        self._storm(1)

        def fails(records):
            raise ZeroDivisionError

        with (
            patch.object(type(self.items), "_send", fails),
            self.assertRaises(ZeroDivisionError),
        ):
            self._tell(10.2)

    def test_names_cannot_be_markup(self):
        self._step("leader")
        tickets = self._storm(1)
        tickets.name = "<script>alert(1)</script>"
        self._tell(10.1 + timedelta(minutes=6).total_seconds() / 3600)
        self.assertNotIn("<script>", self._messages(self.lead).body)
