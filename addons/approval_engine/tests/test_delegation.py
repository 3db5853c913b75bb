from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.exceptions import ConflictError

from .common import ApprovalCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestDelegation(ApprovalCase):
    """fred lends to olaf, who has no seat of his own."""

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now()

    def _lend(self, lender=None, to=None, by=None, **values):
        lender = lender or self.fred
        return (
            self.env["approval_engine.delegation"]
            .with_user(by or lender)
            .create(
                {
                    "user_id": lender.id,
                    "delegate_id": (to or self.olaf).id,
                    "date_from": self.now - DAY,
                    "date_to": self.now + DAY,
                    **values,
                }
            )
        )

    def _waiting(self, user):
        Request = self.env["approval_engine.request"].with_user(user)
        return Request.search([("needs_me", "=", True)])

    # ------------------------------------------------------------------ deciding

    def test_both_names_stand_on_the_decision(self):
        request = self._submitted()
        self._lend()
        request.with_user(self.olaf).action_approve("In his place")
        decision = request.sudo().decision_ids
        self.assertEqual(
            (decision.user_login, decision.on_behalf_login),
            ("approval_olaf", "approval_fred"),
        )
        self.assertEqual(request.state, "executed")
        chain = self.env["approval_engine.decision"].with_user(self.audrey)
        self.assertTrue(chain.verify_chain()["ok"])

    def test_who_is_barred_does_not_see_what_is_lent_whichever_comes_first(self):
        before = self._submitted(beneficiary_id=self.olaf.id)
        other = self._submitted()
        self._lend()
        after = self._submitted(beneficiary_id=self.olaf.id)
        self.assertEqual(self._waiting(self.olaf), other.with_user(self.olaf))
        for request in before | after:
            self.assertNotIn(self.olaf, request.sudo().asked_user_ids)
            with self.assertRaises(AccessError):
                request.with_user(self.olaf).read(["reason"])
            with self.assertRaises(AccessError):
                request.with_user(self.olaf).action_approve()

    def test_a_forged_name_of_the_lender_breaks_the_chain(self):
        request = self._submitted()
        self._lend()
        request.with_user(self.olaf).action_approve()
        decision = request.sudo().decision_ids
        for forged in ("approval_fay", None):
            with self.subTest(forged=forged), self.env.cr.savepoint() as point:
                self.env.cr.execute(
                    "SELECT set_config('event_hub.maintenance', 'on', true)"
                )
                self.env.cr.execute(
                    "UPDATE approval_engine_decision SET on_behalf_login = %s WHERE id = %s",
                    (forged, decision.id),
                )
                self.assertFalse(decision.verify_chain()["ok"])
                point.rollback()

    def test_without_one_or_outside_its_bounds_it_is_refused(self):
        cases = [
            {"date_from": self.now + DAY, "date_to": self.now + 2 * DAY},
            {"date_from": self.now - 2 * DAY, "date_to": self.now - DAY},
            {"type_ids": self.choice_type.ids},
            {"amount_limit": 99},
        ]
        request = self._submitted()
        for bounds in cases:
            with self.subTest(bounds=bounds):
                self._lend(**bounds)
                self.assertNotIn(request, self._waiting(self.olaf))
                with self.assertRaises(AccessError), mute_logger("odoo.sql_db"):
                    request.with_user(self.olaf).sudo(False).action_approve()

    def test_the_limit_is_read_in_the_currency_of_the_company_at_the_rate_of_the_day(
        self,
    ):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 0.5, "name": self.now.date()}
        )
        request = self._submitted(currency_id=euro.id, amount=100)
        self.assertEqual(request.sudo().company_amount, 200)
        self.env["res.currency.rate"].search([("currency_id", "=", euro.id)]).rate = 4
        self._lend(amount_limit=150)
        self.assertNotIn(request, self._waiting(self.olaf))
        self._lend(amount_limit=200)
        self.assertIn(request, self._waiting(self.olaf))

    def test_nobody_decides_twice_whoever_lends_to_them(self):
        request = self._submitted(amount=5000)
        self._lend()
        self._lend(self.max, by=self.max)
        self.assertEqual(self._waiting(self.olaf), request.with_user(self.olaf))
        request.with_user(self.olaf).action_approve()
        self.assertFalse(self._waiting(self.olaf))
        with self.assertRaisesRegex(ConflictError, "already decided"):
            request.with_user(self.olaf).action_approve()
        self.assertEqual(request.state, "pending")

    def test_the_lender_learns_who_was_quicker(self):
        request = self._submitted(self.choice_type, option="wait")
        self._lend()
        request.with_user(self.olaf).action_approve()
        self.assertEqual(request.state, "pending")
        with self.assertRaisesRegex(
            ConflictError, "Olaf has already decided .* in your place"
        ):
            request.with_user(self.fred).action_approve()

    def test_the_lender_may_still_decide(self):
        request = self._submitted()
        self._lend()
        request.with_user(self.fred).action_approve()
        self.assertEqual(request.state, "executed")
        self.assertFalse(request.sudo().decision_ids.on_behalf_name)

    def test_the_requester_decides_in_nobodys_place(self):
        request = self._submitted()
        self._lend(to=self.ria)
        self.assertFalse(self._waiting(self.ria))
        with self.assertRaisesRegex(AccessError, "asked for"):
            request.with_user(self.ria).action_approve()

    def test_borrowed_seats_are_not_lent_on(self):
        request = self._submitted()
        self._lend()
        self._lend(self.olaf, self.cleo)
        self.assertFalse(self._waiting(self.cleo))
        self.assertTrue(self._waiting(self.olaf))
        with self.assertRaises(AccessError):
            request.with_user(self.cleo).action_approve()

    def test_who_lost_the_right_lends_nothing(self):
        request = self._submitted()
        self._lend()
        self.fred.group_ids -= self.env.ref("approval_engine.group_approval_user")
        with self.assertRaises(AccessError):
            request.with_user(self.olaf).action_approve()
        self.assertFalse(request.sudo().decision_ids)

    def test_taken_back_it_ends_at_once(self):
        request = self._submitted()
        lent = self._lend()
        lent.action_revoke()
        self.assertEqual(lent.state, "revoked")
        self.assertFalse(self._waiting(self.olaf))
        with self.assertRaises(AccessError):
            request.with_user(self.olaf).action_approve()
        with self.assertRaisesRegex(UserError, "over already"):
            lent.action_revoke()

    # ------------------------------------------------------------------ being asked

    def test_what_waits_and_what_comes_later_is_shown_to_who_stands_in(self):
        first = self._submitted()
        self._lend()
        second = self._submitted()
        shown = self._waiting(self.olaf)
        self.assertEqual(set(shown.ids), {first.id, second.id})
        self.assertEqual(shown.mapped("stands_in_for"), ["Fred", "Fred"])
        tabs = {
            tab["key"]: tab["count"]
            for tab in first.with_user(self.olaf).inbox_overview()["tabs"]
        }
        self.assertEqual((tabs["needs_me"], tabs["delegated"]), (2, 2))

    def test_one_that_begins_later_asks_at_its_moment(self):
        request = self._submitted()
        self._lend(date_from=self.now + DAY / 4, date_to=self.now + DAY / 2)
        self.assertFalse(self._waiting(self.olaf))
        with freeze_time(self.now + DAY / 3):
            with self.enter_registry_test_mode():
                self.env.ref(
                    "approval_engine.ir_cron_delegations"
                ).method_direct_trigger()
            self.assertEqual(self._waiting(self.olaf).ids, request.ids)

    def test_the_inbox_costs_the_same_however_much_waits(self):
        self._lend()
        self._lend(self.fay)
        Request = self.env["approval_engine.request"].with_user(self.olaf)

        def queries(count):
            for _number in range(count):
                self._submitted()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(Request.inbox_count())
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(1), queries(8))

    # ------------------------------------------------------------------ making one

    def test_what_cannot_be_is_refused_with_the_field(self):
        outsider = self.env["res.users"].create(
            {"name": "Out", "login": "approval_out"}
        )
        cases = [
            ({"date_to": self.now - 2 * DAY}, "date_to"),
            ({"delegate_id": self.fred.id}, "delegate_id"),
            ({"delegate_id": outsider.id}, "delegate_id"),
            ({"amount_limit": -1}, "amount_limit"),
        ]
        for values, name in cases:
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, name),
            ):
                self._lend(**values)

    def test_it_does_not_come_back(self):
        self._lend()
        self._lend(self.olaf, self.cleo)
        with self.assertRaisesRegex(ValidationError, "delegate_id"):
            self._lend(self.cleo, self.fred)

    def test_only_a_manager_lends_for_others(self):
        with self.assertRaisesRegex(AccessError, "user_id"):
            self._lend(by=self.olaf)
        self.assertEqual(self._lend(by=self.max).state, "live")

    def test_no_manager_lends_themselves_the_decisions_of_another(self):
        with self.assertRaisesRegex(AccessError, "delegate_id"):
            self._lend(by=self.max, to=self.max)
        self.assertEqual(self._lend(to=self.max).state, "live")

    def test_an_imported_one_is_news_as_well(self):
        columns = ["delegate_id/.id", "date_to"]
        until = fields.Datetime.to_string(self.now + DAY)
        Model = self.env["approval_engine.delegation"].with_user(self.fred)
        found = Model.load(columns, [[str(self.olaf.id), until]])
        told = self.env["event_hub.event"].search(
            [("case_model", "=", Model._name), ("case_id", "=", found["ids"][0])]
        )
        self.assertEqual((told.type, told.history), ("approval.delegated", False))

    def test_made_it_is_only_taken_back(self):
        lent = self._lend()
        for user in (self.fred, self.olaf, self.max):
            for values in ({"date_to": self.now + 9 * DAY}, {"revoked_at": False}):
                with self.subTest(user=user.login, values=values):
                    with self.assertRaises(AccessError):
                        lent.with_user(user).write(values)
        with self.assertRaises(UserError):
            lent.unlink()
        with self.assertRaises(AccessError):
            lent.with_user(self.cleo).action_revoke()
        planned = self._lend(date_from=self.now + DAY / 2)
        planned.unlink()
        self.assertFalse(planned.exists())

    def test_a_client_gives_no_guarded_value(self):
        Model = self.env["approval_engine.delegation"].with_user(self.fred)
        lent = Model.with_context(
            default_revoked_at="2020-01-01", default_asked_at="2020-01-01"
        ).create(
            {
                "delegate_id": self.olaf.id,
                "date_to": self.now + DAY,
                "revoked_by_id": self.fred.id,
            }
        )
        self.assertEqual(lent.user_id, self.fred)
        self.assertFalse(lent.revoked_at or lent.revoked_by_id)

    def test_the_ledger_tells_of_it(self):
        lent = self._lend()
        lent.action_revoke()
        self.env.cr.flush()
        told = (
            self.env["event_hub.event"]
            .sudo()
            .search(
                [("case_model", "=", lent._name), ("case_id", "=", lent.id)], order="id"
            )
        )
        self.assertEqual(
            told.mapped("type"), ["approval.delegated", "approval.delegation_revoked"]
        )

    def test_the_form_makes_one(self):
        Model = self.env["approval_engine.delegation"].with_user(self.max)
        with Form(Model) as form:
            form.delegate_id = self.olaf
            form.date_to = self.now + DAY
        self.assertEqual(form.record.user_id, self.max)
        self.assertEqual(form.record.display_name, "Olaf for Max")
        self.assertEqual(form.record.bounds, "every type, whatever the amount")
