from contextlib import suppress

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.event_hub.exceptions import ConflictError

from ..models.approval_engine_request import GUARDED
from .common import ApprovalCase

GUARDED_VALUES = {
    "state": "approved",
    "requester_id": 1,
    "policy_id": False,
    "content_hash": "0" * 64,
    "evidence_hash": "0" * 64,
    "evidence_packet": {"sections": []},
    "decision_ids": [],
    "step_ids": [],
    "assignment_ids": [],
    "round": 9,
    "due_at": "2099-01-01 00:00:00",
    "correlation": "f" * 32,
    "decision_count": 0,
    "decision_head": "0" * 64,
    "outcome": "done",
    "asked_user_ids": [],
    "brief": [],
    "policy_snapshot": {},
    "idempotency_key": "x",
}
FORGED_CONTEXTS = [
    {"default_state": "approved", "default_requester_id": 1},
    {"install_mode": True, "module": "approval_engine"},
    {"skip_approval": True, "skip_validation_check": True, "import_file": True},
    {"event_hub_pass": True},
    {
        "event_hub_pass": {
            "model": "approval_engine.request",
            "ids": [1],
            "values": {"state": "approved"},
        }
    },
    {
        "no_check": True,
        "active_test": False,
        "tracking_disable": True,
        "mail_create_nosubscribe": True,
    },
]


@tagged("post_install", "-at_install")
class TestRequestGuards(ApprovalCase):
    """What the ORM answers to calls that try to get around a decision."""

    def setUp(self):
        super().setUp()
        self.startTestMode()

    def startTestMode(self):
        mode = self.enter_registry_test_mode()
        mode.__enter__()
        self.addCleanup(mode.__exit__, None, None, None)

    # A1
    def test_a1_the_requester_cannot_decide_their_own_request(self):
        own = self._submitted(user=self.fred)
        for call in (
            lambda: own.with_user(self.fred).action_approve(),
            lambda: own.with_user(self.fred).action_reject("no"),
            lambda: own.with_user(self.fred).action_choose("stop"),
        ):
            with self.assertRaisesRegex(AccessError, "somebody else has to decide"):
                call()
        self.assertEqual(own.state, "pending")

    def test_a1_a_second_group_gives_no_second_way(self):
        team = self.env["res.groups"].create(
            {"name": "Toy Team", "user_ids": [Command.set((self.fred | self.fay).ids)]}
        )
        self.credit_policy.action_retire()
        self._policy(
            self.credit_type,
            [
                {
                    "name": "Team",
                    "group_id": team.id,
                    "user_ids": [Command.set(self.fred.ids)],
                }
            ],
        )
        own = self._submitted(user=self.fred)
        self.assertEqual(own.sudo().assignment_ids.user_id, self.fay)
        with self.assertRaises(AccessError):
            self._approve(own, self.fred)

    def test_a1_the_attempt_is_in_the_ledger(self):
        own = self._submitted(user=self.fred)
        # not assertRaises: its savepoint would take the ledger row back, as no real transaction does
        for _knock in range(3):  # once is enough for the ledger
            with suppress(AccessError):
                self._approve(own, self.fred)
        denied = (
            self.env["event_hub.event"]
            .sudo()
            .search(
                [
                    ("case_model", "=", own._name),
                    ("case_id", "=", own.id),
                    ("type", "=", "approval.denied"),
                ]
            )
        )
        self.assertEqual(
            [d["reason"] for d in denied.mapped("attributes")], ["requester"]
        )
        self.assertEqual(denied.actor_id, self.fred)

    def test_a1_nobody_who_was_not_asked_decides(self):
        request = self._submitted()
        for user in (self.max, self.audrey, self.olaf):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._approve(request, user)

    # A2
    def test_a2_guarded_fields_are_refused_and_named(self):
        request = self._submitted()
        for user in (self.ria, self.fred, self.max, self.env.ref("base.user_admin")):
            for name, value in GUARDED_VALUES.items():
                with (
                    self.subTest(user=user.login, field=name),
                    self.assertRaises(AccessError) as caught,
                ):
                    request.with_user(user).write({name: value})
                if user == self.ria:
                    self.assertIn(f"({name})", str(caught.exception))
        self.assertEqual(request.state, "pending")

    def test_a2_every_field_is_content_or_guarded(self):
        """Also the fields that other addons add."""
        request = self.env["approval_engine.request"]
        open_fields = {
            name
            for name, field in request._fields.items()
            if field.store
            and not field.related
            and name not in request._guarded_fields()
            and not name.startswith(
                ("message_", "activity_", "website_message", "rating_", "my_activity")
            )
        }
        self.assertEqual(
            open_fields - set(request._content_fields()),
            {"id", "create_uid", "create_date", "write_uid", "write_date"},
        )
        self.assertLessEqual(GUARDED, request._guarded_fields())

    def test_a2_superuser_code_does_not_get_around_either(self):
        request = self._submitted()
        for name in ("state", "requester_id", "decision_head"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                request.sudo().write({name: GUARDED_VALUES[name]})

    def test_a2_steps_seats_and_decisions_are_refused(self):
        request = self._submitted()
        self._approve(self._submitted(), self.fred)
        for user in (self.ria, self.fred, self.max, self.env.ref("base.user_admin")):
            env = self.env(user=user)
            for model in ("request_step", "assignment", "decision"):
                rows = env[f"approval_engine.{model}"].sudo(False).search([])
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        rows.write(
                            {"state": "approved"}
                            if model != "decision"
                            else {"action": "approve"}
                        )
                    with self.assertRaises(AccessError):
                        rows.unlink()
                    with self.assertRaises(AccessError):
                        env[f"approval_engine.{model}"].create(
                            {"request_id": request.id}
                        )
        for model in ("request_step", "assignment", "decision"):
            with self.subTest(model=model, sudo=True), self.assertRaises(AccessError):
                self.env[f"approval_engine.{model}"].sudo().search([])[:1].write(
                    {
                        "action" if model == "decision" else "state": "approved",
                    }
                )

    def test_a2_import_cannot_write_state(self):
        request = self._submitted()
        result = (
            self.env["approval_engine.request"]
            .with_user(self.ria)
            .load([".id", "state"], [[str(request.id), "approved"]])
        )
        self.assertFalse(result["ids"])
        self.assertIn("(state)", result["messages"][0]["message"])

    def test_a2_the_gate_itself_wants_every_step_approved(self):
        request = self._submitted()
        with self.assertRaises(AccessError):
            request.sudo()._set_state("approved", "approval.approved")
        with self.assertRaises(UserError):
            request.sudo()._set_state("executed", "approval.executed")

    # A3, A6
    def test_a3_every_request_is_born_a_draft_of_the_caller(self):
        forged = {
            **GUARDED_VALUES,
            "state": "executed",
            "step_ids": [Command.create({"name": "x", "sequence": 1, "mode": "any"})],
        }
        for context in [{}, *FORGED_CONTEXTS]:
            model = (
                self.env["approval_engine.request"]
                .with_user(self.ria)
                .with_context(**context)
            )
            with self.subTest(context=context):
                born = model.create(
                    {"name": "Forged", "type_id": self.credit_type.id, **forged}
                )
                self.assertEqual(
                    (born.state, born.requester_id, born.decision_count),
                    ("draft", self.ria, 0),
                )
                self.assertFalse(
                    born.step_ids
                    or born.content_hash
                    or born.idempotency_key
                    or born.round
                )
                self.assertNotEqual(born.correlation, "f" * 32)

    def test_a3_a_copy_is_a_draft_of_whoever_copies(self):
        request = self._approve(self._submitted(), self.fred)
        copy = request.with_user(self.ria).copy(
            {"state": "approved", "requester_id": self.fred.id}
        )
        self.assertEqual(
            (copy.state, copy.requester_id, copy.decision_ids.ids),
            ("draft", self.ria, []),
        )

    def test_a6_no_context_opens_a_guarded_field(self):
        request = self._submitted()
        for context in FORGED_CONTEXTS:
            with self.subTest(context=context), self.assertRaises(AccessError):
                request.with_context(**context).write({"state": "approved"})
            with self.subTest(context=context), self.assertRaises(AccessError):
                request.with_user(self.ria).with_context(**context).action_approve()

    def test_a6_no_context_lays_approved_steps(self):
        context = {
            "default_state": "approved",
            "default_mode": "any",
            "default_user_id": self.ria.id,
            "default_why": "owner",
        }
        request = self._draft()
        request.with_context(**context).action_submit()
        self.assertEqual(request.state, "pending")
        self.assertEqual(set(request.sudo().step_ids.mapped("state")), {"pending"})
        self.assertEqual(request.sudo().assignment_ids.user_id, self.fred | self.fay)

    # A4
    def test_a4_recalled_and_reset_requests_are_still_guarded(self):
        request = self._submitted()
        request.action_recall()
        request.action_resubmit()
        for state in ("approved", "executed", "pending"):
            with self.subTest(state=state), self.assertRaises(AccessError):
                request.write({"state": state})
        with self.assertRaises(UserError):
            self._approve(request, self.fred)
        request.action_submit()
        self.assertFalse(request.sudo()._is_fully_approved())

    def test_a4_earlier_approvals_do_not_count_after_a_reset(self):
        request = self._submitted(amount=5000)
        self._approve(request, self.fred)
        request.action_recall()
        request.action_resubmit()
        request.action_submit()
        self.assertEqual(
            request.sudo().step_ids.mapped("state"), ["pending", "waiting"]
        )

    # A5
    def test_a5_the_content_is_frozen_outside_draft(self):
        pending, executed = (
            self._submitted(),
            self._approve(self._submitted(), self.fred),
        )
        changes = {
            "name": "Other",
            "amount": 1,
            "reason": "Other",
            "partner_id": False,
            "option": False,
            "type_id": self.choice_type.id,
            "res_model": "res.users",
            "res_id": 1,
            "company_id": 1,
            "currency_id": 1,
        }
        for request in (pending, executed):
            for name, value in changes.items():
                with (
                    self.subTest(state=request.state, field=name),
                    self.assertRaisesRegex(UserError, rf"\({name}\)"),
                ):
                    request.write({name: value})
                with (
                    self.subTest(state=request.state, field=name, sudo=True),
                    self.assertRaises(UserError),
                ):
                    request.sudo().write({name: value})

    def test_a5_a_change_in_the_same_write_as_the_state_is_refused(self):
        request = self._draft()
        with self.assertRaises(AccessError):
            request.write({"amount": 1, "state": "approved"})

    def test_a5_code_that_may_change_the_content_voids_the_approvals(self):
        request = self._submitted(amount=5000)
        self._approve(request, self.fred)
        request.sudo()._change_content({"amount": 6000}, "The invoice was corrected.")
        self.assertEqual((request.state, request.amount), ("pending", 6000))
        self.assertEqual(
            request.sudo().step_ids.mapped("state"), ["pending", "waiting"]
        )

    def test_a5_content_changed_behind_our_back_stops_the_decision(self):
        request = self._submitted()
        request.flush_recordset()
        self.env.cr.execute(
            "UPDATE approval_engine_request SET amount = 1 WHERE id = %s", [request.id]
        )
        request.invalidate_recordset()
        with self.assertRaisesRegex(ConflictError, "no longer what was submitted"):
            self._approve(request, self.fred)

    # A7
    def test_a7_what_people_were_asked_cannot_be_deleted_or_archived(self):
        recalled = self._submitted()
        recalled.action_recall()
        redrafted = self._submitted()
        redrafted.with_user(self.fred).action_reject("no")
        redrafted.action_resubmit()
        for request in (
            self._submitted(),
            self._approve(self._submitted(), self.fred),
            recalled,
            redrafted,
        ):
            for user in (self.ria, self.max, self.env.ref("base.user_admin")):
                with (
                    self.subTest(state=request.state, user=user.login),
                    self.assertRaises(UserError),
                ):
                    request.with_user(user).unlink()
            with (
                self.subTest(state=request.state, sudo=True),
                self.assertRaises(UserError),
            ):
                request.sudo().unlink()
            with self.subTest(state=request.state), self.assertRaises(UserError):
                request.action_archive()

    def test_a7_an_untouched_draft_can_be_deleted(self):
        self.assertTrue(self._draft().unlink())

    # A8, A9
    def test_a9_a_repeated_approval_has_one_effect_and_names_who_was_first(self):
        request = self._approve(self._submitted(), self.fred)
        for user in (self.fred, self.fay):
            with (
                self.subTest(user=user.login),
                self.assertRaisesRegex(ConflictError, "already approved by Fred"),
            ):
                self._approve(request, user)
        self.assertEqual(len(request.sudo().decision_ids), 1)

    def test_a9_a_repeated_approval_of_a_step_is_refused_while_others_wait(self):
        request = self._submitted(self.choice_type)
        self._approve(request, self.fred, option="wait")
        with self.assertRaisesRegex(ConflictError, "already decided"):
            self._approve(request, self.fred)
        with self.assertRaisesRegex(
            ConflictError, "Finance .* already decided by Fred"
        ):
            self._approve(request, self.fay)

    def test_conflicts_answer_409_and_refusals_403(self):
        self.assertEqual(
            (ConflictError.http_status, AccessError("").http_status), (409, 403)
        )

    # companies
    def test_another_company_sees_and_decides_nothing(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        self.max.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        request = self._submitted()
        stranger = request.with_user(self.max).with_context(
            allowed_company_ids=[other.id]
        )
        self.assertFalse(stranger.search([("id", "=", request.id)]))
        with self.assertRaises(AccessError):
            stranger.action_approve()
        self.assertNotIn(
            self.max, self._submitted(amount=10).sudo().assignment_ids.user_id
        )

    def test_the_auditor_changes_nothing(self):
        request = self._submitted().with_user(self.audrey)
        self.assertTrue(request.read(["name", "state", "evidence_data", "route_data"]))
        for call in (
            lambda: request.write({"name": "x"}),
            lambda: request.unlink(),
            lambda: request.action_recall(),
            lambda: request.copy(),
            lambda: self.credit_policy.with_user(self.audrey).action_retire(),
            lambda: self.credit_type.with_user(self.audrey).write({"name": "x"}),
        ):
            with self.assertRaises(UserError):
                call()
