from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import DocumentCase

CORRELATION = "c0ffee" * 5 + "42"


@tagged("post_install", "-at_install")
class TestSeams(DocumentCase):
    def _vals(self, **values):
        return {
            "name": "Stamp it",
            "type_id": self.stamp_type.id,
            "res_model": self.document._name,
            "res_id": self.document.id,
            "partner_id": self.account.id,
            "amount": 12.5,
            **values,
        }

    def test_other_addons_open_requests_in_somebody_s_name(self):
        opened = self.env["approval_engine.request"]._open(
            self._vals(),
            requester=self.ria,
            correlation=CORRELATION,
            idempotency_key="k1",
        )
        self.assertEqual(
            (opened.state, opened.requester_id, opened.correlation),
            ("pending", self.ria, CORRELATION),
        )
        again = self.env["approval_engine.request"]._open(
            self._vals(amount=99),
            requester=self.ria,
            correlation="f" * 32,
            idempotency_key="k1",
        )
        self.assertEqual((again, again.amount), (opened, 12.5))
        events = self.env["event_hub.event"].sudo()
        events._flush_emitted()
        self.assertEqual(
            events.search([("correlation", "=", CORRELATION)]).mapped("type"),
            ["approval.submitted"],
        )

    def test_a_service_user_without_access_to_approvals_can_be_the_requester(self):
        service = new_test_user(self.env, "approval_service", groups="base.group_user")
        self.env["ir.model.access"].create(
            {
                "name": "service reads documents",
                "model_id": self.env["ir.model"]._get_id(self.document._name),
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
            }
        )
        opened = self.env["approval_engine.request"]._open(
            self._vals(), requester=service
        )
        self.assertEqual(
            (opened.state, opened.sudo().requester_id), ("pending", service)
        )
        self.assertFalse(opened.with_user(service).has_access("read"))

    def test_programs_submit_once_per_key(self):
        Request = self.env["approval_engine.request"].with_user(self.ria)
        first = Request.submit_request(self._vals(), "key-1")
        self.assertEqual((first["state"], first["created"]), ("pending", True))
        self.assertEqual(
            Request.submit_request(self._vals(), "key-1"), {**first, "created": False}
        )
        with self.assertRaises(ConflictError):
            Request.submit_request(self._vals(amount=13), "key-1")
        other = (
            self.env["approval_engine.request"]
            .with_user(self.olaf)
            .submit_request(self._vals(), "key-1")
        )
        self.assertNotEqual(other["id"], first["id"])

    def test_records_may_be_named_by_code_and_external_id(self):
        self.account.write({"account_code": "TOY-001"})
        Request = self.env["approval_engine.request"].with_user(self.ria)
        xmlid = self.env["ir.model.data"].create(
            {
                "module": "test_approval_engine",
                "name": "toy_document",
                "model": self.document._name,
                "res_id": self.document.id,
            }
        )
        vals = self._vals(
            type_id="toy_stamp",
            partner_id="TOY-001",
            res_id=xmlid.complete_name,
            currency_id="USD",
        )
        request = Request.browse(Request.submit_request(vals, "by-code")["id"])
        self.assertEqual(
            (request.type_id, request.partner_id, request.res_id),
            (self.stamp_type, self.account, self.document.id),
        )
        service = new_test_user(
            self.env, "approval_source", groups="event_hub.group_hub_service"
        )
        source = self.env["event_hub.source"].create(
            {"code": "toy", "name": "Toy", "user_id": service.id}
        )
        self.env["event_hub.external_id"].create(
            {
                "source_id": source.id,
                "external_id": "cus_1",
                "res_model": "res.partner",
                "res_id": self.account.id,
            }
        )
        vals["partner_id"] = {"source": "toy", "external_id": "cus_1"}
        request = Request.browse(Request.submit_request(vals, "by-external-id")["id"])
        self.assertEqual(request.partner_id, self.account)

    def test_bad_submissions_say_what_is_wrong(self):
        Request = self.env["approval_engine.request"].with_user(self.ria)
        cases = [
            (self._vals(state="approved"), "no field state"),
            (self._vals(requester_id=1), "no field requester_id"),
            (self._vals(type_id="nothing_such"), "type_id: no record nothing_such"),
            (self._vals(partner_id="base.main_company"), "partner_id: no record"),
            (self._vals(partner_id={"source": "x"}), "partner_id: no record"),
            (self._vals(res_id=["x"]), "res_id: no record"),
            ({"name": "x"}, "needs type_id"),
            ("text", "'vals' must be an object"),
            (
                self._vals(type_id=self.credit_type.id, res_model="mail.thread"),
                "there is no mail.thread",
            ),
        ]
        for vals, message in cases:
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, message):
                Request.submit_request(vals, "bad")
        for key in ("", None, 7):
            with self.subTest(key=key), self.assertRaises(UserError):
                Request.submit_request(self._vals(), key)

    def test_the_flag_of_uninstalling_lets_nobody_delete_what_stays(self):
        """A client may send any context, so also the one by which Odoo skips checks."""
        request = self._submitted(
            self.stamp_type, res_model=self.document._name, res_id=self.document.id
        )
        delegation = (
            self.env["approval_engine.delegation"]
            .with_user(self.fred)
            .create({"delegate_id": self.fay.id, "date_to": "2099-01-01"})
        )
        for records in (
            request,
            delegation,
            self.stamp_policy.with_user(self.max),
            self.stamp_policy.step_ids.with_user(self.max),
        ):
            for flags in (
                {},
                {"_force_unlink": True},
                {"_force_unlink": 1, "install_mode": True},
            ):
                with (
                    self.subTest(model=records._name, flags=flags),
                    self.assertRaises(UserError),
                ):
                    records.with_context(**flags).unlink()
