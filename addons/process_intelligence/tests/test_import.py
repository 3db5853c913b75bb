import gzip
from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import LockError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import SMALL, ProcessCase, encoded


@tagged("post_install", "-at_install")
class TestImport(ProcessCase):
    def events_of(self, definition):
        return self.env["process_intelligence.log_event"].search(
            [("definition_id", "=", definition.id)]
        )

    def test_an_import_gives_counts_and_a_log(self):
        definition = self.define()
        answer = self.load(
            definition, SMALL, resource="who", attributes={"urgency": "priority"}
        )
        self.assertEqual(
            (answer["events"], answer["cases"], answer["rejected"]), (6, 3, [])
        )
        log = definition.log_ids
        self.assertEqual(
            (log.id, log.state, log.event_count, log.case_count),
            (answer["log"], "done", 6, 3),
        )
        self.assertEqual(log.user_id, self.manager)
        self.assertIn("1 times “?” in the column who", answer["notes"][0])
        first = self.events_of(definition)[0]
        self.assertEqual(
            (first.case_key, first.activity, first.resource, first.line),
            ("T1", "Open", "ann", 2),
        )
        self.assertEqual(first.attributes, {"urgency": "high"})
        self.assertEqual((definition.event_count, definition.case_count), (6, 3))

    def test_its_activities_are_there_at_once(self):
        definition = self.define(SMALL)
        self.assertEqual(
            definition.activity_ids.mapped("name"), ["Ask", "Close", "Open"]
        )
        self.load(definition, SMALL.replace("Ask", "Tell"))
        self.assertIn("Tell", definition.activity_ids.mapped("name"))

    def test_names_that_the_writer_has_noted_meanwhile_keep_no_import_out(self):
        definition = self.define(SMALL)
        known = type(definition)._new_names
        with patch.object(type(definition), "_new_names", lambda *_a: [("Open", -1)]):
            answer = self.load(definition, SMALL.replace("Ask", "Tell"))
        self.assertEqual((answer["events"], answer["rejected"]), (6, []))
        self.assertEqual(len(known(definition, definition.sudo()._every_row())), 1)

    def test_gzip_is_accepted(self):
        answer = self.load(self.define(), gzip.compress(SMALL.encode()))
        self.assertEqual(answer["events"], 6)

    def test_equal_timestamps_keep_the_order_of_the_file(self):
        definition = self.define(
            "case,activity,time\n"
            + "".join(f"C,{name},2026-01-01 00:00:00\n" for name in "dacb")
        )
        self.assertEqual(definition.variants()[0]["path"], list("dacb"))

    def test_microseconds_and_zones_are_kept(self):
        definition = self.define(
            "case,activity,time\nC,a,2026-07-01 12:00:00.000001\n", tz="Europe/Paris"
        )
        self.assertEqual(
            self.events_of(definition).ts, datetime(2026, 7, 1, 10, 0, 0, 1)
        )
        definition = self.define(
            "case,activity,time\nC,a,2026-07-01T12:00:00+05:00\n", tz="Europe/Paris"
        )
        self.assertEqual(self.events_of(definition).ts, datetime(2026, 7, 1, 7))

    def test_one_bad_line_imports_nothing(self):
        definition = self.define()
        answer = self.load(
            definition, SMALL + "T4,Open,soon,ann,low\nT5,,2026-01-01,ann,low\n"
        )
        self.assertEqual((answer["events"], answer["cases"]), (0, 0))
        self.assertEqual([item["line"] for item in answer["rejected"]], [8, 9])
        self.assertEqual(answer["rejected"][0]["reason"], "soon is not a timestamp")
        self.assertFalse(definition.log_ids)
        self.assertFalse(self.events_of(definition))

    def test_the_list_of_bad_lines_is_capped_and_their_number_is_told(self):
        answer = self.load(self.define(), SMALL + "T4,Open,soon,ann,low\n" * 150)
        self.assertEqual(
            (len(answer["rejected"]), answer["rejected_total"]), (100, 150)
        )

    def test_a_file_that_cannot_be_read_is_refused_in_words(self):
        definition = self.define()
        for text, kwargs, words in (
            (
                SMALL,
                {"case": "ticket"},
                "no column ticket. The columns of the file are: case, activity",
            ),
            (SMALL, {"resource": "nobody"}, "no column nobody"),
            (SMALL, {"attributes": ["nothing"]}, "no column nothing"),
            (SMALL, {"case": 7}, "'case' must be text, not 7"),
            (SMALL, {"tz": "Mars/Olympus"}, "no time zone Mars/Olympus"),
            (SMALL, {"tz": None}, "no time zone"),
            (SMALL, {"delimiter": ",,"}, "one character"),
            (SMALL, {"timestamp_format": "%Q"}, "%Q"),
            (SMALL, {"timestamp_format": 5}, "5"),
            ("", {}, "empty"),
            ("case,activity,time\n", {}, "no events"),
            ("case,activity,time\nC,a,3/4/2026\n", {}, "day/month"),
        ):
            with (
                self.subTest(words=words),
                self.assertRaises(ValidationError) as refused,
            ):
                self.load(definition, text, **kwargs)
            self.assertIn(words, str(refused.exception))
        self.assertFalse(definition.log_ids)

    def test_the_same_file_is_refused_naming_the_earlier_import(self):
        definition = self.define(SMALL)
        with self.assertRaises(ConflictError) as refused:
            self.load(definition, gzip.compress(SMALL.encode()))
        self.assertIn(self.manager.name, str(refused.exception))
        self.define(SMALL)  # another process may hold it too

    def test_a_second_import_at_once_is_told_to_wait(self):
        definition = self.define()
        with (
            patch.object(
                type(definition), "lock_for_update", side_effect=LockError("locked")
            ),
            self.assertRaisesRegex(ConflictError, "Another file is being imported"),
        ):
            self.load(definition, SMALL)
        self.assertFalse(definition.log_ids)

    def test_a_second_file_adds_to_the_process(self):
        definition = self.define(SMALL)
        self.load(definition, "case,activity,time\nT3,Close,2026-03-05 09:00:00\n")
        self.assertEqual((definition.event_count, definition.case_count), (7, 3))
        self.assertEqual(definition.process_map({"has": ["Close"]})["cases"], 3)

    def test_deleting_an_import_deletes_its_events(self):
        definition = self.define(SMALL)
        small = definition.log_ids
        self.load(definition, "case,activity,time\nT9,Open,2026-03-05 09:00:00\n")
        small.with_user(self.manager).unlink()
        self.assertEqual(self.events_of(definition).mapped("case_key"), ["T9"])
        self.assertEqual((definition.event_count, definition.case_count), (1, 1))
        self.load(definition, SMALL)  # and the file may come again

    def test_deleting_a_process_deletes_its_events(self):
        definition = self.define(SMALL)
        definition_id = definition.id
        definition.unlink()
        self.assertFalse(
            self.env["process_intelligence.log_event"].search(
                [("definition_id", "=", definition_id)]
            )
        )

    def test_a_process_of_the_ledger_takes_no_files(self):
        definition = self.definitions.create(
            {"name": "Ledger", "source": "ledger", "case_type": "x"}
        )
        with self.assertRaises(ValidationError):
            self.load(definition, SMALL)

    def test_a_background_import_waits_and_is_done_by_the_scheduled_action(self):
        definition = self.define()
        answer = self.load(definition, SMALL, background=True)
        log = definition.log_ids
        self.assertEqual(
            (answer["events"], answer["cases"], answer["rejected"], answer["log"]),
            (0, 0, [], log.id),
        )
        self.assertEqual((log.state, definition.event_count), ("queued", 0))
        self.run_cron()
        self.assertEqual((log.state, log.event_count, log.progress), ("done", 6, 100))
        self.assertFalse(log.content)
        self.assertEqual(definition.process_map()["cases"], 3)

    def test_a_bad_background_import_keeps_its_reasons_and_imports_nothing(self):
        definition = self.define()
        self.load(definition, SMALL + "T4,Open,soon,ann,low\n", background=True)
        self.run_cron()
        log = definition.log_ids
        self.assertEqual(
            (log.state, log.rejected_count, log.event_count), ("failed", 1, 0)
        )
        self.assertEqual(
            log.rejected, [{"line": 8, "reason": "soon is not a timestamp"}]
        )
        self.assertIn("line 8: soon", log.rejected_text)
        self.assertFalse(self.events_of(definition))
        self.load(
            definition, SMALL + "T4,Open,soon,ann,low\n", background=True
        )  # a refused file may come again

    def test_a_poisonous_background_import_does_not_hold_up_the_others(self):
        first, second = self.define(), self.define()
        self.load(first, SMALL, background=True)
        self.load(second, SMALL, background=True)
        first.log_ids.sudo().starts = (
            3  # the server was killed three times while it read this
        )
        self.run_cron()
        self.assertEqual(
            (first.log_ids.state, second.log_ids.state), ("failed", "done")
        )
        self.assertIn("interrupted 3 times", first.log_ids.notes)

    def test_the_state_of_an_import_cannot_be_set_back(self):
        log = self.define(SMALL).log_ids.sudo()
        for state in ("queued", "failed", "done"):
            with self.assertRaises(UserError):
                log.state = state

    def test_an_import_is_always_born_waiting(self):
        definition = self.define()
        log = self.env["process_intelligence.log"].create(
            {"name": "x", "definition_id": definition.id, "state": "done"}
        )
        self.assertEqual(log.state, "queued")

    def run_cron(self):
        cron = type(self.env["ir.cron"])
        with patch.object(
            cron, "_commit_progress", lambda *args, **kwargs: float("inf")
        ):
            self.env["process_intelligence.log"]._cron_import()
        self.env.invalidate_all()

    def test_the_upload_is_checked_before_it_waits(self):
        with self.assertRaises(ValidationError):
            self.define().import_csv("%%%", "case", "activity", "time", background=True)
        with self.assertRaises(ValidationError):
            self.define().import_csv(
                encoded(SMALL), "nope", "activity", "time", background=True
            )

    def test_nothing_stays_noted_of_cases_that_went_with_their_import(self):
        definition = self.define(SMALL)
        small = definition.log_ids
        self.load(definition, "case,activity,time\nT9,Ask,2026-03-05 09:00:00\n")
        asked = self.named(definition, "Ask")
        rule = self.env["process_intelligence.rule"].create(
            {
                "name": "Nobody asks",
                "definition_id": definition.id,
                "kind": "absence",
                "activity_id": asked.id,
            }
        )
        rule._watch()
        self.assertEqual(set(rule.violation_ids.mapped("case_key")), {"T1", "T9"})
        small.with_user(self.manager).unlink()
        self.assertEqual(rule.violation_ids.mapped("case_key"), ["T9"])
