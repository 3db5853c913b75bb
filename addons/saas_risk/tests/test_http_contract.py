from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.tests.json2 import Json2

from .common import RiskCase

FORBIDDEN, NOT_FOUND, UNPROCESSABLE = 403, 404, 422
SUBSCRIPTION, HEALTH_MODEL = "saas_risk.subscription", "saas_risk.health_model"
NOBODY = 2**31 - 1  # an id that no record has


def _create(**vals):
    """:return: method and arguments of a call"""
    return "create", {"vals_list": [vals]}


@tagged("post_install", "-at_install")
class TestContractOverHttp(Json2, RiskCase, HttpCase):
    """The methods of the contract over JSON-2, with the statuses programs rely on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = cls._keys_of(cls.finance, cls.csm, cls.agent)

    def call(self, user, model, method, **arguments):
        return self._json2(self.keys[user], model, method, **arguments)

    def test_the_smallest_create_then_activate(self):
        created = self.call(
            self.finance,
            "saas_risk.subscription",
            "create",
            vals_list=[
                {
                    "partner_id": self.standard.id,
                    "plan_id": self.plan.id,
                    "seats": 2,
                    "start_date": "2026-01-01",
                    "renewal_date": "2027-01-01",
                }
            ],
        )
        self.assertEqual(created.status_code, 200, created.text)
        answer = self.call(
            self.finance,
            "saas_risk.subscription",
            "action_activate",
            ids=created.json(),
        )
        self.assertEqual((answer.status_code, answer.json()), (200, True))
        self.assertEqual(
            self.env["saas_risk.subscription"].browse(created.json()).state, "active"
        )

    def test_assess_answers_one_item_per_account(self):
        answer = self.call(
            self.csm,
            "saas_risk.health_model",
            "assess",
            partner_ids=[self.growth.id, self.standard.id],
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(
            [item["partner_id"] for item in answer.json()],
            [self.growth.id, self.standard.id],
        )
        self.assertEqual(
            answer.json()[0]["score"],
            sum(line["points"] for line in answer.json()[0]["contributions"]),
        )

    def test_health_explain_is_that_of_the_account(self):
        answer = self.call(
            self.csm,
            "saas_risk.subscription",
            "health_explain",
            ids=self.sub_growth.ids,
        )
        self.assertEqual(answer.json()["partner_id"], self.growth.id)

    def test_change_plan_and_cancel_answer_true(self):
        ids = self.sub_growth.ids
        changed = self.call(
            self.finance,
            "saas_risk.subscription",
            "change_plan",
            ids=ids,
            plan_id=self.plan.id,
            seats=7,
        )
        self.assertIs(changed.json(), True)
        cancelled = self.call(
            self.finance, "saas_risk.subscription", "cancel", ids=ids, reason="Budget"
        )
        self.assertIs(cancelled.json(), True)
        self.assertEqual(
            (self.sub_growth.seats, self.sub_growth.state), (7, "cancelled")
        )

    def _assert_refused(self, user, model, *calls):
        """:param calls: ``(expected status, method, arguments)``; none of them changes the subscription"""
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_http"):
            for expected, method, arguments in calls:
                answer = self.call(user, model, method, **arguments)
                with self.subTest(model=model, method=method, arguments=arguments):
                    self.assertEqual(answer.status_code, expected, answer.text[:300])
        self.assertEqual(self.sub_growth.state, "active")

    def test_no_door_leads_around_the_methods_of_a_subscription(self):
        ids = self.sub_growth.ids
        suspended = {"ids": ids, "vals": {"state": "suspended"}}
        forged = {**suspended, "context": {"event_hub_pass": True}}
        self._assert_refused(
            self.finance,
            SUBSCRIPTION,
            (UNPROCESSABLE, "write", suspended),
            (UNPROCESSABLE, "write", forged),
            (FORBIDDEN, "_set_state", {"ids": ids, "target": "suspended"}),
            (
                *(FORBIDDEN, "_approval_effect_service_continuity"),
                {"ids": ids, "request": 1},
            ),
            (UNPROCESSABLE, "action_activate", {"ids": ids}),
        )

    def test_who_has_no_right_is_told_so(self):
        ids, account = self.sub_growth.ids, self.growth.id
        self._assert_refused(
            self.csm,
            SUBSCRIPTION,
            (FORBIDDEN, "write", {"ids": ids, "vals": {"seats": 1}}),
            (FORBIDDEN, "cancel", {"ids": ids, "reason": "x"}),
        )
        for user, model, method, arguments in (
            (self.agent, HEALTH_MODEL, "assess", {"partner_ids": [account]}),
            (self.csm, "saas_risk.payment_attempt", *_create(outcome="succeeded")),
            (self.finance, "saas_risk.billing_invoice", *_create(number="X")),
            (self.csm, "saas_risk.assessment", *_create(partner_id=account)),
        ):
            self._assert_refused(user, model, (FORBIDDEN, method, arguments))

    def test_arguments_of_the_wrong_kind_are_told_apart_from_records_that_are_not_there(
        self,
    ):
        ids, plan = self.sub_growth.ids, self.plan.id
        self._assert_refused(
            self.finance,
            SUBSCRIPTION,
            *(
                (expected, "change_plan", {"ids": ids, **arguments})
                for expected, arguments in (
                    (NOT_FOUND, {"plan_id": NOBODY}),
                    (NOT_FOUND, {"plan_id": 10**30}),
                    (UNPROCESSABLE, {"plan_id": [plan]}),
                    (UNPROCESSABLE, {"plan_id": True}),
                    (UNPROCESSABLE, {"plan_id": plan, "seats": True}),
                    (UNPROCESSABLE, {"plan_id": plan, "seats": 2**31}),
                    (UNPROCESSABLE, {"plan_id": plan, "when": "later"}),
                    (UNPROCESSABLE, {}),
                )
            ),
            (UNPROCESSABLE, "cancel", {"ids": ids, "reason": " "}),
            (UNPROCESSABLE, "cancel", {"ids": ids, "reason": 5}),
            (UNPROCESSABLE, "cancel", {"ids": [], "reason": "x"}),
            (NOT_FOUND, "cancel", {"ids": [NOBODY], "reason": "x"}),
        )
        self._assert_refused(
            self.csm,
            HEALTH_MODEL,
            (UNPROCESSABLE, "assess", {"partner_ids": "all"}),
            (UNPROCESSABLE, "assess", {"partner_ids": [True]}),
            (NOT_FOUND, "assess", {"partner_ids": [self.growth.id, NOBODY]}),
        )

    @mute_logger("odoo.http")
    def test_what_is_cancelled_is_not_cancelled_again(self):
        self.sub_growth.cancel("Budget")
        for arguments in ({}, {"effective_at": "2099-01-01"}):
            answer = self.call(
                self.finance,
                "saas_risk.subscription",
                "cancel",
                ids=self.sub_growth.ids,
                reason="Again",
                **arguments,
            )
            self.assertEqual(answer.status_code, UNPROCESSABLE, answer.text)
            self.assertIn(self.sub_growth.name, answer.json()["message"])
        self.assertEqual(self.sub_growth.cancel_reason, "Budget")

    @mute_logger("odoo.http")
    def test_without_a_health_model_assessing_says_how_to_get_one(self):
        self.env["saas_risk.health_model"].search([]).active = False
        for model, method, arguments in (
            ("saas_risk.health_model", "assess", {"partner_ids": self.growth.ids}),
            (
                "saas_risk.subscription",
                "health_explain",
                {"ids": self.sub_growth.ids},
            ),
            ("res.partner", "action_assess_health", {"ids": self.growth.ids}),
        ):
            answer = self.call(self.csm, model, method, **arguments)
            self.assertEqual(answer.status_code, UNPROCESSABLE, answer.text)
            self.assertIn("Health Models", answer.json()["message"])
