from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestBars(ApprovalCase):
    """Who must not decide beside the requester, always judged on the real person."""

    def _put_in_force(self, step=(), **values):
        self.env["approval_engine.policy"].search(
            [("type_id", "=", self.credit_type.id), ("state", "=", "active")]
        ).action_retire()
        people = [Command.set((self.fred | self.fay).ids)]
        step = {"name": "Finance", "user_ids": people, **dict(step)}
        return self._policy(self.credit_type, [step], **values)

    def _asked_of(self, request):
        return request.sudo().assignment_ids.user_id

    def _lend(self, lender, delegate):
        now = fields.Datetime.now()
        return self.env["approval_engine.delegation"].create(
            {
                "user_id": lender.id,
                "delegate_id": delegate.id,
                "date_from": now - timedelta(minutes=1),
                "date_to": now + timedelta(days=1),
                "reason": "Away",
            }
        )

    def test_the_beneficiary_has_no_seat(self):
        request = self._submitted(beneficiary_id=self.fred.id)
        self.assertEqual(self._asked_of(request), self.fay)
        with self.assertRaises(AccessError):
            self._approve(request, self.fred)

    def test_a_user_who_belongs_to_the_account_gains_by_it(self):
        self.fred.partner_id.parent_id = self.account
        self.assertEqual(self._asked_of(self._submitted()), self.fay)

    def test_of_a_company_of_ours_only_the_contact_itself_gains(self):
        ours = self.env.company.partner_id
        (self.fred | self.fay).partner_id.parent_id = ours
        request = self._submitted(partner_id=ours.id)
        self.assertEqual(self._asked_of(request), self.fred | self.fay)

    def test_the_beneficiary_cannot_stand_in_for_another(self):
        request = self._submitted(beneficiary_id=self.cleo.id)
        self._lend(self.fred, self.cleo)
        request.sudo()._watch(self.cleo)
        with self.assertRaisesRegex(AccessError, "as you gain by it"):
            self._approve(request, self.cleo)
        with self.assertRaisesRegex(AccessError, "as you gain by it"):
            request.with_user(self.cleo).action_reject("No.")
        self.assertEqual(request.state, "pending")

    def test_nor_choose_an_option_in_their_place(self):
        request = self._submitted(self.choice_type, beneficiary_id=self.olaf.id)
        self._lend(self.fred, self.olaf)
        request.sudo()._watch(self.olaf)
        with self.assertRaisesRegex(AccessError, "as you gain by it"):
            request.with_user(self.olaf).action_choose("stop")

    def test_lifting_the_bar_needs_a_reason_which_is_shown(self):
        with self.assertRaisesRegex(ValidationError, "say why"):
            self._put_in_force(bar_beneficiary=False)
        policy = self._put_in_force(
            bar_beneficiary=False, bar_lift_reason="There are only two of us."
        )
        self.assertIn(
            "The beneficiary may decide: There are only two of us.", policy.sentence
        )
        request = self._submitted(beneficiary_id=self.fred.id)
        self.assertIn("only two of us", request.policy_snapshot["sentence"])
        self._approve(request, self.fred)
        self.assertEqual(request.state, "executed")

    def test_the_bar_of_a_policy_in_force_cannot_be_lifted(self):
        policy = self._put_in_force()
        for values in (
            {"bar_beneficiary": False, "bar_lift_reason": "x"},
            {"window_days": 0, "window_by": "type"},
        ):
            for context in ({}, {"install_mode": True, "default_state": "draft"}):
                with self.assertRaisesRegex(UserError, "cannot be changed"):
                    policy.with_user(self.max).with_context(**context).write(values)

    def test_the_account_owner_where_the_step_says_so(self):
        self.account.account_owner_id = self.fred
        self.assertEqual(self._asked_of(self._submitted()), self.fred | self.fay)
        self._put_in_force({"bar_account_owner": True})
        self.assertEqual(self._asked_of(self._submitted()), self.fay)

    def test_whoever_becomes_the_account_owner_meanwhile_is_barred_too(self):
        self._put_in_force({"bar_account_owner": True})
        request = self._submitted()
        self.assertIn(self.fred, self._asked_of(request))
        self.account.account_owner_id = self.fred
        with self.assertRaisesRegex(AccessError, "as you own the account"):
            self._approve(request, self.fred)
        self._lend(self.fred, self.cleo)
        request.sudo()._watch(self.cleo)
        with self.assertRaisesRegex(AccessError, "whom you stand in for"):
            self._approve(request, self.cleo)
        self._approve(request, self.fay)
        self.assertEqual(request.state, "executed")

    def test_whoever_was_the_account_owner_when_asked_stays_barred(self):
        self.account.account_owner_id = self.cleo
        self._put_in_force({"bar_account_owner": True})
        request = self._submitted()
        self.account.account_owner_id = False
        self._lend(self.fred, self.cleo)
        request.sudo()._watch(self.cleo)
        with self.assertRaisesRegex(AccessError, "as you own the account"):
            self._approve(request, self.cleo)

    def test_who_made_the_record_where_the_step_says_so(self):
        self._put_in_force({"bar_creator": True})
        partner = self.env["res.partner"].create({"name": "P"})
        partner.env.cr.execute(
            "UPDATE res_partner SET create_uid = %s WHERE id = %s",
            (self.fred.id, partner.id),
        )
        partner.invalidate_recordset()
        request = self._submitted(res_model="res.partner", res_id=partner.id)
        self.assertEqual(self._asked_of(request), self.fay)

    def test_with_everybody_barred_the_owner_is_asked_unless_barred_too(self):
        self._put_in_force(
            {"user_ids": [Command.set(self.fred.ids)]}, owner_id=self.fay.id
        )
        request = self._submitted(beneficiary_id=self.fred.id)
        self.assertEqual(self._asked_of(request), self.fay)
        self._put_in_force(
            {"user_ids": [Command.set(self.fred.ids)]}, owner_id=self.fred.id
        )
        with self.assertRaisesRegex(UserError, "not enough people"):
            self._submitted(beneficiary_id=self.fred.id)

    def test_the_beneficiary_is_part_of_what_is_approved(self):
        request = self._submitted(beneficiary_id=self.fred.id)
        for user in (self.ria, self.fay, self.max):
            for values in (
                {"beneficiary_id": False},
                {"beneficiary_id": self.cleo.id},
            ):
                with self.assertRaises(UserError):
                    request.with_user(user).write(values)
        self.assertEqual(request._content()["beneficiary"], self.fred.id)
        self.assertNotIn("beneficiary", self._submitted()._content())

    def test_a_client_s_defaults_name_no_beneficiary_and_no_reasons(self):
        Request = self.env["approval_engine.request"].with_user(self.ria)
        forged = Request.with_context(
            default_beneficiary_id=self.cleo.id, default_company_amount=1
        )
        request = forged.create({"name": "x", "type_id": self.credit_type.id})
        self.assertFalse(request.beneficiary_id)
        request.with_context(default_detail="forged", default_weight=9).action_submit()
        seats = request.sudo().assignment_ids
        self.assertEqual(set(seats.mapped("detail")), {False})
        self.assertEqual(set(seats.mapped("weight")), {1})

    def test_seats_and_bars_of_a_request_are_written_by_the_engine_alone(self):
        request = self._submitted(beneficiary_id=self.cleo.id)
        row, seat = request.step_ids, request.assignment_ids[:1]
        for record, values in (
            (row, {"barred": {}}),
            (row, {"quorum": 0}),
            (seat, {"weight": 9}),
            (seat, {"detail": "x"}),
            (seat, {"user_id": self.cleo.id}),
        ):
            for user in (self.max, self.ria):
                for sudo in (False, True):
                    with self.subTest(values=values), self.assertRaises(AccessError):
                        record.with_user(user).sudo(sudo).with_context(
                            install_mode=True, default_barred={}
                        ).write(values)

    def test_a_comment_may_be_required_to_approve(self):
        self._put_in_force({"comment_required": True})
        request = self._submitted()
        with self.assertRaisesRegex(UserError, "asks why you approve it"):
            self._approve(request, self.fred)
        answer = request.with_user(self.fred).approve_each()
        self.assertEqual(answer["approved"], [])
        self._approve(request, self.fred, comment="Outage confirmed.")
        self.assertEqual(request.state, "executed")
        with self.assertRaises(ConflictError):
            self._approve(request, self.fay, comment="Me too.")

    def test_a_step_with_a_password_is_not_decided_outside_the_browser(self):
        self._put_in_force({"identity_required": True})
        request = self._submitted()
        for attempt in (
            lambda r: r.action_approve(),
            lambda r: r.action_reject("No."),
            lambda r: r.sudo()._decide("approve", "", None),
        ):
            with self.assertRaisesRegex(AccessError, "in the browser only"):
                attempt(request.with_user(self.fred))
        self.assertEqual(request.with_user(self.fred).approve_each()["approved"], [])
        self.assertEqual(request.state, "pending")
