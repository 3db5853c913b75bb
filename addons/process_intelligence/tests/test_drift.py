import random
from datetime import datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.event_hub.tools.event_row import EventRow

from .common_rules import RuleCase

END = datetime(2026, 3, 31, 12)


def two_months(changed, seed="drift"):
    """A case an hour or so over 60 days; changed: in the last 30 it is checked more often, and checking takes long."""
    draw = random.Random(seed)
    for case in range(240):
        ended = END - timedelta(hours=6 * case)
        late = changed and ended > END - timedelta(days=30)
        checked = draw.random() < (0.8 if late else 0.3)
        hours = draw.choice([20, 30, 40] if late else [1, 2, 3])
        start = ended - timedelta(hours=hours)
        yield case, "Open", start
        if checked:
            yield case, "Check", start + timedelta(minutes=draw.randrange(1, 50))
        yield case, "Close", ended


@tagged("post_install", "-at_install")
class TestDrift(RuleCase):
    def logged(self, changed, seed="drift"):
        definition = self.of(
            [
                (f"C{n}", name, at, {"who": "ann"})
                for n, name, at in two_months(changed, seed)
            ]
        )
        definition.end_activity_ids = self.named(definition, "Close")
        return definition

    def ledger(self, changed):
        definition = self.definitions.create(
            {"name": "Orders", "source": "ledger", "case_type": "test_drift"}
        )
        partners = self.env["res.partner"].create(
            [{"name": f"Case {n}"} for n in range(240)]
        )
        self.env["event_hub.event"]._append(
            [
                EventRow(
                    type="crm.test",
                    correlation="0" * 32,
                    occurred_at=at,
                    company_id=self.company.id,
                    case_type="test_drift",
                    case_model="res.partner",
                    case_id=partners[n].id,
                    activity=name,
                    actor="ann",
                    history=True,
                )
                for n, name, at in two_months(changed)
            ]
        )
        self.refresh()
        definition.end_activity_ids = self.named(definition, "Close")
        return definition

    def test_what_changed_is_said_and_nothing_else(self):
        asked = self.logged(changed=True).with_user(self.reader)
        found = asked.changes()
        self.assertTrue(found["drifted"])
        self.assertEqual(found["until"], "2026-03-31T12:00:00Z")
        self.assertEqual(found["cases"], {"one": 120, "two": 120})
        sentences = [row["sentence"] for row in found["changes"]]
        self.assertIn(
            "Finished cases usually take longer: 30 h instead of 2 h.", sentences
        )
        [check] = [row for row in found["changes"] if row["activity"] == "Check"]
        self.assertGreater(check["effect"], 0.5)
        effects = [abs(row["effect"]) for row in found["changes"]]
        self.assertEqual(effects, sorted(effects, reverse=True))
        again = asked.compare(found["recent"], found["before"])
        self.assertEqual(again["cases"], found["cases"])
        self.assertLessEqual(set(sentences), set(again["sentences"]))

    def test_chance_is_no_drift(self):
        drifted = [
            self.logged(changed=False, seed=seed).changes()["drifted"]
            for seed in range(5)
        ]
        self.assertEqual(drifted, [False] * 5)

    def test_running_cases_are_no_change(self):
        definition = self.logged(changed=False)
        running = "case,activity,time\n" + "".join(
            f"R{n},Open,2026-03-31 11:{n:02d}\n" for n in range(60)
        )
        self.load(definition, running)
        found = definition.changes()
        self.assertEqual(found["cases"], {"one": 120, "two": 120})
        self.assertFalse(found["drifted"])

    def test_nothing_and_periods(self):
        empty = self.define().changes()
        self.assertEqual((empty["until"], empty["drifted"]), (False, False))
        with self.assertRaisesRegex(ValidationError, "Leave the filter period out"):
            self.define().changes({"period": {"mode": "ended", "from": "2026-01-01"}})

    def test_the_guide_says_what_changed_and_what_breaks_policy(self):
        definition = self.logged(changed=True)
        self.rule(definition, "absence", "Check", name="No checks")
        kept = self.rule(definition, "init", "Open", name="Opens first")
        asked = definition.with_user(self.reader)
        parts = asked.guide()
        drift = [part for part in parts if part["question"] == "drift"]
        self.assertEqual(len(drift), 2)
        self.assertIn("The last 30 days against the 30 before:", drift[0]["sentence"])
        [policy] = [part for part in parts if part["question"] == "policy"]
        broken = asked.process_map({"has": ["Check"]})["cases"]
        self.assertEqual(policy["number"], broken)
        self.assertEqual(
            policy["sentence"],
            f"Cases that break the rule “No checks”: {broken} of 240.",
        )
        for part in parts:
            link = part["link"]
            self.assertTrue(getattr(asked, link["method"])(**link["arguments"]))
        (definition.rule_ids - kept).unlink()
        [policy] = [p for p in asked.guide() if p["question"] == "policy"]
        self.assertEqual(
            (policy["number"], policy["sentence"]), (0, "No case breaks a rule.")
        )
        narrowed = asked.guide({"period": {"mode": "ended", "from": "2026-03-01"}})
        self.assertNotIn("drift", {part["question"] for part in narrowed})

    def look(self, definition, moment):
        with freeze_time(moment):
            told = definition.sudo()._look_for_drift()
            self.env["event_hub.event"]._flush_emitted()
        return bool(told)

    def told(self):
        return self.env["event_hub.event"].search([("type", "=", "process.drift")])

    def test_drift_is_told_once_a_month_without_figures_of_cases(self):
        definition = self.ledger(changed=True)
        self.assertTrue(definition.watch_drift)
        self.assertTrue(self.look(definition, END))
        self.assertFalse(self.look(definition, END + timedelta(hours=1)))
        event = self.told()
        self.assertEqual(
            (event.case_model, event.case_id, event.case_type),
            (definition._name, definition.id, "process"),
        )
        self.assertEqual(event.attributes["month"], "2026-03")
        self.assertEqual(
            set(event.attributes), {"process", "month", "changes", "norms"}
        )
        self.assertTrue(self.look(definition, END + timedelta(days=3)))
        self.assertEqual(len(self.told()), 2)

    def test_what_rests_or_goes_as_ever_is_not_told(self):
        self.assertFalse(self.look(self.ledger(changed=False), END))
        definition = self.logged(changed=True)
        self.assertFalse(definition.watch_drift)
        self.assertFalse(self.look(definition, END + timedelta(days=40)))
        self.assertFalse(self.told())

    def test_a_norm_that_is_left_is_drift(self):
        definition = self.logged(changed=True)
        with freeze_time(END):
            definition.action_freeze_norm({"has_not": ["Check"]}, 1.0)
            found = definition.with_user(self.reader).changes()
        [norm] = found["norms"]
        self.assertTrue(norm["significant"])
        self.assertGreater(norm["points"], 0)

    def test_the_job_looks_at_watched_processes(self):
        definition = self.ledger(changed=True)
        with freeze_time(END), self.enter_registry_test_mode():
            self.env.ref("process_intelligence.drift_cron").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(definition.sudo().drift_month, "2026-03")
        self.assertEqual(len(self.told()), 1)
