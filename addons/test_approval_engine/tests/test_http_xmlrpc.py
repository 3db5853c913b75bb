import json

from odoo.tests import HttpCase, tagged

from odoo.addons.approval_engine.policies import integrity

from .common import DocumentCase


@tagged("post_install", "-at_install")
class TestHttpXmlRpc(DocumentCase, HttpCase):
    """XML-RPC knows no null: what a reader gets has to do without it."""

    def _execute(self, user, method, *args, **kwargs):
        key = (
            self.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate("rpc", "test", None)
        )
        self.env.flush_all()
        return self.xmlrpc_object.execute_kw(
            self.env.cr.dbname,
            user.id,
            key,
            "approval_engine.request",
            method,
            args,
            kwargs,
        )

    def test_the_evidence_can_be_read(self):
        request = self._asked()
        packet = self._execute(self.fred, "evidence", request.ids)
        self.assertEqual(packet["hash"], request.evidence_hash)
        reason = packet["sections"][0]["items"][-1]
        self.assertEqual(
            (reason["value"], reason["model"], reason["id"]),
            ("Four hours of outage.", False, False),
        )

    def test_what_is_frozen_is_what_is_read(self):
        request = self._asked()
        fields = ["evidence_packet", "evidence_hash", "brief", "evidence_data"]
        [row] = self._execute(self.audrey, "read", request.ids, fields)
        self.assertEqual(integrity.digest(row["evidence_packet"]), row["evidence_hash"])
        self.assertEqual(
            row["evidence_data"]["sections"], row["evidence_packet"]["sections"]
        )

    def test_a_packet_frozen_with_nulls_stays_and_is_read_without(self):
        request = self._asked()
        old = {
            "as_of": "2026-01-01T00:00:00Z",
            "sections": [
                {
                    "key": "request",
                    "label": "Request",
                    "items": [
                        {"label": "Why", "value": "x", "model": None, "id": None}
                    ],
                }
            ],
        }
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE approval_engine_request SET evidence_packet = %s, brief = %s WHERE id = %s",
            [json.dumps(old), json.dumps([{"text": "Hm.", "model": None}]), request.id],
        )
        self.env.invalidate_all()
        [row] = self._execute(
            self.audrey, "read", request.ids, ["evidence_packet", "brief"]
        )
        item = row["evidence_packet"]["sections"][0]["items"][0]
        self.assertEqual((item["model"], item["id"]), (False, False))
        self.assertEqual(row["brief"], [{"text": "Hm.", "model": False}])
        packet = self._execute(self.audrey, "evidence", request.ids)
        self.assertIs(packet["sections"][0]["items"][0]["model"], False)
        self.env.cr.execute(
            "SELECT evidence_packet FROM approval_engine_request WHERE id = %s",
            [request.id],
        )
        self.assertEqual(self.env.cr.fetchone()[0], old)

    def test_the_route_can_be_read(self):
        request = self._asked()
        route = self._execute(self.ria, "preview_route", request.ids)
        self.assertEqual(route[0]["step"], "Finance")
        [row] = self._execute(
            self.audrey, "read", request.ids, ["policy_snapshot", "route_data"]
        )
        self.assertEqual(len(row["route_data"]), 2)
