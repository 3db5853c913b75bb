from datetime import timedelta

from odoo.tests import tagged

from .mails import ALIAS, MailCase


@tagged("post_install", "-at_install")
class TestIntakeMail(MailCase):
    def _lines(self):
        lines = self.env["support_visibility.intake"].search([], order="id")
        return [(line.outcome, line.reason) for line in lines]

    # ------------------------------------------------------------------ new
    def test_a_mail_becomes_a_ticket_of_the_team(self):
        ticket = self._take(self._mail(subject="Re: Export fails"))
        self.assertEqual(
            (ticket.name, ticket.team_id, ticket.partner_id, ticket.channel),
            ("Export fails", self.team, self.contact, "mail"),
        )
        self.assertIn("It fails.", ticket.description)
        self.assertIn("It fails.", ticket.message_ids[-1].body)
        self.assertIn(self.contact, ticket.message_partner_ids)
        self.assertEqual(self._lines(), [("new", False)])
        [opened] = self._events(ticket)
        self.assertEqual(
            (opened.type, opened.attributes["channel"]),
            ("support.ticket_opened", "mail"),
        )

    def test_the_channel_is_fixed_at_birth(self):
        ticket = self._ticket()
        self.assertEqual(ticket.channel, "manual")
        self.assertEqual(self._ticket(self.service).channel, "rpc")
        [mirrored] = self._hear(self._incoming())
        self.assertEqual(mirrored.channel, "hub")
        for forged in ("mail", {"channel": "mail"}, True):
            table = self.env["support_visibility.ticket"].with_context(
                support_visibility_channel=forged, default_channel="mail"
            )
            self.assertEqual(
                table.create({"name": "x", "partner_id": self.contact.id}).channel,
                "manual",
            )
        with self.assertRaisesRegex(Exception, "cannot be set directly"):
            ticket.with_user(self.agent).write({"channel": "mail"})
        with self.assertRaisesRegex(Exception, "cannot be set directly"):
            self._ticket(channel="mail")

    def test_a_domain_of_one_account_tells_the_account_and_makes_no_contact(self):
        before = self.env["res.partner"].search_count([])
        ticket = self._take(self._mail(headers={"From": "Ben <ben@borealis.example>"}))
        self.assertEqual(ticket.partner_id, self.account)
        self.assertIn("ben@borealis.example", ticket.email_from)
        self.assertFalse(ticket.message_partner_ids)
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.env["res.partner"].create(
            {"name": "Other", "email": "info@borealis.example"}
        )
        other = self._take(self._mail(headers={"From": "carl@borealis.example"}))
        self.assertFalse(other.partner_id)
        public = self._take(self._mail(headers={"From": "dora@gmail.com"}))
        self.assertFalse(public.partner_id)

    def test_only_known_contacts_of_the_account_are_added_by_a_copy(self):
        ben = self.env["res.partner"].create(
            {
                "name": "Ben",
                "parent_id": self.account.id,
                "email": "ben@borealis.example",
            }
        )
        other = self.env["res.partner"].create(
            {"name": "Spy", "email": "spy@other.example"}
        )
        copied = "Ben <ben@borealis.example>, spy@other.example, who@else.example"
        ticket = self._take(self._mail(headers={"Cc": copied}))
        self.assertIn(ben, ticket.message_partner_ids)
        self.assertNotIn(other, ticket.message_partner_ids)
        note = "".join(ticket.message_ids.mapped("body"))
        self.assertIn("spy@other.example, who@else.example", note)

    # ------------------------------------------------------------------ next word
    def test_an_answer_finds_its_ticket_by_reference(self):
        ticket = self._take(first := self._mail())
        again = self._mail(
            "More", "Something else", {"In-Reply-To": first["Message-ID"]}
        )
        self.assertFalse(self._take(again))
        self.assertIn("More", ticket.message_ids[0].body)
        self.assertEqual(self._lines()[-1], ("answer", False))

    def test_a_number_leads_only_those_who_belong_to_the_ticket(self):
        ticket = self._take(self._mail())
        subject = f"Re: [{ticket.number}] Export"
        self.assertFalse(self._take(self._mail("By number", subject)))
        self.assertIn("By number", ticket.message_ids[0].body)
        stranger = self._take(
            self._mail("Let me in", subject, {"From": "eve@evil.example"})
        )
        self.assertTrue(stranger)
        self.assertFalse(stranger.partner_id)
        self.assertNotIn("Let me in", "".join(ticket.message_ids.mapped("body")))

    def test_the_customers_word_wakes_a_waiting_ticket_and_reopens_a_solved_one(self):
        ticket = self._take(first := self._mail())
        reference = {"In-Reply-To": first["Message-ID"]}
        ticket.action_wait()
        self._take(self._mail("Here it is", headers=reference))
        self.assertEqual(ticket.state, "open")
        ticket.action_solve()
        self._take(self._mail("Still broken", headers=reference))
        self.assertEqual((ticket.state, ticket.reopen_count), ("open", 1))
        self.assertEqual(
            self._activities(ticket)[-2:], ["Ticket solved", "Ticket reopened"]
        )

    def test_a_word_that_comes_too_late_goes_on_in_a_linked_ticket(self):
        ticket = self._take(first := self._mail())
        reference = {"In-Reply-To": first["Message-ID"]}
        ticket.action_solve()
        ticket._write_guarded(
            {"solved_at": ticket.solved_at - timedelta(days=14, minutes=1)}
        )
        new = self._take(self._mail("Again", headers=reference))
        self.assertEqual((ticket.state, new.partner_id), ("solved", self.contact))
        self.assertIn("Again", new.description)
        self.assertEqual(new.channel, "mail")
        ticket.action_close()
        self.assertTrue(self._take(self._mail("And again", headers=reference)))
        self.assertNotIn("Again", "".join(ticket.message_ids.mapped("body")))

    def test_a_colleague_who_asks_for_help_is_a_customer(self):
        self.agent.email = "agent@sv-people.example"
        ticket = self._take(self._mail(headers={"From": "agent@sv-people.example"}))
        self.assertEqual(ticket.partner_id, self.agent.partner_id)
        self.assertFalse(ticket.first_response_at)

    def test_our_answer_reaches_who_wrote_also_without_a_contact(self):
        for sender in ("dora@gmail.com", "anna@borealis.example"):
            ticket = self._take(self._mail(headers={"From": sender}))
            with self._sending() as sent:
                ticket.with_user(self.agent).message_post(
                    body="Try this",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
            to = [
                *[mail.email_to for mail in sent if mail.email_to],
                *[partner.email for mail in sent for partner in mail.recipient_ids],
            ]
            self.assertEqual(to, [sender])
            self.assertTrue(sent[0].subject.startswith(f"[{ticket.number}]"))
            self.assertIn(ALIAS, sent[0].reply_to)
            self.assertTrue(ticket.first_response_at)

    def test_an_internal_note_leaves_to_nobody(self):
        ticket = self._take(self._mail())
        with self._sending() as sent:
            ticket.with_user(self.agent).message_post(
                body="Between us", subtype_xmlid="mail.mt_note", message_type="comment"
            )
        self.assertFalse(sent)
        self.assertFalse(ticket.first_response_at)

    # ------------------------------------------------------------------ loops
    def test_what_no_person_wrote_makes_no_ticket_and_gets_no_answer(self):
        ticket = self._take(first := self._mail())
        self._tell_customers()
        sent = self._outgoing()
        reference = {"In-Reply-To": first["Message-ID"]}
        for headers in (
            {"Auto-Submitted": "auto-replied"},
            {"Return-Path": "<>"},
            {"X-Autoreply": "yes"},
            {"From": ALIAS},
            {"Auto-Submitted": "auto-replied", **reference},
            {"Precedence": "bulk", **reference},
            {"X-Auto-Response-Suppress": "All", **reference},
        ):
            self.assertFalse(self._take(self._mail(headers=headers)), headers)
            self.assertEqual(self._lines()[-1][0], "cut", headers)
        self.assertEqual(ticket.state, "new")
        kept = self.env["support_visibility.quarantine"]
        for headers in (
            {"Auto-Submitted": "auto-generated"},
            {"Precedence": "list"},
            {"X-Auto-Response-Suppress": "OOF"},
        ):
            before = kept.search_count([])
            self.assertFalse(self._take(self._mail(headers=headers)), headers)
            self.assertEqual(kept.search_count([]), before + 1, headers)
        self._tell_customers()
        self.assertEqual(self._outgoing(), sent)

    def test_too_many_mails_of_one_sender_are_cut_without_an_answer(self):
        self.team.loop_limit = 3
        made = [self._take(self._mail(subject=f"Loop {i}")) for i in range(5)]
        self.assertEqual([len(tickets) for tickets in made], [1, 1, 1, 0, 0])
        self.assertEqual(self._lines()[-1], ("cut", "too_many"))
        self.assertTrue(self._take(self._mail(headers={"From": "other@x.example"})))
        self.env["mail.gateway.allowed"].create({"email": "anna@borealis.example"})
        self.assertTrue(self._take(self._mail()))

    def test_the_same_mail_twice_is_one_ticket(self):
        mail = self._mail()
        self.assertTrue(self._take(mail))
        self.assertFalse(self._take(mail))

    # ------------------------------------------------------------------ strangers
    def test_a_stranger_is_quarantined_and_released_or_discarded(self):
        self.team.unknown_sender = "quarantine"
        mail = self._mail(
            headers={"From": "Zoe <zoe@else.example>"}, files={"a.bin": b"123"}
        )
        self.assertFalse(self._take(mail))
        self.assertFalse(self._take(mail))
        kept = self.env["support_visibility.quarantine"].search([])
        self.assertEqual(
            (kept.sender, kept.subject, kept.reason, kept.team_id),
            ("zoe@else.example", "Export fails", "unknown_sender", self.team),
        )
        self.assertEqual(kept.file_ids.raw, b"123")
        kept.with_user(self.agent).action_release()
        ticket = kept.ticket_id
        self.assertEqual((kept.state, kept.decided_by_id), ("released", self.agent))
        self.assertEqual(
            (ticket.email_from, ticket.channel), ("zoe@else.example", "mail")
        )
        self.assertEqual(ticket.message_ids.attachment_ids.mapped("name"), ["a.bin"])
        with self.assertRaisesRegex(Exception, "decided on"):
            kept.with_user(self.lead).action_discard("late")
        self._take(self._mail(headers={"From": "yan@else.example"}))
        other = self.env["support_visibility.quarantine"].search(
            [("state", "=", "waiting")]
        )
        with self.assertRaisesRegex(Exception, "Say why"):
            other.with_user(self.agent).action_discard("  ")
        other.with_user(self.agent).action_discard("Newsletter")
        self.assertEqual(
            (other.state, other.decision_reason), ("discarded", "Newsletter")
        )

    def test_quarantined_mail_is_written_by_the_intake_alone(self):
        self.team.unknown_sender = "quarantine"
        self._take(self._mail(headers={"From": "zoe@else.example"}))
        kept = self.env["support_visibility.quarantine"].search([])
        for vals in ({"state": "released"}, {"sender": "ceo@borealis.example"}):
            with self.assertRaisesRegex(Exception, "stays as it came"):
                kept.with_user(self.lead).write(vals)
        with self.assertRaisesRegex(Exception, "not by hand"):
            kept.with_user(self.lead).copy()

    def test_quarantined_mail_is_kept_as_long_as_the_team_says(self):
        self.team.write({"unknown_sender": "quarantine", "quarantine_days": 2})
        self._take(self._mail(headers={"From": "zoe@else.example"}, files={"a": b"1"}))
        kept = self.env["support_visibility.quarantine"].search([])
        file = kept.file_ids
        self.assertEqual((kept.keep_until - kept.at).days, 2)
        kept._gc_kept()
        self.assertTrue(kept.exists())
        self.env.cr.execute(
            "UPDATE support_visibility_quarantine SET keep_until = at - interval '1 s'"
        )
        kept.invalidate_recordset()
        kept._gc_kept()
        self.assertFalse(kept.exists())
        self.assertFalse(file.exists())

    def test_a_rejected_sender_is_told_once_a_day(self):
        self.team.unknown_sender = "reject"
        before = self._outgoing()
        for _time in range(3):
            self.assertFalse(self._take(self._mail(headers={"From": "z@else.example"})))
        told = self._outgoing() - before
        self.assertEqual(told.mapped("email_to"), ["z@else.example"])
        self.assertIn("not delivered", told.body_html)
        self.assertIn("auto-replied", told.headers)
        self.assertEqual(self._lines(), [("reject", "unknown_sender")] * 3)
        self.assertTrue(self._take(self._mail()))

    def test_a_stranger_who_answers_a_ticket_is_judged_by_its_team(self):
        ticket = self._take(first := self._mail())
        self.team.unknown_sender = "quarantine"
        headers = {"From": "zoe@else.example", "In-Reply-To": first["Message-ID"]}
        self._take(self._mail("Me too", headers=headers))
        kept = self.env["support_visibility.quarantine"].search([])
        self.assertEqual(kept.ticket_id, ticket)
        kept.with_user(self.agent).action_release()
        self.assertIn("Me too", ticket.message_ids[0].body)
        self.assertNotIn("zoe", str(ticket.message_partner_ids.mapped("email")))

    # ------------------------------------------------------------------ files
    def test_a_text_file_that_names_no_charset_is_taken(self):
        message = self._mail()
        message.add_attachment(b"a;b", maintype="text", subtype="csv", filename="a.csv")
        ticket = self._take(message)
        self.assertIn("a.csv", ticket.message_ids.attachment_ids.mapped("name"))

    def test_a_file_that_is_too_large_is_refused_with_words(self):
        self.team.max_file_mb = 1
        ticket = self._take(
            self._mail(files={"big.bin": b"x" * 1_200_000, "small.bin": b"y"})
        )
        files = self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(files.mapped("name"), ["small.bin"])
        said = "".join(ticket.message_ids.mapped("body"))
        self.assertIn("big.bin (1.1 MB)", said)

    # ------------------------------------------------------------------ what a machine says
    def test_who_wrote_is_told_once_that_it_arrived(self):
        ticket = self._take(self._mail())
        self._tell_customers()
        self._tell_customers()
        [notice] = self.env["support_visibility.notice"].search([])
        self.assertEqual(notice.state, "sent")
        [said] = ticket.message_ids.filtered(lambda m: m.message_type == "auto_comment")
        self.assertIn(ticket.number, said.subject)
        self.assertIn(f"/my/tickets/{ticket.id}?token=", said.body)
        self.assertEqual(said.notified_partner_ids, self.contact)
        mail = self._outgoing().filtered(lambda m: m.mail_message_id == said)
        self.assertIn("auto-generated", mail.headers)
        self.assertFalse(ticket.first_response_at)
        self.assertEqual(ticket.state, "new")

    def test_who_wrote_is_asked_how_it_went_by_a_mail_of_its_own(self):
        ticket = self._take(self._mail())
        before = self._outgoing()
        ticket.action_solve()
        self._tell_customers()
        [asked] = (self._outgoing() - before).filtered(
            lambda m: "/support/rate/" in (m.body_html or "")
        )
        self.assertEqual(asked.email_to, "anna@borealis.example")
        self.assertIn(ticket._rating_link(), asked.body_html)
        self.assertNotIn("/support/rate/", "".join(ticket.message_ids.mapped("body")))
        for done in ("action_reopen", "action_solve"):
            getattr(ticket, done)()
        ticket.action_reopen()
        before = self._outgoing()
        self._tell_customers()
        self.assertFalse(self._outgoing() - before)

    def test_nobody_is_asked_about_spam(self):
        ticket = self._take(self._mail())
        ticket.action_solve()
        ticket._write_guarded({"is_spam": True})
        before = self._outgoing()
        self._tell_customers()
        self.assertEqual(self._outgoing(), before)

    def test_a_team_may_not_want_to_acknowledge(self):
        self.team.acknowledge = False
        self._take(self._mail())
        self._ticket()
        self.assertFalse(self.env["support_visibility.notice"].search([]))
