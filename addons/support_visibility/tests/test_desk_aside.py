from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import TicketCase

WAKE = "support_visibility.ir_cron_wake_snoozed"
ASSIGN = "support_visibility.ir_cron_assign"


class AsideCase(TicketCase):
    def _later(self, **delta):
        moment = fields.Datetime.now() + timedelta(**(delta or {"hours": 1}))
        return fields.Datetime.to_string(moment)

    def _run_cron(self, xmlid):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(xmlid).method_direct_trigger()
        self.env.invalidate_all()

    def _customer_writes(self, ticket, at=None):
        ticket.sudo().message_post(
            body="And?",
            author_id=self.contact.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )


@tagged("post_install", "-at_install")
class TestDeskSnooze(AsideCase):
    def _asleep(self, **vals):
        ticket = self._ticket(user_id=self.agent.id, **vals)
        self.assertIs(ticket.action_snooze(self._later(), "Ask again"), True)
        return ticket

    def test_a_snoozed_ticket_is_back_when_its_time_has_come(self):
        ticket = self._asleep()
        self._run_cron(WAKE)
        self.assertTrue(ticket.snoozed_until)
        with freeze_time(self._later(hours=2)):
            self._run_cron(WAKE)
        self.assertFalse(ticket.snoozed_until or ticket.snooze_reason)
        self.assertEqual(ticket.activity_ids.summary, "Ask again")
        self.assertEqual(ticket.activity_ids.user_id, self.agent)
        self.assertEqual(
            self._activities(ticket)[-2:], ["Ticket snoozed", "Ticket woke up"]
        )

    def test_its_deadlines_go_on(self):
        ticket = self._ticket(user_id=self.agent.id)
        due = ticket.sla_due_at
        ticket.action_snooze(self._later(days=30))
        self.assertTrue(due)
        self.assertEqual(ticket.sla_due_at, due)

    def test_the_word_of_the_customer_wakes_it(self):
        ticket = self._asleep()
        self._customer_writes(ticket)
        self.assertFalse(ticket.snoozed_until)

    def test_solving_another_person_and_a_click_wake_it(self):
        for wake in (
            lambda t: t.action_solve(),
            lambda t: t.action_assign(self.colleague.id),
            lambda t: t.action_wake(),
        ):
            ticket = self._asleep()
            wake(ticket)
            self.assertFalse(ticket.snoozed_until)

    def test_it_is_nobodys_until_then_and_given_out_after(self):
        ticket = self._ticket()
        ticket.action_snooze(self._later())
        self.team.assignment = "round_robin"
        self._run_cron(ASSIGN)
        self.assertFalse(ticket.user_id)
        with freeze_time(self._later(hours=2)):
            self._run_cron(WAKE)
        self.assertEqual(ticket.user_id, self.agent)

    def test_only_open_tickets_and_only_a_sensible_while(self):
        ticket = self._ticket()
        for until in ("", "soon", "2020-01-01 00:00:00", self._later(days=400)):
            with self.subTest(until=until), self.assertRaises(ValidationError):
                ticket.action_snooze(until)
        with self.assertRaises(UserError):
            ticket.action_snooze(self._later(), "x" * 501)
        with self.assertRaises(UserError):
            ticket.write({"snoozed_until": self._later()})
        ticket.action_solve()
        with self.assertRaises(UserError):
            ticket.action_snooze(self._later())

    def test_the_window_snoozes_what_was_picked(self):
        tickets = self._ticket() + self._ticket()
        wizard = Form(
            self.env["support_visibility.snooze"]
            .with_user(self.agent)
            .with_context(active_ids=tickets.ids, active_model=tickets._name)
        )
        wizard.save().action_snooze()
        self.assertTrue(all(tickets.mapped("snoozed_until")))


@tagged("post_install", "-at_install")
class TestDeskSpam(AsideCase):
    def test_spam_is_closed_and_counts_in_no_promise(self):
        ticket = self._ticket()
        self.assertTrue(ticket.sla_clock_ids)
        self.assertIs(ticket.action_mark_spam("Lottery"), True)
        self.assertEqual((ticket.state, ticket.is_spam), ("closed", True))
        self.assertEqual(set(ticket.sla_clock_ids.mapped("state")), {"void"})
        self.assertFalse(ticket.sla_state)
        self.assertEqual(self._activities(ticket)[-1], "Marked as spam")
        self.assertIn("Lottery", ticket.message_ids[0].body)

    def test_a_mistake_is_taken_back_and_the_time_in_between_counts(self):
        with freeze_time("2026-03-02 12:00:00"):
            ticket = self._ticket()
            before = ticket.sla_clock_ids.mapped("due_at")
        with freeze_time("2026-03-02 12:05:00"):
            ticket.action_mark_spam()
        with freeze_time("2026-03-02 12:30:00"):
            ticket.action_not_spam()
        self.assertEqual(
            (ticket.state, ticket.is_spam, ticket.reopen_count), ("open", False, 0)
        )
        self.assertEqual(ticket.sla_clock_ids.mapped("due_at"), before)
        self.assertEqual(ticket.sla_state, "on_track")
        with self.assertRaises(UserError):
            ticket.action_not_spam()

    def test_an_answer_given_before_stays_given(self):
        ticket = self._ticket(user_id=self.agent.id)
        with freeze_time(self._later(minutes=5)):
            ticket.message_post(
                body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        clock = ticket.sla_clock_ids.filtered(lambda c: c.kind == "first_response")
        self.assertEqual(clock.state, "met")
        with freeze_time(self._later(minutes=10)):
            ticket.action_mark_spam()
            self.assertEqual(clock.state, "void")
            ticket.action_not_spam()
        self.assertEqual(clock.state, "met")

    def test_nobody_writes_it_by_hand(self):
        with self.assertRaises(UserError):
            self._ticket().write({"is_spam": True})
        with self.assertRaises(AccessError):
            self._ticket().with_user(self.employee).action_mark_spam()

    def test_a_mirrored_ticket_is_judged_where_it_lives(self):
        ticket = self._hear(self._incoming(title="Win a prize"))
        with self.assertRaises(UserError):
            ticket.with_user(self.agent).action_mark_spam()


@tagged("post_install", "-at_install")
class TestDeskUndo(AsideCase):
    def test_a_slip_is_taken_back_and_the_ledger_keeps_both(self):
        ticket = self._ticket(user_id=self.agent.id)
        before = (ticket.stage_id, ticket.state_since)
        ticket.action_solve()
        self.assertTrue(ticket.can_undo)
        self.assertIs(ticket.action_undo_move(), True)
        self.assertEqual((ticket.stage_id, ticket.state_since), before)
        self.assertEqual((ticket.state, ticket.reopen_count), ("open", 0))
        self.assertFalse(ticket.solved_at)
        self.assertEqual(
            self._activities(ticket)[-2:], ["Ticket solved", "Move taken back"]
        )
        self.assertEqual(
            set(ticket.sla_clock_ids.mapped("stopped_at")),
            {False},
            "all promises go on",
        )
        self.assertFalse(ticket.can_undo)
        with self.assertRaises(UserError):
            ticket.action_undo_move()

    def test_each_move_can_be_taken_back(self):
        second = self.env["support_visibility.stage"].create(
            {"name": "Testing", "state": "open", "sequence": 21}
        )
        for begin, move in (
            (("action_take",), lambda t: t.action_wait()),
            ((), lambda t: t.action_resume()),
            (("action_take", "action_solve"), lambda t: t.action_reopen()),
            (("action_take", "action_solve"), lambda t: t.action_close()),
            (("action_take",), lambda t: t.write({"stage_id": second.id})),
        ):
            ticket = self._ticket()
            for name in begin:
                getattr(ticket, name)()
            names = ("state", "stage_id", "solved_at", "closed_at", "reopen_count")
            before = ticket.read(names)
            move(ticket)
            self.assertNotEqual(ticket.read(names), before)
            ticket.action_undo_move()
            self.assertEqual(ticket.read(names), before)

    def test_the_clock_of_a_waiting_ticket_goes_on(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.action_wait()
        ticket.action_undo_move()
        clock = ticket.sla_clock_ids.filtered(lambda c: c.kind == "resolution")
        self.assertNotEqual(clock.state, "paused")

    def test_only_by_who_moved_and_soon(self):
        with freeze_time("2026-03-02 12:00:00"):
            ticket = self._ticket(user_id=self.agent.id)
        with freeze_time("2026-03-02 13:00:00"):
            ticket.action_solve()
            with self.assertRaisesRegex(UserError, "Somebody else"):
                ticket.with_user(self.colleague).action_undo_move()
            self.assertFalse(ticket.with_user(self.colleague).can_undo)
        with (
            freeze_time("2026-03-02 13:10:01"),
            self.assertRaisesRegex(UserError, "ten minutes"),
        ):
            ticket.action_undo_move()
        with self.assertRaisesRegex(UserError, "not moved"):
            self._ticket().action_undo_move()

    def test_nothing_is_taken_back_once_something_happened(self):
        for happens in (
            lambda t: t.action_assign(self.colleague.id),
            self._customer_writes,
            lambda t: t.action_snooze(self._later()),
            lambda t: t.with_user(self.colleague).action_solve(),
        ):
            with freeze_time("2026-03-02 13:00:00"):
                ticket = self._ticket(user_id=self.agent.id)
            with freeze_time("2026-03-02 13:01:00"):
                ticket.action_wait()
            with freeze_time("2026-03-02 13:02:00"):
                happens(ticket)
                with self.assertRaises(UserError):
                    ticket.action_undo_move()


@tagged("post_install", "-at_install")
class TestDeskBulk(AsideCase):
    def test_what_will_not_go_is_told_ticket_by_ticket(self):
        tag = self.env["support_visibility.tag"].create({"name": "sv many"})
        good, done, also = (self._ticket() for _index in range(3))
        done.action_close()
        result = (good + done + also).action_bulk(
            {
                "priority": "3",
                "add_tag_ids": tag.ids,
                "user_id": self.colleague.id,
                "move": "solve",
            }
        )
        self.assertEqual(result["done"], (good + also).ids)
        (refused,) = result["refused"]
        self.assertEqual(refused["ticket_id"], done.id)
        self.assertIn("Reopen", refused["why"])
        for ticket in good + also:
            self.assertEqual(
                (ticket.priority, ticket.tag_ids, ticket.user_id, ticket.state),
                ("3", tag, self.colleague, "solved"),
            )
        self.assertEqual((done.priority, done.tag_ids.ids), ("1", []))

    def test_team_and_queue(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.action_bulk({"team_id": self.upper.id})
        self.assertEqual((ticket.team_id, ticket.user_id.id), (self.upper, False))
        ticket.action_bulk({"user_id": self.agent.id})
        ticket.action_bulk({"user_id": False})
        self.assertFalse(ticket.user_id)

    def test_changes_that_make_no_sense_are_refused_in_words(self):
        ticket = self._ticket()
        for changes in (
            {},
            {"state": "closed"},
            {"move": "unlink"},
            {"priority": "9"},
            {"team_id": 99999999},
            {"add_tag_ids": ["x"]},
            {"add_tag_ids": [True]},
            {"user_id": "1"},
        ):
            with self.subTest(changes=changes), self.assertRaises(UserError):
                ticket.action_bulk(changes)

    def test_the_window_tells_what_was_done(self):
        done, good = self._ticket(), self._ticket()
        done.action_close()
        form = Form(
            self.env["support_visibility.bulk"]
            .with_user(self.agent)
            .with_context(active_ids=(done + good).ids, active_model=done._name)
        )
        self.assertEqual(form.summary, "2 tickets: 1 New, 1 Closed")
        form.assign = "me"
        wizard = form.save()
        wizard.action_apply()
        self.assertEqual(wizard.done_text, "1 tickets changed")
        self.assertIn(done.number, wizard.refused_text)
        self.assertEqual(good.user_id, self.agent)
