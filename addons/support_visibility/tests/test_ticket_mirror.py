from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.event_hub.exceptions import ParkMessage

from .common import NOON, TicketCase

CREATED, UPDATED = "support.ticket_created", "support.ticket_updated"


@tagged("post_install", "-at_install")
class TestTicketMirror(TicketCase):
    def test_a_ticket_of_another_helpdesk_appears_with_what_it_says(self):
        ticket = self._hear(
            self._incoming(
                title="Export fails",
                description="Stops at 50 %",
                category="Bug",
                priority="high",
                severity="2",
                status="open",
                email="Anna@Borealis.example",
            )
        )
        self.assertEqual(ticket.name, "Export fails")
        self.assertEqual(
            (ticket.partner_id, ticket.account_id), (self.contact, self.account)
        )
        self.assertEqual(
            ticket.category_id, self.env.ref("support_visibility.category_bug")
        )
        self.assertEqual(
            (ticket.priority, ticket.severity, ticket.state), ("2", "2", "open")
        )
        self.assertEqual(
            (ticket.source_id, ticket.external_ref, ticket.external_status),
            (self.source, "HD-1", "open"),
        )
        self.assertEqual(ticket.opened_at, NOON)
        self.assertEqual(ticket.company_id, self.env.company)

    def test_the_same_external_ticket_twice_is_one_ticket(self):
        first = self._hear(self._incoming(title="Export fails"))
        again = self._hear(
            self._incoming(title="Export fails"),
            self._incoming(title="Export fails", minutes=1),
        )
        self.assertEqual(len(first | again), 1)
        self.assertEqual(self._activities(first).count("Ticket opened"), 1)

    def test_one_batch_about_one_new_ticket_makes_one_ticket(self):
        tickets = self._hear(
            *[
                self._incoming(title=f"T{minutes}", minutes=minutes)
                for minutes in (5, 0, 9)
            ]
        )
        self.assertEqual(len(set(tickets.ids)), 1)
        self.assertEqual((tickets[0].opened_at, tickets[0].name), (NOON, "T9"))

    def test_the_same_number_of_another_source_is_another_ticket(self):
        other = self.source.copy({"code": "sv_other", "name": "Other"})
        incoming = self._incoming(title="Theirs")
        theirs = self._hear(
            incoming.__class__(**{**incoming.__dict__, "source": other})
        )
        self.assertNotEqual(self._hear(self._incoming(title="Ours")), theirs)

    def test_a_numeric_ticket_id_is_the_same_as_its_digits(self):
        self.assertEqual(
            self._hear(self._incoming(ticket=42)),
            self._hear(self._incoming(ticket="42", minutes=1)),
        )

    def test_updates_move_the_ticket_when_they_happened(self):
        ticket = self._hear(
            self._incoming(title="Export fails", status="new"),
            self._incoming(event_type=UPDATED, minutes=10, status="in progress"),
            self._incoming(event_type=UPDATED, minutes=30, status="Resolved"),
        )[0]
        self.assertEqual((ticket.state, ticket.stage_id.state), ("solved", "solved"))
        self.assertEqual(ticket.resolution_hours, 0.5)
        told = self._events(ticket).filtered(
            lambda event: event.type not in (CREATED, UPDATED)
        )
        self.assertEqual(
            told.mapped("activity"), ["Ticket opened", "Work started", "Ticket solved"]
        )
        self.assertEqual((told[-1].occurred_at - NOON).total_seconds(), 1800)

    def test_a_late_update_does_not_move_the_ticket_back(self):
        ticket = self._hear(
            self._incoming(
                title="New title", minutes=30, event_type=UPDATED, status="solved"
            )
        )
        self._hear(
            self._incoming(
                title="Old title", description="First words", minutes=0, status="open"
            )
        )
        self.assertEqual(
            (ticket.state, ticket.name, ticket.description),
            ("solved", "New title", "First words"),
        )

    def test_an_update_from_before_our_own_move_does_not_undo_it(self):
        ticket = self._hear(self._incoming(title="Export fails", status="open"))
        ticket.with_user(self.agent).action_solve()
        self._hear(
            self._incoming(
                event_type=UPDATED, minutes=5, status="open", description="More"
            )
        )
        self.assertEqual((ticket.state, ticket.description), ("solved", "More"))

    def test_a_newer_open_reopens(self):
        ticket = self._hear(self._incoming(status="solved"))
        self._hear(self._incoming(event_type=UPDATED, minutes=5, status="reopened"))
        self.assertEqual((ticket.state, ticket.reopen_count), ("open", 1))

    def test_unknown_words_are_kept_and_change_nothing(self):
        ticket = self._hear(
            self._incoming(
                title="x",
                status="purple",
                category="llamas",
                priority="meh",
                severity="9",
            )
        )
        self.assertEqual(
            (ticket.state, ticket.priority, ticket.severity), ("new", "1", False)
        )
        self.assertEqual(
            (ticket.external_status, ticket.external_category), ("purple", "llamas")
        )
        self.assertFalse(ticket.category_id)

    def test_an_address_of_another_account_does_not_change_the_account(self):
        self.env["res.partner"].create({"name": "Eve", "email": "eve@else.example"})
        ticket = self._hear(self._incoming(title="x", email="eve@else.example"))
        self.assertEqual(
            (ticket.partner_id, ticket.email_from), (self.account, "eve@else.example")
        )

    def test_a_ticket_without_title_gets_it_later(self):
        ticket = self._hear(self._incoming(event_type=UPDATED, minutes=5))
        self.assertEqual(ticket.name, "Ticket HD-1")
        self._hear(self._incoming(title="Export fails"))
        self.assertEqual(ticket.name, "Export fails")

    def test_a_long_title_is_cut_and_a_script_is_only_text(self):
        ticket = self._hear(self._incoming(title="<img src=x onerror=alert(1)>" * 50))
        self.assertEqual(len(ticket.name), 250)
        self.assertIn("<img", ticket.name)

    def test_what_follows_from_an_event_names_it_as_cause(self):
        incoming = self._incoming(title="x", status="open")
        ticket = self._hear(incoming)
        events = self._events(ticket)
        cause = events.filtered(lambda event: event.type == CREATED)
        for event in events - cause:
            self.assertEqual(
                (event.causation, event.correlation), (cause, incoming.correlation)
            )

    def test_a_deleted_ticket_parks_its_updates_with_the_way_out(self):
        ticket = self._hear(self._incoming(title="x"))
        ticket.sudo().unlink()
        with self.assertRaisesRegex(ParkMessage, "Delete its external id"):
            self._hear(self._incoming(event_type=UPDATED, minutes=1))

    def test_the_service_user_cannot_reach_beyond_tickets(self):
        ticket = self._hear(self._incoming(title="x")).with_user(self.service)
        with self.assertRaises(AccessError):
            self.team.with_user(self.service).write({"name": "x"})
        with self.assertRaises(AccessError):
            ticket.unlink()

    def test_a_hundred_events_take_little_more_queries_than_ten(self):
        def count(prefix, number):
            batch = [
                self._incoming(
                    ticket=f"{prefix}{index}",
                    title=f"T{index}",
                    status="open",
                    category="bug",
                    email="anna@borealis.example",
                    priority="high",
                )
                for index in range(number)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._hear(*batch)
            self.env["event_hub.event"]._flush_emitted()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count("w", 2)
        few, many = count("a", 10), count("b", 100)
        self.assertLessEqual(
            many, few + 25, f"{few} queries for 10 events, {many} for 100"
        )
