import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from odoo.addons.event_hub.policies import adapters

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestMapping(HubCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "hub_admin_map",
            groups="event_hub.group_hub_admin",
            company_id=cls.company_a.id,
        )
        cls.reader = new_test_user(
            cls.env,
            "hub_reader_map",
            groups="event_hub.group_hub_user",
            company_id=cls.company_a.id,
        )

    def _mapping(self, **values):
        vals = {"source_id": self.source.id, "name": "M", "type_expr": "'test.ping'"}
        return self.env["event_hub.mapping"].create({**vals, **values})

    def test_every_adapter_of_the_policies_can_be_chosen(self):
        stored = self.env["event_hub.adapter"].search([])
        self.assertEqual(
            {(a.code, a.scheme, a.is_mapped) for a in stored},
            {(a.code, a.scheme, a.mapped) for a in adapters.ADAPTERS.values()},
        )

    def test_the_preview_follows_what_is_typed(self):
        form = Form(self.env["event_hub.mapping"].with_user(self.admin))
        form.type_expr = "'test.ping'"
        form.subject_expr = "account"
        form.data_expr = "{title: ticket.title}"
        told = json.loads(form.preview)
        self.assertTrue(form.preview_good)
        self.assertEqual(told["subject"], "ACC-001")
        self.assertEqual(told["data"], {"title": "Export fails"})
        form.data_expr = "{title:"
        self.assertFalse(form.preview_good)
        self.assertIn("Data: column 8: the expression ends too early", form.preview)
        form.data_expr = False
        form.when_expr = "event == 'other'"
        self.assertIn("does not take the sample", form.preview)
        form.sample = "{"
        self.assertIn("line 1 column 2", form.preview)

    def test_a_broken_expression_is_not_saved(self):
        with self.assertRaises(ValidationError) as caught:
            self._mapping(id_expr="nosuch(a)")
        self.assertIn("Event Id: column 1: there is no function", str(caught.exception))

    def test_only_administrators_change_mappings(self):
        mapping = self._mapping()
        with self.assertRaises(AccessError):
            mapping.with_user(self.reader).name = "x"
        mapping.with_user(self.admin).name = "y"

    def test_the_door_knows_a_changed_mapping_at_once(self):
        sources = self.env["event_hub.source"]
        self.assertEqual(sources._door_config(self.source.code).mappings, ())
        mapping = self._mapping()
        (known,) = sources._door_config(self.source.code).mappings
        self.assertEqual(known.type, "'test.ping'")
        mapping.unlink()
        self.assertEqual(sources._door_config(self.source.code).mappings, ())

    def test_addresses_are_checked_when_they_are_saved(self):
        with self.assertRaises(ValidationError):
            self.source.allowed_ips = "example.com"

    # ------------------------------------------------------------ check a request

    def _pasted(self, body):
        return "\n".join(f"{k}: {v}" for k, v in self._headers(body).items())

    def test_a_request_is_checked_and_nothing_is_stored(self):
        body = json.dumps(self._event()).encode()
        before = self.env["event_hub.message"].search_count([])
        source = self.source.with_user(self.admin)
        steps = source.check_request(self._pasted(body), body.decode())
        self.assertTrue(all(step["ok"] for step in steps), steps)
        steps = source.check_request(self._pasted(body), body.decode() + " ")
        wrong = {step["check"]: step["detail"] for step in steps if step["ok"] is False}
        self.assertEqual(list(wrong), ["signature"])
        self.assertIn("without the white space around it", wrong["signature"])
        self.assertNotIn(self.secret, str(steps))
        self.assertEqual(self.env["event_hub.message"].search_count([]), before)

    def test_only_administrators_check_requests(self):
        for user in (self.reader, self.service):
            with self.assertRaises(AccessError):
                self.source.with_user(user).check_request("", "")

    def test_the_form_tells_each_check_and_is_never_saved(self):
        checks = self.env["event_hub.request_check"].with_user(self.admin)
        form = Form(checks.with_context(default_source_id=self.source.id))
        form.body = '{"type": "<img src=x onerror=alert(1)>"}'
        self.assertIn("refused", form.result)
        form.headers = "content-type: <script>alert(1)</script>"
        self.assertNotIn("<script>", form.result)
        self.assertNotIn("<img", form.result)
        with self.assertRaises(UserError):
            form.save()
