from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.approval_engine.policies import integrity

from .common import DocumentCase


@tagged("post_install", "-at_install")
class TestEvidenceFrozen(DocumentCase):
    """Each decision covers what its decider saw."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.figure, cls.gathered = ["40 open"], []
        figure, gathered = cls.figure, cls.gathered

        def sections(request):
            moment = gathered[0] if gathered else fields.Datetime.now()
            item = request._evidence_item("Tickets", figure[0])
            item["as_of"] = moment.replace(microsecond=0).isoformat() + "Z"
            return [
                *origin(request),
                {"key": "tickets", "label": "Tickets", "items": [item]},
            ]

        model = cls.registry["approval_engine.request"]
        origin = model._evidence_sections
        cls.classPatch(model, "_evidence_sections", sections)

    def setUp(self):
        super().setUp()
        self.figure[:] = ["40 open"]
        self.gathered.clear()

    def test_the_fingerprint_of_a_decision_is_of_what_was_seen_then(self):
        request = self._asked()
        self._approve(request, self.fred, option="red")
        self.figure[0] = "41 open"
        self._approve(request, self.cleo)
        first, second = request.decision_ids.sorted("id")
        self.assertNotEqual(first.evidence_hash, second.evidence_hash)
        packets = {
            row.hash: row.packet
            for row in self.env["approval_engine.evidence"]
            .sudo()
            .search([("request_id", "=", request.id)])
        }
        for decision, seen in ((first, "40 open"), (second, "41 open")):
            packet = packets[decision.evidence_hash]
            self.assertEqual(integrity.digest(packet), decision.evidence_hash)
            self.assertEqual(packet["sections"][-1]["items"][0]["value"], seen)

        file = request.with_user(self.audrey).dossier()
        self.assertEqual(file["evidence"]["hash"], second.evidence_hash)
        [seen] = file["evidence_seen"]
        self.assertEqual((seen["hash"], seen["whole"]), (first.evidence_hash, True))
        self.assertEqual(seen["sections"][-1]["items"][0]["value"], "40 open")
        [shown] = request.dossier()[
            "evidence_seen"
        ]  # its author sees no more than ever
        self.assertEqual([one["key"] for one in shown["sections"]], ["request"])

    def test_the_same_evidence_is_kept_once(self):
        request = self._asked()
        self._approve(request, self.fred, self.cleo, option="red")
        kept = self.env["approval_engine.evidence"].sudo()
        self.assertEqual(kept.search_count([("request_id", "=", request.id)]), 1)
        self.assertEqual(
            set(request.decision_ids.mapped("evidence_hash")), {request.evidence_hash}
        )

    def test_what_changed_since_is_said_then_and_now(self):
        request = self._asked().with_user(self.fred)
        self.assertEqual([one["changed"] for one in request.evidence_now()], [[], []])
        self.figure[0] = "99 open"
        found = {one["key"]: one for one in request.evidence_now()}
        self.assertEqual(
            found["tickets"]["changed"],
            [{"label": "Tickets", "then": "40 open", "now": "99 open"}],
        )
        self.assertIn("freshness", request.evidence_data)

    def test_evidence_older_than_its_type_allows_is_old(self):
        self.gathered[:] = [fields.Datetime.now() - timedelta(hours=50)]
        request = self._asked()
        found = {one["key"]: one["old"] for one in request.evidence_now()}
        self.assertEqual(found, {"request": False})  # its author sees no more
        found = {
            one["key"]: one["old"]
            for one in request.with_user(self.fred).evidence_now()
        }
        self.assertEqual(found, {"request": False, "tickets": True})
        self.stamp_type.evidence_max_hours = 0
        found = {
            one["key"]: one["old"]
            for one in request.with_user(self.fred).evidence_now()
        }
        self.assertFalse(found["tickets"])

    def test_what_was_seen_is_never_changed_nor_made_up(self):
        self._asked()
        kept = self.env["approval_engine.evidence"].sudo().search([], limit=1)
        with self.assertRaises(UserError):
            kept.write({"hash": "0" * 64})
        with self.assertRaises(UserError):
            kept.unlink()
        with self.assertRaises(AccessError):
            kept.create({"request_id": 1, "company_id": 1, "hash": "x", "packet": {}})
        with (
            self.assertRaises(psycopg2.errors.RestrictViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("DELETE FROM approval_engine_evidence")
        for user in (self.ria, self.fred, self.max):
            with self.assertRaises(AccessError):
                kept.with_user(user).read(["packet"])
