from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import tagged

from .common import ApprovalCase

MIGRATIONS = Path(__file__).parents[1] / "migrations"


@tagged("post_install", "-at_install")
class TestMigrations(ApprovalCase):
    """What the upgrade scripts do to the rows of an older version."""

    def _migrate(self, script):
        self.env.flush_all()
        load_script(str(MIGRATIONS / script), "approval_migration").migrate(
            self.env.cr, "19.0.1.1.0"
        )
        self.env.invalidate_all()

    def test_what_waits_gets_its_amount_in_the_currency_of_the_company(self):
        waiting, draft = self._submitted(amount=120), self._draft(amount=70)
        self.env.flush_all()
        self.env.cr.execute("UPDATE approval_engine_request SET company_amount = NULL")
        self.env.invalidate_all()
        self._migrate("19.0.1.2.0/post-company-amount.py")
        self.assertEqual(waiting.sudo().company_amount, 120)
        self.assertFalse(draft.sudo().company_amount)

    def test_open_steps_are_told_since_their_submission(self):
        waiting = self._submitted(amount=5000)
        self.env.flush_all()
        self.env.cr.execute("UPDATE approval_engine_request_step SET opened_at = NULL")
        self.env.invalidate_all()
        self._migrate("19.0.1.3.0/post-clock.py")
        first, second = waiting.sudo().step_ids.sorted("sequence")
        self.assertEqual(first.opened_at, waiting.submitted_at)
        self.assertFalse(second.opened_at, "it is not its turn")

    def test_what_was_governed_stays_in_force_and_what_was_off_stays_off(self):
        names = self.env["ir.model.fields"]._get("res.partner", "ref")
        on, off = self.env["approval_engine.governed"].create(
            [
                {
                    "name": name,
                    "active": name == "on",
                    "model_id": names.model_id.id,
                    "type_id": self.credit_type.id,
                    "field_ids": [(6, 0, names.ids)],
                }
                for name in ("on", "off")
            ]
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE approval_engine_governed SET state = 'draft'")
        self.env.invalidate_all()
        self._migrate("19.0.1.5.0/post-governed-state.py")
        self.assertEqual((on.state, on.active), ("active", True))
        self.assertEqual((off.state, off.active), ("draft", False))
