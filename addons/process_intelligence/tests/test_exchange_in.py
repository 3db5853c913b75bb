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

    def touching(self, *events, objects=None):
        """:param events: of what stands in ``relationships``, or whole ones"""
        whole = [
            event
            if isinstance(event, dict)
            else {
                "id": f"e{place}",
                "type": "Pack",
                "time": f"2026-01-0{place}T00:00:00Z",
                "relationships": event,
            }
            for place, event in enumerate(events, start=1)
        ]
        objects = objects or [{"id": "O", "type": "order"}, {"id": "I", "type": "item"}]
        return encoded(json.dumps({"events": whole, "objects": objects}))

    def test_what_an_event_of_ocel_touches_is_never_passed_over(self):
        mine = [{"objectId": "O", "qualifier": "q"}]
        for bad, why in (
            ("O", "relationships of e2 must be a list of objects with objectId"),
            (["O"], "relationships of e2 must be a list"),
            ([{"object": "O"}], "relationships of e2 must be a list"),
            ([{"objectId": "X"}], "touches X, which is none of the objects"),
        ):
            definition = self.define()
            answer = definition.import_ocel(self.touching(mine, bad), "order")
            [refused] = answer["rejected"]
            self.assertEqual((refused["line"], definition.log_ids.ids), (2, []))
            self.assertIn(why, refused["reason"])

    def test_events_of_ocel_are_told_apart_by_their_ids(self):
        mine = [{"objectId": "O", "qualifier": "q"}]
        event = {"id": "e1", "type": "Pack", "time": "2026-01-01", "attributes": "x"}
        again = {**event, "relationships": mine, "attributes": []}
        answer = self.define().import_ocel(self.touching(mine, again), "order")
        self.assertEqual(
            [(r["line"], r["reason"]) for r in answer["rejected"]],
            [(2, "this id is that of event number 1 already")],
        )
        answer = self.define().import_ocel(self.touching(event), "order")
        self.assertIn("attributes of e1", answer["rejected"][0]["reason"])
        for moment, why in (
            (5, "5 is not a timestamp"),
            ([], "is not a timestamp"),
            ("", "empty"),
            (None, "empty"),
        ):
            wrong = {**again, "time": moment}
            answer = self.define().import_ocel(self.touching(wrong), "order")
            self.assertIn(why, answer["rejected"][0]["reason"])

    def test_a_log_without_a_case_is_refused(self):
        only = [{"objectId": "I", "qualifier": "q"}]
        for events in ([only], [[]], [None]):
            with self.assertRaisesRegex(
                ValidationError, "touches an object of the type order"
            ):
                self.define().import_ocel(self.touching(*events), "order")
        twice = [{"id": "O", "type": "order"}, {"id": "O", "type": "item"}]
        with self.assertRaisesRegex(ValidationError, "entry 2 is O again"):
            self.define().import_ocel(self.touching(only, objects=twice), "order")

    def test_a_sqlite_file_that_contradicts_itself_is_refused(self):
        definition = self.define(SMALL)
        data = content(definition.export_ocel(format="sqlite"))
        for change, why in (
            ("DELETE FROM event WHERE ocel_type = 'Ask'", "table event lacks e"),
            (
                "DELETE FROM event_object; INSERT INTO event_object VALUES ('x', 'T1', '')",
                "nothing tells of x",
            ),
            ("INSERT INTO event VALUES ('x', 'Ask')", "nothing tells of x"),
            (
                "INSERT INTO object_case0 VALUES ('x', '1970-01-01', NULL)",
                "nothing tells of x",
            ),
            (
                "UPDATE object SET ocel_type = NULL WHERE ocel_id = 'T1'",
                "T1 twice, or no type",
            ),
        ):
            with (
                self.subTest(change=change),
                self.assertRaisesRegex(ValidationError, why),
            ):
                self.define().import_ocel(encoded(self.changed(data, change)))

    def changed(self, data, script):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log.sqlite")
            with open(path, "wb") as file:
                file.write(data)
            base = sqlite3.connect(path)
            base.executescript(script)
            base.close()
            with open(path, "rb") as file:
                return file.read()

    def test_ids_of_sqlite_may_be_numbers(self):
        definition = self.define(SMALL)
        data = content(definition.export_ocel(format="sqlite"))
        number = (
            "CREATE TABLE o (ocel_id INTEGER, ocel_type TEXT);"
            " INSERT INTO o SELECT substr(ocel_id, 2), ocel_type FROM object;"
            " DROP TABLE object; ALTER TABLE o RENAME TO object;"
            " CREATE TABLE eo (ocel_event_id TEXT, ocel_object_id INTEGER, ocel_qualifier TEXT);"
            " INSERT INTO eo SELECT ocel_event_id, substr(ocel_object_id, 2), '' FROM event_object;"
            " DROP TABLE event_object; ALTER TABLE eo RENAME TO event_object;"
            " UPDATE object_case0 SET ocel_id = substr(ocel_id, 2)"
        )
        back = self.define()
        back.import_ocel(encoded(self.changed(data, number)))
        self.assertEqual(back.variants(), definition.variants())

    def test_times_that_the_clocks_jumped_over_stay_in_order(self):
        definition = self.define()
        told = definition.import_xes(
            encoded(
                TWO_TRACES.replace(
                    "2026-03-02T10:00:00.000+01:00", "2026-03-29T01:45:00"
                ).replace("2026-03-02T10:00:00Z", "2026-03-29T02:30:00")
            ),
            tz="Europe/Berlin",
        )
        self.assertEqual(
            told["notes"],
            [
                "Times that the clocks of Europe/Berlin jumped over: 1. They were read as the moment of the jump."
                " Check the time zone."
            ],
        )
        [move] = definition.process_map()["transitions"]
        self.assertEqual((move["source"], move["p50_seconds"]), ("Open", 900))
        twice = self.define()
        told = self.load(
            twice, "case,activity,time\nA,Open,2026-10-25 02:30\n", tz="Europe/Berlin"
        )
        self.assertIn("showed twice: 1.", told["notes"][0])
        event = self.env["process_intelligence.log_event"].search(
            [("definition_id", "=", twice.id)]
        )
        self.assertEqual(str(event.ts), "2026-10-25 00:30:00")

    def test_zones_that_only_some_times_name_are_told(self):
        told = self.define().import_xes(encoded(TWO_TRACES), tz="Europe/Berlin")
        self.assertEqual(
            told["notes"],
            [
                "Some times name a zone. Those that name none were read as Europe/Berlin: 1."
            ],
        )

    def test_a_queued_file_is_imported_as_its_kind(self):
        definition = self.define()
        answer = definition.import_xes(encoded(TWO_TRACES), background=True)
        log = self.env["process_intelligence.log"].browse(answer["log"])
        self.assertEqual(log.state, "queued")
        reader = log._reader(Upload.decode(log.content), options_from_json(log.options))
        self.assertEqual(log._take(reader)["events"], 3)
