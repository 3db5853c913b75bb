from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import TicketCase
from .test_ticket_mirror import UPDATED


@tagged("post_install", "-at_install")
class TestConflict(TicketCase):
    """A mirrored ticket that both sides change: ours stays, theirs is kept, a person chooses."""

    def _edited(self):
        ticket = self._hear(
            self._incoming(title="Export", priority="high", status="open")
        )
        ticket.with_user(self.agent).name = "CSV export"
        return ticket

    def _told(self, ticket):
        return [t for t in self._events(ticket).mapped("type") if "conflict" in t]

    def test_an_edit_on_both_sides_waits_with_both_values(self):
        ticket = self._edited()
        self._hear(self._incoming(event_type=UPDATED, minutes=5, title="PDF export"))
        self.assertEqual(ticket.name, "CSV export")
        conflict = ticket.conflict_ids
        self.assertEqual(
            (conflict.label, conflict.ours_text, conflict.theirs_text, conflict.state),
            ("Title", "CSV export", "PDF export", "open"),
        )
        self.assertEqual((ticket.conflict_count, ticket.conflict_text), (1, "Title"))
        self._hear(self._incoming(event_type=UPDATED, minutes=6, title="PDF export!"))
        self.assertEqual(ticket.conflict_ids, conflict)
        self.assertEqual(conflict.theirs, "PDF export!")
        self.assertEqual(self._told(ticket), ["support.conflict_found"])

    def test_an_edit_here_outlives_reports_that_say_the_old_again(self):
        ticket = self._edited()
        self._hear(
            self._incoming(
                event_type=UPDATED, minutes=5, title="Export", priority="low"
            )
        )
        self.assertEqual((ticket.name, ticket.priority), ("CSV export", "0"))
        self.assertFalse(ticket.conflict_ids)

    def test_theirs_can_be_taken_and_ours_kept(self):
        ticket = self._edited()
        self._hear(self._incoming(event_type=UPDATED, minutes=5, title="PDF export"))
        conflict = ticket.conflict_ids.with_user(self.agent)
        conflict.action_keep_ours()
        self.assertEqual((ticket.name, conflict.state), ("CSV export", "ours"))
        with self.assertRaisesRegex(ConflictError, "decided already"):
            conflict.action_take_theirs()
        self._hear(self._incoming(event_type=UPDATED, minutes=7, title="XLS export"))
        again = ticket.conflict_ids - conflict
        again.with_user(self.agent).action_take_theirs()
        self.assertEqual((ticket.name, again.state), ("XLS export", "theirs"))
        self.assertEqual(again.settled_by_id, self.agent)
        settled = self._events(ticket).filtered(lambda e: "settled" in e.type)
        kept = settled.mapped("attributes")
        self.assertEqual([k["kept"] for k in kept], ["ours", "theirs"])
        self.assertEqual(
            (kept[0]["value"], kept[0]["ticket_there"], kept[0]["source"]),
            ("CSV export", "HD-1", "sv_helpdesk"),
        )

    def test_when_they_come_round_the_conflict_is_settled_by_itself(self):
        ticket = self._edited()
        self._hear(self._incoming(event_type=UPDATED, minutes=5, title="PDF export"))
        self._hear(self._incoming(event_type=UPDATED, minutes=6, title="CSV export"))
        self.assertEqual(ticket.conflict_ids.state, "agreed")
        self.assertFalse(ticket.conflict_count)

    def test_an_end_of_ours_and_their_next_step_wait_for_a_choice(self):
        ticket = self._hear(self._incoming(title="Export", status="open"))
        ticket.with_user(self.agent).action_solve()
        later = 60 * 24 * 365 * 20  # after the moment of our move, which is now
        self._hear(self._incoming(event_type=UPDATED, minutes=later, status="open"))
        self.assertFalse(ticket.conflict_ids)
        self._hear(
            self._incoming(event_type=UPDATED, minutes=later + 1, status="pending")
        )
        self.assertEqual((ticket.state, ticket.conflict_ids.name), ("solved", "state"))
        self.assertEqual(ticket.conflict_ids.ours_text, "Solved")
        ticket.conflict_ids.with_user(self.agent).action_take_theirs()
        self.assertEqual(ticket.state, "waiting")

    def test_a_category_is_shown_and_taken_by_its_name(self):
        ticket = self._hear(self._incoming(title="Export", category="Bug"))
        question = self.env["support_visibility.category"].create(
            {"name": "Question", "code": "t_question"}
        )
        other = self.env["support_visibility.category"].create(
            {"name": "Exports", "code": "t_exports"}
        )
        ticket.with_user(self.agent).category_id = question
        self._hear(self._incoming(event_type=UPDATED, minutes=5, category="t_exports"))
        conflict = ticket.conflict_ids
        self.assertEqual(
            (conflict.ours_text, conflict.theirs_text), ("Question", "Exports")
        )
        conflict.with_user(self.agent).action_take_theirs()
        self.assertEqual(ticket.category_id, other)

    def test_a_category_deleted_meanwhile_shuts_no_form(self):
        ticket = self._hear(self._incoming(title="Export", category="Bug"))
        ours, theirs = self.env["support_visibility.category"].create(
            [{"name": "Mine", "code": "t_mine"}, {"name": "Theirs", "code": "t_theirs"}]
        )
        ticket.with_user(self.agent).category_id = ours
        self._hear(self._incoming(event_type=UPDATED, minutes=5, category="t_theirs"))
        theirs.unlink()
        conflict = ticket.conflict_ids.with_user(self.agent)
        self.assertEqual(
            (conflict.ours_text, conflict.theirs_text), ("Mine", "deleted")
        )
        with self.assertRaisesRegex(UserError, "Keep ours"):
            conflict.action_take_theirs()
        conflict.action_keep_ours()
        settled = self._events(ticket).filtered(lambda e: "settled" in e.type)
        self.assertEqual(settled.attributes["value"], "t_mine")
        conflict.sudo().ours = "erased"  # as an erasure leaves it
        self.assertEqual(conflict.ours_text, "deleted")

    def test_what_is_kept_is_what_stands_here_now(self):
        ticket = self._edited()
        self._hear(self._incoming(event_type=UPDATED, minutes=5, title="PDF export"))
        ticket.with_user(self.agent).name = "CSV export, 2026"
        ticket.conflict_ids.with_user(self.agent).action_keep_ours()
        settled = self._events(ticket).filtered(lambda e: "settled" in e.type)
        self.assertEqual(settled.attributes["value"], "CSV export, 2026")

    def test_nobody_writes_conflicts_and_only_support_chooses(self):
        ticket = self._edited()
        self._hear(self._incoming(event_type=UPDATED, minutes=5, title="PDF export"))
        conflict = ticket.conflict_ids
        with self.assertRaises(AccessError):
            conflict.with_user(self.lead).write({"theirs": "x"})
        with self.assertRaises(AccessError):
            conflict.with_user(self.employee).action_take_theirs()
        self.assertEqual(ticket.name, "CSV export")


@tagged("post_install", "-at_install")
class TestAnswersThere(TicketCase):
    """Answers to a mirrored ticket are given by the helpdesk that holds it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["event_hub.endpoint"].search([]).active = False
        cls.endpoint = cls.env["event_hub.endpoint"].create(
            {
                "name": "Answers",
                "url": "https://helpdesk.example/answers",
                "event_pattern": "support.answered",
            }
        )
        cls.source.answers_go_back = True

    def _mirrored(self):
        ticket = self._hear(
            self._incoming(title="Export", email="anna@borealis.example")
        )
        ticket.message_subscribe(self.contact.ids)
        return ticket.with_user(self.agent)

    def _answer(self, ticket, subtype="mail.mt_comment"):
        return ticket.message_post(
            body="Try again.", message_type="comment", subtype_xmlid=subtype
        )

    def test_an_answer_is_delivered_there_and_not_mailed_by_us(self):
        ticket = self._mirrored()
        message = self._answer(ticket)
        event = self._events(ticket).filtered(lambda e: e.type == "support.answered")
        said = {
            "source": "sv_helpdesk",
            "ticket_there": "HD-1",
            "message": message.id,
            "text": "Try again.",
            "author": self.agent.name,
        }
        self.assertEqual({k: event.attributes[k] for k in said}, said)
        delivery = self.env["event_hub.delivery"].search([("event_id", "=", event.id)])
        self.assertEqual(delivery.endpoint_id, self.endpoint)
        self.assertFalse(message.sudo().notified_partner_ids & self.contact)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.answers_there_text, "1 on the way")

    def test_a_note_stays_here(self):
        ticket = self._mirrored()
        note = ticket.message_post(
            body="Ask Anna?",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            partner_ids=self.contact.ids,
        )
        self.assertFalse(note.sudo().notified_partner_ids & self.contact)
        self.assertNotIn("support.answered", self._events(ticket).mapped("type"))

    def test_a_mail_to_many_does_not_pass_by_it(self):
        ticket = self._mirrored()
        own = self._ticket().with_user(self.agent)

        def mail(tickets):
            values = {"subject": "All", "body": "<p>Hello</p>"}
            composer = ticket.env["mail.compose.message"].create(
                {
                    **values,
                    "model": ticket._name,
                    "res_ids": tickets.ids,
                    "composition_mode": "mass_mail",
                    "partner_ids": [(6, 0, self.contact.ids)],
                }
            )
            return composer._action_send_mail()[0]

        self.assertTrue(mail(own))
        with self.assertRaisesRegex(UserError, "gives our answers to"):
            mail(own + ticket)

    def test_a_mail_of_a_template_does_not_pass_by_it(self):
        template = self.env["mail.template"].create(
            {
                "name": "Hello",
                "model_id": self.env["ir.model"]._get_id("support_visibility.ticket"),
                "subject": "Hello",
                "body_html": "<p>Hello</p>",
                "partner_to": str(self.contact.id),
            }
        )
        self.assertTrue(template.send_mail(self._ticket().id))
        with self.assertRaisesRegex(UserError, "gives our answers to"):
            template.send_mail(self._mirrored().id)

    def test_tickets_of_our_own_are_mailed_as_ever(self):
        ticket = self._ticket()
        ticket.message_subscribe(self.contact.ids)
        message = self._answer(ticket)
        self.assertIn(self.contact, message.sudo().notified_partner_ids)
        self.assertNotIn("support.answered", self._events(ticket).mapped("type"))

    def test_without_a_receiver_nothing_is_lost_silently(self):
        ticket = self._mirrored()
        self.endpoint.action_disable()
        with self.assertRaisesRegex(UserError, "no endpoint takes it"):
            self._answer(ticket)
        self.source.answers_go_back = False
        with self.assertRaisesRegex(ValidationError, "Answers Go Back There"):
            self.source.answers_go_back = True

    def test_an_endpoint_of_another_company_takes_none(self):
        self.endpoint.company_id = self.env["res.company"].create({"name": "Else"})
        self.assertFalse(self.source._takes_answers())
