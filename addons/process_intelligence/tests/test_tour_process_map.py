from odoo.tests import HttpCase, tagged

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
