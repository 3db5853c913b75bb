from odoo.tests import tagged

from .mails import ALIAS, MailCase

SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(1)>"


@tagged("post_install", "-at_install")
class TestIntakeBad(MailCase):
    """Whatever comes in is a ticket or is kept for a person; it is never lost, and stops nothing."""

    def _raw(self, *lines, body=b"Help"):
        head = [
            b"To: " + ALIAS.encode(),
            b"Message-ID: <" + self._next().encode() + b"@x>",
        ]
        return b"\r\n".join([*head, *lines, b"", body])

    def _kept(self):
        return self.env["support_visibility.quarantine"].search([], limit=1)

    def test_markup_in_a_mail_is_inert(self):
        mail = self._mail(
            SCRIPT,
            f"{SCRIPT}{IMAGE}",
            {"From": '"<img src=x onerror=alert(1)>" <anna@borealis.example>'},
            files={f"{IMAGE}.txt": b"x"},
        )
        ticket = self._take(mail)
        [message] = ticket.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertNotIn("<script", message.body)
        self.assertNotIn("<img", message.body)
        self._tell_customers()
        said = ticket.message_ids.filtered(lambda m: m.message_type == "auto_comment")
        self.assertNotIn("<script", said.body)

    def test_html_bodies_are_cleaned(self):
        html = f"<p>Hi{SCRIPT}{IMAGE}<a href='javascript:x()'>x</a><svg onload=x()></svg></p>"
        raw = self._raw(
            b"From: anna@borealis.example",
            b"Subject: x",
            b"Content-Type: text/html; charset=utf-8",
            body=html.encode(),
        )
        ticket = self._take(raw)
        body = "".join(ticket.message_ids.mapped("body"))
        for bad in ("<script", "onerror", "javascript:", "onload"):
            self.assertNotIn(bad, body)

    def test_a_line_break_in_a_subject_makes_no_header(self):
        raw = self._raw(
            b"From: anna@borealis.example",
            b"Subject: =?utf-8?q?Hi=0D=0ABcc=3A_evil=40x=2Eexample?=",
        )
        ticket = self._take(raw)
        self.assertEqual(ticket.name, "Hi Bcc: evil@x.example")
        self._tell_customers()
        for mail in self._outgoing():
            self.assertNotIn("\n", mail.subject)
            self.assertNotIn("evil", mail.email_to or "")

    def test_a_subject_of_10_mb_is_cut(self):
        raw = self._raw(
            b"From: anna@borealis.example", b"Subject: " + b"long " * 2_000_000
        )
        ticket = self._take(raw)
        self.assertEqual(len(ticket.name), 250)
        self.assertLessEqual(len(ticket.message_ids[-1].subject), 250)

    def test_a_mail_without_sender_is_kept(self):
        for line in (b"X-Nothing: x", b"From:", b"From: nobody", b"From: <>"):
            self.assertFalse(self._take(self._raw(line, b"Subject: No sender")))
            self.assertEqual(
                (self._kept().subject, self._kept().reason), ("No sender", "no_sender")
            )

    def test_a_mail_that_cannot_be_read_is_kept_whole(self):
        with self.assertLogs("odoo.addons.support_visibility.models.mail_thread"):
            raw = self._raw(
                b"From: anna@borealis.example",
                b"Subject: =?klingon-7?q?Odd?=",
                b"Content-Type: text/plain; charset=klingon-7",
                b"Content-Transfer-Encoding: base64",
                body=b"/////w==",
            )
            self.assertFalse(self._take(raw))
        kept = self._kept()
        self.assertEqual((kept.reason, kept.subject), ("broken", "Odd"))
        self.assertEqual(kept.file_ids.raw, raw)
        kept.with_user(self.agent).action_release()
        self.assertEqual(kept.ticket_id.partner_id, self.contact)
        self.assertEqual(kept.ticket_id.message_ids.attachment_ids.raw, raw)

    def test_malformed_mail_is_a_ticket_or_kept(self):
        sender = b"From: anna@borealis.example"
        deep = b""
        for level in range(60):
            deep += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (
                level,
                level,
            )
        cases = {
            "no end of parts": (
                b"Content-Type: multipart/mixed; boundary=b",
                b"--b\r\n\r\nx",
            ),
            "no boundary": (b"Content-Type: multipart/mixed", b"x"),
            "parts in parts": (
                b"Content-Type: multipart/mixed; boundary=o",
                b"--o\r\n" + deep + b"x",
            ),
            "bytes of no charset": (
                b"Content-Type: text/plain; charset=utf-8",
                b"\xff\xfe\x00x",
            ),
            "a mail in a mail": (
                b"Content-Type: message/rfc822",
                b"Subject: in\r\n\r\nx",
            ),
            "broken base64": (b"Content-Transfer-Encoding: base64", b"%%%="),
            "no body": (b"Subject: empty", b""),
            "header without colon": (b"This is no header", b"x"),
            "odd date": (b"Date: the day after", b"x"),
        }
        for name, (line, body) in cases.items():
            with self.subTest(name):
                before = self.env["support_visibility.quarantine"].search_count([])
                made = self._take(self._raw(sender, line, body=body))
                kept = self.env["support_visibility.quarantine"].search_count([])
                self.assertEqual(len(made) + kept - before, 1)

    def test_a_mail_for_nobody_here_is_not_ours_to_keep(self):
        raw = b"From: a@b.example\r\nTo: nobody@sv.example\r\nSubject: x\r\n\r\nx"
        with self.assertRaisesRegex(ValueError, "No possible route"):
            self.Mail.message_process(False, raw)
        self.assertFalse(self._kept())
