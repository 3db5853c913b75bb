from contextlib import contextmanager
from email.message import EmailMessage
from unittest.mock import patch

from odoo.addons.mail.models.mail_mail import MailMail

from .common import TicketCase

ALIAS = "help@sv.example"


class MailCase(TicketCase):
    """Mail through the gateway, as fetchmail brings it; what goes out stays in the queue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create({"name": "sv.example"})
        cls.env.company.alias_domain_id = domain
        cls.team.write(
            {
                "alias_name": "help",
                "alias_domain_id": domain.id,
                "company_id": cls.env.company.id,
            }
        )
        cls.Mail = cls.env["mail.thread"]

    def _mail(self, text="It fails.", subject="Export fails", headers=None, **parts):
        message = EmailMessage()
        values = {
            "From": "Anna <anna@borealis.example>",
            "To": ALIAS,
            "Subject": subject,
            "Message-ID": f"<{self._next()}@borealis.example>",
            "Return-Path": "<anna@borealis.example>",
            **(headers or {}),
        }
        for name, value in values.items():
            if value is not None:
                message[name] = value
        message.set_content(text)
        for name, content in parts.get("files", {}).items():
            message.add_attachment(
                content, maintype="application", subtype="octet-stream", filename=name
            )
        return message

    def _next(self):
        type(self)._number = getattr(type(self), "_number", 0) + 1
        return f"m{self._number}"

    def _take(self, message):
        """:return: the tickets that the mail made"""
        tickets = self.env["support_visibility.ticket"]
        before = tickets.search([])
        raw = message if isinstance(message, bytes) else message.as_bytes()
        self.Mail.message_process(False, raw)
        return tickets.search([]) - before

    def _outgoing(self):
        return self.env["mail.mail"].search([], order="id")

    @contextmanager
    def _sending(self):
        """Let nothing leave, and collect what would have.

        :return: list of mails
        """
        sent = []

        def send(mails, *args, **kwargs):
            sent.extend(mails)
            return True

        with patch.object(MailMail, "send", send):
            yield sent

    def _tell_customers(self):
        with self.enter_registry_test_mode():
            self.env.ref("support_visibility.ir_cron_notices").method_direct_trigger()
