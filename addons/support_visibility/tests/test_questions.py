import base64
import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from statistics import median, quantiles

from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.tests import freeze_time

from odoo.addons.event_hub.tests.people import people

from .common_sla import SlaCase, at

KEYS = ["cycle", "escalations", "breaches", "friction", "stalled"]


def answers(found):
    return {each["key"]: each for each in found}


class TestQuestionsDesk(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "SV Asked Company"})
        for user in cls.agent | cls.colleague | cls.lead:
            user.write(
                {"company_ids": [(4, cls.company.id)], "company_id": cls.company.id}
            )
        cls.slow, cls.quick = cls.env["support_visibility.category"].create(
            [
                {"name": "SV Slow", "code": "sv_slow"},
                {"name": "SV Quick", "code": "sv_quick"},
            ]
        )

    def _opened(self, hours=9, **vals):
        return super()._opened(hours, company_id=self.company.id, **vals)

    def _ask(self, hours, user=None, **asked):
        tickets = self.env["support_visibility.ticket"].with_user(user or self.lead)
        tickets = tickets.with_context(allowed_company_ids=self.company.ids)
        self.env["event_hub.event"]._flush_emitted()
        self.env.flush_all()
        with freeze_time(at(hours)):
            return answers(tickets.questions(**asked))

    def _solved(self, begin, end, **vals):
        ticket = self._opened(begin, user_id=self.agent.id, **vals)
        with freeze_time(at(end)):
            ticket.with_user(self.agent).action_solve()
        return ticket

    def _assert_counts(self, found):
        for answer in found.values():
            for figure in answer["figures"]:
                records = self.env[figure["model"]].with_user(self.lead)
                records = records.with_context(allowed_company_ids=self.company.ids)
                self.assertEqual(
                    records.search_count(figure["domain"]), figure["count"], figure
                )

    def test_five_answers_in_words_even_about_nothing(self):
        found = self._ask(12)
        self.assertEqual(list(found), KEYS)
        for answer in found.values():
            self.assertTrue(answer["question"] and answer["answer"], answer)
        self.assertIn("No ticket was solved", found["cycle"]["answer"])

    def test_the_longest_cycle_is_what_plain_python_finds(self):
        chance = random.Random(4711)
        tickets = [
            self._solved(9, 9 + chance.randint(1, most), category_id=category.id)
            for category, most in ((self.slow, 90), (self.quick, 5))
            for _n in range(6)
        ]
        found = self._ask(200)
        by_category = defaultdict(list)
        for ticket in tickets:
            spent = (ticket.solved_at - ticket.opened_at).total_seconds() / 3600
            by_category[ticket.category_id.display_name].append(spent)
        wanted = {key: round(median(v), 1) for key, v in by_category.items()}
        figures = found["cycle"]["figures"]
        self.assertEqual({f["label"]: f["value"] for f in figures}, wanted)
        self.assertEqual(figures[0]["label"], "SV Slow")
        self.assertIn(
            f"SV Slow: half of its 6 solved tickets took more than {wanted['SV Slow']} h",
            found["cycle"]["answer"],
        )
        self.assertIn("categories stand in", found["cycle"]["missing"][0])
        self._assert_counts(found)

    def test_escalations_by_reason(self):
        with freeze_time(at(10)):
            for reason, count in (
                ("missing_data", 3),
                ("technical_depth", 1),
                ("capacity", 1),
            ):
                for _n in range(count):
                    ticket = self._opened(9, category_id=self.slow.id)
                    ticket.with_user(self.agent).action_escalate("Because", reason)
        found = self._ask(12)
        self.assertIn(
            "Of 5 escalations 3 (60 %) came from missing data, 1 (20 %) from technical depth. "
            "Data is missing most often in SV Slow (3).",
            found["escalations"]["answer"],
        )
        self.assertEqual(
            [f["count"] for f in found["escalations"]["figures"]][:2], [3, 1]
        )
        self._assert_counts(found)

    def test_breaches_begin_where_the_time_went(self):
        self._opened(9)
        self._opened(9)
        self._opened(9, user_id=self.agent.id)
        self._look(11)
        found = self._ask(12)
        self.assertIn(
            "Waiting in a queue: of 3 broken promises 2 lost most of their time there. Most were of SV Desk (3).",
            found["breaches"]["answer"],
        )
        self._assert_counts(found)

    def test_friction_along_the_life_of_an_account(self):
        ticket = self._solved(9, 10)
        with freeze_time(at(11)):
            ticket.with_user(self.agent).action_reopen()
        with freeze_time(at(12)):
            ticket.with_user(self.agent).action_escalate("Again", "missing_data")
        found = self._ask(13)
        self.assertIn("Strategic: 1 of ", found["friction"]["answer"])
        self.assertIn("support 2", found["friction"]["answer"])
        self.assertEqual(
            [words.partition(":")[0] for words in found["friction"]["missing"]],
            ["Onboarding", "Renewal"],
        )
        self._assert_counts(found)

    def test_the_index_on_the_type_answers_whether_a_source_tells(self):
        codes = self.env["support_visibility.questions_desk"]._codes_of_phases()
        self.assertIn("support.escalated", codes["support"])
        self.assertIn("onboarding.milestone_late", codes["onboarding"])
        self.env.cr.execute("SET LOCAL enable_seqscan = off")  # the table is small here
        self.env.cr.execute(
            "EXPLAIN SELECT 1 FROM event_hub_event WHERE type = ANY(%s) LIMIT 1",
            [codes["onboarding"]],
        )
        plan = " ".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("type_time_idx", plan)
        self.assertRegex(plan, r"Index Cond: \(+type")

    def test_what_stands_still_is_beyond_nine_of_ten_stays(self):
        stays = [n / 2 for n in range(1, 15)]
        for hours in stays:
            ticket = self._opened(9)
            self._move(ticket, 9 + hours, "action_solve")
        standing = self._opened(9)
        self._opened(30)
        found = self._ask(34)["stalled"]
        usual = quantiles(stays, n=10, method="inclusive")[-1]
        self.assertEqual(
            found["figures"][0]["label"], f"New for more than {round(usual, 1)} h"
        )
        self.assertEqual(found["figures"][0]["count"], 1)
        tickets = self.env["support_visibility.ticket"]
        self.assertEqual(
            tickets.search(
                [*found["figures"][0]["domain"], ("company_id", "=", self.company.id)]
            ),
            standing,
        )
        self.assertEqual(len(found["missing"]), 2)

    def _move(self, ticket, hours, method):
        with freeze_time(at(hours)):
            getattr(ticket.with_user(self.agent), method)()

    def test_a_period_and_its_mistakes(self):
        self._solved(9, 10, category_id=self.slow.id)
        self.assertTrue(
            self._ask(40, date_from="2026-03-02", date_to="2026-03-02")["cycle"][
                "figures"
            ]
        )
        self.assertFalse(self._ask(40, date_from="2026-03-03")["cycle"]["figures"])
        for asked in (
            {"date_from": "yesterday"},
            {"date_from": "2026-03-03", "date_to": "2026-03-02"},
            {"date_to": "0001-01-01"},
            {"date_from": "9999-12-31"},
            {"definition_id": "one"},
        ):
            with self.assertRaises(ValidationError):
                self._ask(40, **asked)
        with self.assertRaises(MissingError):
            self._ask(40, definition_id=2**30)

    def test_who_may_read_no_ticket_gets_no_answer(self):
        with self.assertRaises(AccessError):
            self.env["support_visibility.ticket"].with_user(self.employee).questions()


STEPS = ["New", "Active", "Awaiting User Info", "Resolved", "Closed"]


def made_up_log(cases=120, seed=4711):
    """:return: rows ``(case, step, moment, category, group, made_sla)`` in the order of the file"""
    chance, rows = random.Random(seed), []
    for number in range(cases):
        now = datetime(2026, 1, 5) + timedelta(minutes=chance.randint(0, 40000))
        category = f"Category {number % 4}"
        path = ["New", "Active"]
        path += chance.choice([[], ["Awaiting User Info", "Active"], ["Active"]])
        path += chance.choice([[], ["Resolved"], ["Resolved", "Active", "Resolved"]])
        path += ["Closed"] if path[-1] == "Resolved" and chance.random() < 0.8 else []
        broken = chance.random() < 0.4
        for index, step in enumerate(path):
            group = chance.choice(["A", "A", "B"])
            kept = not (broken and index == len(path) - 1)
            rows.append((f"C{number:03}", step, now, category, group, kept))
            now += timedelta(minutes=chance.randint(1, 3000))
    return rows


class TestQuestionsLog(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.miner,) = people(
            cls.env,
            {
                "login": "sv_miner",
                "groups": "process_intelligence.group_process_manager",
            },
        )
        cls.miner.group_ids = [
            (4, cls.env.ref("support_visibility.group_support_user").id)
        ]
        cls.rows = made_up_log()
        cls.definition = cls._load(cls.rows, ["category", "group", "made_sla"])
        cls.cases = defaultdict(list)
        for row in cls.rows:
            cls.cases[row[0]].append(row)

    @classmethod
    def _load(cls, rows, attributes):
        text = "case,step,at,category,group,made_sla\n" + "".join(
            f"{case},{step},{moment:%Y-%m-%d %H:%M:%S},{category},{group},{kept}\n"
            for case, step, moment, category, group, kept in rows
        )
        definition = (
            cls.env["process_intelligence.definition"]
            .with_user(cls.miner)
            .create({"name": "Made Up"})
        )
        definition.import_csv(
            base64.b64encode(text.encode()).decode(),
            **{"case": "case", "activity": "step", "timestamp": "at"},
            attributes=attributes,
        )
        return definition

    def _ask(self, definition=None, **asked):
        tickets = self.env["support_visibility.ticket"].with_user(self.miner)
        definition = definition or self.definition
        return answers(tickets.questions(definition_id=definition.id, **asked))

    def _cases_of(self, figure):
        events = self.env[figure["model"]].search(figure["domain"])
        return set(events.mapped("case_key"))

    def test_every_figure_opens_as_many_cases_as_it_counts(self):
        for answer in self._ask().values():
            for figure in answer["figures"]:
                self.assertEqual(len(self._cases_of(figure)), figure["count"], figure)

    def test_cycles_are_what_plain_python_finds(self):
        by_type, whole = defaultdict(list), []
        for rows in self.cases.values():
            entries = [
                row[2]
                for before, row in zip([None, *rows], rows, strict=False)
                if row[1] == "Resolved" and (before is None or before[1] != "Resolved")
            ]
            if entries:
                hours = (entries[-1] - rows[0][2]).total_seconds() / 3600
                by_type[rows[-1][3]].append(hours)
                whole.append(hours)
        found = self._ask()["cycle"]
        wanted = sorted(
            ((-round(median(v), 1), -len(v), k) for k, v in by_type.items())
        )
        self.assertEqual(
            [(-f["value"], -f["count"], f["label"]) for f in found["figures"]], wanted
        )
        self.assertIn(
            f"Of all {len(whole)} solved cases, half took more than {round(median(whole), 1)} h",
            found["answer"],
        )

    def test_escalations_are_not_guessed(self):
        found = self._ask()["escalations"]
        self.assertIn("does not say why", found["answer"])
        self.assertIn("reason_class", found["missing"][0])
        waited = {
            c for c, rows in self.cases.items() if any(r[1] == STEPS[2] for r in rows)
        }
        passed = {c for c, rows in self.cases.items() if len({r[4] for r in rows}) > 1}
        self.assertEqual(
            [self._cases_of(f) for f in found["figures"]], [waited, passed]
        )

    def test_broken_promises_by_the_step_that_held_them(self):
        counts = Counter()
        for rows in self.cases.values():
            if all(row[5] for row in rows):
                continue
            held = Counter()
            for row, after in zip(rows, rows[1:], strict=False):
                if row[1] not in ("Resolved", "Closed"):
                    held[row[1]] += (after[2] - row[2]).total_seconds()
            step = min(held, key=lambda key: (-held[key], key))
            counts[step] += 1
        found = self._ask()["breaches"]
        self.assertEqual(
            {f["label"]: f["count"] for f in found["figures"]}, dict(counts)
        )
        self.assertIn(f"{sum(counts.values())} of 120 cases broke", found["answer"])

    def test_segments_that_the_log_lacks_are_named(self):
        found = self._ask()["friction"]
        again = 0
        for rows in self.cases.values():
            path = [
                r[1]
                for b, r in zip([None, *rows], rows, strict=False)
                if not b or b[1] != r[1]
            ]
            again += len(path) > len(set(path))
        self.assertIn(f"{again} of 120 cases came back", found["answer"])
        self.assertEqual(
            [words.partition(":")[0] for words in found["missing"]],
            ["Segments", "Onboarding", "Renewal"],
        )

    def test_standing_cases_are_what_plain_python_finds(self):
        self._assert_standing(self._ask(), None)
        self._assert_standing(
            self._ask(date_to="2026-01-20"), datetime(2026, 1, 20, 23, 59, 59)
        )

    def _assert_standing(self, found, until):
        stays, last = defaultdict(list), {}
        end = until or max(row[2] for row in self.rows)
        for case, rows in self.cases.items():
            turns = []
            for row in rows:
                if row[2] <= end and (not turns or turns[-1][1] != row[1]):
                    turns.append(row)
            for row, after in zip(turns, turns[1:], strict=False):
                stays[row[1]].append((after[2] - row[2]).total_seconds())
            if turns:
                last[case] = turns[-1]
        usual = {
            step: max(3600, quantiles(v, n=10, method="inclusive")[-1])
            for step, v in stays.items()
            if len(v) >= 10
        }
        wanted = {
            case
            for case, row in last.items()
            if row[1] not in ("Resolved", "Closed")
            and row[1] in usual
            and (end - row[2]).total_seconds() > usual[row[1]]
        }
        self.assertTrue(wanted)
        got = set().union(*(self._cases_of(f) for f in found["stalled"]["figures"]))
        self.assertEqual(got, wanted)

    def test_a_bare_log_names_all_it_lacks(self):
        found = self._ask(self._load(self.rows, []))
        self.assertIn("no column type or category", found["cycle"]["missing"][0])
        self.assertIn("made_sla", found["breaches"]["missing"][0])
        self.assertIn("came back", found["friction"]["answer"])

    def test_a_log_with_reasons_and_segments_is_answered_by_them(self):
        rows = [
            (f"C{n}", step, datetime(2026, 1, 5, n), reason, tier, True)
            for n, (reason, tier) in enumerate(
                [
                    ("missing_data", "gold"),
                    ("missing_data", "gold"),
                    ("technical_depth", "free"),
                ]
            )
            for step in ("New", "Active", "New")
        ]
        definition = self._load(rows, {"reason_class": "category", "tier": "group"})
        found = self._ask(definition)
        self.assertIn(
            "2 came from missing data, 1 from technical depth",
            found["escalations"]["answer"],
        )
        self.assertIn("free: 1 of 1", found["friction"]["answer"])

    def test_whoever_may_not_read_processes_is_refused(self):
        tickets = self.env["support_visibility.ticket"].with_user(self.agent)
        with self.assertRaises(AccessError):
            tickets.questions(definition_id=self.definition.id)
