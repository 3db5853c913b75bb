import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo.addons.event_hub.tools import settings

from .common import ApprovalCase


class SealCase(ApprovalCase):
    """Decisions to seal, a file for the heads, and somebody with the database password."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "audit" / "heads.jsonl"
        self.seals = self.env["approval_engine.seal"]
        self.decisions = self.env["approval_engine.decision"]
        self._configure(self.file)

    def _configure(self, file):
        """As if odoo.conf named this file for the heads; None: none."""
        conf = {"approval_engine": {"audit_heads": str(file)} if file else {}}
        section = patch.object(settings, "section", lambda name: conf.get(name, {}))
        section.start()
        self.addCleanup(section.stop)

    def _decided(self, count=1):
        """:return: requests with ``count`` decisions, one each, none of them sealed"""
        requests = self.env["approval_engine.request"]
        for _number in range(count):
            requests |= self._approve(self._submitted(), self.fred, comment="Agreed.")
        return requests

    def _run(self):
        """Run the Scheduled Action."""
        with self.enter_registry_test_mode():
            job = self.env.ref("approval_engine.ir_cron_seal")
            self.assertIs(job.method_direct_trigger(), True)  # else it says what failed
        self.env.invalidate_all()

    def _seal(self, publish=True):
        """Put what waits under one seal.

        :return: the seal
        """
        self.seals._seal_waiting()
        self.env["event_hub.event"]._flush_emitted()
        if publish:
            self.seals._publish_heads()
        return self.seals.search([], limit=1)

    def _verify(self, user=None):
        return self.decisions.with_user(user or self.audrey).chain_report()

    def _published(self):
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return [json.loads(line) for line in lines]

    def _tamper(self, query, *params):
        """As somebody with the database password would, past the triggers."""
        self.env.flush_all()
        self.env.cr.execute("SELECT set_config('event_hub.maintenance', 'on', true)")
        self.env.cr.execute(query, params or None)
        self.env.cr.execute("SELECT set_config('event_hub.maintenance', 'off', true)")
        self.env.invalidate_all()

    @contextmanager
    def _undone(self):
        """What is done inside is taken back."""
        with self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()
        self.env.invalidate_all()
