import logging
import re
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import ApprovalCase

LINK = re.compile(r"/approval/invited/\d+/[\w-]+")


@tagged("post_install", "-at_install")
class TestHttpInvited(ApprovalCase, HttpCase):
    """Somebody from outside decides one request by a link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest = cls.env["res.partner"].create(
            {"name": "Gita Outside", "email": "gita@borealis.example"}
        )

    def _invite(self, request=None, person=None, by=None, **kwargs):
        """:return: (request, link)"""
        request = request or self._submitted()
        before = self.env["mail.mail"].sudo().search([])
        request.with_user(by or self.fred).action_invite(
            (person or self.guest).id, "You pay half of it.", **kwargs
        )
        mail = self.env["mail.mail"].sudo().search([]) - before
        self.assertEqual(len(mail), 1)
        return request, LINK.search(mail.body_html).group()

    def _open(self, link, expected=200):
        """:return: the page as a tree"""
        self.env.flush_all()
        answer = self.url_open(link)
        self.env.invalidate_all()
        self.assertEqual(answer.status_code, expected)
        return html.fromstring(answer.text)

    def _answer(self, link, verdict, expected=200, **form):
        page = self._open(link)
        hidden = {
            field.get("name"): field.get("value")
            for field in page.xpath("//form//input[@type='hidden']")
        }
        answer = self.url_open(link, data={**hidden, "verdict": verdict, **form})
        self.env.invalidate_all()
        self.assertEqual(answer.status_code, expected, answer.text)
        return " ".join(
            html.fromstring(answer.text).xpath("//main")[0].text_content().split()
        )

    def _look_at_seats(self):
        with self.enter_registry_test_mode():
            self.env.ref("approval_engine.ir_cron_seats").method_direct_trigger()
        self.env.invalidate_all()

    def test_the_link_shows_what_is_asked_and_one_click_decides(self):
        request, link = self._invite()
        page = self._open(link)
        text = page.xpath("//main")[0].text_content()
        for part in (
            "Credit for the outage",
            "100.00",
            "Four hours of outage.",
            "You pay half of it.",
        ):
            self.assertIn(part, text)
        self.assertNotIn("Fay", text)
        self._approve(request, self.fred)
        self.assertEqual(request.state, "pending", "not without the guest")
        self.assertIn(
            "You approved this.", self._answer(link, "approve", comment="Fine.")
        )
        self.assertEqual(request.state, "executed")
        row = request.sudo().decision_ids.sorted("id")[-1]
        self.assertEqual(
            (row.action, row.user_login, row.user_name, row.comment),
            ("approve", "gita@borealis.example", "Gita Outside", "Fine."),
        )
        self.assertTrue(self.env["approval_engine.decision"].verify_chain()["ok"])
        self.assertEqual(request.sudo().invitation_ids.state, "used")
        self.assertIn("You approved this.", self._open(link).text_content())

    def test_opening_the_link_decides_nothing_and_tells_when(self):
        request, link = self._invite()
        for _scanner in range(3):
            self._open(link)
        self.url_open(link, method="HEAD")
        self.assertFalse(
            request.sudo().decision_ids.filtered(lambda d: d.action != "add")
        )
        self.assertTrue(request.sudo().invitation_ids.opened_at)

    def test_a_no_needs_a_word_and_rejects(self):
        request, link = self._invite()
        self.assertIn("say why", self._answer(link, "reject", expected=422))
        self.assertEqual(request.state, "pending")
        self.assertIn(
            "You rejected this.", self._answer(link, "reject", comment="Not ours.")
        )
        self.assertEqual(request.state, "rejected")

    def test_an_answer_that_says_neither_is_refused(self):
        _request, link = self._invite()
        self.assertIn("approve or reject", self._answer(link, "maybe", expected=422))
        self.assertIn("4000", self._answer(link, "approve", 422, comment="x" * 4001))

    def test_it_works_once(self):
        request, link = self._invite()
        page = self._open(link)
        token = page.xpath("//input[@name='csrf_token']/@value")[0]
        seen = page.xpath("//input[@name='seen']/@value")[0]
        self._answer(link, "approve")
        form = {
            "csrf_token": token,
            "seen": seen,
            "verdict": "reject",
            "comment": "No.",
        }
        again = self.url_open(link, data=form)
        self.assertEqual(again.status_code, 409)
        rows = request.sudo().decision_ids.filtered(lambda d: d.action != "add")
        self.assertEqual(rows.mapped("action"), ["approve"])

    def test_without_the_token_of_the_form_nothing_is_taken(self):
        request, link = self._invite()
        seen = request.sudo().content_hash
        answer = self.url_open(link, data={"verdict": "approve", "seen": seen})
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(request.sudo().invitation_ids.state, "open")

    def test_a_wrong_or_foreign_token_leads_nowhere(self):
        _first, link = self._invite()
        _second, other = self._invite()
        for wrong in (link[:-1] + ("A" if link[-1] != "A" else "B"), link + "x"):
            self._open(wrong, 404)
        mixed = link.rsplit("/", 1)[0] + "/" + other.rsplit("/", 1)[1]
        self._open(mixed, 404)
        self._open("/approval/invited/999999999/x", 404)

    def test_the_log_of_the_server_does_not_tell_the_key(self):
        _request, link = self._invite()
        key = link.rsplit("/", 1)[1]
        asked = logging.makeLogRecord({"msg": '"GET %s" %s', "args": (link, 200)})
        logging.getLogger("werkzeug").filter(asked)  # tests serve without this log
        with self.assertLogs("odoo.http", "WARNING") as refused:
            self.url_open(link, data={"verdict": "approve"})
        for text in (asked.getMessage(), " ".join(refused.output)):
            self.assertIn(link.removesuffix(key) + "…", text)
            self.assertNotIn(key, text)

    def test_the_page_is_not_kept_framed_or_referred(self):
        _request, link = self._invite()
        self.env.flush_all()
        headers = self.url_open(link).headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["X-Frame-Options"], "DENY")

    def test_what_people_wrote_is_inert_on_the_page(self):
        request = self._submitted(
            name="<script>alert(1)</script>", reason="<img src=x>"
        )
        _request, link = self._invite(request)
        page = self._open(link)
        self.assertFalse(page.xpath("//main//script | //main//img"))

    def test_once_expired_it_decides_nothing_and_the_owner_is_asked(self):
        request, link = self._invite(hours=2)
        page = self._open(link)
        seen = page.xpath("//input[@name='seen']/@value")[0]
        with freeze_time(fields.Datetime.now() + timedelta(hours=3)):
            answer = request.sudo().invitation_ids
            with self.assertRaises(ConflictError):
                answer._answer("approve", "", "", seen)
            self._look_at_seats()
        states = {
            seat.user_id: (seat.state, seat.why)
            for seat in request.sudo().assignment_ids
        }
        self.assertEqual(states[self.guest.user_ids][0], "skipped")
        self.assertEqual(states[self.max], ("pending", "owner"))
        self.assertEqual(request.sudo().invitation_ids.state, "moot")

    def test_while_it_is_good_the_guest_keeps_the_seat(self):
        request, _link = self._invite()
        self._look_at_seats()
        seat = request.sudo().assignment_ids.filtered("user_id.share")
        self.assertEqual(seat.state, "pending")

    def test_taken_back_the_link_is_good_for_nothing(self):
        request, link = self._invite()
        invited = request.sudo().invitation_ids
        with self.assertRaises(AccessError):
            invited.with_user(self.fay).action_revoke()
        invited.with_user(self.fred).action_revoke()
        self.assertIn("took this invitation back", self._open(link).text_content())
        with self.assertRaises(ConflictError):
            invited.with_user(self.fred).action_revoke()
        self._approve(request, self.fred, self.max)
        self.assertEqual(request.state, "executed")

    def test_a_new_link_makes_the_old_one_useless(self):
        request, link = self._invite()
        before = self.env["mail.mail"].sudo().search([])
        request.sudo().invitation_ids.with_user(self.fred).action_send_again()
        mail = self.env["mail.mail"].sudo().search([]) - before
        self._open(link, 404)
        self.assertIn(
            "You approved", self._answer(LINK.search(mail.body_html).group(), "approve")
        )

    def test_what_changed_since_the_page_was_opened_is_read_again_first(self):
        request, link = self._invite()
        page = self._open(link)
        form = {
            field.get("name"): field.get("value")
            for field in page.xpath("//form//input[@type='hidden']")
        }
        request.sudo()._change_content({"amount": 900}, "More.")
        self.env.flush_all()
        answer = self.url_open(link, data={**form, "verdict": "approve"})
        self.assertEqual(answer.status_code, 409)
        self.assertIn("900.00", answer.text)
        self.env.invalidate_all()
        self.assertEqual(request.state, "pending")

    def test_an_option_is_chosen_on_the_page(self):
        request = self._submitted(self.choice_type)
        _request, link = self._invite(request)
        self.assertIn("which option", self._answer(link, "approve", expected=422))
        self._answer(link, "approve", option="wait")
        self.assertEqual(request.option, "wait")

    def test_settled_without_the_guest_the_page_says_so(self):
        request, link = self._invite()
        request.with_user(self.fred).action_reject("No.")
        self.assertIn("settled without you", self._open(link).text_content())

    def test_only_who_could_decide_or_owns_the_policy_invites(self):
        request = self._submitted()
        for user in (self.ria, self.olaf):
            with self.assertRaises(AccessError):
                request.with_user(user).action_invite(self.guest.id, "x")
        self._invite(request, by=self.max)
        with self.assertRaises(ConflictError):
            request.with_user(self.fred).action_invite(self.guest.id, "Again.")

    def test_who_cannot_be_invited_is_told_in_words(self):
        request = self._submitted().with_user(self.fred)
        mute = self.env["res.partner"].create({"name": "Mute"})
        twin = self.env["res.partner"].create(
            {"name": "Twin", "email": self.cleo.login + "@x.example"}
        )
        self.cleo.sudo().login = twin.email
        for person, words in (
            (mute, "mail address"),
            (self.cleo.partner_id, "login inside"),
            (twin, "login of somebody else"),
        ):
            with self.assertRaisesRegex(UserError, words):
                request.action_invite(person.id, "x")
        for hours in (0, 721):
            with self.assertRaisesRegex(UserError, "1 to 720"):
                request.action_invite(self.guest.id, "x", hours)
        with self.assertRaisesRegex(UserError, "say why"):
            request.action_invite(self.guest.id, " ")

    def test_the_guest_sees_nothing_else_and_holds_no_key_to_the_log(self):
        request, link = self._invite()
        guest = self.guest.user_ids
        self.assertTrue(guest.share)
        for model in ("request", "invitation", "decision", "assignment"):
            self.assertFalse(
                self.env[f"approval_engine.{model}"].with_user(guest).has_access("read")
            )
        invited = request.sudo().invitation_ids
        with self.assertRaises(AccessError):
            request.with_user(guest).action_approve()
        for user in (self.fred, self.max, self.audrey):
            with self.assertRaises(AccessError):
                invited.with_user(user).read(["token_digest"])
        self.assertNotIn(link.rsplit("/", 1)[1], str(invited.sudo().read()))

    def test_an_invitation_is_neither_made_nor_changed_by_hand(self):
        request, _link = self._invite()
        invited = request.sudo().invitation_ids
        later = fields.Datetime.now() + timedelta(days=9)
        for vals in (
            {"expires_at": later},
            {"ended": False},
            {"token_digest": "x"},
            {"user_id": self.olaf.id},
        ):
            with self.assertRaises(AccessError):
                invited.write(vals)
        with self.assertRaises(AccessError):
            invited.create(
                {
                    "request_id": request.id,
                    "user_id": self.olaf.id,
                    "asked_by_id": self.olaf.id,
                    "reason": "x",
                    "expires_at": later,
                }
            )

    def test_resubmitted_the_guest_stays_asked_while_the_link_is_good(self):
        request, link = self._invite()
        request.with_user(self.fred).action_reject("Say more.")
        request.action_resubmit()
        request.action_submit()
        self.assertIn(self.guest.user_ids, request.sudo().assignment_ids.user_id)
        self.assertIn("You approved", self._answer(link, "approve"))
