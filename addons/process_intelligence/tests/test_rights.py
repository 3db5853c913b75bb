from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import SMALL, ProcessCase


@tagged("post_install", "-at_install")
class TestRights(ProcessCase):
    def test_a_reader_sees_the_map_and_changes_nothing(self):
        mine = self.define(SMALL).with_user(self.reader)
        self.assertEqual(mine.process_map()["cases"], 3)
        for call in (
            lambda: self.load(mine, SMALL),
            lambda: mine.write({"name": "x"}),
            lambda: mine.log_ids.unlink(),
            lambda: mine.unlink(),
            lambda: mine.create({"name": "x"}),
            lambda: (
                self.env["process_intelligence.import_wizard"]
                .with_user(self.reader)
                .create({})
            ),
            lambda: (
                self.env["process_intelligence.discovery"]
                .with_user(self.reader)
                .create({})
            ),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_what_follows_from_what_happened_is_nobodys_to_write(self):
        definition = self.define(SMALL)
        self.env["process_intelligence.store"]._refresh()
        mine = definition.with_user(self.manager)
        rules = self.env["process_intelligence.rule"].with_user(self.manager)
        norm = {"starts": [], "ends": [], "moves": []}
        birth = {"name": "N", "definition_id": mine.id, "kind": "norm", "norm": norm}
        for call in (
            lambda: mine.write({"stalled_since": "2000-01-01"}),
            lambda: mine.write({"pingpong_since": "2000-01-01"}),
            lambda: mine.write({"drift_month": "2000-01"}),
            lambda: mine.activity_ids[:1].write({"name": "Forged"}),
            lambda: rules.create(birth),
            lambda: rules.create({**birth, "watched_since": "2000-01-01"}),
        ):
            with self.assertRaises(AccessError):
                call()
        mine.action_freeze_norm()
        frozen = rules.search([("kind", "=", "norm")])
        self.assertEqual(frozen.owner_id, self.manager)
        with self.assertRaises(AccessError):
            frozen.norm = {"a": 1}
        with self.assertRaises(AccessError):
            frozen.with_user(self.reader).read(["norm"])
        self.assertEqual(
            frozen.sudo().norm.keys(), {"coverage", "starts", "ends", "moves"}
        )
        for user in (self.manager, self.env.ref("base.user_admin"), self.reader):
            with self.assertRaises(AccessError):
                frozen.with_user(user).read(["norm"])
            self.assertIn("ways, which held 80 % of", frozen.with_user(user).sentence)

    def test_a_reader_reads_all_that_is_his_to_read(self):
        definition = self.define(SMALL)
        [told] = definition.with_user(self.reader).read()
        self.assertNotIn("activity_ids", told)
        self.assertEqual(told["case_count"], 3)

    def test_what_is_only_told_is_not_written(self):
        definition = self.define(SMALL).with_user(self.manager)
        for vals in ({"event_count": 5}, {"case_count": 5}):
            with self.assertRaises(AccessError):
                definition.write(vals)
        for blank in ("", " \n"):
            with self.assertRaisesRegex(ValidationError, "Name of Process: it cannot"):
                definition.name = blank

    def test_a_value_that_no_field_takes_is_refused_by_its_name(self):
        definition = self.define(SMALL).with_user(self.manager)
        rules = self.env["process_intelligence.rule"].with_user(self.manager)
        birth = {"name": "R", "definition_id": definition.id, "kind": "response"}
        for junk in (10**20, -(10**20), 1.5, "x", True, [1]):
            with self.assertRaisesRegex(ValidationError, "Sequence of Rule"):
                rules.create({**birth, "sequence": junk})
        with self.assertRaisesRegex(ValidationError, "Process of Rule.*no record"):
            rules.create({**birth, "definition_id": 10**20})
        with self.assertRaisesRegex(ValidationError, "Company of Process"):
            self.definitions.create({"name": "P", "company_id": 10**20})

    def test_a_norm_of_all_companies_would_tell_what_its_maker_saw(self):
        self.env["res.company"].create({"name": "Other"})
        shared = self.define(SMALL)
        shared.log_ids.sudo().company_id = shared.sudo().company_id = False
        with self.assertRaisesRegex(ValidationError, "Give it a company"):
            shared.with_user(self.manager).action_freeze_norm()

    def test_hours_are_a_number(self):
        rules = self.env["process_intelligence.rule"].with_user(self.manager)
        for hours in ("x" * 10, -1, float("nan"), 10**9, [1], {}):
            with self.assertRaises(ValidationError):
                rules.create({"name": "R", "within_hours": hours or [0]})

    def test_others_see_nothing(self):
        outsider = new_test_user(self.env, "pi_outsider", "base.group_user")
        mine = self.define(SMALL).with_user(outsider)
        for call in (
            mine.process_map,
            mine.variants,
            mine.explore,
            mine.open_cases,
            mine.open_map,
        ):
            with self.assertRaises(AccessError):
                call()

    def test_even_a_manager_cannot_forge_imports_or_events(self):
        definition = self.define(SMALL)
        log, event = (
            definition.log_ids,
            self.env["process_intelligence.log_event"].with_user(self.manager),
        )
        for call in (
            lambda: log.with_user(self.manager).write({"event_count": 5}),
            lambda: log.with_user(self.manager).create(
                {"name": "x", "definition_id": definition.id}
            ),
            lambda: event.create(
                {"definition_id": definition.id, "log_id": log.id, "case_key": "a"}
            ),
            lambda: event.search([], limit=1).write({"activity": "x"}),
            lambda: event.search([], limit=1).unlink(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_another_company_sees_no_process_no_import_and_no_event(self):
        definition = self.define(SMALL)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "pi_stranger", "process_intelligence.group_process_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        for model in ("definition", "log", "log_event"):
            self.assertFalse(
                self.env[f"process_intelligence.{model}"].with_user(stranger).search([])
            )
        theirs = definition.with_user(stranger)
        for call in (
            theirs.process_map,
            theirs.variants,
            theirs.explore,
            lambda: self.load(theirs, SMALL + "\n"),
        ):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            theirs.with_context(
                allowed_company_ids=[self.company.id, other.id]
            ).process_map()

    def test_a_rule_on_imported_events_hides_them_from_every_figure(self):
        definition = self.define(SMALL)
        self.env["ir.rule"].create({
            "name": "no T1", "model_id": self.env.ref("process_intelligence.model_process_intelligence_log_event").id,
            "domain_force": [("case_key", "!=", "T1")],
        })  # fmt: skip
        mine = definition.with_user(self.reader)
        self.assertEqual(
            (
                mine.process_map()["cases"],
                mine.explore()["total_cases"],
                len(mine.variants()),
            ),
            (2, 2, 2),
        )

    def test_a_process_with_imports_stays_in_its_company_and_source(self):
        definition = self.define(SMALL)
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.company_ids += other
        with self.assertRaises(ValidationError):
            definition.write({"company_id": other.id, "owner_id": False})
        with self.assertRaises(ValidationError):
            definition.write({"source": "ledger", "case_type": "x"})
