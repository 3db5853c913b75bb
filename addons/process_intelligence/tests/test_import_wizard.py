from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SMALL, ProcessCase, encoded


@tagged("post_install", "-at_install")
class TestImportWizard(ProcessCase):
    def wizard(self, text):
        return (
            self.env["process_intelligence.import_wizard"]
            .with_user(self.manager)
            .create({"file": encoded(text), "file_name": "support_tickets.csv"})
        )

    def test_columns_are_guessed_and_the_first_rows_shown(self):
        wizard = self.wizard(SMALL.replace(",", ";"))
        self.assertEqual((wizard.name, wizard.delimiter), ("Support tickets", ";"))
        self.assertEqual(
            wizard.column_ids.mapped(lambda column: (column.name, column.role)),
            [
                ("case", "case"), ("activity", "activity"), ("time", "timestamp"),
                ("who", "attribute"), ("priority", "attribute"),
            ],
        )  # fmt: skip
        self.assertIn("<td>T1</td>", wizard.preview)

    def test_cells_are_inert_in_the_preview(self):
        wizard = self.wizard(
            "case,activity,time\n<img src=x onerror=alert(1)>,a,2026-01-01\n"
        )
        self.assertNotIn("<img", wizard.preview)

    def test_an_import_makes_a_process_and_opens_its_map(self):
        action = self.wizard(SMALL).import_file()
        self.assertEqual(action["tag"], "process_intelligence.process_map")
        definition = self.definitions.browse(action["params"]["definition_id"])
        self.assertEqual(
            (definition.name, definition.event_count, definition.owner_id),
            ("Support tickets", 6, self.manager),
        )
        self.assertEqual(definition.log_ids.name, "support_tickets.csv")

    def test_bad_lines_are_shown_and_leave_no_process_behind(self):
        wizard = self.wizard(SMALL + "T4,Open,<b>soon</b>,ann,low\n")
        before = self.definitions.search_count([])
        action = wizard.import_file()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (wizard._name, wizard.id)
        )
        self.assertEqual(wizard.rejected_count, 1)
        self.assertIn("<td>8</td>", wizard.rejected)
        self.assertNotIn("<b>", wizard.rejected)
        self.assertEqual(self.definitions.search_count([]), before)

    def test_each_part_needs_exactly_one_column(self):
        wizard = self.wizard(SMALL)
        wizard.column_ids[0].role = "ignore"
        with self.assertRaises(ValidationError):
            wizard.import_file()

    def test_what_is_missing_is_told_before_the_import(self):
        wizard = self.wizard(SMALL)
        self.assertFalse(wizard.advice)
        wizard.column_ids[0].role = "ignore"
        self.assertIn("exactly one column as Case", wizard.advice)
        wizard.column_ids[0].role = "case"
        wizard.column_ids[3:].role = "resource"
        self.assertIn("at most one column as Who", wizard.advice)

    def test_an_unreadable_file_is_explained_at_once(self):
        wizard = self.wizard(b"\x1f\x8bnonsense")
        self.assertIn("gzip", wizard.problem)
        self.assertFalse(wizard.column_ids)

    def test_nobody_reads_the_upload_of_another(self):
        wizard = self.wizard(SMALL)
        other = self.env.ref("base.user_admin")
        self.assertFalse(wizard.with_user(other).search([("id", "=", wizard.id)]))

    def of_kind(self, data, name):
        return (
            self.env["process_intelligence.import_wizard"]
            .with_user(self.manager)
            .create({"file": data, "file_name": name})
        )

    def test_files_of_other_tools_are_known_by_their_extension(self):
        exported = self.define(SMALL)
        for answer, kind in (
            (exported.export_xes(), "xes"),
            (exported.export_ocel(), "ocel"),
            (exported.export_ocel(format="sqlite"), "ocel"),
        ):
            with self.subTest(name=answer["name"]):
                wizard = self.of_kind(answer["data_base64"], answer["name"])
                self.assertEqual((wizard.kind, wizard.problem), (kind, False))
                self.assertFalse(wizard.column_ids)
                self.assertEqual(
                    (wizard.object_type, wizard.object_types),
                    ("case", "case") if kind == "ocel" else (False, ""),
                )
                action = wizard.import_file()
                made = self.definitions.browse(action["params"]["definition_id"])
                self.assertEqual(made.process_map(), exported.process_map())

    def test_a_type_that_the_file_lacks_is_told_before_the_import(self):
        answer = self.define(SMALL).export_ocel()
        wizard = self.of_kind(answer["data_base64"], answer["name"])
        self.assertFalse(wizard.advice)
        wizard.object_type = "order"
        self.assertIn("no objects of the type order", wizard.advice)

    def test_a_damaged_file_of_another_tool_is_explained_at_once(self):
        wizard = self.of_kind(encoded("{"), "log.json")
        self.assertIn("OCEL", wizard.problem)

    def test_a_reader_exports_from_the_form(self):
        exported = self.define(SMALL)
        wizard = (
            self.env["process_intelligence.export_wizard"]
            .with_user(self.reader)
            .create({"definition_id": exported.id})
        )
        for kind, name in (
            ("xes", "Tickets.xes"),
            ("csv", "Tickets.csv"),
            ("ocel", "Tickets.json"),
            ("sqlite", "Tickets.sqlite"),
        ):
            wizard.file_format = kind
            self.assertEqual(wizard.export_file()["res_id"], wizard.id)
            self.assertEqual((wizard.file_name, bool(wizard.file)), (name, True))
