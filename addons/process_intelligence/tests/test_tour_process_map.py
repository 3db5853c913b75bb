import random
from datetime import datetime, timedelta

from odoo.tests import HttpCase, new_test_user, tagged

from .common import SMALL, encoded
from .test_objects import ocel, random_events

STEPS = 60
RARE = "Step 59 of the rare ones"


def _long_log(cases=260, seed=60):
    """A main flow of 60 activities with branches, ways back and rare jumps."""
    draw = random.Random(seed)
    further = {}
    for step in range(STEPS - 1):
        back = max(0, step - draw.randrange(1, 4))
        branch = min(STEPS - 2, step + draw.randrange(2, 6))
        rare = [draw.randrange(STEPS) for _ in range(3)]
        further[step] = ([step + 1, branch, back, *rare], [100, 40, 15, 1, 1, 1])
    rows = ["case,activity,time"]
    for case in range(cases):
        at, step = datetime(2026, 3, 2, 8) + timedelta(hours=case), 0
        for _ in range(90):
            name = RARE if step == STEPS - 1 else f"Step {step}"
            rows.append(f"C{case},{name},{at:%Y-%m-%d %H:%M:%S}")
            at += timedelta(minutes=draw.randrange(5, 6000))
            if step >= STEPS - 2:
                break
            step = draw.choices(*further[step])[0]
    return "\n".join(rows)


@tagged("post_install", "-at_install")
class TestTourProcessMap(HttpCase):
    def test_a_csv_becomes_a_map_with_its_ways(self):
        self.start_tour(
            "/odoo/process-map", "process_intelligence_import", login="admin"
        )
        definition = self.env["process_intelligence.definition"].search(
            [("name", "=", "Tour tickets")]
        )
        self.assertEqual((definition.event_count, definition.case_count), (8, 3))

    def test_sliders_keep_every_map_connected(self):
        definition = self.env["process_intelligence.definition"].create(
            {"name": "Tour graph"}
        )
        definition.import_csv(encoded(SMALL), "case", "activity", "time")
        self.start_tour(
            f"/odoo/process-map?process={definition.id}",
            "process_intelligence_graph",
            login="admin",
        )

    def test_sixty_activities_can_be_read_and_found(self):
        definition = self.env["process_intelligence.definition"].create(
            {"name": "Tour sixty"}
        )
        definition.import_csv(encoded(_long_log()), "case", "activity", "time")
        self.start_tour(
            f"/odoo/process-map?process={definition.id}",
            "process_intelligence_large_map",
            login="admin",
        )

    def test_sliders_stay_where_the_reader_put_them(self):
        sixty, few = self.env["process_intelligence.definition"].create(
            [{"name": "Tour sixty"}, {"name": "Tour few"}]
        )
        sixty.import_csv(encoded(_long_log()), "case", "activity", "time")
        few.import_csv(encoded(SMALL), "case", "activity", "time")
        self.start_tour(
            f"/odoo/process-map?process={sixty.id}",
            "process_intelligence_sliders",
            login="admin",
        )

    def test_a_link_tells_where_the_sliders_stand(self):
        definition = self.env["process_intelligence.definition"].create(
            {"name": "Tour sixty"}
        )
        definition.import_csv(encoded(_long_log()), "case", "activity", "time")
        self.start_tour(
            f"/odoo/process-map?process={definition.id}&shown=10-",
            "process_intelligence_shown",
            login="admin",
        )

    def test_dots_are_walked_by_keys_and_open_their_case(self):
        definition = self.env["process_intelligence.definition"].create(
            {"name": "Tour dots"}
        )
        definition.import_csv(encoded(SMALL), "case", "activity", "time")
        self.start_tour(
            f"/odoo/process-map?process={definition.id}&tab=dots",
            "process_intelligence_dots",
            login="admin",
        )

    def test_objects_share_one_map(self):
        definition = self.env["process_intelligence.definition"].create(
            {"name": "Tour objects"}
        )
        events = random_events(3, ["order", "item"])
        definition.import_ocel(encoded(ocel(events)), "order")
        self.start_tour(
            f"/odoo/process-map?process={definition.id}&tab=objects",
            "process_intelligence_objects",
            login="admin",
        )

    def test_one_kind_of_object_says_what_to_do(self):
        definition = self.env["process_intelligence.definition"].create(
            {"name": "Tour cases"}
        )
        definition.import_csv(encoded(SMALL), "case", "activity", "time")
        self.start_tour(
            f"/odoo/process-map?process={definition.id}&tab=objects",
            "process_intelligence_one_kind",
            login="admin",
        )

    def test_findings_answer_in_words(self):
        definition = self.env["process_intelligence.definition"].create(
            {"name": "Tour findings"}
        )
        rows = ["case,activity,time,who"]
        for number in range(1, 31):
            wait = 40 if number % 5 == 0 else 5
            rows += [
                f"T{number},Open,2026-03-02 09:{number:02}:00,ann",
                f"T{number},Ask,2026-03-02 10:{number:02}:00,bob",
                f"T{number},Ask,2026-03-02 11:{number:02}:00,ann",
                f"T{number},Close,2026-03-{2 + wait // 8:02} 12:{number:02}:00,bob",
            ]
        definition.import_csv(
            encoded("\n".join(rows)), "case", "activity", "time", resource="who"
        )
        self.env["process_intelligence.store"]._refresh()
        self.start_tour(
            f"/odoo/process-map?process={definition.id}",
            "process_intelligence_findings",
            login="admin",
        )

    def test_it_opens_where_there_are_cases(self):
        definitions = self.env["process_intelligence.definition"].create(
            [{"name": "0 Tour about to begin"}, {"name": "0 Tour begun"}]
        )
        definitions[1].import_csv(encoded(SMALL), "case", "activity", "time")
        self.start_tour(
            "/odoo/process-map", "process_intelligence_first", login="admin"
        )

    def test_who_may_not_see_processes_is_told_so(self):
        new_test_user(self.env, "tour_outsider")
        self.start_tour(
            "/odoo/process-map", "process_intelligence_denied", login="tour_outsider"
        )
        self.start_tour(
            "/odoo/process-overview",
            "process_intelligence_denied",
            login="tour_outsider",
        )

    def test_the_import_says_what_is_missing(self):
        self.start_tour(
            "/odoo/process-map", "process_intelligence_advice", login="admin"
        )
