from datetime import datetime, timedelta

from psycopg2.errors import CheckViolation

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.tools.event_row import EventRow, ObjectRow

from .common import ProcessCase

NOON = datetime(2026, 3, 2, 12)


@tagged("post_install", "-at_install")
class TestLedger(ProcessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        partners = cls.env["res.partner"].create([
            {"name": "Ours", "company_id": cls.company.id},
            {"name": "Theirs", "company_id": cls.other.id},
            {"name": "Everybody's"},
        ])  # fmt: skip
        cls.ours, cls.theirs, cls.shared = partners
        cls.tell(cls.ours, cls.company, "Signed", "Live")
        cls.tell(cls.theirs, cls.other, "Signed", "Left")
        cls.tell(cls.shared, cls.company, "Signed", "Live", "Live")
        cls.definition = cls.definitions.create(
            {"name": "Onboarding", "source": "ledger", "case_type": "test_onboarding"}
        )
        cls.definition.company_id = False

    @classmethod
    def tell(
        cls,
        partner,
        company,
        *activities,
        case_type="test_onboarding",
        model="res.partner",
    ):
        cls.env["event_hub.event"]._append([
            EventRow(
                type="crm.test", correlation="0" * 32, occurred_at=NOON + timedelta(hours=hour), company_id=company.id,
                case_type=case_type, case_model=model, case_id=partner.id, activity=activity, actor="ann",
                attributes={"tier": "growth", "seats": 5}, history=True,
            )
            for hour, activity in enumerate(activities)
        ])  # fmt: skip

    def test_a_process_of_the_ledger_names_its_kind_of_case(self):
        for case_type in (False, ""):
            values = {"name": "Nothing", "source": "ledger", "case_type": case_type}
            with (
                self.subTest(case_type=case_type),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.definitions.create(values)

    def test_a_case_of_two_companies_counts_once_for_the_jobs(self):
        self.tell(self.shared, self.other, "Left")
        while self.env["process_intelligence.store"]._refresh():
            pass
        everything = self.definition.sudo()
        self.assertTrue(everything._has_mixed())
        for stale in (False, True):
            with self.subTest(stale=stale):
                answer = everything.process_map()
                steps = sum(activity["count"] for activity in answer["activities"])
                self.assertEqual((answer["cases"], steps), (3, 8 + stale))
            self.tell(self.ours, self.company, "Left")

    def user_of(self, *companies):
        login = f"pi_{len(companies)}_{companies[0].id}"
        return new_test_user(
            self.env, login, "process_intelligence.group_process_user",
            company_id=companies[0].id, company_ids=[(6, 0, [company.id for company in companies])],
        )  # fmt: skip

    def cases_for(self, user, companies):
        definition = self.definition.with_user(user).with_context(
            allowed_company_ids=[c.id for c in companies]
        )
        return definition.process_map()

    def test_events_of_the_ledger_are_the_steps(self):
        user = self.user_of(self.company, self.other)
        answer = self.cases_for(user, [self.company, self.other])
        self.assertEqual((answer["cases"], answer["events"]), (3, 7))
        self.assertEqual(answer["transitions"][0], {
            "source": "Signed", "target": "Live", "count": 2, "p50_seconds": 3600.0, "p95_seconds": 3600.0,
        })  # fmt: skip

    def test_cases_of_another_company_count_nowhere(self):
        user = self.user_of(self.company)
        answer = self.cases_for(user, [self.company])
        self.assertEqual((answer["cases"], answer["events"]), (2, 5))
        self.assertNotIn("Left", [item["name"] for item in answer["activities"]])
        mine = self.definition.with_user(user)
        self.assertEqual((mine.case_count, mine.event_count), (2, 5))
        self.assertEqual(mine.process_map({"has": ["Left"]})["cases"], 0)
        self.assertNotIn(
            self.theirs.id,
            self.env["res.partner"].search(mine.open_cases()["domain"]).ids,
        )

    def test_a_case_hidden_by_its_own_rule_counts_nowhere(self):
        self.env["ir.rule"].create({
            "name": "hide one", "model_id": self.env.ref("base.model_res_partner").id,
            "domain_force": [("id", "!=", self.shared.id)],
        })  # fmt: skip
        self.assertEqual(
            self.cases_for(self.user_of(self.company), [self.company])["cases"], 1
        )

    def test_cases_of_models_the_user_may_not_read_or_that_are_gone_stay_hidden(self):
        self.tell(
            self.env["ir.cron"].search([], limit=1),
            self.company,
            "Ran",
            model="ir.cron",
        )
        self.tell(self.ours, self.company, "Ghost", model="no.such.model")
        answer = self.cases_for(self.user_of(self.company), [self.company])
        self.assertEqual(
            {item["name"] for item in answer["activities"]}, {"Signed", "Live"}
        )

    def test_a_process_of_one_company_reads_that_company_only(self):
        self.definition.sudo().write({"company_id": self.other.id, "owner_id": False})
        user = self.user_of(self.company, self.other)
        self.assertEqual(self.cases_for(user, [self.company, self.other])["cases"], 1)

    def test_a_case_is_called_what_its_record_is_called(self):
        key = f"res.partner,{self.ours.id}"
        self.assertEqual(self.definition._case_titles([key]), {key: "Ours"})
        by_key = {item["case"]: item["name"] for item in self.definition.cases()}
        self.assertEqual(by_key[key], "Ours")

    def test_attributes_and_actors_of_events_filter_cases(self):
        user = self.user_of(self.company)
        mine = self.definition.with_user(user)
        self.assertEqual(
            mine.process_map({"attributes": {"seats": [5], "resource": ["ann"]}})[
                "cases"
            ],
            2,
        )
        self.assertEqual(mine.process_map({"attributes": {"seats": [6]}})["cases"], 0)

    def test_a_figure_opens_the_records_themselves(self):
        action = self.definition.with_user(self.user_of(self.company)).open_cases(
            {"follows": [["Live", "Live"]]}
        )
        self.assertEqual(
            (action["res_model"], action["domain"]),
            ("res.partner", [("id", "in", [self.shared.id])]),
        )

    def test_case_types_are_discovered_with_what_the_user_may_see(self):
        wizard = (
            self.env["process_intelligence.discovery"]
            .with_user(self.manager)
            .create({})
        )
        line = wizard.line_ids.filtered(
            lambda line: line.case_type == "test_onboarding"
        )
        self.assertEqual(
            (line.case_count, line.event_count, line.definition_id),
            (2, 5, self.definition),
        )
        self.assertFalse(line.selected)

    def test_a_discovered_case_type_becomes_a_process(self):
        self.tell(self.ours, self.company, "Asked", case_type="test_renewal")
        wizard = (
            self.env["process_intelligence.discovery"]
            .with_user(self.manager)
            .create({})
        )
        (
            wizard.line_ids
            - wizard.line_ids.filtered(lambda line: line.case_type == "test_renewal")
        ).selected = False
        action = wizard.create_definitions()
        made = self.definitions.browse(action["params"]["definition_id"])
        self.assertEqual(
            (made.name, made.source, made.case_count), ("Test renewal", "ledger", 1)
        )

    def test_a_blank_name_stops_nobody(self):
        self.tell(self.ours, self.company, " ")
        while self.env["process_intelligence.store"]._refresh():
            pass
        names = [a["name"] for a in self.definition.sudo().process_map()["activities"]]
        self.assertIn(" ", names)

    def hide(self, partner):
        self.env["ir.rule"].create(
            {
                "name": "hide one",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("id", "!=", partner.id)],
            }
        )

    def test_hidden_cases_are_not_discovered(self):
        self.hide(self.shared)
        wizards = self.env["process_intelligence.discovery"].with_user(self.manager)
        [line] = wizards.create({}).line_ids.filtered(
            lambda line: line.case_type == "test_onboarding"
        )
        self.assertEqual((line.case_count, line.event_count), (1, 2))

    def test_hidden_cases_are_in_no_figure_of_quality(self):
        self.hide(self.shared)
        answer = self.definition.with_user(self.user_of(self.company)).quality()
        self.assertEqual(answer["counts"]["case"], [2, 2])

    def test_objects_leave_the_plans_of_later_questions_as_they_were(self):
        touched = ObjectRow("about", "res.users", self.env.uid)
        self.env["event_hub.event"]._append([
            EventRow(
                type="crm.test", correlation="0" * 32, occurred_at=NOON, company_id=self.company.id, activity="Met",
                case_type="test_onboarding", case_model="res.partner", case_id=self.ours.id, objects=(touched,),
            )
        ])  # fmt: skip
        self.definition._mark_stale()  # what is worked out anew must not be looped over
        kinds = [kind["type"] for kind in self.definition.object_map()["types"]]
        self.assertIn("res.users", kinds)
        self.env.cr.execute("SHOW enable_nestloop")
        self.assertEqual(self.env.cr.fetchall(), [("off",)])
