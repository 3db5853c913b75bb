from odoo.tests import HttpCase, tagged


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
