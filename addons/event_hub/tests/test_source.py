from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.event_hub.tools import settings

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestSource(HubCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "hub_admin4",
            groups="event_hub.group_hub_admin,base.group_allow_export",
            company_id=cls.company_a.id,
        )
        cls.reader = new_test_user(
            cls.env,
            "hub_reader4",
            groups="event_hub.group_hub_user",
            company_id=cls.company_a.id,
        )

    def test_rotation_shows_the_secret_once_and_keeps_the_old_one_for_a_day(self):
        new = self.source.with_user(self.admin).action_rotate_secret()["secret"]
        self.assertTrue(new.startswith("whsec_"))
        now = fields.Datetime.now()
        self.assertEqual(self.source._live_secrets(now), [new, self.secret])
        self.assertEqual(
            self.source._live_secrets(now + timedelta(hours=23)), [new, self.secret]
        )
        self.assertEqual(self.source._live_secrets(now + timedelta(hours=25)), [new])

    def test_only_administrators_rotate(self):
        for user in (self.reader, self.service):
            with self.assertRaises(AccessError):
                self.source.with_user(user).action_rotate_secret()

    def test_nobody_reads_searches_groups_or_exports_a_secret(self):
        source = self.source.with_user(self.admin)
        for call in (
            lambda: source.read(["secret_current"]),
            lambda: source.search([("secret_current", "=like", "w%")]),
            lambda: source.search([], order="secret_current"),
            lambda: source._read_group([], ["secret_current"]),
            lambda: source.export_data(["secret_current"]),
            lambda: source.write({"secret_current": "whsec_AAAA"}),
            lambda: source.create(
                {
                    "secret_current": "whsec_AAAA",
                    "code": "x",
                    "name": "x",
                    "user_id": self.service.id,
                }
            ),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertNotIn("secret_current", source.fields_get())

    def test_a_copy_has_no_secret(self):
        self.assertFalse(self.source.copy({"code": "copy"}).secret_current)

    def test_the_door_forgets_at_once_what_is_changed(self):
        config = self.env["event_hub.source"]._door_config("test_billing")
        self.assertEqual(config.max_body_bytes, 1024 * 1024)
        self.source.max_body_bytes = 5
        self.assertEqual(
            self.env["event_hub.source"]._door_config("test_billing").max_body_bytes, 5
        )
        self.source.active = False
        self.assertIsNone(self.env["event_hub.source"]._door_config("test_billing"))

    def test_codes_fit_an_address(self):
        for code in ("A", "a b", "a/b", "", "é", "-a", "a" * 64):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.source.copy({"code": code})

    def test_a_service_user_has_few_rights_and_the_right_company(self):
        outsider = self._service_user("hub_outsider", self.company_b)
        portal = new_test_user(self.env, "hub_portal", groups="base.group_portal")
        plain = new_test_user(self.env, "hub_plain", groups="base.group_user")
        for user in (self.env.ref("base.user_root"), outsider, portal, plain):
            with self.assertRaises(ValidationError):
                self.source.user_id = user

    def test_a_source_without_service_user_gets_one_that_can_do_nothing_else(self):
        source = self.env["event_hub.source"].create(
            {"name": "Shop", "code": "shop", "company_id": self.company_b.id}
        )
        user = source.user_id
        self.assertEqual((user.name, user.login), ("Shop (service)", "hub-shop"))
        self.assertEqual(user.company_ids, self.company_b)
        self.assertTrue(user.has_group("event_hub.group_hub_service"))
        self.assertFalse(user.has_group("event_hub.group_hub_user"))
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [user.id])
        self.assertFalse(self.env.cr.fetchone()[0])

    def test_who_may_make_no_users_is_told_to_choose_one(self):
        sources = self.env["event_hub.source"].with_user(self.admin)
        with self.assertRaisesRegex(UserError, "Choose a service user for Shop"):
            sources.create({"name": "Shop", "code": "shop"})
        chosen = {"name": "Shop", "code": "shop", "user_id": self.service.id}
        self.assertEqual(sources.create(chosen).user_id, self.service)

    def test_the_code_is_proposed_from_the_name(self):
        new = self.env["event_hub.source"].new({"name": "Web Shop (EU)"})
        new._onchange_name()
        self.assertEqual(new.code, "web-shop-eu")
        new.name = "Another"
        new._onchange_name()
        self.assertEqual(new.code, "web-shop-eu")

    def test_the_example_is_about_an_account_that_is_there(self):
        self.env["res.partner"].search(
            [("account_code", "!=", False)]
        ).account_code = False
        self.assertFalse(self.source.example_account)
        self.account.account_code = "REAL-1"
        self.source.invalidate_recordset()
        self.assertEqual(self.source.example_account, "REAL-1")
        self.assertIn('"subject": "REAL-1"', self.source.example_curl)

    def test_the_source_explains_how_to_reach_it(self):
        self.assertTrue(
            self.source.endpoint_url.endswith("/hub/v1/events/test_billing")
        )
        self.assertIn(self.source.endpoint_url, self.source.example_curl)

    def test_several_sources_are_read_at_once(self):
        other = self._source("other", self.company_a, self.service)
        read = (self.source | other).read(["endpoint_url"])
        self.assertEqual(
            [row["endpoint_url"].rsplit("/", 1)[1] for row in read],
            ["test_billing", "other"],
        )

    def test_the_example_is_of_what_the_source_may_send(self):
        self.assertIn("webhook-signature", self.source.example_curl)
        self.source.adapter_ids = self._adapters("hubspot")
        self.assertIn("x-hubspot-signature-v3", self.source.example_curl)
        self.source.adapter_ids = False
        self.assertFalse(self.source.example_curl)

    def test_the_example_of_a_mapping_is_its_own_sample(self):
        self.source.adapter_ids = self._adapters("mapping")
        self.env["event_hub.mapping"].create(
            {
                "source_id": self.source.id,
                "name": "M",
                "type_expr": "'test.ping'",
                "sample": '{"form": "signup"}',
            }
        )
        self.assertIn('BODY=\'{"form": "signup"}\'', self.source.example_curl)

    def test_event_types_check_what_they_are_given(self):
        good = {"code": "test.t", "name": "T"}
        for bad in (
            {"code": "a b"},
            {"data_schema": {"type": "nonsense"}},
            {"data_schema": {"required": ["a"]}, "sample": {"b": 1}},
            {"subject_model": "res.partner"},
            {"subject_model": "no.model"},
            {"handler": "_hub_on_x"},
            {"subject_model": "test_event_hub.invoice", "handler": "unlink"},
            {"subject_model": "test_event_hub.invoice", "handler": "_hub_on_nothing"},
            {"data_schema_text": "{"},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.env["event_hub.event_type"].create({**good, **bad})
        made = self.env["event_hub.event_type"].create(
            {**good, "data_schema_text": '{"required": ["a"]}'}
        )
        self.assertEqual(made.data_schema, {"required": ["a"]})

    def test_a_schema_never_reaches_for_the_network(self):
        elsewhere = {"$ref": "https://example.com/schema.json"}
        with self.assertRaisesRegex(ValidationError, "there is no https://example"):
            self.env["event_hub.event_type"].create(
                {"code": "test.ref", "name": "R", "data_schema": elsewhere}
            )


@tagged("post_install", "-at_install")
class TestSecretPlaces(HubCommon, TransactionCase):
    """A secret somebody else made, and one that never enters the database."""

    MADE = "made by the vendor, 0123456789"

    def test_a_vendors_secret_is_taken_and_the_old_one_lives_on(self):
        self.assertTrue(self.source.action_set_secret(self.MADE))
        now = fields.Datetime.now()
        self.assertEqual(self.source._live_secrets(now), [self.MADE, self.secret])
        self.source.action_set_secret(self.MADE)
        self.assertEqual(self.source._live_secrets(now), [self.MADE, self.secret])

    def test_a_secret_that_cannot_work_is_refused_without_repeating_it(self):
        self.source.adapter_ids = self._adapters("standard")
        for bad in ("", None, "short", self.MADE, "whpk_AAAAAAAAAAAAAAAA"):
            with self.assertRaises(ValidationError) as caught:
                self.source.action_set_secret(bad)
            self.assertNotIn(bad or "None", str(caught.exception))

    def test_only_administrators_set_a_secret(self):
        with self.assertRaises(AccessError):
            self.source.with_user(self.service).action_set_secret(self.MADE)

    def test_a_secret_in_the_environment_is_used_and_never_replaced_here(self):
        self.source.write({"secret_origin": "environment", "secret_ref": "T_BILLING"})
        config = self.env["event_hub.source"]._door_config(self.source.code)
        now = fields.Datetime.now()
        self.assertEqual(config.live_secrets(now), [])
        self.assertFalse(self.source.has_secret)
        with patch.dict("os.environ", {"EVENT_HUB_SECRET_T_BILLING": "new\nold"}):
            self.assertEqual(config.live_secrets(now), ["new", "old"])
            self.assertEqual(self.source._live_secrets(now), ["new", "old"])
        for call in (
            self.source.action_rotate_secret,
            lambda: self.source.action_set_secret(self.MADE),
        ):
            with self.assertRaises(ValidationError):
                call()

    def test_a_secret_in_a_file_is_read_again_when_it_changes(self):
        self.source.write({"secret_origin": "file", "secret_ref": "billing"})
        config = self.env["event_hub.source"]._door_config(self.source.code)
        now = fields.Datetime.now()
        with (
            TemporaryDirectory() as folder,
            patch.object(settings, "secrets_dir", lambda: folder),
        ):
            self.assertEqual(config.live_secrets(now), [])
            Path(folder, "billing").write_text("first\n")
            self.assertEqual(config.live_secrets(now), ["first"])
            Path(folder, "billing").write_text("second\nfirst\n")
            self.assertEqual(config.live_secrets(now), ["second", "first"])

    def test_a_place_of_a_secret_is_a_plain_name(self):
        for origin, name in (("file", "../x"), ("environment", "a b"), ("file", False)):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.source.write({"secret_origin": origin, "secret_ref": name})
