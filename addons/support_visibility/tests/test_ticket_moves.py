from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketMoves(TicketCase):
    # ------------------------------------------------------------------ states
    def test_a_life_of_a_ticket_reads_well_in_the_ledger(self):
        ticket = self._ticket()
        ticket.action_take()
        ticket.action_wait()
        ticket.action_resume()
        ticket.action_solve()
        ticket.action_reopen()
        ticket.action_solve()
        ticket.action_close()
        self.assertEqual(
            self._activities(ticket),
            [
                "Ticket opened",
                "Ticket assigned",
                "Customer asked",
                "Customer answered",
                "Ticket solved",
                "Ticket reopened",
                "Ticket solved",
                "Ticket closed",
            ],
        )
        self.assertEqual(
            set(self._events(ticket).mapped("correlation")), {ticket.correlation}
        )
        self.assertEqual(
            (ticket.state, ticket.reopen_count, ticket.stage_id.state),
            ("closed", 1, "closed"),
        )
        self.assertTrue(ticket.solved_at and ticket.closed_at)

    def test_buttons_answer_true(self):
        ticket = self._ticket()
        self.assertIs(ticket.action_assign(self.agent.id), True)
        self.assertIs(ticket.action_escalate("No contract", "missing_data"), True)
        self.assertIs(ticket.action_wait(), True)
        self.assertIs(ticket.action_solve(), True)
        self.assertIs(ticket.action_reopen(), True)
        self.assertIs(ticket.action_close(), True)

    def test_a_wrong_move_says_what_is_possible(self):
        ticket = self._ticket()
        with self.assertRaisesRegex(UserError, r"TCK-\d+ Export fails is still New"):
            ticket.action_reopen()
        ticket.action_close()
        with self.assertRaisesRegex(UserError, "is Closed .* can become: Open"):
            ticket.action_solve()

    def test_one_wrong_ticket_stops_the_whole_batch(self):
        good, closed = self._ticket(), self._ticket()
        closed.action_close()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            (good + closed).action_solve()
        self.assertEqual(good.state, "new")

    def test_dragging_a_card_moves_the_state(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.write({"stage_id": self._stage("solved").id})
        self.assertEqual(ticket.state, "solved")
        self.assertTrue(ticket.solved_at)
        ticket.stage_id = self._stage("open")
        self.assertEqual((ticket.state, ticket.reopen_count), ("open", 1))
        self.assertFalse(ticket.solved_at)
        with self.assertRaises(UserError):
            ticket.stage_id = self._stage("new")
        with self.assertRaises(UserError):
            ticket.write({"stage_id": False})

    def test_two_columns_of_one_state_are_no_move(self):
        second = self.env["support_visibility.stage"].create(
            {"name": "Testing", "state": "open", "sequence": 21}
        )
        ticket = self._ticket(user_id=self.agent.id)
        before = len(self._events(ticket))
        ticket.stage_id = second
        self.assertEqual((ticket.state, ticket.stage_id), ("open", second))
        self.assertEqual(len(self._events(ticket)), before)

    def test_every_state_keeps_a_stage(self):
        stage = self._stage("solved")
        for change in (stage.unlink, lambda: stage.write({"state": "open"})):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                change()

    def test_resolution_is_measured_and_forgotten_on_reopening(self):
        with freeze_time("2026-03-02 08:00:00"):
            ticket = self._ticket(user_id=self.agent.id)
        with freeze_time("2026-03-02 14:30:00"):
            ticket.action_solve()
        self.assertEqual(ticket.resolution_hours, 6.5)
        ticket.action_reopen()
        self.assertEqual(ticket.resolution_hours, 0)

    # ------------------------------------------------------------------ hands
    def test_an_assignment_is_a_handoff_with_its_wait(self):
        with freeze_time("2026-03-02 08:00:00"):
            ticket = self._ticket()
        with freeze_time("2026-03-02 10:00:00"):
            ticket.action_assign(self.agent.id)
        with freeze_time("2026-03-02 11:00:00"):
            ticket.write({"user_id": self.colleague.id})
        queue, person = ticket.handoff_ids.sorted("id")
        self.assertEqual(
            (queue.from_user_id.id, queue.to_user_id, queue.waiting_seconds),
            (False, self.agent, 7200),
        )
        self.assertEqual(
            (person.from_user_id, person.to_user_id, person.waiting_seconds),
            (self.agent, self.colleague, 3600),
        )
        self.assertEqual(ticket.handoff_count, 2)

    def test_assigning_the_same_person_again_is_nothing(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.action_assign(self.agent.id)
        self.assertEqual(ticket.handoff_count, 1)

    def test_a_ticket_goes_back_to_the_queue(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.action_assign(False)
        self.assertFalse(ticket.user_id)
        self.assertEqual(self._activities(ticket)[-1], "Ticket put in queue")

    def test_who_is_second_is_told_who_was_first(self):
        ticket = self._ticket()
        ticket.with_user(self.colleague).action_take()
        with self.assertRaisesRegex(ConflictError, "sv_colleague"):
            ticket.with_user(self.agent).action_take()
        self.assertEqual(ticket.user_id, self.colleague)

    def test_only_agents_of_the_company_get_tickets(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreigner = new_test_user(
            self.env,
            login="sv_far",
            groups="support_visibility.group_support_user",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        retired = new_test_user(
            self.env, login="sv_retired", groups="support_visibility.group_support_user"
        )
        retired.active = False
        ticket = self._ticket()
        for user_id in (
            self.employee.id,
            foreigner.id,
            retired.id,
            99999999,
            "7",
            True,
            -1,
        ):
            with self.subTest(user_id=user_id), self.assertRaises(UserError):
                ticket.action_assign(user_id)

    def test_a_done_ticket_is_not_assigned(self):
        ticket = self._ticket()
        ticket.action_close()
        with self.assertRaisesRegex(UserError, "Reopen"):
            ticket.action_assign(self.agent.id)

    def test_another_team_takes_the_ticket_into_its_queue(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.write({"team_id": self.upper.id})
        self.assertEqual((ticket.team_id, ticket.user_id.id), (self.upper, False))
        self.assertEqual(ticket.handoff_ids.sorted("id")[-1].to_team_id, self.upper)

    def test_handoffs_and_escalations_are_never_written_by_hand(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.action_escalate("No contract", "missing_data")
        for record in (ticket.handoff_ids[0], ticket.escalation_ids[0]):
            for user in (self.agent, self.lead, self.env.user):
                mine = record.with_user(user)
                with self.assertRaises(UserError):
                    mine.write({"reason": "x"})
                with self.assertRaises(UserError):
                    mine.unlink()
            with self.assertRaises(AccessError):
                record.with_user(self.lead).create({"ticket_id": ticket.id})
        with self.assertRaises(AccessError):
            ticket.write({"handoff_ids": [(0, 0, {"reason": "forged"})]})

    # ------------------------------------------------------------------ escalation
    def test_an_escalation_goes_to_the_leader_above_with_its_reason(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.action_escalate("  No contract in the system ", "missing_data")
        self.assertEqual((ticket.team_id, ticket.user_id), (self.upper, self.lead))
        self.assertEqual((ticket.escalation_level, ticket.is_escalated), (1, True))
        row = ticket.escalation_ids
        self.assertEqual(
            (row.reason, row.reason_class, row.level),
            ("No contract in the system", "missing_data", 1),
        )
        self.assertEqual(
            (row.by_user_id, row.to_user_id, row.account_id),
            (self.agent, self.lead, self.account),
        )
        self.assertEqual(ticket.handoff_ids.sorted("id")[-1].reason, row.reason)
        escalated = self._events(ticket).filtered(
            lambda event: event.type == "support.escalated"
        )
        self.assertEqual(escalated.attributes["reason_class"], "missing_data")

    def test_an_escalation_without_reason_or_class_is_refused(self):
        ticket = self._ticket(user_id=self.agent.id)
        for args in [
            ("", "policy"),
            (" ", "policy"),
            (None, "policy"),
            ("x", "boredom"),
            ("x", None),
            ("x" * 501, "policy"),
        ]:
            with self.subTest(args=args), self.assertRaises(UserError):
                ticket.action_escalate(*args)
        self.assertFalse(ticket.escalation_ids)

    def test_a_leader_who_is_no_agent_is_passed_over(self):
        self.upper.leader_id = self.employee
        ticket = self._ticket(user_id=self.agent.id)
        ticket.action_escalate("Too deep", "technical_depth")
        self.assertEqual((ticket.team_id, ticket.user_id.id), (self.upper, False))

    def test_an_escalation_at_the_top_only_stands_out(self):
        self.upper.leader_id = False
        ticket = self._ticket(team_id=self.upper.id, user_id=self.agent.id)
        ticket.action_escalate("Too many", "capacity")
        self.assertEqual(
            (ticket.team_id, ticket.user_id, ticket.escalation_level),
            (self.upper, self.agent, 1),
        )

    def test_a_done_ticket_is_not_escalated(self):
        ticket = self._ticket()
        ticket.action_solve()
        with self.assertRaisesRegex(UserError, "Reopen"):
            ticket.action_escalate("x", "policy")

    def test_teams_do_not_escalate_in_circles(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.upper.escalation_team_id = self.team

    def test_the_wizard_escalates_what_was_picked(self):
        tickets = self._ticket() + self._ticket()
        wizard = Form(
            self.env["support_visibility.escalate"]
            .with_user(self.agent)
            .with_context(
                active_ids=tickets.ids, active_model="support_visibility.ticket"
            )
        )
        wizard.reason_class = "capacity"
        wizard.reason = "Three people ill"
        wizard.save().action_escalate()
        self.assertEqual(tickets.mapped("escalation_level"), [1, 1])
