from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import DocumentCase


@tagged("post_install", "-at_install")
class TestMail(DocumentCase):
    """At most one digest a day, one reminder before a deadline, nothing when there is nothing to say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["approval_engine.assignment"].sudo().search(
            [("state", "=", "pending")]
        ).request_id._close_steps()  # of another test's data: only these people have something to do
        cls.fred.tz, cls.fay.tz = "Europe/Berlin", "America/New_York"

    def _mails(self, user):
        return self.env["mail.mail"].search(
            [("email_to", "=", user.email_formatted)], order="id"
        )

    def _digest_at(self, moment):
        with freeze_time(moment):
            self._run_cron("digest")

    def _due(self, request, moment):
        request._write_guarded({"due_at": moment, "remind_at": False})
        return request

    def test_each_approver_is_told_in_their_own_morning_once_a_day(self):
        self._due(self._asked(name="Stamp contract 7"), "2026-11-23 12:00:00")
        self._digest_at("2026-11-23 05:00:00")
        self.assertFalse(self._mails(self.fred) | self._mails(self.fay))
        self._digest_at("2026-11-23 06:10:00")  # 07:10 in Berlin, 01:10 in New York
        self.assertEqual(len(self._mails(self.fred)), 1)
        self.assertFalse(self._mails(self.fay))
        for moment in ("2026-11-23 06:40:00", "2026-11-23 22:00:00"):
            self._digest_at(moment)
        self.assertEqual(len(self._mails(self.fred)), 1, "once a day")
        self.assertFalse(self._mails(self.cleo), "it is not her turn")
        self.assertFalse(self._mails(self.ria), "nobody is told of their own request")

    def test_it_says_what_is_due_with_a_link_in_the_reader_s_time(self):
        request = self._due(self._asked(name="Stamp <7>"), "2026-11-23 12:00:00")
        later = self._due(self._asked(name="Stamp 8"), "2026-11-27 12:00:00")
        self._digest_at("2026-11-23 06:10:00")
        mail = self._mails(self.fred)
        body = str(mail.body_html)
        self.assertEqual(mail.subject, "1 decision needs you today: Stamp <7>")
        self.assertIn(f"/odoo/approvals-needs-me/{request.id}", body)
        self.assertIn("Stamp &lt;7&gt;", body)
        self.assertRegex(body, r"(0?1:00:00.PM|13:00:00) .Europe/Berlin")
        self.assertLess(body.index("Due later"), body.index(later.name))
        self.assertEqual(mail.state, "outgoing")

    def test_who_was_asked_is_told_once_that_it_is_no_longer_needed(self):
        with freeze_time("2026-11-22 20:00:00"):
            request = self._asked(name="Stamp contract 7")
            self.document.needed = False
            request.sudo()._recheck_condition()
        self.assertEqual(request.state, "lapsed")
        self._digest_at("2026-11-23 06:10:00")
        mail = self._mails(self.fred)
        self.assertEqual(mail.subject, "No longer needed: Stamp contract 7")
        self.assertIn("needs no stamp any more", str(mail.body_html))
        self.assertFalse(self._mails(self.cleo), "her turn never came")
        self.assertFalse(self._mails(self.ria), "who asked for it knows")
        self._digest_at("2026-11-24 06:10:00")
        self.assertEqual(len(self._mails(self.fred)), 1, "once")

    def test_it_speaks_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.fred.lang = "fr_FR"
        self._due(self._asked(), "2026-11-23 12:00:00")
        self._digest_at("2026-11-23 06:10:00")
        self.assertIn(
            "23/11/2026 13:00:00 (Europe/Berlin)", str(self._mails(self.fred).body_html)
        )

    def test_nothing_due_means_no_mail(self):
        self._due(self._asked(), "2026-11-27 12:00:00")
        self._digest_at("2026-11-23 06:10:00")
        self.assertFalse(self._mails(self.fred))

    def test_what_was_decided_is_not_told(self):
        request = self._due(self._asked(), "2026-11-23 12:00:00")
        with freeze_time("2026-11-23 05:00:00"):
            self._approve(request, self.fred, option="red")
        self._digest_at("2026-11-23 06:10:00")
        self.assertFalse(self._mails(self.fred))
        self._digest_at("2026-11-23 07:10:00")
        self.assertEqual(len(self._mails(self.cleo)), 1, "it is her turn now")

    def test_history_is_not_told(self):
        Event = type(self.env["event_hub.event"])
        told = Event._append

        def as_history(model, rows):
            return told(model, [replace(row, history=True) for row in rows])

        with patch.object(Event, "_append", as_history):
            request = self._asked()
            self.env["event_hub.event"]._flush_emitted()
        self._due(request, "2026-11-23 12:00:00")
        self._digest_at("2026-11-23 06:10:00")
        request._write_guarded({"remind_at": fields.Datetime.now()})
        self._run_cron("deadlines")
        self.assertFalse(self._mails(self.fred))

    def test_one_reminder_before_the_deadline_for_all_that_is_due_soon(self):
        requests = self._asked(name="Stamp 1") | self._asked(name="Stamp 2")
        requests._write_guarded(
            {"remind_at": fields.Datetime.now() - timedelta(minutes=1)}
        )
        self._run_cron("deadlines")
        self._run_cron("deadlines")
        mail = self._mails(self.fred)
        self.assertEqual(mail.mapped("subject"), ["2 decisions are due soon"])
        for request in requests:
            self.assertIn(f"/odoo/approvals-needs-me/{request.id}", str(mail.body_html))

    def test_who_can_be_reached_no_more_gets_no_mail(self):
        self._due(self._asked(), "2026-11-23 12:00:00")
        self.fred.email = False
        self.fay.action_archive()
        self._digest_at("2026-11-23 13:10:00")
        self.assertFalse(
            self.env["mail.mail"].search([("subject", "like", "needs you")])
        )
