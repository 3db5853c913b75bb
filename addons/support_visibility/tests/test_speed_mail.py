import email
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.mail.models.mail_thread import MailThread

from ..policies.intake import headers
from .mails import ALIAS, MailCase
from .test_speed import as_committed


@tagged("post_install", "-at_install")
class TestPlainMail(MailCase):
    """The way known by heart is the one that Odoo would find; where Odoo has to look, it looks."""

    def _plain(self, **values):
        """:return: the route known by heart of a mail with these headers"""
        message = self._mail(headers=values)
        parsed = email.message_from_bytes(message.as_bytes(), policy=email.policy.SMTP)
        told = self.Mail.message_parse(parsed)
        return self.env["support_visibility.ticket"]._intake_plain_route(told)

    def _became(self, **values):
        """:return: what became of such a mail"""
        ticket = self._take(self._mail(headers=values))
        word = ticket.message_ids.filtered(lambda m: m.message_type == "email")
        return (
            *(ticket.team_id, ticket.partner_id, ticket.email_from, ticket.channel),
            *(ticket.company_id, ticket.create_uid, ticket.message_partner_ids),
            *(word.author_id, word.email_from, word.subtype_id, word.parent_id),
            *(word.record_company_id, word.reply_to, word.body),
        )

    def test_both_ways_lead_to_the_same(self):
        for sender in ("Anna <anna@borealis.example>", "new@borealis.example", "a@b.c"):
            for to in (ALIAS, f"Help <{ALIAS.upper()}>", f"x@other.example, {ALIAS}"):
                values = {"From": sender, "To": to}
                with self.subTest(**values):
                    self.assertTrue(self._plain(**values))
                    by_heart = self._became(**values)
                    with patch.object(
                        self.registry["support_visibility.ticket"],
                        "_intake_plain_route",
                        lambda *args: None,
                    ):
                        self.assertEqual(by_heart, self._became(**values))

    def test_odoo_is_not_asked(self):
        with patch.object(MailThread, "message_route") as asked:
            self.assertTrue(self._take(self._mail()))
        asked.assert_not_called()

    def test_where_odoo_has_to_look(self):
        self.upper.write(
            {"alias_name": "upper", "alias_domain_id": self.team.alias_domain_id.id}
        )
        upper = "upper@sv.example"
        self.contact.message_bounce = 1
        aside = {
            "an answer": {"References": "<m0@borealis.example>"},
            "another answer": {"In-Reply-To": "<m0@borealis.example>"},
            "two teams": {"To": f"{ALIAS}, {upper}"},
            "a copy to another team": {"Cc": upper},
            "catchall": {"To": f"{ALIAS}, catchall@sv.example"},
            "bounce": {"To": f"{ALIAS}, bounce@sv.example"},
            "mailer": {"From": "MAILER-DAEMON@mx.example"},
            "a user": {"From": self.agent.email or "agent@sv.example"},
            "mail to whom came back": {"From": self.contact.email},
            "nobody of ours": {"To": "x@other.example"},
            "no sender": {"From": "nobody"},
        }
        self.agent.email = aside["a user"]["From"]
        for name, values in aside.items():
            with self.subTest(name):
                self.assertFalse(self._plain(**values))
        told = {
            "recipients": ALIAS,
            "to": ALIAS,
            "email_from": "a@b.c",
            "message_id": "x",
        }
        tickets = self.env["support_visibility.ticket"]
        self.assertTrue(tickets._intake_plain_route(dict(told)))
        self.assertFalse(tickets.with_user(self.agent)._intake_plain_route(dict(told)))

    def test_changes_of_the_alias_are_seen(self):
        self.assertTrue(self._plain())
        ticket = self._ticket()
        for change in (
            {"alias_contact": "followers"},
            {"alias_contact": "everyone", "alias_force_thread_id": ticket.id},
            {"alias_force_thread_id": 0, "alias_incoming_local": True},
            {"alias_incoming_local": False, "alias_defaults": "{'name': 'x'}"},
        ):
            self.team.alias_id.write(change)
            self.assertFalse(self._plain(), change)
        self.team.alias_id.alias_defaults = f"{{'team_id': {self.team.id}}}"
        self.assertTrue(self._plain())
        self.team.alias_name = "desk"
        self.assertFalse(self._plain())
        self.assertTrue(self._plain(To="desk@sv.example"))

    def test_who_writes_is_reached_again(self):
        self.contact.message_bounce = 3
        self._take(self._mail())
        self.assertEqual(self.contact.message_bounce, 0)

    def test_queries_of_one_mail(self):
        self._take(self._mail())
        as_committed(self)
        self._take(self._mail())
        for sender, most in (("Anna <anna@borealis.example>", 36), ("a@b.c", 34)):
            message = self._mail(headers={"From": sender}).as_bytes()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Mail.message_process(False, message)
            self.env.flush_all()
            self.env["event_hub.event"]._flush_emitted()
            self.assertLessEqual(self.env.cr.sql_log_count - before, most, sender)

    def test_a_header_is_parsed_once(self):
        message = email.message_from_bytes(
            self._mail(files={"a.txt": b"x"}).as_bytes(), policy=email.policy.SMTP
        )
        plain = [(part.get_content_type(), part.items()) for part in message.walk()]
        headers.remembered(message)
        found = [(part.get_content_type(), part.items()) for part in message.walk()]
        self.assertEqual(found, plain)
        part = next(message.iter_attachments())
        self.assertEqual(part.get_filename(), "a.txt")
        self.assertIs(part["Content-Type"], part["Content-Type"])
        self.assertIsNot(plain, found)
