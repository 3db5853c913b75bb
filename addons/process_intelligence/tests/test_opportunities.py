from datetime import datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.event_hub.tools.event_row import EventRow

from . import oracle, oracle_opportunities
from .common import ProcessCase
from .test_work import as_csv, worked_log


@tagged("post_install", "-at_install")
class TestOpportunities(ProcessCase):
    def both(self, seeds):
        for seed in seeds:
            events = worked_log(seed)
            definition = self.define(as_csv(events), resource="who")
            cases = oracle.traces(events)
            with self.subTest(seed=seed, stored=False):
                yield definition.with_user(self.reader), cases
            while self.env["process_intelligence.store"]._refresh():
                pass
            with self.subTest(seed=seed, stored=True):
                yield definition.with_user(self.reader), cases

    def test_ranks_and_evidence_are_the_oracles(self):
        for definition, cases in self.both(range(8)):
            expected = oracle_opportunities.opportunities(cases)
            answer = definition.opportunities()
            rows = answer["opportunities"]
            self.assertEqual(answer["total"], len(expected))
            self.assertEqual({r["activity"] for r in rows}, expected.keys())
            for row in rows:
                found = (
                    row["steps"],
                    row["people"],
                    row["hours"] * 3600,
                    row["median_seconds"],
                    row["next_share"],
                    row["regularity"],
                    row["score"],
                )
                for value, known in zip(found, expected[row["activity"]], strict=True):
                    self.assertAlmostEqual(value, known, 1)
                self.assertTrue(row["examples"])
                for case in row["examples"]:
                    self.assertIn(row["activity"], oracle.path(cases[case]))
            scores = [row["score"] for row in rows]
            self.assertEqual(scores, sorted(scores, reverse=True))

    def test_only_what_people_do_counts_and_is_said(self):
        log = "case,activity,time,who\n" + "".join(
            f"C{n},Open,2026-03-01 08:00,system\nC{n},Check,2026-03-01 10:00,ann\n"
            f"C{n},Book,2026-03-01 13:00,source:shop\nC{n},Close,2026-03-01 13:00,\n"
            for n in range(5)
        )
        definition = self.define(log, resource="who").with_user(self.reader)
        answer = definition.opportunities({"start": ["Open"]})
        [row] = answer["opportunities"]
        self.assertEqual(
            (row["activity"], row["steps"], row["hours"], row["score"]),
            ("Check", 5, 10.0, 10.0),
        )
        self.assertEqual(
            row["sentence"],
            "Check is done by people (times: 5), cases usually wait 2 h for it, and in 100.0% Book comes next.",
        )
        self.assertEqual(definition.process_map(row["filters"])["cases"], 5)
        self.assertEqual(self.define().opportunities()["opportunities"], [])
        with self.assertRaises(ValidationError):
            definition.opportunities({}, 0)

    def tell(self, partner, *steps, history=True):
        """:param steps: ``(type of the event, activity)``, a second apart"""
        self.env["event_hub.event"]._append(
            [
                EventRow(
                    type=kind,
                    correlation="0" * 32,
                    occurred_at=datetime(2026, 3, 1, 8, 0, second),
                    company_id=self.company.id,
                    case_type="test_opportunity",
                    case_model="res.partner",
                    case_id=partner.id,
                    activity=name,
                    history=history,
                )
                for second, (kind, name) in enumerate(steps)
            ]
        )

    def test_a_rule_is_drafted_on_the_step_before(self):
        partner = self.env["res.partner"].create({"name": "Case"})
        self.tell(partner, ("crm.opened", "Opened"), ("crm.checked", "Checked"))
        definition = self.definitions.create(
            {"name": "Cases", "source": "ledger", "case_type": "test_opportunity"}
        )
        action = definition.with_user(self.env.ref("base.user_admin"))
        action = action.action_draft_opportunity("Checked")
        rule = self.env["base.automation"].browse(action["res_id"])
        self.assertEqual(
            (rule.name, rule.active, rule.trigger, rule.event_pattern),
            ("After Opened: Checked", False, "on_business_event", "crm.opened"),
        )
        self.assertEqual(rule.model_id.model, "res.partner")
        drafted = rule.action_server_ids
        self.assertEqual(
            (drafted.state, drafted.activity_summary), ("next_activity", "Checked")
        )
        rule.active = True
        may_write = self.env.ref("base.group_partner_manager")
        rule.owner_id.group_ids += may_write
        other = partner.copy()
        self.tell(other, ("crm.opened", "Opened"), history=False)
        with self.enter_registry_test_mode():
            self.env.ref("event_hub.ir_cron_react").method_direct_trigger()
        self.env.invalidate_all()
        run = self.env["event_hub.run"].search([("automation_id", "=", rule.id)])
        self.assertEqual(run.mapped("state"), ["done"], run.mapped("error"))
        [reminder] = other.activity_ids
        self.assertEqual(
            (reminder.summary, reminder.user_id), ("Checked", definition.owner_id)
        )
        self.assertIn("usually comes after Opened", reminder.note)
        admin = definition.with_user(self.env.ref("base.user_admin"))
        with self.assertRaisesRegex(ValidationError, "comes before Opened"):
            admin.action_draft_opportunity("Opened")
        with self.assertRaises(AccessError):
            definition.with_user(self.reader).action_draft_opportunity("Checked")
        with self.assertRaisesRegex(ValidationError, "imported logs"):
            self.define().action_draft_opportunity("Checked")
