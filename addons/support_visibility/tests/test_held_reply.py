from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..models.support_visibility_held_reply import SupportVisibilityHeldReply
from .common import TicketCase


@tagged("post_install", "-at_install")
class TestHeldReply(TicketCase):
    """Held replies where no approvals are installed: a support manager decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what other addons make of asking and deciding has tests of its own
        Replies = cls.env.registry["support_visibility.held_reply"]
        for name in ("_ask", "_standing", "_check_may_settle", "action_withdraw"):
            own = getattr(SupportVisibilityHeldReply, name)
            cls.startClassPatcher(patch.object(Replies, name, own))
        cls.startClassPatcher(
            patch.object(
                Replies,
                "_compute_may_settle",
                SupportVisibilityHeldReply._compute_may_settle,
            )
        )

    def _held(self, ticket=None, **values):
        ticket = ticket or self._ticket()
        reply_id = ticket.with_user(self.agent).action_reply_with_promise(
            **{
                "body": "<p>We credit you 50.</p>",
                "promise": "credit",
                "amount": 50,
                **values,
            }
        )
        return self.env["support_visibility.held_reply"].browse(reply_id)

    def _public(self, ticket):
        return ticket.message_ids.filtered(
            lambda m: m.subtype_id == self.env.ref("mail.mt_comment")
        )

    def test_a_promise_waits_and_information_goes(self):
        ticket = self._ticket()
        self._held(ticket)
        self.assertFalse(self._public(ticket))
        self.assertFalse(ticket.first_response_at)
        self.assertEqual(ticket.held_reply_count, 1)
        ticket.with_user(self.agent).message_post(
            body="We look at it",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(len(self._public(ticket)), 1)
        self.assertTrue(ticket.first_response_at)
        self.assertEqual(self._events(ticket)[-2].type, "support.reply_held")

    def test_a_manager_sends_it_in_the_name_of_who_wrote_it(self):
        reply = self._held()
        reply.with_user(self.lead).action_release()
        message = self._public(reply.ticket_id)
        self.assertEqual((reply.state, reply.message_id), ("sent", message))
        self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertIn("We credit you 50.", message.body)
        self.assertTrue(reply.ticket_id.first_response_at)

    def test_nobody_decides_about_their_own_and_no_agent_decides(self):
        reply = self._held()
        for user in (self.agent, self.colleague):
            with self.assertRaises(AccessError):
                reply.with_user(user).action_release()
        own = self.env["support_visibility.held_reply"].browse(
            self._ticket(self.lead)
            .with_user(self.lead)
            .action_reply_with_promise("Yes", "other")
        )
        for decide in (lambda r: r.action_release(), lambda r: r.action_refuse("x")):
            with self.assertRaisesRegex(AccessError, "wrote this reply"):
                decide(own.with_user(self.lead))
        self.assertEqual((reply.state, own.state), ("held", "held"))

    def test_a_decision_is_made_once(self):
        reply = self._held()
        reply.with_user(self.lead).action_refuse("No such contract")
        with self.assertRaisesRegex(UserError, "No such contract"):
            reply.with_user(self.lead).action_release()
        with self.assertRaisesRegex(UserError, "waits no more"):
            reply.with_user(self.agent).action_withdraw()
        self.assertFalse(self._public(reply.ticket_id))

    def test_its_author_takes_it_back_and_a_colleague_does_not(self):
        reply = self._held()
        with self.assertRaises(AccessError):
            reply.with_user(self.colleague).action_withdraw()
        reply.with_user(self.agent).action_withdraw()
        self.assertEqual(reply.state, "withdrawn")

    def test_nobody_writes_a_held_reply(self):
        reply = self._held()
        for user in (self.agent, self.lead):
            mine = reply.with_user(user)
            for act in (
                lambda r: r.write({"state": "sent"}),
                lambda r: r.write({"body": "We credit you 5000."}),
                lambda r: r.unlink(),
                lambda r: r.copy(),
            ):
                with self.assertRaises(AccessError):
                    act(mine)

    def test_what_cannot_be_asked_says_what_is_missing(self):
        for values, words in (
            ({"body": "<p> </p>"}, "body"),
            ({"promise": "gift"}, "promise"),
            ({"amount": 0}, "amount"),
            ({"amount": "50"}, "amount"),
            ({"amount": True}, "amount"),
            ({"amount": 0.0001}, "amount"),
            ({"amount": float("nan")}, "amount"),
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, words):
                self._held(**values)

    def test_scripts_are_taken_out_before_anybody_looks(self):
        reply = self._held(
            body="<p>Yes<script>alert(1)</script><img src=x onerror=alert(1)></p>"
        )
        self.assertNotIn("script", reply.body)
        self.assertNotIn("onerror", reply.body)

    def test_a_reply_reaches_the_ticket_the_matter_went_on_in(self):
        ticket, survivor = self._ticket(), self._ticket()
        reply = self._held(ticket)
        ticket.with_user(self.agent).action_merge(survivor.id)
        reply.with_user(self.lead).action_release()
        self.assertEqual(reply.message_id.res_id, survivor.id)

    def test_a_macro_that_promises_asks_too(self):
        macro = self.env["support_visibility.macro"].create(
            {
                "name": "Goodwill",
                "reply": "We credit you 20.",
                "promise": "credit",
                "promise_amount": 20,
            }
        )
        ticket = self._ticket()
        ticket.with_user(self.agent).action_run_macro(macro.id)
        self.assertFalse(self._public(ticket))
        self.assertEqual(ticket.held_reply_ids.mapped("amount"), [20])

    def test_the_wizard_asks_with_files(self):
        ticket = self._ticket()
        wizards = self.env["support_visibility.promise"].with_user(self.agent)
        form = Form(wizards.with_context(active_id=ticket.id))
        form.body, form.promise, form.amount = "<p>Credit</p>", "credit", 10
        wizard = form.save()
        wizard.attachment_ids = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create(
                {
                    "name": "terms.txt",
                    "raw": b"x",
                    "res_model": wizard._name,
                    "res_id": 0,
                }
            )
        )
        wizard.action_hold()
        reply = ticket.held_reply_ids
        reply.with_user(self.lead).action_release()
        self.assertEqual(reply.message_id.attachment_ids.mapped("name"), ["terms.txt"])
