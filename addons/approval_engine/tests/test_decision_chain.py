import psycopg2

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestDecisionChain(ApprovalCase):
    def setUp(self):
        super().setUp()
        self.request = self._submitted(amount=5000)
        self._approve(self.request, self.fred, self.max, comment="Agreed.")
        self.other = self._approve(self._submitted(), self.fay)
        self.decisions = self.request.sudo().decision_ids.sorted("sequence")

    def _verify(self):
        return (
            self.env["approval_engine.decision"].with_user(self.audrey).verify_chain()
        )

    def _tamper(self, query, *params):
        """As somebody with the database password would, past the triggers."""
        self.env.flush_all()
        self.env.cr.execute("SELECT set_config('event_hub.maintenance', 'on', true)")
        self.env.cr.execute(query, params)
        self.env.cr.execute("SELECT set_config('event_hub.maintenance', 'off', true)")
        self.env.invalidate_all()

    def test_an_untouched_log_verifies(self):
        found = self._verify()
        self.assertEqual((found["ok"], found["first_bad"]), (True, False))
        self.assertGreaterEqual(found["checked"], 3)
        self.assertEqual(found["sealed"] + found["unsealed"], found["checked"])

    def test_every_decision_links_to_the_one_before(self):
        first, second = self.decisions
        self.assertEqual((first.sequence, second.sequence), (1, 2))
        self.assertEqual(second.previous_hash, first.hash)
        self.assertEqual(self.request.sudo().decision_head, second.hash)
        self.assertEqual(second.correlation, self.request.correlation)

    def test_a_changed_field_is_found(self):
        changes = {
            "comment": "Forged",
            "user_login": "mallory",
            "user_id": 1,
            "action": "reject",
            "option": "x",
            "content_hash": "0" * 64,
            "evidence_hash": "0" * 64,
            "decided_at": "2020-01-01",
            "step_name": "x",
            "hash": "0" * 64,
            "previous_hash": "1" * 64,
            "sequence": 5,
            "round": 4,
            "correlation": "e" * 32,
            "user_name": "M",
            "company_id": 99,
        }
        for index, decision in enumerate(self.decisions):
            for name, value in changes.items():
                with (
                    self.subTest(index=index, field=name),
                    self.env.cr.savepoint() as savepoint,
                ):
                    self._tamper(
                        f"UPDATE approval_engine_decision SET {name} = %s WHERE id = %s",
                        value,
                        decision.id,
                    )
                    found = self.env["approval_engine.decision"].verify_chain()
                    self.assertFalse(found["ok"])
                    self.assertIn(found["first_bad"], self.decisions.ids)
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_what_reads_the_same_but_was_never_written_is_found(self):
        for column, value in (
            ("option", "''"),
            ("decided_at", "decided_at + interval '1 microsecond'"),
            ("step_sequence", "NULL"),
        ):
            with self.subTest(column=column), self.env.cr.savepoint() as savepoint:
                self._tamper(
                    f"UPDATE approval_engine_decision SET {column} = {value} WHERE id = %s",
                    self.decisions[0].id,
                )
                self.assertEqual(self._verify()["first_bad"], self.decisions[0].id)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_deleted_decision_is_found_also_at_the_end(self):
        for decision in self.decisions:
            with (
                self.subTest(sequence=decision.sequence),
                self.env.cr.savepoint() as savepoint,
            ):
                self._tamper(
                    "DELETE FROM approval_engine_decision WHERE id = %s", decision.id
                )
                found = self._verify()
                self.assertEqual(
                    (found["ok"], found["first_bad"]), (False, self.decisions[1].id)
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_an_inserted_decision_is_found(self):
        columns = ", ".join(
            n
            for n, f in self.decisions._fields.items()
            if f.store and f.column_type and n != "id"
        )
        self._tamper(
            f"INSERT INTO approval_engine_decision ({columns}) SELECT {columns}"
            " FROM approval_engine_decision WHERE id = %s",
            self.decisions[1].id,
        )
        self.assertFalse(self._verify()["ok"])

    def test_a_decision_moved_to_another_request_is_found(self):
        self._tamper(
            "UPDATE approval_engine_decision SET request_id = %s WHERE id = %s",
            self.other.id,
            self.decisions[1].id,
        )
        self.assertFalse(self._verify()["ok"])

    def test_a_request_made_to_forget_its_decisions_is_found(self):
        self._tamper(
            "UPDATE approval_engine_request SET decision_count = 0 WHERE id = %s",
            self.request.id,
        )
        self.assertFalse(self._verify()["ok"])

    def test_the_database_refuses_too(self):
        for query in (
            "UPDATE approval_engine_decision SET comment = 'x'",
            "DELETE FROM approval_engine_decision",
            "TRUNCATE approval_engine_decision",
        ):
            with (
                self.subTest(query=query),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.Error),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query)

    def test_the_orm_refuses_everybody(self):
        for user in (self.env.user, self.max, self.audrey):
            rows = self.decisions.with_user(user).sudo()
            for call in (
                lambda r=rows: r.write({"comment": "x"}),
                rows.unlink,
                lambda r=rows: r.create({"request_id": 1}),
            ):
                with self.assertRaises(AccessError):
                    call()

    def test_users_verify_what_they_see(self):
        found = self.env["approval_engine.decision"].with_user(self.cleo).verify_chain()
        self.assertEqual((found["ok"], found["checked"]), (True, 0))
