import contextlib
from datetime import datetime

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.tools.event_row import EventRow, ObjectRow

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestLedger(HubCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ledger = cls.env["event_hub.event"]
        cls.event = cls.ledger._append([cls._row()])

    @classmethod
    def _row(cls, **values):
        return EventRow(
            **{
                "type": "test.x",
                "correlation": "a" * 32,
                "occurred_at": datetime(2026, 3, 1, 9, 0, 0, 123456),
                "company_id": cls.company_a.id,
                "account_id": cls.account.id,
                "attributes": {"n": 1},
                "objects": (ObjectRow("account", "res.partner", cls.account.id),),
                **values,
            }
        )

    def test_the_orm_refuses_changes_with_a_sentence_even_for_the_superuser(self):
        for model in (self.event.sudo(), self.event.object_ids.sudo()):
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                model.write({"role" if "role" in model._fields else "type": "x"})
            with self.assertRaisesRegex(UserError, "cannot be deleted"):
                model.unlink()
            with self.assertRaises(UserError):
                model.copy()
            with self.assertRaises(UserError):
                model.create({})

    def test_no_context_flag_lets_a_change_through(self):
        flags = {
            "install_mode": True,
            "event_hub.maintenance": "on",
            "force_write": True,
            "tracking_disable": True,
        }
        with self.assertRaises(UserError):
            self.event.with_context(**flags).sudo().write({"type": "x"})

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_update_delete_and_truncate(self):
        for table in ("event_hub_event", "event_hub_event_object"):
            for statement in (
                f"UPDATE {table} SET id = id",
                f"DELETE FROM {table}",
                f"TRUNCATE {table}",
                f"DELETE FROM {table} WHERE false",
            ):
                with (
                    self.assertRaises(psycopg2.errors.RestrictViolation),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(statement)
        self.assertTrue(self.event.exists())

    def test_the_flag_of_an_uninstallation_in_the_context_deletes_nothing(self):
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.event.sudo().with_context(_force_unlink=True).unlink()

    @mute_logger("odoo.sql_db")
    def test_maintenance_is_the_one_way_in_leaves_a_line_and_closes_behind_itself(self):
        with self.event._maintenance("erase on request"):
            self.env.cr.execute(
                "DELETE FROM event_hub_event WHERE id = %s", [self.event.id]
            )
        self.assertFalse(self.event.exists())
        note = self.ledger.search([("type", "=", "hub.maintenance")])
        self.assertEqual(
            note.attributes, {"model": "event_hub.event", "reason": "erase on request"}
        )
        with (
            self.assertRaises(psycopg2.errors.RestrictViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("DELETE FROM event_hub_event")

    @mute_logger("odoo.sql_db")
    def test_an_error_during_maintenance_closes_it_too(self):
        with contextlib.suppress(ZeroDivisionError), self.event._maintenance("fails"):
            raise ZeroDivisionError
        with (
            self.assertRaises(psycopg2.errors.RestrictViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("DELETE FROM event_hub_event")

    def test_times_keep_their_microseconds(self):
        self.event.invalidate_recordset()
        self.assertEqual(self.event.occurred_at.microsecond, 123456)

    def test_the_ledger_has_no_foreign_keys(self):
        self.env.cr.execute("""
            SELECT conname FROM pg_constraint
             WHERE contype = 'f' AND conrelid IN ('event_hub_event'::regclass, 'event_hub_event_object'::regclass)""")
        self.assertFalse(self.env.cr.fetchall())

    def test_history_survives_the_deletion_of_its_account(self):
        account = self.env["res.partner"].create({"name": "Short-lived"})
        event = self.ledger._append([self._row(account_id=account.id)])
        account.unlink()
        event.invalidate_recordset()
        self.assertEqual(event.read(["account_id"])[0]["account_id"], False)
        self.env.cr.execute(
            "SELECT account_id FROM event_hub_event WHERE id = %s", [event.id]
        )
        self.assertTrue(self.env.cr.fetchone()[0])
        spec = {"account_id": {"fields": {"display_name": {}}}, "activity": {}}
        self.assertEqual((event | self.event).web_read(spec)[0]["account_id"], False)
        groups = self.ledger.formatted_read_group(
            [("id", "in", (event | self.event).ids)], ["account_id"], ["__count"]
        )
        self.assertEqual([bool(group["account_id"]) for group in groups], [True, False])
        self.assertTrue(self.ledger.web_search_read([], spec)["records"])

    def test_a_known_identity_is_left_out(self):
        row = self._row(source_id=self.source.id, ce_source="s", ce_id="1")
        self.assertEqual(len(self.ledger._append([row, row])), 1)
        self.assertEqual(len(self.ledger._append([row, self._row()])), 1)

    def test_events_come_back_in_the_order_of_their_rows(self):
        rows = [self._row(type=f"test.{n}") for n in range(1200)]
        self.assertEqual(
            self.ledger._append(rows).mapped("type"), [row.type for row in rows]
        )

    def test_history_fires_nothing(self):
        planned = []
        run = type(self.env["event_hub.run"])
        self.patch(run, "_plan", lambda self, events: planned.extend(events.ids))
        self.patch(run, "_heard", lambda self, kinds: kinds)
        old, new = self.ledger._append([self._row(history=True), self._row()])
        self.assertEqual(planned, [new.id])
        self.assertTrue(old.history)

    def test_users_see_their_companies_only(self):
        reader = new_test_user(
            self.env,
            "hub_reader",
            groups="event_hub.group_hub_user",
            company_id=self.company_a.id,
        )
        other = self.ledger._append([self._row(company_id=self.company_b.id)])
        shared = self.ledger._append([self._row(company_id=None)])
        seen = self.ledger.with_user(reader).search(
            [("id", "in", (self.event | other | shared).ids)]
        )
        self.assertEqual(seen, self.event | shared)
        with self.assertRaises(AccessError):
            other.with_user(reader).with_context(
                allowed_company_ids=(self.company_a | self.company_b).ids
            ).read(["type"])
        self.assertFalse(
            self.env["event_hub.event_object"]
            .with_user(reader)
            .search([("event_id", "=", other.id)])
        )

    def test_others_see_nothing(self):
        nobody = new_test_user(self.env, "hub_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.ledger.with_user(nobody).search([])

    def test_the_story_of_an_event_is_told_in_order(self):
        later = self.ledger._append(
            [
                self._row(occurred_at=datetime(2026, 3, 2)),
                self._row(correlation="b" * 32),
            ]
        )
        self.assertEqual(self.event.chain_ids, self.event | later[0])
        self.assertEqual(self.event.chain_count, 2)

    def test_an_event_opens_its_case(self):
        event = self.ledger._append(
            [self._row(case_model="res.partner", case_id=self.account.id)]
        )
        action = event.action_open_case()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", self.account.id)
        )
        with self.assertRaisesRegex(UserError, "no case"):
            self.event.action_open_case()
        gone = self.ledger._append([self._row(case_model="res.partner", case_id=2**30)])
        with self.assertRaisesRegex(UserError, "deleted"):
            gone.action_open_case()

    def test_opening_a_case_needs_the_right_to_read_it(self):
        auditor = new_test_user(
            self.env, "hub_auditor", groups="event_hub.group_hub_user"
        )
        event = self.ledger._append([self._row(case_model="ir.mail_server", case_id=1)])
        with self.assertRaises(AccessError):
            event.with_user(auditor).action_open_case()

    def test_merging_partners_leaves_history_alone(self):
        twin = self.env["res.partner"].create({"name": "Borealis again"})
        event = self.ledger._append([self._row(account_id=twin.id)])
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (twin | self.account).ids, self.account
        )
        self.assertTrue(event.exists())
        self.assertEqual(event.correlation, "a" * 32)
