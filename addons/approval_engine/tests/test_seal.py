import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..policies.integrity import GENESIS
from .common_seal import SealCase

MANY = 40


@tagged("post_install", "-at_install")
class TestSeal(SealCase):
    def test_the_scheduled_action_seals_and_publishes_what_was_decided(self):
        self._decided(3)
        self.assertEqual(self._verify()["unsealed"], 3)
        self._run()
        found = self._verify()
        self.assertEqual(
            (found["ok"], found["sealed"], found["unsealed"]), (True, 3, 0)
        )
        seal = self.seals.search([])
        self.assertEqual((seal.sequence, seal.count, seal.total), (1, 3, 3))
        self.assertEqual(self._published()[-1]["hash"], seal.hash)
        self.assertEqual(found["heads"], 1)

    def test_a_seal_links_to_the_one_before_and_leaves_no_gap(self):
        self._decided(2)
        first = self._seal()
        self._decided(1)
        second = self._seal()
        self.assertEqual((first.previous_hash, second.sequence), (GENESIS, 2))
        self.assertEqual(second.previous_hash, first.hash)
        entries = self.env["approval_engine.seal_entry"].search([])
        self.assertEqual(entries.mapped("position"), [1, 2, 3])
        decisions = self.decisions.browse(entries.mapped("decision_id"))
        self.assertEqual(entries.mapped("decision_hash"), decisions.mapped("hash"))
        shown = entries[0].with_user(self.audrey).open_decision()
        self.assertEqual(shown["res_id"], decisions[0].id)
        self.assertEqual((second.count, second.total), (1, 3))

    def test_nothing_to_seal_makes_no_seal(self):
        self._decided()
        self._seal()
        self._run()
        self.assertEqual(self.seals.search_count([]), 1)

    def test_a_large_backlog_becomes_several_seals(self):
        self._decided(5)
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            self.seals.with_env(self.env(cr=cr))._cron_seal(batch_size=2)
        self.assertEqual(self.seals.search([], order="id").mapped("count"), [2, 2, 1])
        self.assertEqual(len(self._published()), 3)
        self.assertTrue(self._verify()["ok"])

    def test_the_number_of_queries_does_not_grow(self):
        self._decided(2)
        self._seal()  # what is read once
        queries = []
        for count in (2, MANY):
            self._copy_decisions(count)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.seals._seal_waiting(), count)
            self.env["event_hub.event"]._flush_emitted()
            queries.append(self.env.cr.sql_log_count - before)
        self.assertEqual(queries[0], queries[1])
        self.assertLessEqual(queries[1], 12)

    def _copy_decisions(self, count):
        names = ", ".join(
            name
            for name, field in self.decisions._fields.items()
            if field.store and field.column_type and name != "id"
        )
        self._tamper(
            f"INSERT INTO approval_engine_decision ({names}) SELECT {names} FROM approval_engine_decision"
            " CROSS JOIN generate_series(1, %s) WHERE id = (SELECT max(id) FROM approval_engine_decision)",
            count,
        )

    def test_a_decision_wakes_the_sealer(self):
        request = self._submitted()
        woken = []
        self.patch(
            self.env.registry["event_hub.waker"],
            "_wake",
            lambda waker, xmlid: woken.append(xmlid) or True,
        )
        self._approve(request, self.fred)
        self.assertIn("approval_engine.ir_cron_seal", woken)

    def test_each_seal_is_told_to_every_company(self):
        self._decided(2)
        seal = self._seal()
        event = (
            self.env["event_hub.event"]
            .sudo()
            .search([("type", "=", "approval.sealed")], limit=1)
        )
        self.assertEqual((event.case_model, event.case_id), (seal._name, seal.id))
        self.assertFalse(event.company_id)
        self.assertEqual(
            event.attributes,
            {
                "sequence": 1,
                "count": 2,
                "total": 2,
                "previous": GENESIS,
                "hash": seal.hash,
            },
        )

    def test_endpoints_of_approvals_hear_of_it(self):
        endpoint = self.env["event_hub.endpoint"].create(
            {
                "name": "Vault",
                "url": "https://vault.example.com/heads",
                "event_pattern": "approval.*",
            }
        )
        self._decided()
        self._seal()
        planned = self.env["event_hub.delivery"].search(
            [("endpoint_id", "=", endpoint.id)]
        )
        self.assertIn("approval.sealed", planned.mapped("event_type"))

    def test_decisions_of_yesterday_are_sealed_by_the_first_run(self):
        """As after an upgrade: decisions, and tables of seals that are new and empty."""
        self._decided(4)
        self.assertFalse(self.seals.search_count([]))
        self.assertEqual(self._verify()["unsealed"], 4)
        self._run()
        self.assertEqual(self._verify()["unsealed"], 0)

    def test_nobody_writes_seals(self):
        self._decided()
        seal = self._seal()
        entry = seal.entry_ids
        for user in (self.env.user, self.max, self.audrey):
            for record in (seal.with_user(user).sudo(), entry.with_user(user).sudo()):
                for call in (
                    lambda r=record: r.write({"id": 1}),
                    record.unlink,
                    lambda r=record: r.create({"sequence": 5}),
                ):
                    with self.assertRaises(UserError):  # AccessError is one
                        call()

    def test_the_database_refuses_too(self):
        self._decided()
        self._seal()
        for table in ("approval_engine_seal", "approval_engine_seal_entry"):
            for query in (
                f"UPDATE {table} SET id = id",
                f"DELETE FROM {table}",
                f"TRUNCATE {table}",
            ):
                with (
                    self.subTest(query=query),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(psycopg2.Error),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(query)

    def test_auditors_read_seals_and_others_do_not(self):
        self._decided()
        seal = self._seal()
        self.assertEqual(seal.with_user(self.audrey).read(["count"])[0]["count"], 1)
        for user in (self.max, self.fred):
            with self.assertRaises(AccessError):
                seal.with_user(user).read(["count"])

    def test_a_company_of_others_is_not_seen_and_the_global_chain_verifies(self):
        self._decided(2)
        self._seal()
        abroad = self.env["res.company"].create({"name": "Abroad"})
        self.audrey.sudo().write(
            {"company_ids": [(6, 0, abroad.ids)], "company_id": abroad.id}
        )
        found = self._verify()
        self.assertEqual((found["ok"], found["checked"]), (True, 0))
        decision = self.decisions.search([], limit=1)
        self._tamper("DELETE FROM approval_engine_decision WHERE id = %s", decision.id)
        found = self._verify()
        self.assertEqual((found["ok"], found["first_bad"]), (False, decision.id))

    def test_the_check_says_in_words_what_is_sealed(self):
        self._decided(2)
        self._seal()
        self._decided(1)
        shown = self.decisions.with_user(self.audrey).open_chain_check()
        message = shown["params"]["message"]
        self.assertIn("3 decisions checked", message)
        self.assertIn("2 are sealed, 1 wait for the next seal", message)
        self.assertIn("1 heads kept outside", message)
        self._tamper("UPDATE approval_engine_seal SET hash = 'x'")
        shown = self.seals.with_user(self.audrey).open_chain_check()
        self.assertEqual(shown["params"]["type"], "danger")
        self.assertIn("Seal 1", shown["params"]["message"])

    def test_erasing_a_person_keeps_the_chain_verifying(self):
        self._decided(2)
        self._seal()
        self.account.hub_erase("Asked for.")
        self.fred.partner_id.hub_erase("Asked for.")
        self.env.flush_all()
        found = self._verify()
        self.assertEqual((found["ok"], found["sealed"]), (True, 2))
