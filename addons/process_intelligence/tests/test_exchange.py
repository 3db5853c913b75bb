import base64
import gzip
import json
import os
import sqlite3
import tempfile
from collections import Counter

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.tools.event_row import EventRow, ObjectRow

from ..policies.csv_source import Upload
from ..policies.exchange import options_from_json
from . import oracle
from .common import SMALL, ProcessCase, encoded
from .test_ledger import NOON
from .test_statistics import as_csv, random_log

XES = "{http://www.xes-standard.org/}"
TWO_TRACES = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/">
  <trace>
    <string key="concept:name" value="T1"/><string key="tier" value="gold"/>
    <event><string key="concept:name" value="Open"/><date key="time:timestamp" value="2026-03-02T10:00:00.000+01:00"/>
      <string key="org:resource" value="ann"/><int key="amount" value="5"/></event>
    <event><string key="concept:name" value="Close"/><date key="time:timestamp" value="2026-03-02T10:00:00Z"/>
      <string key="lifecycle:transition" value="complete"/></event>
  </trace>
  <trace><string key="concept:name" value="T2"/>
    <event><string key="concept:name" value="Open"/><date key="time:timestamp" value="2026-03-03T09:00:00"/></event>
  </trace>
</log>"""


def content(answer):
    return base64.b64decode(answer["data_base64"])


class ExchangeCase(ProcessCase):
    def stored(self, definition):
        while self.env["process_intelligence.store"]._refresh():
            pass
        self.assertEqual(definition._stale_state(), (0, False))

    def twice(self, definition):
        """From the events, then from what is stored."""
        yield definition
        self.stored(definition)
        yield definition

    def traces_of_xes(self, answer):
        root = etree.fromstring(content(answer))
        value = f"{XES}string[@key='concept:name']"
        return {
            trace.find(value).get("value"): [
                (
                    event.find(value).get("value"),
                    event.find(f"{XES}date").get("value"),
                )
                for event in trace.iter(f"{XES}event")
            ]
            for trace in root.iter(f"{XES}trace")
        }

    def expected(self, events):
        return {
            case: [
                (name, at.isoformat(timespec="microseconds") + "+00:00")
                for name, at, _attributes in steps
            ]
            for case, steps in oracle.traces(events).items()
        }


@tagged("post_install", "-at_install")
class TestExport(ExchangeCase):
    def test_xes_holds_the_cases_of_random_logs_in_order(self):
        for seed in range(6):
            events = random_log(seed)
            for definition in self.twice(self.define(as_csv(events))):
                with self.subTest(seed=seed):
                    self.assertEqual(
                        self.traces_of_xes(definition.export_xes()),
                        self.expected(events),
                    )

    def test_every_format_comes_back_as_the_same_map(self):
        for seed in range(4):
            definition = self.define(as_csv(random_log(seed)))
            before = definition.statistics(), definition.variants()
            for back in self._back(definition):
                with self.subTest(seed=seed, log=back.log_ids.options):
                    self.assertEqual((back.statistics(), back.variants()), before)

    def _back(self, definition):
        xes, csv = self.define(), self.define()
        xes.import_xes(definition.export_xes()["data_base64"])
        csv.import_csv(
            definition.export_csv()["data_base64"], "case", "activity", "timestamp"
        )
        yield from (xes, csv)
        for kind in ("json", "sqlite"):
            ocel = self.define()
            ocel.import_ocel(definition.export_ocel(format=kind)["data_base64"])
            yield ocel

    def test_attributes_and_people_come_back_too(self):
        definition = self.define(SMALL, resource="who", attributes=["priority"])
        wish = {"attributes": {"priority": ["high"], "resource": ["bob"]}}
        self.assertEqual(definition.process_map(wish)["cases"], 1)
        csv = self.define()
        csv.import_csv(
            definition.export_csv()["data_base64"],
            *("case", "activity", "timestamp", "resource"),
            attributes=["priority"],
        )
        xes, ocel = self.define(), self.define()
        xes.import_xes(definition.export_xes()["data_base64"])
        ocel.import_ocel(definition.export_ocel()["data_base64"], "case")
        for back in (csv, xes, ocel):
            self.assertEqual(back.process_map(wish), definition.process_map(wish))

    def test_only_chosen_cases_are_exported(self):
        definition = self.define(SMALL)
        answer = definition.export_xes({"has": ["Ask"]})
        self.assertEqual(list(self.traces_of_xes(answer)), ["T1"])
        self.assertEqual(answer["name"], "Tickets.xes")
        rows = content(definition.export_csv({"has": ["Ask"]})).decode().splitlines()
        self.assertEqual(rows[1], "T1,Open,2026-03-02T09:00:00.000000+00:00,")
        self.assertEqual(len(rows), 4)
        with self.assertRaisesRegex(ValidationError, "hass"):
            definition.export_xes({"hass": []})

    def test_names_that_count_as_one_are_exported_as_the_map_shows_them(self):
        definition = self.define(SMALL)
        self.stored(definition)
        ask, opened = (
            definition.activity_ids.filtered(lambda a, name=name: a.name == name)
            for name in ("Ask", "Open")
        )
        ask.shown_as_id = opened
        self.assertEqual(
            [name for name, _at in self.traces_of_xes(definition.export_xes())["T1"]],
            ["Open", "Open", "Close"],
        )

    def test_a_nul_free_control_character_is_told_and_replaced(self):
        definition = self.define("case,activity,time\nA,Ring \x07,2026-01-01\n")
        answer = definition.export_xes()
        self.assertEqual(
            self.traces_of_xes(answer)["A"][0][0],
            "Ring \ufffd",
        )
        self.assertIn("1 characters", answer["notes"][0])

    def test_a_formula_is_inert_in_a_csv(self):
        definition = self.define(
            'case,activity,time\n-5,"=HYPERLINK(""x"")",2026-01-01\n'
        )
        row = content(definition.export_csv()).decode().splitlines()[1]
        self.assertTrue(row.startswith("-5,\"'=HYPERLINK"), row)

    def test_another_format_is_refused_by_name(self):
        with self.assertRaisesRegex(ValidationError, "json, sqlite"):
            self.define(SMALL).export_ocel(format="xml")

    def test_ocel_json_says_types_and_relations(self):
        definition = self.define(SMALL, resource="who", attributes=["priority"])
        log = json.loads(content(definition.export_ocel()))
        self.assertEqual(log["objectTypes"], [{"name": "case", "attributes": []}])
        self.assertEqual({item["id"] for item in log["objects"]}, {"T1", "T2", "T3"})
        self.assertEqual(
            Counter(event["type"] for event in log["events"]),
            {"Open": 3, "Close": 2, "Ask": 1},
        )
        first = log["events"][0]
        self.assertEqual(
            (first["type"], first["time"], first["relationships"]),
            (
                "Open",
                "2026-03-02T09:00:00.000000+00:00",
                [{"objectId": "T1", "qualifier": "case"}],
            ),
        )
        self.assertIn({"name": "priority", "value": "high"}, first["attributes"])
        opened = next(kind for kind in log["eventTypes"] if kind["name"] == "Open")
        self.assertIn({"name": "priority", "type": "string"}, opened["attributes"])

    def test_columns_that_differ_in_case_only_fit_into_sqlite(self):
        definition = self.define(
            "case,activity,time,Tier,tier\nA,Open,2026-01-01,x,y\n",
            attributes=["Tier", "tier"],
        )
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log.sqlite")
            with open(path, "wb") as file:
                file.write(content(definition.export_ocel(format="sqlite")))
            base = sqlite3.connect(path)
            [[table]] = base.execute("SELECT ocel_type_map FROM event_map_type")
            [row] = base.execute(f'SELECT * FROM "event_{table}"')
            base.close()
        self.assertEqual(row[2:4], ("x", "y"))

    def test_a_reader_exports_and_a_stranger_does_not(self):
        definition = self.define(SMALL)
        mine = definition.with_user(self.reader)
        self.assertEqual(len(self.traces_of_xes(mine.export_xes())), 3)
        with self.assertRaises(AccessError):
            definition.with_user(self.env.ref("base.public_user")).export_xes()
        with self.assertRaises(AccessError):
            mine.import_xes(encoded(TWO_TRACES))


@tagged("post_install", "-at_install")
class TestExportLedger(ExchangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Partner = cls.env["res.partner"]
        other = cls.env["res.company"].create({"name": "Other"})
        cls.one, cls.two, cls.plain, cls.hidden = Partner.create(
            [
                {"name": "One"},
                {"name": "Two"},
                {"name": "Plain"},
                {"name": "Hidden", "company_id": other.id},
            ]
        )
        bank = cls.env["res.country"].search([], limit=1)
        cls.bank = bank
        cls.env["event_hub.event"]._append(
            [
                cls._event(cls.one, "Signed", 0, ("self", cls.one), ("land", bank)),
                cls._event(cls.one, "Live", 1, ("twin", cls.two), ("by", cls.hidden)),
                cls._event(cls.two, "Signed", 2, ("friend", cls.plain)),
                cls._event(cls.hidden, "Signed", 3, company=other),
            ]
        )
        cls.definition = cls.definitions.create(
            {"name": "Onboarding", "source": "ledger", "case_type": "test_exchange"}
        )
        cls.definition.company_id = False

    @classmethod
    def _event(cls, partner, activity, hour, *objects, company=None):
        return EventRow(
            type="crm.test",
            correlation="0" * 32,
            occurred_at=NOON.replace(hour=hour),
            company_id=(company or cls.company).id,
            case_type="test_exchange",
            case_model="res.partner",
            case_id=partner.id,
            activity=activity,
            actor="ann",
            attributes={"seats": 5, "share": 0.5, "vip": True, "more": {"a": 1}},
            history=True,
            objects=tuple(ObjectRow(role, r._name, r.id) for role, r in objects),
        )

    def log(self):
        mine = self.definition.with_user(self.reader)
        return json.loads(content(mine.export_ocel()))

    def test_records_that_events_touch_are_objects(self):
        log = self.log()
        one, two = f"res.partner,{self.one.id}", f"res.partner,{self.two.id}"
        self.assertEqual(
            {item["id"]: item["type"] for item in log["objects"]},
            {
                one: "test_exchange",
                two: "test_exchange",
                f"res.country,{self.bank.id}": "res.country",
                f"res.partner,{self.plain.id}": "res.partner",
            },
        )
        relations = [event["relationships"] for event in log["events"]]
        self.assertIn(
            {"objectId": f"res.country,{self.bank.id}", "qualifier": "land"},
            relations[0],
        )
        # Another case is no object of the event: its own steps stay those of the map.
        self.assertEqual(relations[1], [{"objectId": one, "qualifier": "case"}])
        [first] = [item for item in log["objects"] if item["id"] == one]
        self.assertEqual(
            first["relationships"], [{"objectId": two, "qualifier": "twin"}]
        )

    def test_kinds_of_values_are_kept(self):
        log = self.log()
        kinds = {
            item["name"]: item["type"] for item in log["eventTypes"][0]["attributes"]
        }
        self.assertEqual(
            kinds,
            {
                "seats": "integer",
                "share": "float",
                "vip": "boolean",
                "more": "string",
                "resource": "string",
            },
        )
        values = {
            item["name"]: item["value"] for item in log["events"][0]["attributes"]
        }
        self.assertEqual(
            (values["seats"], values["share"], values["vip"], values["more"]),
            (5, 0.5, True, '{"a": 1}'),
        )

    def test_what_the_user_may_not_see_is_in_no_file(self):
        mine = self.definition.with_user(self.reader)
        for answer in (
            mine.export_ocel(),
            mine.export_ocel(format="sqlite"),
            mine.export_xes(),
            mine.export_csv(),
        ):
            self.assertNotIn(f"res.partner,{self.hidden.id}".encode(), content(answer))

    def test_it_comes_back_by_the_type_of_its_cases(self):
        mine = self.definition.with_user(self.reader)
        for kind in ("json", "sqlite"):
            data = mine.export_ocel(format=kind)["data_base64"]
            back = self.define()
            with self.assertRaisesRegex(ValidationError, "res.country"):
                back.import_ocel(data)
            with self.assertRaisesRegex(ValidationError, "nope"):
                back.import_ocel(data, "nope")
            answer = back.import_ocel(data, "test_exchange")
            self.assertEqual((answer["events"], answer["cases"]), (3, 2))
            self.assertEqual(back.variants(), mine.variants())
            self.assertEqual(
                back.process_map({"attributes": {"seats": ["5"]}})["cases"], 2
            )
            lands = self.define()
            answer = lands.import_ocel(data, "res.country")
            self.assertIn("2 events", answer["notes"][0])


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
