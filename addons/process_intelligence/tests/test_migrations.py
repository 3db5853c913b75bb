from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools import SQL

from .common import SMALL, ProcessCase

SCRIPT = "migrations/19.0.1.6.0/post-norms_without_counts.py"


@tagged("post_install", "-at_install")
class TestMigrations(ProcessCase):
    def test_norms_forget_how_many_cases_their_maker_saw(self):
        definition = self.define(SMALL)
        definition.action_freeze_norm()
        norm = definition.rule_ids.sudo()
        kept = norm.norm
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE process_intelligence_rule SET norm = norm || '{"cases": 3, "held": 3, "ways": 2}' WHERE id = %s
                """,
                norm.id,
            )
        )
        script = load_script(
            str(Path(__file__).parents[1] / SCRIPT), "process_norms_without_counts"
        )
        for _run in range(2):
            script.migrate(self.env.cr, "19.0.1.5.0")
        self.env.invalidate_all()
        self.assertEqual(norm.norm, kept)
