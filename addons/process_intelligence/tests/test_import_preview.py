import json

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .. import const
from .common import SMALL, encoded
from .common_exchange import TWO_TRACES, ExchangeCase, content

ASKED = {"case": "case", "activity": "activity", "timestamp": "time"}


@tagged("post_install", "-at_install")
class TestImportPreview(ExchangeCase):
    def test_xes_is_told_and_nothing_is_written(self):
        definition = self.define()
        sight = definition.preview_xes(encoded(TWO_TRACES), tz="Europe/Berlin")
        self.assertEqual(
            (sight["whole"], sight["events"], sight["cases"], sight["at_least"]),
            (True, 3, 2, []),
        )
        self.assertEqual(
            (sight["first"], sight["last"]),
            ("2026-03-02T09:00:00Z", "2026-03-03T08:00:00Z"),
        )
        self.assertEqual(
            sight["activities"],
            [{"name": "Open", "count": 2}, {"name": "Close", "count": 1}],
        )
        self.assertEqual(
            sight["without_zone"],
            {
                "times": 1,
                "read_as": "Europe/Berlin",
                "example": "2026-03-03T09:00:00",
                "example_utc": "2026-03-03T08:00:00Z",
            },
        )
        self.assertEqual(
            sight["first_cases"][0]["steps"][0],
            {
                "line": 5,
                "activity": "Open",
                "at": "2026-03-02T09:00:00Z",
                "resource": "ann",
                "attributes": {"tier": "gold", "amount": "5"},
            },
        )
        self.assertEqual((sight["objects"], sight["rejected_total"]), ([], 0))
        self.assertFalse(definition.log_ids)
        self.assertFalse(definition.event_count)
        json.dumps(sight)

    def test_the_import_counts_what_the_preview_told(self):
        definition = self.define(SMALL, resource="who", attributes=["priority"])
        for name, sight_of, import_of in (
            ("xes", "preview_xes", "import_xes"),
            ("json", "preview_ocel", "import_ocel"),
            ("sqlite", "preview_ocel", "import_ocel"),
            ("csv", "preview_csv", "import_csv"),
        ):
            with self.subTest(name=name):
                further = {}
                if name in ("json", "sqlite"):
                    data = definition.export_ocel(format=name)["data_base64"]
                else:
                    data = getattr(definition, f"export_{name}")()["data_base64"]
                if name == "csv":
                    further = {**ASKED, "timestamp": "timestamp"}
                back = self.define()
                sight = getattr(back, sight_of)(data, **further)
                answer = getattr(back, import_of)(data, **further)
                self.assertEqual(
                    (sight["events"], sight["cases"], sight["without_zone"]),
                    (answer["events"], answer["cases"], False),
                )
                self.assertEqual(
                    {item["name"]: item["count"] for item in sight["activities"]},
                    {
                        item["name"]: item["count"]
                        for item in back.process_map()["activities"]
                    },
                )

    def test_what_is_refused_is_named_with_its_place(self):
        definition = self.define()
        bad = TWO_TRACES.replace("2026-03-03T09:00:00", "soon")
        sight = definition.preview_xes(encoded(bad))
        self.assertEqual((sight["events"], sight["rejected_total"]), (2, 1))
        [refused] = sight["rejected"]
        self.assertEqual((refused["line"], refused["event"]), (11, False))
        self.assertIn("soon", refused["reason"])
        log = {
            "events": [{"id": "e7", "type": "a", "relationships": []}],
            "objects": [{"id": "O", "type": "order"}, {"id": "I", "type": "item"}],
        }
        sight = definition.preview_ocel(encoded(json.dumps(log)), "item")
        self.assertEqual(
            [(item["line"], item["event"]) for item in sight["rejected"]], [(1, "e7")]
        )
        self.assertEqual(
            sight["objects"],
            [
                {"type": "item", "objects": 1, "events": 0},
                {"type": "order", "objects": 1, "events": 0},
            ],
        )

    def test_a_csv_is_told_too(self):
        sight = self.define().preview_csv(
            encoded(SMALL + "T9,Open,soon,ann,low\n"), **ASKED, attributes=["priority"]
        )
        self.assertEqual((sight["events"], sight["cases"]), (6, 3))
        self.assertEqual([item["line"] for item in sight["rejected"]], [8])
        self.assertEqual(sight["without_zone"]["times"], 6)

    def test_files_that_cannot_be_read_are_refused_as_by_the_import(self):
        definition = self.define()
        for call, why in (
            (lambda: definition.preview_xes("ÿ"), "base64"),
            (lambda: definition.preview_xes(encoded("<log/>")), "no events"),
            (lambda: definition.preview_ocel(encoded("{")), "OCEL"),
            (lambda: definition.preview_xes(encoded(TWO_TRACES), tz="Nowhere"), "zone"),
            (lambda: definition.preview_ocel(encoded("{"), 5), "object_type"),
        ):
            with self.subTest(why=why), self.assertRaisesRegex(ValidationError, why):
                call()

    def test_only_who_may_import_may_have_a_file_read(self):
        definition = self.define().with_user(self.reader)
        with self.assertRaises(AccessError):
            definition.preview_xes(encoded(TWO_TRACES))


@tagged("post_install", "-at_install")
class TestWizardPreview(ExchangeCase):
    def wizard(self, data, name, **values):
        return (
            self.env["process_intelligence.import_wizard"]
            .with_user(self.manager)
            .create({"file": data, "file_name": name, **values})
        )

    def test_a_log_of_another_tool_is_shown_before_its_import(self):
        wizard = self.wizard(encoded(TWO_TRACES), "log.xes", tz="Europe/Berlin")
        self.assertTrue(wizard.is_whole)
        for told in (
            "3 steps of 2 cases, from 2026-03-02 09:00:00 to 2026-03-03 08:00:00 (UTC).",
            "2 activities: Open (2), Close (1)",
            "1 times name no zone and are read as Europe/Berlin: 2026-03-03T09:00:00 is 2026-03-03 08:00:00 (UTC).",
            "<td>T1</td>",
            "tier: gold, amount: 5",
        ):
            self.assertIn(told, wizard.sight)

    def test_the_zone_and_the_kind_of_cases_change_what_is_shown(self):
        wizard = self.wizard(encoded(TWO_TRACES), "log.xes", tz="UTC")
        self.assertIn("to 2026-03-03 09:00:00", wizard.sight)
        wizard.tz = "Asia/Tokyo"
        self.assertIn("to 2026-03-03 00:00:00", wizard.sight)

    def test_objects_of_a_log_are_told_by_kind(self):
        log = {
            "events": [
                {
                    "id": "e<b>",
                    "type": "Pack <b>",
                    "time": "2026-01-01T00:00:00Z",
                    "relationships": [{"objectId": "O"}, {"objectId": "I"}],
                }
            ],
            "objects": [
                {"id": "O", "type": "order"},
                *({"id": name, "type": "item"} for name in "IJ"),
            ],
        }
        wizard = self.wizard(encoded(json.dumps(log)), "log.json")
        self.assertIn(
            "Kinds of objects: item: 2 in 1 events; order: 1 in 1 events", wizard.sight
        )
        self.assertNotIn("<b>", wizard.sight)
        wizard.object_type = "nope"
        self.assertFalse(wizard.sight)
        wizard.object_type = "order"
        self.assertIn("<td>O</td>", wizard.sight)

    def test_what_is_refused_is_told_with_its_place(self):
        bad = TWO_TRACES.replace("2026-03-03T09:00:00", "soon")
        wizard = self.wizard(encoded(bad), "log.xes")
        self.assertIn("Cannot be read: 1 events", wizard.sight)
        self.assertIn("<td>11</td>", wizard.sight)

    def test_a_damaged_file_says_so_in_place_of_its_cases(self):
        wizard = self.wizard(encoded(TWO_TRACES[:-20]), "log.xes")
        self.assertIn("not well-formed", wizard.sight)

    def test_a_large_file_shows_its_beginning_until_all_of_it_is_asked_for(self):
        self.patch(const, "BACKGROUND_FROM_BYTES", 10)
        self.patch(const, "PREVIEW_EVENTS", 2)
        wizard = self.wizard(encoded(TWO_TRACES), "log.xes")
        self.assertFalse(wizard.is_whole)
        self.assertIn("Of the beginning of the file: 2 steps of 1 cases", wizard.sight)
        action = wizard.check_file()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (wizard._name, wizard.id)
        )
        self.assertTrue(wizard.is_whole)
        self.assertIn("3 steps of 2 cases", wizard.sight)

    def test_a_csv_is_checked_by_the_button(self):
        wizard = self.wizard(encoded(SMALL + "T9,Open,soon,ann,low\n"), "log.csv")
        self.assertFalse(wizard.sight)
        wizard.check_file()
        self.assertIn("Cannot be read: 1 events", wizard.sight)
        self.assertIn("<td>8</td>", wizard.sight)
        self.assertIn("6 steps of 3 cases", wizard.sight)
        self.assertFalse(self.definitions.search_count([("name", "=", "Log")]))
        wizard.column_ids[0].role = "ignore"
        self.assertFalse(wizard.sight)
        with self.assertRaises(ValidationError):
            wizard.check_file()

    def test_the_exported_ocel_is_shown_by_its_cases(self):
        exported = self.define(SMALL)
        for kind in ("json", "sqlite"):
            answer = exported.export_ocel(format=kind)
            wizard = self.wizard(answer["data_base64"], answer["name"])
            self.assertIn("6 steps of 3 cases", wizard.sight)
        self.assertTrue(content(answer))
