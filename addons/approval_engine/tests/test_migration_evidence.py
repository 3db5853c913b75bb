from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import tagged

from .common import ApprovalCase

SCRIPT = Path(__file__).parents[1] / "migrations/19.0.1.3.0/post-evidence.py"


@tagged("post_install", "-at_install")
class TestMigrationEvidence(ApprovalCase):
    def test_evidence_of_before_is_found_by_its_fingerprint_and_only_once(self):
        request = self._submitted()
        draft = self._draft()
        self.env.flush_all()
        self.env.cr.execute("SELECT set_config('event_hub.maintenance', 'on', true)")
        self.env.cr.execute(
            "DELETE FROM approval_engine_evidence WHERE request_id = %s", [request.id]
        )
        script = load_script(str(SCRIPT), "approval_migration_evidence")
        for _run in range(2):
            script.migrate(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        kept = self.env["approval_engine.evidence"].search(
            [("request_id", "in", [request.id, draft.id])]
        )
        self.assertEqual((kept.hash, kept.request_id), (request.evidence_hash, request))
        self.assertEqual(kept.packet, request.sudo().evidence_packet)
