from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ..tools import questions
from .common import SMALL, ProcessCase, encoded


@tagged("post_install", "-at_install")
class TestDoors(ProcessCase):
    """What nobody may bring about, by whatever door."""

    def test_a_process_ends_with_its_own_activities_only(self):
        one, two = self.define(SMALL), self.define(SMALL)
        close = self.named(one, "Close")
        one.end_activity_ids = close
        for name in ("start_activity_ids", "end_activity_ids"):
            with self.subTest(name=name), self.assertRaises(ValidationError):
                two[name] = close
        copied = one.copy()
        self.assertFalse(copied.end_activity_ids or copied.start_activity_ids)

    def test_a_rule_stays_with_its_process(self):
        one, two = self.define(SMALL), self.define(SMALL)
        rule = (
            self.env["process_intelligence.rule"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Asked",
                    "definition_id": one.id,
                    "kind": "existence",
                    "activity_id": self.named(one, "Ask").id,
                }
            )
        )
        rule.definition_id = one
        with self.assertRaises(ValidationError):
            rule.write(
                {
                    "definition_id": two.id,
                    "activity_id": self.named(two, "Ask").id,
                }
            )

    def test_a_process_with_noted_breaches_stays_with_its_company(self):
        definition = self.define()
        other = self.env["res.company"].create({"name": "Other"})
        rule = self.env["process_intelligence.rule"].create(
            {
                "name": "n",
                "definition_id": definition.id,
                "kind": "norm",
                "norm": {"coverage": 1, "starts": ["A"], "ends": ["A"], "moves": []},
            }
        )
        self.env["process_intelligence.violation"].sudo().create(
            {
                "rule_id": rule.id,
                "definition_id": definition.id,
                "company_id": self.company.id,
                "case_key": "T1",
                "code": "missing",
                "occurrence": 1,
                "ts": datetime(2026, 3, 2),
                "broken_at": datetime(2026, 3, 2),
                "noted_at": datetime(2026, 3, 2),
            }
        )
        moved = {"company_id": other.id, "owner_id": False, "calendar_id": False}
        with self.assertRaises(ValidationError):
            definition.sudo().write(moved)
        definition.sudo().write({"company_id": self.company.id})

    # ------------------------------------------------------------------ imports that wait

    def queued(self):
        definition = self.define()
        definition.import_csv(
            encoded(SMALL), "case", "activity", "time", background=True
        )
        return definition.log_ids

    def run_cron(self):
        cron = type(self.env["ir.cron"])
        with (
            patch.object(cron, "_commit_progress", lambda *a, **k: float("inf")),
            patch.object(self.env.cr, "rollback", lambda: None),
        ):
            self.env["process_intelligence.log"]._cron_import()
        self.env.invalidate_all()

    def test_rights_that_are_gone_when_its_turn_comes(self):
        log = self.queued()
        self.manager.group_ids -= self.env.ref(
            "process_intelligence.group_process_manager"
        )
        self.run_cron()
        self.assertEqual(log.sudo().state, "failed")
        self.assertIn("may not change the process any more", log.sudo().notes)

    def test_a_log_deleted_while_it_is_read_does_not_stop_the_next(self):
        first, second = self.queued(), self.queued()
        logs = type(self.env["process_intelligence.log"])
        take = logs._take

        def deleted(log, *args):
            if log.id == first.id:
                log.unlink()
                raise RuntimeError("deleted meanwhile")
            return take(log, *args)

        with patch.object(logs, "_take", deleted):
            self.run_cron()
        self.assertFalse(first.exists())
        self.assertEqual(second.sudo().state, "done")

    def test_a_log_deleted_before_its_turn_does_not_stop_the_next(self):
        first, second, third = self.queued(), self.queued(), self.queued()
        logs = type(self.env["process_intelligence.log"])
        take = logs._take

        def deleting(log, *args):
            if log.id == first.id:
                second.definition_id.unlink()
            return take(log, *args)

        with patch.object(logs, "_take", deleting):
            self.run_cron()
        self.assertFalse(second.exists())
        self.assertEqual((first | third).sudo().mapped("state"), ["done", "done"])

    # ------------------------------------------------------------------ what is hidden

    def counts(self, definition, user):
        """:return: the figures beside a process, as the user reads them"""
        mine = definition.with_user(user)
        mine.invalidate_recordset()
        [told] = mine.read(["event_count", "case_count"])
        total = mine.explore({"has": ["Open"]})["total_cases"]
        return told["event_count"], told["case_count"], total

    def test_the_counts_beside_a_process_tell_no_hidden_event(self):
        definition = self.define(SMALL)
        self.env["ir.rule"].create(
            {
                "name": "No T1",
                "model_id": self.env["ir.model"]._get_id(
                    "process_intelligence.log_event"
                ),
                "groups": [(6, 0, self.reader.group_ids.ids)],
                "domain_force": "[('case_key', 'not like', '1')]",
            }
        )
        answer = definition.with_user(self.reader).process_map()
        seen = sum(activity["count"] for activity in answer["activities"])
        self.assertEqual((answer["cases"], seen), (2, 3))
        self.assertEqual(self.counts(definition, self.reader), (3, 2, 2))
        [log] = definition.log_ids.with_user(self.reader).read(["events", "cases"])
        self.assertEqual((log["events"], log["cases"]), (3, 2))
        with self.assertRaises(AccessError):
            definition.log_ids.with_user(self.reader).read(["event_count"])
        self.assertEqual(self.counts(definition.sudo(), self.env.user), (6, 3, 3))

    def test_whoever_sees_all_events_is_told_the_sums_of_the_imports(self):
        definition = self.define(SMALL)
        for user in (self.reader, self.manager):
            mine = definition.with_user(user)
            mine.invalidate_recordset()
            with patch.object(questions, "totals", side_effect=AssertionError):
                self.assertEqual((mine.event_count, mine.case_count), (6, 3))

    def test_a_form_names_no_process_that_its_reader_may_not_see(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "pi_counting", "process_intelligence.group_process_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        hidden = self.define(SMALL)
        own = self.definitions.with_user(stranger).create(
            {"name": "Own", "company_id": other.id}
        )
        for model, values in (
            ("export_wizard", {}),
            ("import_wizard", {"file": encoded(SMALL), "file_name": "x.csv"}),
        ):
            wizards = self.env[f"process_intelligence.{model}"].with_user(stranger)
            with self.subTest(model=model):
                with self.assertRaises(AccessError):
                    wizards.create({**values, "definition_id": hidden.id})
                wizard = wizards.create({**values, "definition_id": own.id})
                with self.assertRaises(AccessError):
                    wizard.definition_id = hidden.id
