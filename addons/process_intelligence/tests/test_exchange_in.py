import gzip
import json
import os
import sqlite3
import tempfile

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.event_hub.exceptions import ConflictError

from ..policies.csv_source import Upload
from ..policies.exchange import options_from_json
from .common import SMALL, encoded
from .common_exchange import TWO_TRACES, ExchangeCase, content


@tagged("post_install", "-at_install")
class TestImportExchange(ExchangeCase):
    def test_xes_with_zones_and_attributes_of_traces(self):
        definition = self.define()
        answer = definition.import_xes(encoded(TWO_TRACES), tz="Europe/Berlin")
        self.assertEqual((answer["events"], answer["cases"]), (3, 2))
        [move] = definition.process_map()["transitions"]
        self.assertEqual(move["p50_seconds"], 3600)
        gold = {"attributes": {"tier": ["gold"], "amount": ["5"], "resource": ["ann"]}}
        self.assertEqual(definition.process_map(gold)["cases"], 1)
        last = self.env["process_intelligence.log_event"].search(
            [("definition_id", "=", definition.id), ("case_key", "=", "T2")]
        )
        self.assertEqual(str(last.ts), "2026-03-03 08:00:00")

    def test_gzip_and_the_same_file_twice(self):
        definition = self.define()
        definition.import_xes(encoded(gzip.compress(TWO_TRACES.encode())))
        with self.assertRaises(ConflictError):
            definition.import_xes(encoded(TWO_TRACES))

    def test_a_bad_event_is_named_by_its_line_and_nothing_is_imported(self):
        bad = TWO_TRACES.replace("2026-03-03T09:00:00", "soon")
        definition = self.define()
        answer = definition.import_xes(encoded(bad))
        self.assertEqual(
            [(item["line"], "soon" in item["reason"]) for item in answer["rejected"]],
            [(11, True)],
        )
        self.assertFalse(definition.log_ids)

    def test_whole_files_that_are_refused(self):
        bomb = (
            '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>'
            '<log><trace><string key="concept:name" value="&b;"/></trace></log>'
        )
        outside = (
            '<!DOCTYPE log [<!ENTITY a SYSTEM "file:///etc/passwd">]><log>&a;</log>'
        )
        for text, why in (
            (bomb, "document type"),
            (outside, "document type"),
            ("<log><trace>", "Line 1"),
            ("<html/>", "html"),
            ("<log/>", "no events"),
            ("case,activity", "not XML"),
            (bomb.encode("utf-16"), "not XML"),
            ('<?xml version="1.0" encoding="UTF-7"?>+ADw-log/+AD4-', "UTF-7"),
            (
                '<log><trace><event><string key="a" value="&b;"/></event></trace></log>',
                "Line 1",
            ),
        ):
            with (
                self.subTest(text=text[:40]),
                self.assertRaisesRegex(ValidationError, why),
            ):
                self.define().import_xes(encoded(text))

    def test_ocel_files_that_are_refused(self):
        for text, why in (
            ("[]", "lists"),
            ("{", "OCEL"),
            ("[" * 100_000, "OCEL"),
            ('{"events": [1], "objects": []}', "entry 1"),
            (b"SQLite format 3\x00" + b"\x01" * 200, "OCEL"),
        ):
            with (
                self.subTest(text=text[:20]),
                self.assertRaisesRegex(ValidationError, why),
            ):
                self.define().import_ocel(encoded(text))

    def test_a_view_in_a_sqlite_file_is_not_run(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log.sqlite")
            base = sqlite3.connect(path)
            base.execute(
                "CREATE VIEW event_map_type AS SELECT 'a' AS ocel_type, 'b' AS ocel_type_map"
            )
            base.commit()
            base.close()
            with open(path, "rb") as file:
                data = file.read()
        with self.assertRaisesRegex(ValidationError, "no table event_map_type"):
            self.define().import_ocel(encoded(data))

    def test_a_generated_column_of_a_sqlite_file_is_not_read(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log.sqlite")
            definition = self.define(SMALL)
            with open(path, "wb") as file:
                file.write(content(definition.export_ocel(format="sqlite")))
            base = sqlite3.connect(path)
            [[table]] = base.execute(
                "SELECT 'event_' || ocel_type_map FROM event_map_type LIMIT 1"
            )
            base.execute(
                f"""ALTER TABLE "{table}" ADD COLUMN big AS (printf('%.*c', 50000000, 'x'))"""
            )
            base.commit()
            base.close()
            with open(path, "rb") as file:
                data = file.read()
        with self.assertRaisesRegex(ValidationError, "big .* is generated"):
            self.define().import_ocel(encoded(data))

    def test_events_that_touch_everything_are_refused_before_they_fill_the_disk(self):
        things = [{"id": f"o{number}", "type": "t"} for number in range(1500)]
        log = {
            "objects": things,
            "objectTypes": [{"name": "t"}],
            "eventTypes": [{"name": "A"}],
            "events": [
                {
                    "id": "e",
                    "type": "A",
                    "time": "2026-01-01T00:00:00Z",
                    "relationships": [{"objectId": one["id"]} for one in things],
                }
            ],
        }
        with self.assertRaisesRegex(ValidationError, "Events touch so many objects"):
            self.define().import_ocel(encoded(json.dumps(log)))

    def test_a_declaration_that_hides_its_encoding_is_refused(self):
        hidden = b"<?xml version='1.0'" + b" " * 200 + b"encoding='UTF-7'?><log/>"
        with self.assertRaisesRegex(ValidationError, "UTF-7"):
            self.define().import_xes(encoded(hidden))
        endless = b"<?xml version='1.0'" + b" " * 5000 + b"?><log/>"
        with self.assertRaisesRegex(ValidationError, "not XML"):
            self.define().import_xes(encoded(endless))

    def test_text_that_is_none_is_named_nevertheless(self):
        log = (
            '{"objects": [{"id": "o", "type": "\\ud800"}], "objectTypes": [{"name": "\\ud800"}],'
            ' "eventTypes": [], "events": [{"id": "e", "type": "A", "time": "\\ud800",'
            ' "relationships": [{"objectId": "o"}]}]}'
        )
        with self.assertRaises(ValidationError) as refused:
            self.define().import_ocel(encoded(log), "x")
        refused.exception.args[0].encode()
        answer = self.define().import_ocel(encoded(log))
        self.assertEqual(answer["rejected_total"], 1)
        json.dumps(answer, ensure_ascii=False).encode()

    def test_attributes_of_objects_count_from_their_time_on(self):
        log = {
            "events": [
                {"id": name, "type": name, "time": at, "relationships": [{"objectId": "O", "qualifier": "q"}]}
                for name, at in (("a", "2026-01-01T00:00:00Z"), ("b", "2026-01-03T00:00:00Z"))
            ],
            "objects": [{"id": "O", "type": "order", "attributes": [
                {"name": "state", "time": "1970-01-01T00:00:00Z", "value": "new"},
                {"name": "state", "time": "2026-01-02T00:00:00Z", "value": "paid"},
            ]}],
        }  # fmt: skip
        definition = self.define()
        definition.import_ocel(encoded(json.dumps(log)))
        events = self.env["process_intelligence.log_event"].search(
            [("definition_id", "=", definition.id)], order="ts"
        )
        self.assertEqual(
            [event.attributes for event in events],
            [{"state": "new"}, {"state": "paid"}],
        )

    def test_an_event_of_ocel_without_time_is_named_by_its_number(self):
        log = {
            "events": [{"id": "a", "type": "a", "relationships": []}],
            "objects": [{"id": "O", "type": "order"}],
        }
        answer = self.define().import_ocel(encoded(json.dumps(log)))
        self.assertEqual(answer["rejected"][0]["line"], 1)
        self.assertIn("time", answer["rejected"][0]["reason"])

    def test_a_queued_file_is_imported_as_its_kind(self):
        definition = self.define()
        answer = definition.import_xes(encoded(TWO_TRACES), background=True)
        log = self.env["process_intelligence.log"].browse(answer["log"])
        self.assertEqual(log.state, "queued")
        reader = log._reader(Upload.decode(log.content), options_from_json(log.options))
        self.assertEqual(log._take(reader)["events"], 3)
