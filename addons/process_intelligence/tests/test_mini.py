import random
from collections import defaultdict
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.event_hub.tools.event_row import EventRow

from .. import const
from . import oracle, oracle_mini
from .common import ProcessCase

BEGIN = datetime(2026, 3, 2, 8)
NOW = datetime(2026, 5, 1)
KIND = "test_mini"


@tagged("post_install", "-at_install")
class TestMini(ProcessCase):
    def partners(self, number):
        return self.env["res.partner"].create(
            [
                {"name": f"Case {n}", "company_id": self.company.id}
                for n in range(number)
            ]
        )

    def tell(self, partner, steps, company=None):
        """:param steps: ``[(activity, moment)]``"""
        self.env["event_hub.event"]._append([
            EventRow(
                type="crm.test", correlation="0" * 32, occurred_at=at, company_id=(company or self.company).id,
                case_type=KIND, case_model="res.partner", case_id=partner.id, activity=activity, actor="ann",
                attributes={}, history=True,
            )
            for activity, at in steps
        ])  # fmt: skip

    def hourly(self, partner, *activities):
        self.tell(
            partner, [(a, BEGIN + timedelta(hours=n)) for n, a in enumerate(activities)]
        )

    def heard(self, *ends, name="Mini"):
        definition = self.definitions.create(
            {"name": name, "source": "ledger", "case_type": KIND}
        )
        if ends:
            definition.sudo().end_activity_ids = self.named(definition, *ends)
        return definition

    def heard_with_end(self):
        """A process whose cases end with Solve, as one that began elsewhere did."""
        [partner] = self.partners(1)
        self.hourly(partner, "Call", "Solve")
        return self.heard("Solve")

    def told(self, partner, user=None):
        definitions = self.definitions.with_user(user or self.reader)
        with freeze_time(NOW):
            return definitions.case_against_usual(partner._name, partner.id)

    def settle(self):
        while self.env["process_intelligence.store"]._refresh():
            pass

    # ------------------------------------------------------------------ the oracle

    def test_random_cases_are_told_as_the_oracle_tells_them(self):
        for seed in range(4):
            partners, traces = self.random_cases(random.Random(seed))
            definition = self.heard("step 0", "step 1", name=f"Mini {seed}")
            for _time in range(
                2
            ):  # worked out from the events, then from what is stored
                for partner in partners:
                    with self.subTest(seed=seed, case=partner.id):
                        self.check(traces, traces[partner.id], self.told(partner))
                self.settle()
            definition.sudo().unlink()
            self.env["event_hub.event"].flush_model()

    def test_cases_with_news_are_told_as_the_oracle_tells_them(self):
        for seed in range(3):
            draw = random.Random(seed)
            partners, _traces = self.random_cases(draw)
            definition = self.heard("step 0", "step 1", name=f"News {seed}")
            self.settle()
            self.more_happens(draw, partners, seed)
            self.assertTrue(definition.sudo()._stale_state()[0])
            traces = oracle.traces(self.others)
            for partner in partners:
                with self.subTest(seed=seed, case=partner.id):
                    self.check(traces, traces[partner.id], self.told(partner))
            with patch.object(const, "MINI_ANEW", 0):
                told = self.told(partners[0])
            path = [name for name, _at, _attributes in traces[partners[0].id]]
            self.assertEqual([step["activity"] for step in told["steps"]], path)
            definition.sudo().unlink()

    def more_happens(self, draw, partners, seed):
        """Late and last steps, some of an activity that the process does not know yet."""
        for partner in [partners[0], *draw.sample(partners[1:], 8)]:
            steps = [
                (f"step {draw.choice([0, 1, 2, f'new {seed}'])}", moment)
                for moment in (
                    BEGIN - timedelta(minutes=draw.randrange(90)),
                    BEGIN + timedelta(days=45, minutes=draw.randrange(500)),
                )
            ]
            self.tell(partner, steps)
            self.others += [(partner.id, name, at, {}) for name, at in steps]

    def test_what_is_worked_out_for_the_answer_is_what_is_stored_later(self):
        """In business time, with starts and completions, and for cases of two companies."""
        other = self.env["res.company"].create({"name": "Other"})
        both = new_test_user(
            self.env, "pi_mini_both", "process_intelligence.group_process_user",
            company_id=self.company.id, company_ids=[(6, 0, (self.company + other).ids)],
        )  # fmt: skip
        asked = self.definitions.with_user(both).with_context(
            allowed_company_ids=(self.company + other).ids
        )
        partners = self.partners(26)
        for n, partner in enumerate(partners):
            self.hourly(partner, *["Open", "Assign"][: 1 + n % 2 * 1], "Check")
        definition = self.heard("Check", "Solve")
        calendar = self.company.resource_calendar_id.sudo().copy({"company_id": False})
        definition.sudo().write({"company_id": False, "calendar_id": calendar.id})
        self.settle()
        for n, partner in enumerate(partners[1:]):
            later = BEGIN + timedelta(days=n % 5, hours=n + 5)
            self.tell(partner, [("Ask", later - timedelta(days=3))])
            self.tell(partner, [("Solve", later)], other if n % 3 else None)
        self.tell(partners[0], [("Ask", BEGIN + timedelta(days=2))])

        def answers():
            with freeze_time(NOW):
                return [
                    asked.case_against_usual(p._name, p.id)
                    for p in (partners[0], partners[1], partners[5])
                ]

        anew = answers()
        self.settle()
        self.assertEqual(anew, answers())
        self.assertEqual(anew[0]["state"], "running")
        self.assertGreaterEqual(anew[0]["stands"]["history"], 20)

    def random_cases(self, draw):
        partners, events = self.partners(30), []
        for partner in partners:
            moment = BEGIN + timedelta(minutes=draw.randrange(5_000))
            steps = []
            for _step in range(draw.randrange(1, 7)):
                steps.append((f"step {draw.randrange(4)}", moment))
                moment += timedelta(minutes=draw.choice([0, 1, 45, 600, 40_000]))
            self.tell(partner, steps)
            events += [(partner.id, name, at, {}) for name, at in steps]
        self.others = getattr(self, "others", []) + events
        return partners, oracle.traces(self.others)

    def check(self, traces, steps, told):
        own = oracle.path(steps)
        ends = {"step 0", "step 1"}
        running = own[-1] not in ends
        self.assertEqual(told["state"], "running" if running else "ended")
        self.assertEqual([s["activity"] for s in told["steps"]], list(own))
        ways, number, total = oracle_mini.usual_ways(traces, ends, own[0])
        if not ways:
            self.assertFalse(told["usual"])
        else:
            usual = told["usual"]
            self.assertIn(tuple(usual["path"]), ways)
            self.assertEqual((usual["count"], usual["of"]), (number, total))
            kept = [p for p in told["parts"] if p["kind"] == "kept"]
            self.assertEqual(len(kept), oracle_mini.common(own, tuple(usual["path"])))
        self.assertEqual(
            [p["step"] for p in told["parts"] if p["stands"]],
            [len(own) - 1] if running else [],
        )
        if running:
            self.check_stand(traces, steps[-1], told["stands"])
        else:
            self.assertFalse(told["stands"])

    def check_stand(self, traces, last, stands):
        activity, since, _attributes = last
        seconds, following = oracle_mini.moves_from(traces, activity)
        waited = max(0.0, (NOW - since).total_seconds())
        self.assertEqual(stands["waited_seconds"], waited)
        self.assertEqual(stands["history"], len(seconds))
        if len(seconds) < 20:
            self.assertIs(stands["longer_than"], False)
        else:
            self.assertEqual(
                stands["longer_than"], oracle_mini.longer_than(waited, seconds)
            )
            self.assertAlmostEqual(
                stands["median_seconds"], oracle.percentile_cont(seconds, 0.5), 5
            )
        if seconds:
            most = max(following.values())
            self.assertEqual(following[stands["next"]], most)
            self.assertEqual(stands["probability"], most / len(seconds))

    # ------------------------------------------------------------------ in words

    def test_it_says_where_it_left_and_how_long_it_waits(self):
        partners = self.partners(24)
        for partner in partners[:22]:
            self.hourly(partner, "Open", "Assign", "Solve")
        self.hourly(partners[22], "Open", "Escalate", "Assign")
        self.hourly(partners[23], "Open")
        self.heard("Solve")
        told = self.told(partners[22])
        self.assertEqual(
            told["left"],
            {"after": "Open", "instead": "Escalate", "expected": "Assign"},
        )
        self.assertEqual(
            [(p["activity"], p["kind"], p["stands"]) for p in told["parts"]],
            [
                ("Open", "kept", False),
                ("Escalate", "extra", False),
                ("Assign", "kept", True),
                ("Solve", "ahead", False),
            ],
        )
        self.assertEqual(
            told["sentence"],
            "It left the usual way after Open: Escalate instead of Assign. It has waited 60 days since Assign, longer "
            "than 99 % of 22 did there. Most often Solve comes next (100 %).",
        )
        self.assertIn("1 of 3 steps", self.told(partners[23])["sentence"])
        ended = self.told(partners[0])
        self.assertEqual(
            (ended["state"], ended["left"], ended["sentence"]),
            ("ended", False, "It went the usual way to its end."),
        )
        variant = self.definitions.search([("name", "=", "Mini")])
        self.assertEqual(variant.process_map(told["filters"])["cases"], 1)

    def test_business_time_is_told_where_there_is_a_calendar(self):
        [partner] = self.partners(1)
        self.hourly(partner, "Open")
        definition = self.heard_with_end()
        definition.sudo().calendar_id = self.company.resource_calendar_id
        stands = self.told(partner)["stands"]
        self.assertLess(stands["business_waited_seconds"], stands["waited_seconds"])
        self.assertIn("of working time", self.told(partner)["sentence"])

    def test_a_case_without_any_other_has_no_usual_way(self):
        [partner] = self.partners(1)
        self.hourly(partner, "Open")
        self.heard_with_end()
        told = self.told(partner)
        self.assertFalse(told["usual"])
        self.assertIn("no usual way", told["sentence"])
        self.assertEqual([p["kind"] for p in told["parts"]], ["kept"])

    def test_where_nobody_said_what_ends_a_case_it_is_not_said_to_wait(self):
        [partner] = self.partners(1)
        self.hourly(partner, "Open", "Solve")
        self.heard()
        told = self.told(partner)
        self.assertEqual((told["state"], told["stands"]), ("unknown", False))

    def test_of_long_cases_the_first_steps_and_the_last_are_told(self):
        [partner] = self.partners(1)
        self.hourly(partner, *["Ask"] * 120, "Wait")
        self.heard_with_end()
        told = self.told(partner)
        self.assertEqual((len(told["steps"]), told["cut"]), (101, 20))
        self.assertEqual(told["steps"][-1]["activity"], "Wait")
        self.assertTrue(told["parts"][-1]["stands"])

    # ------------------------------------------------------------------ who sees it

    def test_without_process_case_or_right_there_is_nothing(self):
        partner, silent = self.partners(2)
        self.hourly(partner, "Open")
        self.assertIs(self.told(partner), False)
        self.heard("Solve")
        self.assertTrue(self.told(partner))
        self.assertIs(self.told(silent), False)
        employee = new_test_user(self.env, "pi_mini_employee", "base.group_user")
        self.assertIs(self.told(partner, employee), False)
        ask = self.definitions.with_user(self.reader).case_against_usual
        for model, id_ in (
            ("no.such.model", 1),
            ("mail.thread", 1),
            ("res.partner", 0),
            ("res.partner", 2**31 - 1),
            ("ir.cron", 1),
        ):
            self.assertIs(ask(model, id_), False, model)

    def test_another_company_sees_no_case_and_counts_none(self):
        other = self.env["res.company"].create({"name": "Other"})
        ours, theirs = self.partners(2)
        theirs.company_id = other
        self.hourly(ours, "Open", "Solve")
        self.tell(
            theirs, [("Open", BEGIN), ("Left", BEGIN + timedelta(hours=1))], other
        )
        definition = self.heard()
        definition.sudo().company_id = False
        definition.sudo().end_activity_ids = self.named(definition, "Solve", "Left")
        self.assertIs(self.told(theirs), False)
        self.assertEqual(self.told(ours)["usual"]["of"], 1)
        stranger = new_test_user(
            self.env, "pi_mini_stranger", "process_intelligence.group_process_user",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        self.assertIs(self.told(ours, stranger), False)
        self.assertEqual(self.told(theirs, stranger)["usual"]["of"], 1)

    def test_the_process_of_the_company_comes_before_that_of_all(self):
        [partner] = self.partners(1)
        self.hourly(partner, "Open")
        everybodys = self.heard("Solve", name="Everybody's")
        everybodys.sudo().company_id = False
        mine = self.heard("Solve", name="Mine")
        self.assertEqual(self.told(partner)["process"], {"id": mine.id, "name": "Mine"})
        mine.sudo().active = False
        self.assertEqual(self.told(partner)["process"]["id"], everybodys.id)

    def test_waits_of_other_steps_do_not_count(self):
        partners = self.partners(25)
        waits = defaultdict(int)
        for n, partner in enumerate(partners[:24]):
            self.tell(
                partner,
                [
                    ("Open", BEGIN),
                    ("Assign", BEGIN + timedelta(hours=n + 1)),
                    ("Solve", BEGIN + timedelta(days=90)),
                ],
            )
            waits["Open"] += 1
        self.tell(partners[24], [("Open", NOW - timedelta(hours=12, minutes=30))])
        self.heard("Solve")
        stands = self.told(partners[24])["stands"]
        self.assertEqual(stands["history"], waits["Open"])
        self.assertEqual(stands["median_seconds"], 12.5 * 3600)
        self.assertEqual(stands["longer_than"], 0.49)
