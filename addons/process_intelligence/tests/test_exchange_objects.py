import json
import os
import sqlite3
import tempfile
from datetime import timedelta

from odoo.tests import tagged

from .common import SMALL, encoded
from .common_exchange import ExchangeCase, content
from .test_objects import NOON, ocel, random_events

KINDS = ["order", "item", "parcel"]


def with_values(events, text):
    """Give each event a number of its own and each object a colour, which is its from the start."""
    log = json.loads(text)
    for place, event in enumerate(log["events"]):
        event["attributes"] = [{"name": "number", "value": str(place)}]
    for item in log["objects"]:
        item["attributes"] = [
            {
                "name": "colour",
                "time": "1970-01-01T00:00:00Z",
                "value": f"of {item['id']}",
            }
        ]
    return json.dumps(log)


@tagged("post_install", "-at_install")
class TestExchangeObjects(ExchangeCase):
    """An object-centric log goes out as it came in: each event once, with all that it touched."""

    def of(self, text, kind="order"):
        definition = self.define()
        definition.import_ocel(encoded(text), kind)
        return definition

    def told(self, log):
        """:return: ``[(activity, time, {(kind, object)}, {attribute: value})]``, in the order of the file"""
        kinds = {item["id"]: item["type"] for item in log["objects"]}
        return [
            (
                event["type"],
                event["time"][:19],
                {(kinds[r["objectId"]], r["objectId"]) for r in event["relationships"]},
                {a["name"]: a["value"] for a in event["attributes"]},
            )
            for event in log["events"]
        ]

    def test_random_logs_come_out_as_they_went_in(self):
        for seed in range(4):
            events = random_events(seed, KINDS)
            text = with_values(events, ocel(events))
            for definition in self.twice(self.of(text)):
                log = json.loads(content(definition.export_ocel()))
                self.assertEqual(self.told(log), self.told(json.loads(text)))
                self.assertEqual(
                    {kind["name"] for kind in log["objectTypes"]}, set(KINDS)
                )

    def test_each_kind_of_object_comes_back_with_its_values(self):
        events = random_events(7, KINDS)
        text = with_values(events, ocel(events))
        before = self.of(text)
        for form in ("json", "sqlite"):
            data = before.export_ocel(format=form)["data_base64"]
            for kind in KINDS:
                first, again = self.of(text, kind), self.define()
                again.import_ocel(data, kind)
                with self.subTest(form=form, kind=kind):
                    self.assertEqual(again.statistics(), first.statistics())
                    self.assertEqual(again.object_map(), first.object_map())
            wish = {"attributes": {"colour": ["of order 1"]}}
            again = self.define()
            again.import_ocel(data, "order")
            self.assertEqual(again.variants(wish), before.variants(wish))

    def test_only_events_of_chosen_cases_go_out(self):
        events = [
            ("Pack", NOON, {("order", "A"), ("order", "B")}),
            ("Ship", NOON, {("order", "B"), ("item", "I")}),
        ]
        definition = self.of(ocel(events))
        log = json.loads(content(definition.export_ocel({"has_not": ["Ship"]})))
        [[activity, _at, touched, _number]] = self.told(log)
        self.assertEqual(activity, "Pack")
        self.assertEqual(touched, {("order", "A"), ("order", "B")})

    def test_objects_of_two_logs_with_one_name_stay_two(self):
        definition = self.of(ocel([("Pack", NOON, {("order", "A")})]))
        definition.import_ocel(
            encoded(ocel([("Send", NOON, {("item", "A"), ("order", "B")})])), "order"
        )
        self.load(definition, SMALL)
        log = json.loads(content(definition.export_ocel()))
        self.assertEqual(
            {item["id"]: item["type"] for item in log["objects"]},
            {
                **{"A": "order", "A (item)": "item", "B": "order"},
                **dict.fromkeys(("T1", "T2", "T3"), "case"),
            },
        )
        self.assertEqual(len(log["events"]), 8)

    def rows_of_sqlite(self, answer):
        """:return: ``[(time, type)]`` in the order of the times, read table by table"""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log.sqlite")
            with open(path, "wb") as file:
                file.write(content(answer))
            base = sqlite3.connect(path)
            kinds = base.execute("SELECT * FROM event_map_type ORDER BY 1").fetchall()
            rows = [
                (time, kind)
                for kind, table in kinds
                for (time,) in base.execute(f'SELECT ocel_time FROM "event_{table}"')
            ]
            base.close()
        return sorted(rows, key=lambda row: row[0])

    def test_events_of_an_object_at_one_time_keep_their_order_in_sqlite(self):
        order, item = ("order", "O"), ("item", "I")
        events = [
            ("B", NOON, {order}),
            ("A", NOON, {order, item}),
            ("C", NOON, {item, ("order", "P")}),
            ("A", NOON + timedelta(seconds=1), {order}),
        ]
        answer = self.of(ocel(events)).export_ocel(format="sqlite")
        rows = self.rows_of_sqlite(answer)
        self.assertEqual([kind for _time, kind in rows], ["B", "A", "C", "A"])
        self.assertEqual(
            [time[17:] for time, _kind in rows],
            [
                f"{second}+00:00"
                for second in (
                    "00.000000000",
                    "00.000000001",
                    "00.000000002",
                    "01.000000000",
                )
            ],
        )
        self.assertFalse(answer["notes"])

    def test_more_events_at_one_time_than_there_are_nanoseconds_are_told(self):
        events = [(f"A{n % 3}", NOON, {("order", "O")}) for n in range(1002)]
        definition = self.of(ocel(events))
        answer = definition.export_ocel(format="sqlite")
        self.assertIn("at one time: 2.", answer["notes"][0])
        self.assertFalse(definition.export_ocel()["notes"])
