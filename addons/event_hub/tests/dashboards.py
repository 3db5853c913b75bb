"""What every spreadsheet dashboard of ours has to hold; its client finds out only when somebody opens it."""

import json
import re

PERIOD = "period"
NAMED = re.compile(r'PIVOT(?:\.VALUE)?\((\d+),\s*"?([\w:]+)')


class DashboardChecks:
    """Mix into a TransactionCase that names its sheet: DASHBOARD, FILTERS beside the period, and GROUPS.

    No TestCase itself, so that importing it runs nothing.
    """

    DASHBOARD = None  # XML id
    FILTERS = frozenset()  # ids of its filters
    GROUPS = ()  # XML ids of who sees it

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref(cls.DASHBOARD)
        cls.sheet = json.loads(cls.dashboard.spreadsheet_data)
        figures = [
            figure["data"] for s in cls.sheet["sheets"] for figure in s["figures"]
        ]
        cls.charts = [data for data in figures if data["type"].startswith("odoo_")]
        cls.cards = [data for data in figures if data["type"] == "scorecard"]

    def _asked(self):
        """:return: [(model, names of what is measured, names of what it is grouped by, fields of its filters)]"""
        pivots = [
            (
                pivot["model"],
                [measure["fieldName"] for measure in pivot["measures"]],
                [row["fieldName"] for row in pivot["rows"]],
                pivot["fieldMatching"],
            )
            for pivot in self.sheet["pivots"].values()
        ]
        charts = [
            (
                chart["metaData"]["resModel"],
                [chart["metaData"]["measure"]],
                [name.split(":")[0] for name in chart["metaData"]["groupBy"]],
                chart["fieldMatching"],
            )
            for chart in self.charts
        ]
        return pivots + charts

    def test_it_names_only_fields_that_exist(self):
        asked = self._asked()
        self.assertGreater(len(asked), 5)
        for model, measures, groups, matching in asked:
            known = self.env[model].fields_get()
            self.assertEqual(set(matching), {PERIOD, *self.FILTERS})
            for name in measures:
                self.assertTrue(known[name].get("aggregator"), (model, name))
            filters = [one["chain"] for one in matching.values()]
            for name in [*groups, *filters]:
                self.assertTrue(known[name]["store"], (model, name))
            self.assertEqual(known[matching[PERIOD]["chain"]]["type"], "datetime")

    def test_its_cells_name_pivots_and_measures_that_it_has(self):
        pivots = {
            pivot["formulaId"]: {measure["id"] for measure in pivot["measures"]}
            for pivot in self.sheet["pivots"].values()
        }
        cells = {
            cell: text
            for sheet in self.sheet["sheets"]
            for cell, text in sheet["cells"].items()
        }
        used = [found for text in cells.values() for found in NAMED.findall(text)]
        self.assertEqual({number for number, _what in used}, set(pivots))
        for number, what in used:
            self.assertTrue(what.isdigit() or what in pivots[number], (number, what))
        for card in self.cards:
            self.assertIn(card["keyValue"].removeprefix("Data!"), cells)

    def test_its_charts_lead_to_the_analysis(self):
        for chart in self.charts:
            action = self.env.ref(chart["actionXmlId"])
            self.assertEqual(action.res_model, chart["metaData"]["resModel"])
        for menu in self.sheet["chartOdooMenusReferences"].values():
            self.assertEqual(self.env.ref(menu)._name, "ir.ui.menu")

    def test_only_who_may_analyse_sees_it(self):
        groups = self.env["res.groups"].union(*map(self.env.ref, self.GROUPS))
        self.assertEqual(self.dashboard.group_ids, groups)
