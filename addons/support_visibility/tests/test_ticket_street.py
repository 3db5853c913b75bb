from odoo.tests import TransactionCase, tagged

from odoo.addons.event_hub.tests.common import HubCommon

CREATED, UPDATED = "support.ticket_created", "support.ticket_updated"


@tagged("post_install", "-at_install")
class TestTicketStreet(HubCommon, TransactionCase):
    """From a message in the inbox to the ticket, through the hub itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = cls.env.ref("support_visibility.group_support_service")
        cls.service.group_ids = [(4, group.id)]

    def _ticket_event(self, event_type=CREATED, ticket="HD-1", minute=0, **data):
        return self._event(
            event_type,
            time=f"2026-03-02T12:{minute:02}:00Z",
            source="/helpdesk",
            data={"ticket": ticket, **data},
        )

    def _tickets(self, *refs):
        return self.env["support_visibility.ticket"].search(
            [("source_id", "=", self.source.id), ("external_ref", "in", refs)],
            order="external_ref",
        )

    def test_a_ticket_is_heard_opened_and_solved_as_the_service_user(self):
        messages = self._heard_and_processed(
            self._ticket_event(title="Export fails", category="bug", status="new"),
            self._ticket_event(UPDATED, minute=30, status="solved"),
        )
        self.assertEqual(
            messages.mapped("state"), ["processed"] * 2, messages.mapped("error")
        )
        ticket = self._tickets("HD-1")
        self.assertEqual((ticket.state, ticket.resolution_hours), ("solved", 0.5))
        self.assertEqual(
            (ticket.account_id, ticket.create_uid), (self.account, self.service)
        )
        events = self.env["event_hub.event"].search(
            [("case_model", "=", ticket._name), ("case_id", "=", ticket.id)], order="id"
        )
        self.assertEqual(
            events.mapped("type"),
            [CREATED, "support.ticket_opened", UPDATED, "support.solved"],
        )
        self.assertEqual(set(events.mapped("actor")), {"source:test_billing"})
        self.assertEqual(events[1].causation, events[0])
        self.assertEqual(events[3].causation, events[2])
        self.assertEqual(events[3].correlation, events[2].correlation)

    def test_messages_in_the_wrong_order_end_in_the_right_state(self):
        self._heard_and_processed(
            self._ticket_event(UPDATED, minute=30, status="solved")
        )
        self._heard_and_processed(
            self._ticket_event(title="Export fails", status="open")
        )
        ticket = self._tickets("HD-1")
        self.assertEqual((ticket.state, ticket.name), ("solved", "Export fails"))

    def test_a_breach_of_the_schema_is_parked_and_leaves_no_ticket(self):
        for data in ({"ticket": ""}, {"ticket": None}, {"ticket": "X", "title": 7}):
            message = self._heard_and_processed(
                self._event(CREATED, source="/helpdesk", data=data)
            )
            self.assertEqual(
                (message.state, message.error_code), ("parked", "schema"), data
            )
        self.assertFalse(self._tickets("", "X"))

    def test_a_ticket_of_an_unknown_account_waits_for_its_account(self):
        event = self._ticket_event(ticket="HD-9", title="Who is this?")
        message = self._heard_and_processed({**event, "subject": "NOBODY"})
        self.assertEqual(
            (message.state, message.error_code), ("parked", "unknown_account")
        )
        self.env["res.partner"].create({"name": "New", "account_code": "NOBODY"})
        message.action_replay()
        self._process()
        self.assertEqual(self._tickets("HD-9").name, "Who is this?")

    def test_a_poisoned_report_does_not_stop_its_neighbours(self):
        self._heard_and_processed(self._ticket_event(ticket="A3", title="gone"))
        self._tickets("A3").sudo().unlink()
        messages = self._heard_and_processed(
            *[
                self._ticket_event(ticket=f"A{index}", title=f"T{index}")
                for index in range(6)
            ]
        )
        self.assertEqual(messages.mapped("state").count("processed"), 5)
        poisoned = messages.filtered(lambda message: message.state == "parked")
        self.assertIn("A3", poisoned.error)
        self.assertEqual(len(self._tickets(*[f"A{index}" for index in range(6)])), 5)

    def test_a_batch_may_speak_of_one_ticket_many_times(self):
        self._heard_and_processed(
            [
                self._ticket_event(title="Export fails", status="new"),
                self._ticket_event(UPDATED, minute=1, status="open"),
                self._ticket_event(UPDATED, minute=2, status="pending"),
                self._ticket_event(UPDATED, minute=3, status="open"),
                self._ticket_event(UPDATED, minute=4, status="closed"),
            ]
        )
        ticket = self._tickets("HD-1")
        self.assertEqual((len(ticket), ticket.state), (1, "closed"))
        told = self.env["event_hub.event"].search(
            [
                ("case_model", "=", ticket._name),
                ("case_id", "=", ticket.id),
                ("type", "not in", (CREATED, UPDATED)),
            ],
            order="occurred_at, id",
        )
        self.assertEqual(
            told.mapped("activity"),
            [
                "Ticket opened",
                "Work started",
                "Customer asked",
                "Customer answered",
                "Ticket closed",
            ],
        )
