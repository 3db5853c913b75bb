import json
from unittest.mock import patch

from lxml.html import fromstring

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestDossier(ApprovalCase):
    """One decision on one sheet: what, why, who, on what evidence, and whether the log is whole."""

    def _decided(self):
        request = self._submitted(amount=5000)
        return self._approve(request, self.fred, self.max, comment="Fair.")

    def test_it_holds_everything_about_the_decision(self):
        request = self._decided()
        found = request.with_user(self.audrey).dossier()
        self.assertEqual(
            (found["request"], found["state"], found["content"]["amount"]),
            ("Credit for the outage", "executed", "5000.00"),
        )
        self.assertEqual(
            [(row["user_name"], row["comment"]) for row in found["decisions"]],
            [("Fred", "Fair."), ("Max", "Fair.")],
        )
        self.assertEqual(found["chain"], {"ok": True, "checked": 2, "first_bad": False})
        self.assertTrue(found["content_unchanged"])
        self.assertEqual(found["evidence"]["hash"], request.evidence_hash)
        self.assertNotIn("null", json.dumps(found))

    def test_a_forged_log_shows(self):
        request = self._decided()
        first = request.decision_ids.sorted("sequence")[0]
        with self.env["approval_engine.decision"]._maintenance("a test forges"):
            self.env.cr.execute(
                "UPDATE approval_engine_decision SET comment = 'No.' WHERE id = %s",
                [first.id],
            )
        self.env.invalidate_all()
        chain = request.with_user(self.audrey).dossier()["chain"]
        self.assertEqual((chain["ok"], chain["first_bad"]), (False, first.id))

    def test_erasing_a_person_takes_them_from_the_talk_and_leaves_the_log_whole(self):
        request = self._decided()
        partner = self.fred.partner_id
        partner.name = "Fred Stone"
        request.message_post(body="Fred Stone was quick")
        post = request.message_ids[0]
        partner.hub_erase("file 117")
        self.env.invalidate_all()
        self.assertIn("[erased] was quick", post.body)
        found = request.with_user(self.audrey).dossier()
        self.assertEqual(found["chain"], {"ok": True, "checked": 2, "first_bad": False})
        self.assertEqual(found["evidence"]["hash"], request.evidence_hash)
        self.assertTrue(found["content_unchanged"])

    def test_who_may_not_see_the_request_gets_none(self):
        request = self._decided()
        with self.assertRaises(AccessError):
            request.with_user(self.olaf).dossier()

    def test_a_draft_has_one_too(self):
        found = self._draft().dossier()
        self.assertEqual((found["decisions"], found["route"]), ([], []))

    def test_it_prints(self):
        request = self._decided()
        html, kind = (
            self.env["ir.actions.report"]
            .with_user(self.audrey)
            ._render_qweb_html("approval_engine.report_dossier", request.ids)
        )
        self.assertEqual(kind, "html")
        for words in ("whole: 2 decisions", "Four hours of outage.", "Fair."):
            self.assertIn(words, html.decode())

    def _full(self):
        """:return: a request with everything a dossier tells"""
        request = self._draft(amount=5000, urgent=True, urgent_reason="Renewal tonight")
        request.action_submit()
        asking = request.with_user(self.fred)
        asking.action_ask("Which clause?\nAnd since when?")
        request.action_answer("Clause 7 & 8", request._question_items()[0]["id"])
        asking.action_ask("Nobody answers this")
        asking.action_add_approver(self.cleo.id, "Knows the account")
        request.action_add_watcher(self.olaf.id)
        asking.message_post(body="Talked to <them>", message_type="comment")
        self.env["approval_engine.delegation"].with_user(self.fay).create(
            {
                "delegate_id": self.olaf.id,
                "date_from": "2020-01-01 00:00:00",
                "date_to": "2099-01-01 00:00:00",
                "reason": "Away.",
            }
        )
        self._approve(request, self.cleo, self.olaf, self.max, comment="Fair.")
        request.with_user(self.max).action_hold("Dispute 2026-114")
        return request

    def _leaves(self, value):
        """What is said to people: an id leads programs to the record, whose name is there."""
        if isinstance(value, dict):
            said = [one for key, one in value.items() if key != "id"]
            return [leaf for one in said for leaf in self._leaves(one)]
        if isinstance(value, list):
            return [leaf for one in value for leaf in self._leaves(one)]
        return [] if isinstance(value, bool) else [str(value)]

    def test_it_tells_questions_watchers_talk_and_who_stood_in(self):
        found = self._full().with_user(self.audrey).dossier()
        self.assertEqual(
            (found["urgent"], found["hold"]), ("Renewal tonight", "Dispute 2026-114")
        )
        self.assertIn(self.olaf.login, found["watchers"])
        self.assertEqual(found["questions"][0]["answer"]["text"], "Clause 7 & 8")
        self.assertIn("Talked to <them>", [one["text"] for one in found["comments"]])
        rows = found["decisions"]
        self.assertIn("Cleo", [row["added_name"] for row in rows])
        self.assertIn("Fay", [row["on_behalf_name"] for row in rows])

    def test_the_printed_sheet_says_all_that_the_json_says(self):
        request = self._full().with_user(self.audrey)
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.audrey)
            ._render_qweb_html("approval_engine.report_dossier", request.ids)
        )
        page = " ".join(fromstring(html.decode()).text_content().split())
        dossier = request.dossier()
        dossier.pop("chain")
        keys = {item["key"] for item in dossier["evidence"]["sections"]}
        missing = [
            leaf
            for leaf in self._leaves(dossier)
            if " ".join(leaf.split()) not in page and leaf not in keys
        ]
        self.assertEqual(missing, [])
        for words in ("Which clause?", "Dispute 2026-114", "in the place of Fay"):
            self.assertIn(words, page)
        self.assertNotIn(b"<them>", html)

    def test_earlier_evidence_names_the_decisions_that_saw_it(self):
        request = self._submitted(amount=5000)
        self._approve(request, self.fred)
        packet = {
            "as_of": "2026-01-01T00:00:00Z",
            "sections": [
                {
                    "key": "request",
                    "label": "Request",
                    "items": [{"label": "Why", "value": "Another", "as_of": ""}],
                }
            ],
        }
        with patch.object(
            type(request), "_gather_evidence", lambda _self: packet, create=False
        ):
            self._approve(request, self.max)
            found = request.with_user(self.audrey).dossier()
        [seen] = found["evidence_seen"]
        self.assertEqual((seen["seen_by"], seen["whole"]), ([1], True))

    def test_without_the_program_a_pdf_is_refused_in_words(self):
        request = self._decided().with_user(self.audrey)
        report = type(self.env["ir.actions.report"])
        with patch.object(report, "get_wkhtmltopdf_state", lambda _self: "install"):
            with self.assertRaisesRegex(UserError, "wkhtmltopdf"):
                request.open_dossier_pdf()
        with patch.object(report, "get_wkhtmltopdf_state", lambda _self: "ok"):
            action = request.open_dossier_pdf()
        self.assertTrue(action["url"].endswith(f"/{request.id}/pdf"))

    def test_the_auditor_checks_the_whole_log_with_one_button(self):
        self._decided()
        log = self.env["approval_engine.decision"].with_user(self.audrey)
        self.assertEqual(log.open_chain_check()["params"]["type"], "success")


@tagged("post_install", "-at_install")
class TestHttpDossier(ApprovalCase, HttpCase):
    def test_it_downloads_for_those_who_may_see_it(self):
        request = self._submitted()
        self.authenticate(self.audrey.login, self.audrey.login)
        answer = self.url_open(f"/approval_engine/dossier/{request.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json()["request"], "Credit for the outage")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.authenticate(self.olaf.login, self.olaf.login)
        with self.assertLogs("odoo.http", "WARNING"):
            refused = self.url_open(f"/approval_engine/dossier/{request.id}")
        self.assertEqual(refused.status_code, 403)

    def test_a_pdf_is_made_or_refused_never_an_error_inside(self):
        request = self._submitted()
        self.authenticate(self.audrey.login, self.audrey.login)
        report = type(self.env["ir.actions.report"])
        with (
            patch.object(report, "get_wkhtmltopdf_state", lambda _self: "install"),
            self.assertLogs("odoo.http", "WARNING"),
        ):
            refused = self.url_open(f"/approval_engine/dossier/{request.id}/pdf")
        self.assertEqual(refused.status_code, 422)
        self.assertIn("wkhtmltopdf", refused.text)
        with (
            patch.object(report, "get_wkhtmltopdf_state", lambda _self: "ok"),
            patch.object(report, "_render_qweb_pdf", lambda *_a: (b"%PDF-1", "pdf")),
        ):
            made = self.url_open(f"/approval_engine/dossier/{request.id}/pdf")
        self.assertEqual((made.status_code, made.content), (200, b"%PDF-1"))
        self.assertEqual(made.headers["Content-Type"], "application/pdf")
