from datetime import timedelta

from odoo.tests import freeze_time, tagged

from odoo.addons.event_hub.tools import history

from .common_sla import SlaCase, at


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
