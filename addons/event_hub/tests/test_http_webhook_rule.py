"""The webhook of a governed rule, as a caller sees it and as it is on record."""

from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_stock_governance import MODEL, StockCase

STOCK = "odoo.addons.base_automation.models.base_automation"


@tagged("post_install", "-at_install")
class TestWebhookRule(StockCase, HttpCase):
    def _hook(self, code):
        rule = self.acting(
            trigger="on_webhook",
            record_getter=f"model.env['{MODEL}'].browse(payload['id'])",
            code=code,
        )
        return rule, self.tags("One")

    def _call(self, rule, tag):
        answer = self.url_open(
            f"/web/hook/{rule.webhook_uuid}", json={"id": tag.id}, method="POST"
        )
        self.env.invalidate_all()
        return answer.status_code

    def test_what_works_is_done_and_on_record(self):
        rule, tag = self._hook("record['name'] = 'Heard'")
        self.assertEqual(self._call(rule, tag), 200)
        self.assertEqual((tag.name, self.runs(rule).state), ("Heard", "done"))

    @mute_logger(STOCK)
    def test_what_fails_is_undone_on_record_and_told(self):
        for code in ("1/0", "raise UserError('No')", "env.cr.execute('SELECT 1/0')"):
            with self.subTest(code=code), mute_logger("odoo.sql_db"):
                rule, tag = self._hook(f"record.write({{'name': 'Half'}})\n{code}")
                self.assertEqual(self._call(rule, tag), 500)
                self.assertEqual(tag.name, "One")
                run = self.runs(rule)
                self.assertEqual(run.state, "dead")
                self.assertIn("all that it did was undone", run.error)

    @mute_logger(STOCK, "odoo.sql_db", "odoo.service.model")
    def test_another_transaction_in_the_way_is_no_failure(self):
        self.env.cr.execute("CREATE SEQUENCE govern_hook_tries")
        rule, tag = self._hook(
            "env.cr.execute(\"SELECT nextval('govern_hook_tries')\")\n"
            "if env.cr.fetchone()[0] == 1:\n"
            "    env.cr.execute(\"DO $$ BEGIN RAISE SQLSTATE '40001'; END $$\")\n"
            "record['name'] = 'Second try'"
        )
        with patch("odoo.service.model.time.sleep"):
            self.assertEqual(self._call(rule, tag), 200)
        self.assertEqual(tag.name, "Second try")
        self.assertEqual(self.runs(rule).state, "done")
