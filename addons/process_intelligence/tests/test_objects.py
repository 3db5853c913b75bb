import json
import random
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.event_hub.tools.event_row import EventRow, ObjectRow

from . import oracle_objects
from .common import SMALL, ProcessCase, encoded

NOON = datetime(2026, 3, 2, 12)


def random_events(seed, kinds):
    """:return: ``[(activity, moment, {(kind, object)})]``, in order of time; equal times keep theirs"""
    draw = random.Random(seed)
    events, moment = [], NOON
    for _event in range(40):
        moment += timedelta(minutes=draw.choice([0, 1, 30, 600]))
        touched = {
            (kind, f"{kind} {draw.randrange(4)}")
            for kind in kinds
            for _twice in range(draw.randrange(3))
        }
        touched.add((kinds[0], f"{kinds[0]} {draw.randrange(4)}"))
        events.append((f"step {draw.randrange(4)}", moment, touched))
    return events


def ocel(events):
    objects = {one for event in events for one in event[2]}
    return json.dumps(
        {
            "objectTypes": [
                {"name": kind, "attributes": []} for kind in {k for k, _o in objects}
            ],
            "eventTypes": [
                {"name": name, "attributes": []} for name in {e[0] for e in events}
            ],
            "objects": [
                {"id": one, "type": kind, "attributes": []}
                for kind, one in sorted(objects)
            ],
            "events": [
                {
                    "id": f"e{place}",
                    "type": name,
                    "time": at.isoformat() + "Z",
                    "attributes": [],
                    "relationships": [
                        {"objectId": one, "qualifier": "x"}
                        for _kind, one in sorted(touched)
                    ],
                }
                for place, (name, at, touched) in enumerate(events)
            ],
        }
    )


@tagged("post_install", "-at_install")
class TestObjects(ProcessCase):
    """Each kind of object has a flow of its own; what several share counts once."""

    def refresh(self):
        while self.env["process_intelligence.store"]._refresh():
            pass

    def check(self, answer, events):
        flows, kinds, counts = oracle_objects.object_map(events)
        self.assertEqual(
            {
                t["type"]: (t["objects"], t["events"], t["several"], t["repeated"])
                for t in answer["types"]
            },
            kinds,
        )
        for told in answer["types"]:
            expected = flows[told["type"]]
            self.assertEqual(
                {
                    a["name"]: (a["count"], a["start"], a["end"])
                    for a in told["activities"]
                },
                expected["activities"],
            )
            self.assertEqual(
                {
                    (t["source"], t["target"]): (t["count"], t["p50_seconds"])
                    for t in told["transitions"]
                },
                {
                    pair: (n, p50)
                    for pair, (n, p50, _p) in expected["transitions"].items()
                },
            )
            for name, (count, _start, _end) in expected["activities"].items():
                [shown] = [a for a in answer["activities"] if a["name"] == name]
                self.assertEqual(shown["types"][told["type"]], count)
        self.assertEqual(
            {a["name"]: (a["count"], a["shared"]) for a in answer["activities"]}, counts
        )
        self.assertEqual(answer["events"], len(events))
        self.assertEqual(answer["shared_events"], sum(s for _n, s in counts.values()))
        self.assertEqual(
            [t["colour"] for t in answer["types"]],
            list(range(1, len(answer["types"]) + 1)),
        )

    def test_an_ocel_log_shows_all_its_objects(self):
        for seed in range(6):
            events = random_events(seed, ["order", "item", "parcel"])
            definition = self.define()
            definition.import_ocel(encoded(ocel(events)), "order")
            for _stored in (False, True):
                with self.subTest(seed=seed, stored=_stored):
                    self.check(definition.with_user(self.reader).object_map(), events)
                self.refresh()

    def test_a_log_of_cases_has_one_kind(self):
        definition = self.define(SMALL)
        [kind] = definition.object_map()["types"]
        flat = definition.process_map()
        self.assertEqual((kind["type"], kind["objects"]), ("case", 3))
        self.assertEqual(kind["transitions"], flat["transitions"])
        self.assertEqual(
            definition.object_map({"has": ["Ask"]})["types"][0]["objects"], 1
        )
        self.assertEqual(self.define().object_map()["types"], [])

    def ledger(self, events, records):
        """Events whose first ``res.partner`` is the case."""
        for name, at, touched in events:
            [(model, case), *others] = touched
            self.env["event_hub.event"]._append(
                [
                    EventRow(
                        type="crm.test",
                        correlation="0" * 32,
                        occurred_at=at,
                        company_id=self.company.id,
                        case_type="test_objects",
                        case_model=model,
                        case_id=records[case].id,
                        activity=name,
                        objects=tuple(
                            ObjectRow("about", other, records[one].id)
                            for other, one in others
                        ),
                        history=True,
                    )
                ]
            )

    def test_records_that_events_touch_have_their_own_flow(self):
        partners = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        banks = self.env["res.partner.category"].create([{"name": "x"}, {"name": "y"}])
        records = {"A": partners[0], "B": partners[1], "x": banks[0], "y": banks[1]}
        draw = random.Random(7)
        rows = [
            (
                f"step {draw.randrange(3)}",
                NOON + timedelta(minutes=place // 2),
                [
                    ("res.partner", draw.choice("AB")),
                    *(
                        ("res.partner.category", one)
                        for one in draw.sample("xy", draw.randrange(3))
                    ),
                ],
            )
            for place in range(30)
        ]
        definition = self.definitions.create(
            {"name": "Objects", "source": "ledger", "case_type": "test_objects"}
        )
        self.ledger(rows, records)
        expected = [
            (
                name,
                at,
                {
                    ("test_objects" if m == "res.partner" else m, one)
                    for m, one in touched
                },
            )
            for name, at, touched in rows
        ]
        for _stored in (False, True):
            answer = definition.object_map()
            self.check(answer, expected)
            self.refresh()
        found = definition.open_objects({}, "res.partner.category")
        self.assertEqual(found["res_model"], "res.partner.category")
        self.assertEqual(
            self.env["res.partner.category"].search(found["domain"]), banks
        )
        labels = {t["type"]: t["label"] for t in answer["types"]}
        self.assertEqual(labels["test_objects"], "Test objects")
        self.assertNotEqual(labels["res.partner.category"], "res.partner.category")
        self.hide(definition, banks[1])

    def hide(self, definition, record):
        before = {t["type"]: t["objects"] for t in definition.object_map()["types"]}
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env["ir.model"]._get(record._name).id,
                "domain_force": [("id", "!=", record.id)],
            }
        )
        seen = definition.with_user(self.reader).object_map()
        self.assertEqual(
            {t["type"]: t["objects"] for t in seen["types"]}[record._name],
            before[record._name] - 1,
        )

    def test_a_path_of_a_kind_leads_to_its_objects(self):
        events = random_events(3, ["order", "item"])
        definition = self.define()
        definition.import_ocel(encoded(ocel(events)), "order")
        asked = definition.with_user(self.reader)
        [order] = [t for t in asked.object_map()["types"] if t["type"] == "order"]
        path = order["transitions"][0]
        stories = defaultdict(list)
        for name, _at, touched in events:
            for kind, one in touched:
                if kind == "order":
                    stories[one].append(name)
        wanted = (path["source"], path["target"])
        found = {o for o, story in stories.items() if wanted in pairwise(story)}
        action = asked.open_objects({}, "order", *wanted)
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertIn(f"{len(found)} of the kind Order", action["name"])
        self.assertEqual(
            len(rows), sum(1 for e in events if {("order", o) for o in found} & e[2])
        )
        every = asked.open_objects({}, "order")
        self.assertIn(f"{len(stories)} of the kind Order", every["name"])
        for bad in (
            ("nothing",),
            ("order", "no step"),
            ("order", *wanted[:1], "no step"),
        ):
            with self.subTest(bad=bad), self.assertRaises(ValidationError):
                asked.open_objects({}, *bad)

    def test_another_case_of_the_process_is_no_further_object(self):
        one, two = self.env["res.partner"].create([{"name": "1"}, {"name": "2"}])
        records = {"1": one, "2": two}
        definition = self.definitions.create(
            {"name": "Objects", "source": "ledger", "case_type": "test_objects"}
        )
        self.ledger(
            [
                ("Open", NOON, [("res.partner", "1")]),
                ("Merge", NOON, [("res.partner", "2"), ("res.partner", "1")]),
            ],
            records,
        )
        [kind] = definition.object_map()["types"]
        self.assertEqual((kind["objects"], kind["events"]), (2, 2))

    def test_only_who_may_read_the_process_may_ask(self):
        definition = self.define(SMALL)
        outsider = new_test_user(self.env, "pi_object_out", "base.group_user")
        with self.assertRaises(Exception) as caught:
            definition.with_user(outsider).object_map()
        self.assertEqual(type(caught.exception).__name__, "AccessError")
