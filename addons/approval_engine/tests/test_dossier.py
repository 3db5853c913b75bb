import json

from odoo.exceptions import AccessError
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
