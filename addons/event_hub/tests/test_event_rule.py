"""Automation Rules on business events: what their form accepts and shows."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.tools.attribute_domain import with_attributes

from .common_outbox import HubCase


@tagged("post_install", "-at_install")
class TestRuleForm(HubCase):
    def test_a_rule_needs_event_types(self):
        with self.assertRaisesRegex(ValidationError, "fill in Event Types"):
            self.rule(event_pattern=False)
        with self.assertRaisesRegex(ValidationError, "Billing"):
            self.rule(event_pattern="risk.*, Billing!")

    def test_a_condition_that_cannot_be_used_is_refused_when_saved(self):
        for field, text in (
            ("event_domain", "[('no_such_field', '=', 1)]"),
            ("event_domain", "[('attributes.x', 'child_of', 1)]"),
            ("event_domain", "[('type', '=', env)]"),
            ("event_domain", "[('type', '=', ().__class__)]"),
            ("event_domain", "not a domain"),
            ("event_domain", "[('type', '=', (lambda: 'x')())]"),
            ("event_domain", "[('type', 'in', [x for x in 'ab'])]"),
            ("event_domain", "[('occurred_at', '>', 5)]"),
            ("event_domain", "[('occurred_at', '=', 'yesterdayish')]"),
            ("event_domain", "[('account_id', '=', 'x' , 3)]"),
            ("event_domain", "[('attributes.x', 'in', 5)]"),
            ("event_domain", "[('attributes.x', '=', datetime.datetime.now())]"),
            ("event_domain", "[('depth', '<', 'many')]"),
            ("event_domain", "5"),
            ("filter_domain", "[('create_date', '<', 5)]"),
            ("filter_domain", "[('no_such_field', '=', 1)]"),
        ):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.rule(**{field: text})

    def test_the_rule_reads_as_a_sentence(self):
        rule = self.rule(
            event_pattern="risk.*, billing.payment_failed",
            event_domain="[('type', '!=', 'x')]",
        )
        sentence = rule.event_sentence
        for part in (
            "risk.* or billing.payment_failed",
            "Contact",
            "conditions hold",
            "Test action",
            "hub_owner",
        ):
            self.assertIn(part, sentence)

    def test_figures_of_a_rule(self):
        rule = self.rule(
            "if records.filtered(lambda r: r.name == 'Partner 1'): raise UserError('no')"
        )
        for partner in self.partners(2):
            self.event(partner)
        with mute_logger("odoo.addons.event_hub.models.event_hub_run"):
            self.react()
        self.event(self.partners(1))
        rule.invalidate_recordset()
        self.assertEqual(
            (rule.run_count, rule.run_failed_count, rule.run_pending_count), (3, 1, 1)
        )
        self.assertTrue(rule.last_run_at)


@tagged("post_install", "-at_install")
class TestAttributeConditions(HubCase):
    def test_searching_the_ledger_by_attribute_agrees_with_the_policy(self):
        cases = [
            {"tier": "strategic", "failures": 3, "late": True, "plan": {"code": "pro"}},
            {"tier": "Standard_1", "failures": 2.5, "late": False, "note": ""},
            {"failures": "3", "note": None},
            {},
        ]
        events = self.env["event_hub.event"].union(
            *(self.event(None, attributes=case) for case in cases)
        )
        conditions = [
            ("tier", "=", "strategic"), ("tier", "!=", "strategic"), ("tier", "in", ["strategic", False]),
            ("tier", "not in", ["strategic"]), ("failures", ">=", 3), ("failures", "<", 3), ("failures", "=", 3),
            ("failures", "=", 3.0), ("failures", ">", "2"), ("late", "=", True), ("late", "=", False),
            ("tier", "ilike", "STAND"), ("tier", "like", "STAND"), ("tier", "like", "d_1"), ("tier", "like", "_"),
            ("tier", "not ilike", "x"), ("plan.code", "=", "pro"), ("plan.code", "!=", False), ("note", "=", False),
            ("failures", "<=", True), ("missing", "in", []), ("tier", "=", "'; DROP TABLE x; --"),
        ]  # fmt: skip
        for path, operator, operand in conditions:
            condition = ("attributes." + path, operator, operand)
            with self.subTest(condition=condition):
                found = events.search([("id", "in", events.ids), condition], order="id")
                expected = events.filtered_domain(with_attributes([condition])).sorted(
                    "id"
                )
                self.assertEqual(found, expected)

    def test_the_condition_editor_of_the_form_accepts_attributes(self):
        ledger = self.env["event_hub.event"]
        self.event(None, attributes={"tier": "strategic"})
        self.assertGreaterEqual(
            ledger.search_count([("attributes.tier", "=", "strategic")]), 1
        )
        with self.assertRaises(ValueError):
            ledger.search([("attributes.tier", "child_of", 1)])
