import json
import os
import sqlite3
import tempfile
from collections import Counter

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.event_hub.tools.event_row import EventRow, ObjectRow

from .common import SMALL, encoded
from .common_exchange import TWO_TRACES, ExchangeCase, content
from .test_ledger import NOON
from .test_statistics import as_csv, random_log


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

    def test_inert_names_stay_different_ones(self):
        names = ["=1", "'=1", "''=1", "1", "'tis"]
        rows = "".join(f"{name},Open,2026-01-01\n" for name in names)
        definition = self.define(f"case,activity,time\n{rows}")
        lines = content(definition.export_csv()).decode().splitlines()[1:]
        told = {line.split(",")[0] for line in lines}
        self.assertEqual(told, {"'=1", "''=1", "'''=1", "1", "'tis"})

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
