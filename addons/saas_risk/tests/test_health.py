from decimal import Decimal
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import NOW, RiskCase

MODEL_FILE = "odoo.addons.saas_risk.models.saas_risk_health_model"


@tagged("post_install", "-at_install")
class TestHealth(RiskCase):
    """Scores that add up, say why, and cost one query per signal."""

    def assess(self, *partners, user=None):
        model = self.env["saas_risk.health_model"].with_user(user or self.reader)
        return model.assess([partner.id for partner in partners])

    def test_an_assessment_has_the_shape_of_the_contract(self):
        self.payments_fail(self.strategic, "INV-1", 3)
        healthy, critical = self.assess(self.standard, self.strategic)
        self.assertEqual(healthy["partner_id"], self.standard.id)
        self.assertEqual((healthy["score"], healthy["status"]), (100.0, "healthy"))
        self.assertEqual((critical["score"], critical["status"]), (25.0, "critical"))
        self.assertEqual(
            critical["version"],
            self.env["saas_risk.health_model"]._of_company(self.company).version,
        )
        self.assertIn("usage_change", critical["unknown"])
        for line in critical["contributions"]:
            self.assertLessEqual({"signal", "points", "model", "id"}, set(line))
        self.assertEqual(
            critical["contributions"][1]["model"], "saas_risk.billing_invoice"
        )
        self.assertEqual(critical["contributions"][1]["id"], self.invoice("INV-1").id)

    def test_lines_add_up_in_hundredths(self):
        self.env["support_visibility.ticket"].create(
            [{"name": f"Ticket {i}", "partner_id": self.strategic.id} for i in range(5)]
        )
        signals = self.env.ref("saas_risk.health_model_default").signal_ids
        signals.filtered(
            lambda s: s.code == "open_tickets"
        ).steps = "1: -3.33, 5: -7.77"
        self.payment_fails(self.strategic, "INV-1", 1)
        (result,) = self.assess(self.strategic)
        total = sum(Decimal(str(line["points"])) for line in result["contributions"])
        self.assertEqual(total, Decimal(str(result["score"])))
        self.assertEqual(result["score"], 62.23)

    def test_nothing_new_is_kept_when_nothing_changed(self):
        self.assess(self.strategic)
        before = self.env["saas_risk.assessment"].search_count(
            [("partner_id", "=", self.strategic.id)]
        )
        self.assess(self.strategic)
        after = self.env["saas_risk.assessment"].search_count(
            [("partner_id", "=", self.strategic.id)]
        )
        self.assertEqual((before, after), (1, 1))

    def test_a_status_that_changes_is_told_with_its_reasons(self):
        self.assess(self.strategic)
        self.payments_fail(self.strategic, "INV-1", 3)
        told = self.events("risk.health_changed", self.strategic)[-1]
        self.assertEqual(told.attributes["to"], "critical")
        self.assertIn("3 failed attempts on invoice INV-1", told.attributes["reasons"])

    def test_payment_makes_it_healthy_again(self):
        self.payments_fail(self.strategic, "INV-1", 3)
        self.pay(self.strategic, "INV-1", at=NOW.replace(day=20))
        self.assertEqual(self.strategic.health_status, "healthy")

    def test_ten_times_the_accounts_cost_the_same_number_of_queries(self):
        accounts = [self._account(f"Many {i}", f"M-{i}", "growth") for i in range(43)]
        model = self.env["saas_risk.health_model"]

        def queries(some):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            model._assess_accounts(self.env["res.partner"].union(*some))
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        queries(accounts[:1])
        few, many = queries(accounts[1:4]), queries(accounts[4:34])
        self.assertLessEqual(
            many, few + 2, "one query per signal, whatever the number of accounts"
        )

    def test_any_change_of_the_model_is_a_new_version(self):
        model = self.env.ref("saas_risk.health_model_default")
        version = model.version
        model.with_user(self.manager).signal_ids[0].steps = "1: -31"
        model.with_user(self.manager).write({"healthy_from": 80})
        self.assertEqual(model.version, version + 2)

    def test_a_company_can_have_its_own_model(self):
        own = self.env["saas_risk.health_model"].create(
            {"name": "Own", "company_id": self.company.id, "base_score": 60}
        )
        (result,) = self.assess(self.standard)
        self.assertEqual(
            (result["score"], result["status"], result["version"]),
            (60.0, "watch", own.version),
        )

    def test_steps_that_cannot_be_read_are_refused(self):
        signal = self.env.ref("saas_risk.health_model_default").signal_ids[0]
        with self.assertRaises(ValidationError) as refused:
            signal.steps = "1: -30, lots"
        self.assertIn("'lots' cannot be read", str(refused.exception))

    def test_thresholds_must_rise(self):
        with self.assertRaises(ValidationError):
            self.env.ref("saas_risk.health_model_default").write({"watch_from": 90})

    def test_only_people_of_the_addon_assess(self):
        with self.assertRaises(AccessError):
            self.assess(self.strategic, user=self.agent)

    def test_nonsense_is_refused_with_words(self):
        for ids in ("all", ["1"], [2**31 - 1]):
            with self.subTest(ids), self.assertRaises(UserError):
                self.env["saas_risk.health_model"].assess(ids)

    def test_no_ids_no_assessments(self):
        self.assertEqual(self.env["saas_risk.health_model"].assess([]), [])

    def test_late_onboarding_and_falling_usage_count(self):
        today = fields.Date.today()
        self.env["saas_risk.milestone"].create(
            {
                "name": "Single sign-on",
                "partner_id": self.growth.id,
                "due_on": fields.Date.subtract(today, days=3),
            }
        )
        self.env["saas_risk.usage_daily"].create(
            [
                {
                    "partner_id": self.growth.id,
                    "metric": "logins",
                    "date": fields.Date.subtract(today, days=day),
                    "value": 10.0 if day > 14 else 4.0,
                }
                for day in range(30)
            ]
        )
        (result,) = self.assess(self.growth)
        points = {line["signal"]: line["points"] for line in result["contributions"]}
        self.assertEqual(
            (points["milestones_late"], points["usage_change"]), (-10.0, -25.0)
        )
        self.assertFalse(result["unknown"])

    def test_the_daily_run_assesses_every_living_account(self):
        with patch(f"{MODEL_FILE}.ASSESS_CHUNK", 2):
            done = self.run_cron(self.env["saas_risk.health_model"]._cron_assess)
        self.assertEqual(done, [0, 2, 1])
        for account in self.strategic + self.growth + self.standard:
            self.assertEqual(account.health_status, "healthy")

    def test_an_assessment_keeps_the_correlation_of_its_cause(self):
        self.payment_fails(self.growth, "INV-1", 1)
        row = self.env["saas_risk.assessment"].search(
            [("partner_id", "=", self.growth.id)], limit=1
        )
        self.assertEqual(
            row.correlation,
            self.events("billing.payment_failed", self.invoice("INV-1")).correlation,
        )
