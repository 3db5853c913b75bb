from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.event_hub.tools import gate

from ..models.support_visibility_ticket_guard import DERIVED, GUARDED
from .common import TicketCase

RELAXING = {  # what a context might try
    "event_hub_pass": True,
    "install_mode": True,
    "skip_checks": True,
    "default_state": "solved",
}


@tagged("post_install", "-at_install")
class TestTicketGuard(TicketCase):
    # ------------------------------------------------------------------ the gate
    def _forged(self, ticket):
        """:return: ``{guarded field: a value that nobody may set}``, for each of them"""
        now = fields.Datetime.now()
        return {
            "number": "TCK-9",
            "state": "solved",
            "state_since": now,
            "held_since": now,
            "opened_at": "2020-01-01 00:00:00",
            "first_response_at": now,
            "solved_at": now,
            "closed_at": now,
            "reopen_count": 5,
            "handoff_count": 5,
            "escalation_level": 5,
            "source_id": self.source.id,
            "external_ref": "x",
            "external_status": "x",
            "external_category": "x",
            "heard_until": now,
            "heard_digests": {"name": "x"},
            "correlation": "0" * 32,
            "account_id": self.contact.id,
            "account_code": "x",
            "account_tier": "growth",
            "account_owner_id": self.agent.id,
            "is_escalated": True,
            "resolution_hours": 1.0,
            "response_hours": 1.0,
            "company_id": self.env.company.id,
            "sla_state": "kept",
            "sla_due_at": now,
            "merged_into_id": ticket.id,
            "snoozed_until": now,
            "snooze_reason": "x",
            "is_spam": True,
            "channel": "mail",
            "rating_value": 5.0,
            "rated_at": now,
            "severity_state": "confirmed",
            "severity_due_at": now,
            "severity_by_id": self.agent.id,
            "sla_clock_ids": [(5,)],
        }

    def test_guarded_fields_open_for_nobody_by_no_door(self):
        ticket = self._ticket()
        forged = self._forged(ticket)
        self.assertLessEqual({*GUARDED, *DERIVED}, set(forged))
        people = (self.agent, self.lead, self.env.ref("base.user_admin"), self.env.user)
        for user in people:
            mine = ticket.with_user(user).with_context(**RELAXING)
            for name, value in forged.items():
                with self.subTest(user=user.login, name=name):
                    self._assert_no_door(mine, {name: value})
        self.assertEqual(ticket.state, "new")

    def _assert_no_door(self, ticket, forged):
        with self.assertRaises(UserError):
            ticket.write(forged)
        if "company_id" in forged:  # free at birth
            return
        with self.assertRaises(UserError):
            ticket.create({"name": "x", "partner_id": self.contact.id, **forged})

    def test_a_default_of_the_context_cannot_set_a_guarded_field(self):
        tickets = (
            self.env["support_visibility.ticket"]
            .with_user(self.agent)
            .with_context(
                default_state="solved",
                default_number="TCK-9",
                default_solved_at="2020-01-01 00:00:00",
                default_escalation_level=4,
                default_source_id=self.source.id,
                default_account_id=self.agent.partner_id.id,
                default_account_code="FORGED",
                default_is_escalated=True,
                default_resolution_hours=7.0,
                default_response_hours=7.0,
            )
        )
        ticket = tickets.create({"name": "x", "partner_id": self.contact.id})
        self.assertEqual(ticket.account_id, self.contact.commercial_partner_id)
        self.assertNotEqual(ticket.account_code, "FORGED")
        self.assertFalse(
            ticket.is_escalated or ticket.resolution_hours or ticket.response_hours
        )
        self.assertEqual((ticket.state, ticket.escalation_level), ("new", 0))
        self.assertFalse(ticket.solved_at or ticket.source_id)
        self.assertNotEqual(ticket.number, "TCK-9")

    def test_an_import_cannot_set_a_state(self):
        result = (
            self.env["support_visibility.ticket"]
            .with_user(self.agent)
            .load(
                ["name", "partner_id/.id", "state"],
                [["Imported", str(self.contact.id), "solved"]],
            )
        )
        self.assertFalse(result["ids"])
        self.assertTrue(result["messages"])

    def test_a_copy_starts_anew(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.action_solve()
        copy = ticket.copy()
        self.assertEqual(
            (copy.state, copy.reopen_count, copy.user_id.id), ("new", 0, False)
        )
        self.assertNotEqual(copy.number, ticket.number)
        self.assertNotEqual(copy.correlation, ticket.correlation)

    def test_tickets_are_never_deleted(self):
        for user in (self.agent, self.lead, self.service):
            with self.assertRaises(AccessError):
                self._ticket().with_user(user).unlink()

    def test_a_pass_is_good_for_its_own_ticket_and_values_only(self):
        ticket, other = self._ticket(), self._ticket(name="Another")
        for records, values in (
            (ticket, {"state": "closed"}),
            (ticket, {"state": "open", "reopen_count": 9}),
            (ticket, {"user_id": self.agent.id, "solved_at": "2026-01-01 00:00:00"}),
            (other, {"state": "open"}),
            (ticket | other, {"state": "open"}),
        ):
            admitted = gate.admit(ticket, {"state": "open"})
            with self.assertRaises(UserError):
                admitted.env[records._name].browse(records.ids).write(values)
        self.assertEqual((ticket.state, other.state), ("new", "new"))

    def test_a_pass_to_be_born_is_good_for_those_tickets_only(self):
        birth = {"name": "Mirrored", "email_from": "a@b.example", "external_ref": "X"}
        model = gate.admit_births(self.env["support_visibility.ticket"], [birth])
        self.assertEqual(model.create([birth]).external_ref, "X")
        for vals_list in ([{**birth, "state": "closed"}], [birth, birth]):
            with self.assertRaises(UserError):
                model.create(vals_list)
