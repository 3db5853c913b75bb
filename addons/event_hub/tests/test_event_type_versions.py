from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import HubCommon

LOOSE = {"type": "object", "properties": {"n": {"type": "number"}}}
STRICT = {"type": "object", "required": ["n"], "properties": {"n": {"type": "number"}}}


@tagged("post_install", "-at_install")
class TestEventTypeVersions(HubCommon, TransactionCase):
    """A type's schema changes without refusing what was accepted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["event_hub.event_type"].create(
            {
                "code": "test.versioned",
                "name": "Versioned",
                "data_schema": LOOSE,
                "sample": {"n": 1},
                "account_required": False,
            }
        )

    def _told(self):
        """:return: ``{version: state}``"""
        return {v.version: v.state for v in self.kind.version_ids}

    def _state(self, data, **values):
        event = self._event("test.versioned", data=data, **values)
        return self._heard_and_processed(event).state

    # ------------------------------------------------------------------ registry

    def test_what_a_type_is_created_with_is_its_current_version(self):
        version = self.kind.version_ids
        self.assertEqual(
            (version.version, version.state, version.data_schema, version.sample),
            ("1.0", "current", LOOSE, {"n": 1}),
        )

    def test_a_harmless_change_widens_the_current_version(self):
        wider = {**LOOSE, "properties": {"n": {"type": ["number", "null"]}}}
        self.kind.data_schema = wider
        self.assertEqual(self._told(), {"1.0": "current"})
        self.assertEqual(self.kind.version_ids.data_schema, wider)

    def test_a_harmless_change_with_a_higher_number_is_a_version_of_its_own(self):
        self.kind.write({"version": "1.1", "data_schema": {**LOOSE, "title": "T"}})
        self.assertEqual(self._told(), {"1.0": "retired", "1.1": "current"})

    def test_a_breaking_change_is_refused_with_the_place_and_the_way_out(self):
        for version in ("1.0", "1.1"):
            with (
                self.subTest(version),
                self.assertRaises(ValidationError) as refused,
                self.env.cr.savepoint(),
            ):
                self.kind.write({"version": version, "data_schema": STRICT})
            self.assertIn("$.data.n: is required now", str(refused.exception))
            self.assertIn("major version, such as 2.0", str(refused.exception))
        self.env.invalidate_all()
        self.assertEqual(self.kind.data_schema, LOOSE)

    def test_a_breaking_change_as_text_is_refused_too(self):
        with self.assertRaisesRegex(ValidationError, "is required now"):
            self.kind.data_schema_text = '{"required": ["n"], "properties": {"n": {}}}'

    def test_a_new_major_version_may_break(self):
        self.kind.write(
            {
                "version": "2.0",
                "data_schema_text": '{"required": ["n"], "properties": {"n": {}}}',
            }
        )
        self.assertEqual(self._told(), {"1.0": "retired", "2.0": "current"})

    def test_a_version_does_not_go_back(self):
        self.kind.version = "2.0"
        with self.assertRaisesRegex(ValidationError, "cannot go back to 1.5"):
            self.kind.version = "1.5"

    def test_a_version_is_numbers(self):
        with self.assertRaisesRegex(ValidationError, "use numbers"):
            self.kind.version = "2-beta"

    # -------------------------------------------------------------------- drafts

    def _draft(self, version="2.0", **values):
        return self.env["event_hub.event_type.version"].create(
            {"event_type_id": self.kind.id, "version": version, **values}
        )

    def test_a_draft_judges_nothing_until_it_is_put_in_force(self):
        draft = self._draft(data_schema=STRICT)
        dataschema = "https://example.com/schemas/2.0"
        self.assertEqual(self._state({}, dataschema=dataschema), "processed")
        draft.action_put_in_force()
        self.assertEqual(self._told(), {"1.0": "retired", "2.0": "current"})
        self.assertEqual((self.kind.version, self.kind.data_schema), ("2.0", STRICT))
        self.assertEqual(self._state({}, dataschema=dataschema), "parked")

    def test_a_draft_that_breaks_needs_a_major_number(self):
        with self.assertRaisesRegex(ValidationError, "is required now"):
            self._draft("1.1", data_schema=STRICT).action_put_in_force()

    def test_only_drafts_are_changed_or_put_in_force(self):
        current = self.kind.version_ids
        for change in (
            lambda: current.write({"data_schema": STRICT}),
            lambda: self._draft().write({"state": "current"}),
            lambda: self._draft("3.0", state="current"),
            current.action_put_in_force,
            current.unlink,
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
        draft = self._draft()
        draft.data_schema_text = "{}"
        draft.unlink()
        self.assertEqual(self._told(), {"1.0": "current"})

    def test_a_type_has_a_version_once(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._draft("1.0")

    def test_a_reader_of_the_hub_writes_no_versions(self):
        reader = new_test_user(
            self.env, "hub_reader", groups="event_hub.group_hub_user"
        )
        version = self.kind.version_ids.with_user(reader)
        self.assertEqual(version.display_name, "test.versioned 1.0")
        with self.assertRaises(AccessError):
            self._draft().with_user(reader).action_put_in_force()

    # ---------------------------------------------------------------- processing

    def test_the_version_an_event_names_judges_it(self):
        self.kind.write({"version": "2.0", "data_schema": STRICT})
        old = "https://example.com/schemas/versioned/1.0"
        self.assertEqual(self._state({}), "parked")
        self.assertEqual(self._state({}, dataschema=old), "processed")
        self.assertEqual(self._state({"n": "x"}, dataschema=old), "parked")
        self.assertEqual(self._state({"n": 1}), "processed")

    def test_a_version_nobody_knows_is_judged_by_the_current_one(self):
        self.kind.write({"version": "2.0", "data_schema": STRICT})
        for unknown in ("https://example.com/payment.json", "/schemas/9.9"):
            self.assertEqual(self._state({}, dataschema=unknown), "parked")

    # ------------------------------------------------------------------- upgrades

    def test_an_upgrade_keeps_a_schema_that_was_widened_here(self):
        wider = {"type": "object", "properties": {"n": {}}}
        self.kind.data_schema = wider
        with patch.object(self.env.registry, "ready", False):
            self.kind.write({"name": "Shipped", "data_schema": LOOSE})
        self.assertEqual((self.kind.name, self.kind.data_schema), ("Shipped", wider))

    def test_an_upgrade_brings_what_is_harmless(self):
        wider = {"type": "object", "properties": {"n": {}}}
        with patch.object(self.env.registry, "ready", False):
            self.kind.write({"data_schema": wider})
        self.assertEqual(self.kind.version_ids.data_schema, wider)
