from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.support_visibility.tests.common import TicketCase


class ChatCase(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = new_test_user(
            cls.env,
            "svl_anna",
            groups="base.group_portal",
            email="anna@borealis.example",
        )
        cls.anna.partner_id.parent_id = cls.account
        cls.guest = cls.env["mail.guest"].create({"name": "Visitor"})

    def _chat(self, *people, **vals):
        members = [
            (0, 0, {"partner_id": person.id})
            if person._name == "res.partner"
            else (0, 0, {"guest_id": person.id})
            for person in (self.agent.partner_id, *people)
        ]
        return self.env["discuss.channel"].create(
            {
                "name": "Chat",
                "channel_type": "livechat",
                "livechat_operator_id": self.agent.partner_id.id,
                "channel_member_ids": members,
                **vals,
            }
        )

    def _say(self, chat, text, author=None, guest=None):
        message = chat.sudo().message_post(
            body=text,
            author_id=author.id if author else False,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        if guest:
            message.write({"author_id": False, "author_guest_id": guest.id})
        return message


@tagged("post_install", "-at_install")
class TestLivechat(ChatCase):
    """An agent opens a ticket from what was said."""

    def _command(self, chat, line, user=None):
        chat.with_user(user or self.agent).execute_command_ticket(body=line)
        return chat.support_ticket_ids

    def test_a_chat_with_a_known_customer_becomes_an_answered_ticket(self):
        chat = self._chat(self.anna.partner_id)
        self._say(chat, "The <b>export</b> fails", self.anna.partner_id)
        self._say(chat, "Since when?", self.agent.partner_id)
        ticket = self._command(chat, "/ticket Export fails")
        self.assertEqual(
            (ticket.name, ticket.channel, ticket.partner_id, ticket.account_id),
            ("Export fails", "chat", self.anna.partner_id, self.account),
        )
        self.assertIn("export", ticket.description)
        self.assertIn("Since when?", ticket.description)
        self.assertTrue(ticket.first_response_at)

    def test_nobody_answered_yet_leaves_the_first_answer_due(self):
        chat = self._chat(self.anna.partner_id)
        self._say(chat, "Hello?", self.anna.partner_id)
        self.assertFalse(self._command(chat, "/ticket Hello").first_response_at)

    def test_an_anonymous_visitor_needs_an_address(self):
        chat = self._chat(self.guest)
        self._say(chat, "Help", guest=self.guest)
        self.assertFalse(self._command(chat, "/ticket Help"))
        ticket = self._command(chat, "/ticket Help Visitor@Example.com")
        self.assertEqual(ticket.email_from, "visitor@example.com")
        self.assertIn("Visitor: Help", ticket.description)

    def test_without_a_title_nothing_is_opened(self):
        self.assertFalse(self._command(self._chat(self.anna.partner_id), "/ticket"))

    def test_a_bot_in_the_conversation_is_no_customer(self):
        bot = self.env["chatbot.script"].create({"title": "Bot"}).operator_partner_id
        chat = self._chat(self.anna.partner_id, bot)
        members = chat.channel_member_ids
        members.filtered(lambda m: m.partner_id == bot).livechat_member_type = "bot"
        ticket = self._command(chat, "/ticket Export")
        self.assertEqual(ticket.partner_id, self.anna.partner_id)

    def test_two_customers_are_not_guessed(self):
        chat = self._chat(self.anna.partner_id, self.contact)
        self.assertFalse(self._command(chat, "/ticket Export"))

    def test_only_agents_who_are_in_the_conversation(self):
        chat = self._chat(self.anna.partner_id)
        with self.assertRaises(AccessError):
            self._command(chat, "/ticket x", self.anna)
        private = self.env["discuss.channel"].create(
            {"name": "Private", "channel_type": "group"}
        )
        with self.assertRaises(AccessError):
            self._command(private, "/ticket x a@b.example", self.colleague)
        with self.assertRaisesRegex(AccessError, "Conversation"):
            self._ticket().with_user(self.colleague).chat_id = private
        with self.assertRaisesRegex(AccessError, "Conversation"):
            self._ticket(self.colleague, chat_id=private.id)

    def test_what_is_said_afterwards_is_noted_when_the_chat_ends_once(self):
        chat = self._chat(self.anna.partner_id)
        ticket = self._command(chat, "/ticket Export fails")
        ticket.env.cr.execute(
            "UPDATE support_visibility_ticket SET create_date = create_date - interval '1 hour'"
            " WHERE id = %s",
            [ticket.id],
        )
        ticket.invalidate_recordset(["create_date"])
        self._say(chat, "And <script>import</script> too", self.anna.partner_id)
        before = ticket.message_ids
        chat.with_user(self.anna)._close_livechat_session()
        note = ticket.message_ids - before
        self.assertEqual(len(note), 1)
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertIn("too", note.body)
        self.assertNotIn("<script", note.body)
        chat.with_user(self.anna)._close_livechat_session()
        self.assertEqual(ticket.message_ids - before, note)


@tagged("post_install", "-at_install")
class TestChatbot(ChatCase):
    """A script ends with a ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = cls.env["chatbot.script"].create({"title": "Help Bot"})
        cls.ask, cls.mail, cls.end = cls.env["chatbot.script.step"].create(
            [
                {
                    "chatbot_script_id": cls.script.id,
                    "step_type": kind,
                    "message": kind,
                    "sequence": index,
                    "support_team_id": cls.team.id,
                }
                for index, kind in enumerate(
                    ("free_input_single", "question_email", "create_ticket")
                )
            ]
        )

    def _bot_chat(self, *said):
        chat = self._chat(
            self.guest, livechat_operator_id=self.script.operator_partner_id.id
        )
        for step, text in zip((self.ask, self.mail), said, strict=False):
            message = self._say(chat, text, guest=self.guest)
            self.env["chatbot.message"].create(
                {
                    "discuss_channel_id": chat.id,
                    "mail_message_id": message.id,
                    "script_step_id": step.id,
                    "user_raw_answer": text,
                }
            )
        return chat

    def _end(self, chat):
        public = self.env.ref("base.public_user")
        self.end.with_user(public).sudo()._process_step(chat.with_user(public).sudo())
        return chat.support_ticket_ids

    def test_the_script_ends_with_one_ticket_for_its_team(self):
        chat = self._bot_chat("Export fails", "visitor@example.com")
        ticket = self._end(chat)
        self.assertEqual(
            (ticket.name, ticket.email_from, ticket.team_id, ticket.channel),
            ("Export fails", "visitor@example.com", self.team, "chat"),
        )
        self.assertEqual(self._end(chat), ticket)
        self.assertFalse(ticket.first_response_at)

    def test_without_an_address_the_visitor_is_asked_for_one(self):
        chat = self._bot_chat("Export fails")
        self.assertFalse(self._end(chat))
        self.assertIn("email address", chat.sudo().message_ids[0].body)
