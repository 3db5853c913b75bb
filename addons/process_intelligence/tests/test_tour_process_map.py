from odoo.tests import HttpCase, new_test_user, tagged

from .common import SMALL, encoded


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

    def test_the_import_says_what_is_missing(self):
        self.start_tour(
            "/odoo/process-map", "process_intelligence_advice", login="admin"
        )
