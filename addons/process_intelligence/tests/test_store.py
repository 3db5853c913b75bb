from contextlib import closing
from datetime import datetime, timedelta

from odoo.tests import tagged

from odoo.addons.event_hub.tools.event_row import EventRow

from ..tools import questions
from .common import SMALL, ProcessCase

NOON = datetime(2026, 3, 2, 12)


@tagged("post_install", "-at_install")
class TestStore(ProcessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls.env["process_intelligence.store"]
        cls.one, cls.two = cls.env["res.partner"].create(
            [{"name": "One"}, {"name": "Two"}]
        )
        cls.definition = cls.definitions.create(
            {"name": "Onboarding", "source": "ledger", "case_type": "test_store"}
        )

    def tell(self, partner, *moves, company=None):
        """:param moves: ``(hour, activity)``"""
        self.env["event_hub.event"]._append(
            [
                EventRow(
                    type="crm.test",
                    correlation="0" * 32,
                    occurred_at=NOON + timedelta(hours=hour),
                    company_id=(company or self.company).id,
                    case_type="test_store",
                    case_model="res.partner",
                    case_id=partner.id,
                    activity=activity,
                    history=True,
                )
                for hour, activity in moves
            ]
        )

    def refresh(self):
        while self.store._refresh():
            pass

    def stored(self):
        return {
            case.case_key: (case.length, case.path.count(","))
            for case in self.env["process_intelligence.case"].search(
                [("definition_id", "=", self.definition.id)]
            )
        }

    def moves(self):
        return {
            (item["source"], item["target"]): item["count"]
            for item in self.definition.process_map()["transitions"]
        }

    def test_an_event_only_marks_its_case_and_the_answer_has_it_at_once(self):
        self.tell(self.one, (0, "Signed"), (2, "Live"))
        self.refresh()
        self.assertEqual(self.moves(), {("Signed", "Live"): 1})
        self.tell(self.two, (0, "Signed"), (1, "Left"))
        self.assertEqual(len(self.stored()), 1)
        self.assertEqual(self.moves(), {("Signed", "Live"): 1, ("Signed", "Left"): 1})
        self.refresh()
        self.assertEqual(len(self.stored()), 2)
        self.assertEqual(self.moves(), {("Signed", "Live"): 1, ("Signed", "Left"): 1})

    def test_an_event_that_arrives_late_is_placed_where_it_happened(self):
        self.tell(self.one, (0, "Signed"), (4, "Live"))
        self.refresh()
        self.tell(self.one, (2, "Trained"))
        expected = {("Signed", "Trained"): 1, ("Trained", "Live"): 1}
        self.assertEqual(self.moves(), expected)
        self.refresh()
        self.assertEqual(self.moves(), expected)
        self.assertEqual(len(self.stored()), 1)

    def test_marks_are_made_once_per_statement_and_case(self):
        self.refresh()
        self.tell(self.one, (0, "Signed"), (4, "Live"), (5, "Live"))
        self.assertEqual(
            self.env["process_intelligence.stale"].search_count(
                [("case_type", "=", "test_store")]
            ),
            1,
        )

    def test_marks_of_cases_that_no_process_asks_for_go(self):
        self.env["event_hub.event"]._append(
            [
                EventRow(
                    type="crm.test",
                    correlation="0" * 32,
                    occurred_at=NOON,
                    company_id=self.company.id,
                    case_type="nobody_asks",
                    case_model="res.partner",
                    case_id=self.one.id,
                    activity="Seen",
                    history=True,
                )
            ]
        )
        self.refresh()
        self.assertFalse(
            self.env["process_intelligence.stale"].search_count(
                [("case_type", "=", "nobody_asks")]
            )
        )

    def test_activities_of_one_meaning_count_as_one_and_ignored_ones_not_at_all(self):
        self.tell(self.one, (0, "Signed"), (1, "Note"), (2, "Go-live"))
        self.tell(self.two, (0, "Signed"), (2, "Live"))
        self.refresh()
        named = {a.name: a for a in self.definition.activity_ids}
        named["Go-live"].shown_as_id = named["Live"]
        named["Note"].ignored = True
        self.assertEqual(self.moves(), {("Signed", "Live"): 2})
        self.refresh()
        self.assertEqual(self.moves(), {("Signed", "Live"): 2})
        self.assertEqual(self.definition.process_map({"has": ["Go-live"]})["cases"], 2)
        self.assertEqual(self.definition.process_map({"has": ["Note"]})["cases"], 0)

    def test_a_case_of_two_companies_shows_each_reader_only_his_steps(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.definition.company_id = False
        self.tell(self.one, (0, "Signed"), (2, "Live"))
        self.tell(self.one, (1, "Secret"), company=other)
        self.refresh()
        self.assertEqual(self.moves(), {("Signed", "Live"): 1})
        self.assertEqual(len(self.definition.sudo().process_map()["activities"]), 3)

    def test_a_process_that_rests_is_answered_from_its_events(self):
        self.tell(self.one, (0, "Signed"), (2, "Live"))
        self.refresh()
        self.definition.active = False
        self.refresh()
        self.tell(self.one, (3, "Left"))
        self.refresh()
        self.assertEqual(len(self.moves()), 2)

    def test_what_is_stored_goes_with_the_process(self):
        definition = self.define(SMALL)
        self.refresh()
        definition.unlink()
        for model in ("case", "step"):
            self.assertFalse(
                self.env[f"process_intelligence.{model}"].search_count(
                    [("definition_id", "=", definition.id)]
                )
            )

    def test_a_second_import_places_steps_into_the_cases_of_the_first(self):
        definition = self.define(SMALL)
        self.refresh()
        self.load(definition, "case,activity,time\nT1,Ask,2026-03-02 09:20:00\n")
        for _stored in (False, True):
            moves = {
                (item["source"], item["target"]): item["count"]
                for item in definition.process_map()["transitions"]
            }
            self.assertEqual(
                moves,
                {
                    ("Open", "Ask"): 1,
                    ("Ask", "Ask"): 1,
                    ("Ask", "Close"): 1,
                    ("Open", "Close"): 1,
                },
            )
            self.refresh()

    def test_an_answer_that_nothing_changed_is_not_worked_out_twice(self):
        definition = self.define(SMALL)
        self.refresh()
        first = definition.process_map()
        with self.assertQueryCount(4):  # what is stale, names, which cases; and rights
            self.assertEqual(definition.process_map(), first)

    def test_a_database_of_the_same_name_has_answers_of_its_own(self):
        self.refresh()
        relations = self.definition._relations()
        self.env.cr.execute(
            "SELECT oid FROM pg_database WHERE datname = %s", [self.env.cr.dbname]
        )
        [oid] = self.env.cr.fetchone()
        self.assertEqual(
            self.env.execute_query(questions.signature(relations))[0][0], oid
        )

    def test_an_answer_is_worked_out_anew_for_whoever_sees_other_cases(self):
        self.tell(self.one, (0, "Signed"), (2, "Live"))
        self.tell(self.two, (0, "Signed"), (2, "Left"))
        self.refresh()
        self.assertEqual(len(self.moves()), 2)
        self.env["ir.rule"].create(
            {
                "name": "hide one",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("id", "!=", self.one.id)],
            }
        )
        self.assertEqual(self.moves(), {("Signed", "Left"): 1})

    def test_news_of_one_transaction_neither_wait_for_the_writer_nor_get_lost(self):
        self.tell(self.one, (0, "Signed"))
        with closing(self.registry.cursor()) as other:
            env = self.env(cr=other)
            env["process_intelligence.store"]._refresh()
            self.assertFalse(
                env["process_intelligence.stale"].search_count(
                    [("case_type", "=", "test_store")]
                )
            )
            other.rollback()
        self.assertEqual(
            self.env["process_intelligence.stale"].search_count(
                [("case_type", "=", "test_store")]
            ),
            1,
        )

    def test_a_second_writer_leaves_the_marks_to_the_first(self):
        self.tell(self.one, (0, "Signed"))
        with closing(self.registry.cursor()) as other:
            other.execute(
                "SELECT pg_advisory_xact_lock(hashtext('process_intelligence.store'))"
            )
            self.assertEqual(self.store._refresh(), 0)
