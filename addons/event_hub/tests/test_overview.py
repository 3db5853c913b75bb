from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.event_hub.models import event_hub_overview
from odoo.addons.event_hub.tools import counters

from .common import HubCommon
from .common_outbox import HubCase


def numbers(told):
    """:return: every number in what the overview tells, wherever it stands"""
    if isinstance(told, dict):
        if "domain" in told:
            return [told]
        told = list(told.values())
    if isinstance(told, list):
        return [number for part in told for number in numbers(part)]
    return []


@tagged("post_install", "-at_install")
class TestOverview(HubCommon, HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "event_hub.group_hub_admin"
        cls.admin = new_test_user(cls.env, "overview_admin", groups=groups)
        cls.reader = new_test_user(
            cls.env, "overview_reader", groups="event_hub.group_hub_user"
        )

    def setUp(self):
        super().setUp()
        counters.take(self.env.cr.dbname)
        # No worker runs in a test, so each job would be overdue.
        self.patch(self.env.registry["event_hub.monitor"], "_check_jobs", lambda s: {})

    def _figures(self, user=None):
        self.env.flush_all()
        self.env.cr.flush()
        event_hub_overview._cache.clear()
        return self.env["event_hub.overview"].with_user(user or self.admin).figures()

    def _a_busy_day(self):
        """Messages processed and parked, a rule that works, one that fails, an endpoint."""
        self.env["event_hub.endpoint"].create(
            {"name": "Outside", "url": "https://example.com/hook"}
        )
        self.rule(model="event_hub.event", code="pass", name="Good rule")
        bad = "raise UserError('no')"
        self.rule(model="event_hub.event", code=bad, name="Bad rule")
        self._heard_and_processed(
            self._payment("INV-1"), self._payment("INV-2"), self._event("no.such_type")
        )
        self.react()
        for answer, times in (("accepted", 3), ("bad_signature", 2), ("duplicate", 1)):
            for _ in range(times):
                counters.count_answer(self.env.cr.dbname, self.source.code, answer)
        self.env["event_hub.tally"].sudo()._flush_answers()

    # ------------------------------------------------------------------- numbers

    def test_every_number_opens_exactly_its_records(self):
        self._a_busy_day()
        told = numbers(self._figures())
        self.assertGreater(len([n for n in told if n["model"]]), 15)
        for number in told:
            if number["model"]:
                with self.subTest(number=number):
                    model = self.env[number["model"]].with_user(self.admin)
                    found = model.search(number["domain"])
                    is_sum = number["model"] == "event_hub.tally"
                    expected = sum(found.mapped("count")) if is_sum else len(found)
                    self.assertEqual(number["value"], expected)

    def test_it_tells_rates_failures_rules_and_endpoints(self):
        self._a_busy_day()
        figures = self._figures()
        rates = {row["label"]: row["hour"]["value"] for row in figures["rates"]}
        self.assertEqual(rates["Accepted"], 3)
        self.assertEqual(rates["Processed"], 2)
        self.assertEqual(rates["Refused: wrong signature"], 2)
        self.assertEqual(rates["Known already"], 1)
        failures = {(row["of"], row["reason"]) for row in figures["failures"]}
        self.assertIn((self.source.name, "Unknown event type"), failures)
        self.assertIn(("Bad rule", "Automation"), failures)
        rules = {row["rule"]: row for row in figures["automations"]}
        self.assertEqual(rules["Good rule"]["success"], 1)
        self.assertEqual(rules["Bad rule"]["success"], 0)
        sent = self.env["event_hub.delivery"].search_count([])
        self.assertGreater(sent, 1)
        self.assertEqual(figures["endpoints"][0]["waiting"]["value"], sent)
        self.assertEqual(figures["exceptions"]["all"]["value"], 1)
        self.assertEqual(figures["state"], "needed")

    def test_what_a_person_decided_against_a_rule_counts_as_its_override(self):
        self._a_busy_day()
        rule = self.env["base.automation"].search([("name", "=", "Good rule")])
        run = self.runs(rule)[0]
        run.with_user(self.admin).action_mark_override("The customer called.")
        rows = {row["rule"]: row for row in self._figures()["automations"]}
        self.assertEqual(rows["Good rule"]["overrides"]["value"], 1)
        self.assertEqual(rows["Bad rule"]["overrides"]["value"], 0)

    def test_more_than_can_be_counted_at_once_is_told_as_more(self):
        self.patch(event_hub_overview, "COUNT_TO", 2)
        self._hear(self._event(), self._event(), self._event())
        row = self._figures()["rates"][0]
        self.assertEqual((row["hour"]["value"], row["hour"]["more"]), (2, True))

    # -------------------------------------------------------------------- rights

    def test_who_may_not_open_messages_sees_how_many_and_no_link(self):
        self._a_busy_day()
        row = self._figures(self.reader)["rates"][0]
        self.assertEqual(row["hour"]["value"], 3)
        self.assertFalse(row["hour"]["model"])
        self.assertEqual(row["hour"]["domain"], [])

    def test_another_company_counts_nowhere(self):
        self._a_busy_day()
        other = new_test_user(
            self.env,
            "overview_b",
            groups="event_hub.group_hub_admin",
            company_id=self.company_b.id,
            company_ids=[(6, 0, self.company_b.ids)],
        )
        figures = self._figures(other)
        self.assertEqual([n for n in numbers(figures) if n["value"]], [])
        self.assertEqual(figures["endpoints"], [])

    def test_only_users_of_the_hub_see_it(self):
        nobody = new_test_user(self.env, "overview_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self._figures(nobody)
