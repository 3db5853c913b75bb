from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.event_hub.tests.people import people

from .common import RiskCase

APPROVALS = "approval_engine.group_approval_"


@tagged("post_install", "-at_install")
class TestEvidenceReaders(RiskCase):
    """Asking for a decision is no way to look up an account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain, cls.approver, cls.max, cls.audrey = people(
            cls.env,
            {"login": "t_plain", "groups": f"{APPROVALS}user"},
            {"login": "t_approver", "groups": f"{APPROVALS}user"},
            {"login": "t_max", "groups": f"{APPROVALS}manager"},
            {"login": "t_audrey", "groups": f"{APPROVALS}auditor"},
        )
        cls.kind = cls.env["approval_engine.type"].create(
            {"code": "toy_favour", "name": "Toy Favour"}
        )
        policy = cls.env["approval_engine.policy"].create(
            {
                "name": "Favours",
                "type_id": cls.kind.id,
                "owner_id": cls.max.id,
                "step_ids": [
                    Command.create(
                        {
                            "sequence": 10,
                            "name": "Somebody",
                            "user_ids": [Command.set(cls.approver.ids)],
                        }
                    )
                ],
            }
        )
        policy.action_activate()

    def _draft(self, user, **values):
        return (
            self.env["approval_engine.request"]
            .with_user(user)
            .create(
                {
                    "name": "A favour",
                    "type_id": self.kind.id,
                    "partner_id": self.strategic.id,
                    **values,
                }
            )
        )

    def _keys(self, request, reader):
        seen = request.with_user(reader)
        keys = {section["key"] for section in seen.evidence()["sections"]}
        data = seen.evidence_data
        self.assertEqual({section["key"] for section in data["sections"]}, keys)
        self.assertEqual(bool(data["brief"]), "account" in keys)
        return keys

    def test_a_draft_shows_a_plain_requester_nothing_of_the_account(self):
        draft = self._draft(self.plain)
        self.assertEqual(self._keys(draft, self.plain), {"request"})
        self.assertEqual(draft._account_brief(), [])

    def test_a_draft_shows_risk_people_the_account(self):
        self.assertIn("account", self._keys(self._draft(self.csm), self.csm))
        self.assertIn("account", self._keys(self._draft(self.finance), self.finance))

    def test_the_frozen_packet_is_whole_for_those_who_decide_or_oversee(self):
        request = self._draft(self.plain)
        request.action_submit()
        for reader in (self.approver, self.max, self.audrey):
            with self.subTest(reader=reader.login):
                self.assertLess(
                    {"request", "account", "open_money", "tickets"},
                    self._keys(request, reader),
                )
        self.assertEqual(self._keys(request, self.plain), {"request"})

    def test_ai_tells_a_plain_requester_nothing_of_the_account(self):
        request = self._draft(self.plain)
        request.action_submit()
        self.env["ai_assist.task"].with_user(self.plain).suggest(
            "account_brief", request._name, request.ids
        )
        kept = (
            self.env["ai_assist.suggestion"]
            .sudo()
            .search([("res_model", "=", request._name), ("res_id", "=", request.id)])
        )
        self.assertTrue(kept)
        self.assertNotIn("strategic", str(kept.mapped("output")))

    def test_the_invoice_is_one_of_the_account_and_of_the_subscription(self):
        self.payment_fails(self.strategic, "INV-S", 1)
        self.payment_fails(self.growth, "INV-G", 1)
        own, other = self.invoice("INV-S"), self.invoice("INV-G")
        self.assertTrue(self._draft(self.csm, billing_invoice_id=own.id))
        subject = {"res_model": "saas_risk.subscription", "res_id": self.sub_growth.id}
        for values in (
            {"billing_invoice_id": other.id},
            {"billing_invoice_id": own.id, **subject},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._draft(self.csm, **values)

    def test_an_invoice_the_requester_cannot_read_is_refused(self):
        self.payment_fails(self.strategic, "INV-S", 1)
        invoice = self.invoice("INV-S")
        with self.assertRaises(AccessError):
            self._draft(self.plain, billing_invoice_id=invoice.id)

    def test_the_one_call_door_takes_only_ids_the_requester_may_read(self):
        door = self.env["approval_engine.request"].with_user(self.plain)
        vals = {"name": "A favour", "type_id": self.kind.id}
        elsewhere = self.env["res.partner"].create(
            {"name": "Elsewhere", "company_id": self.other_company.id}
        )
        for partner_id in (999999999, 10**30, -1, True):
            with self.subTest(partner_id=partner_id), self.assertRaises(UserError):
                door.submit_request({**vals, "partner_id": partner_id}, "key")
        with self.assertRaises(AccessError):
            door.submit_request({**vals, "partner_id": elsewhere.id}, "key")
        good = {**vals, "partner_id": self.strategic.id}
        forged = door.with_context(default_state="approved", default_why="owner")
        self.assertEqual(forged.submit_request(good, "key")["state"], "pending")

    def test_a_request_about_one_account_names_no_subscription_of_another(self):
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        sub = self.env["saas_risk.subscription"].search(
            [("account_id", "=", self.strategic.id)], limit=1
        )
        with self.assertRaises(ValidationError):
            self._draft(
                self.env.user, partner_id=other.id, res_model=sub._name, res_id=sub.id
            )

    def test_a_subscription_that_runs_keeps_its_customer(self):
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        sub = self.env["saas_risk.subscription"].search(
            [("account_id", "=", self.strategic.id), ("state", "!=", "draft")], limit=1
        )
        self.assertTrue(sub)
        with self.assertRaises(UserError):
            sub.write({"partner_id": other.id})
