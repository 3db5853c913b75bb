from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time

from .common_sla import SlaCase, at


class TestManager(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "SV Own Company"})
        people = cls.agent | cls.colleague | cls.lead
        people.write(
            {"company_ids": [(4, cls.company.id)], "company_id": cls.company.id}
        )
        cls.team.member_ids = cls.agent | cls.colleague
        cls.view = cls.env["support_visibility.manager"].with_user(cls.lead)

    def _opened(self, hours=9, **vals):
        return super()._opened(hours, company_id=self.company.id, **vals)

    def _overview(self, hours, user=None, **asked):
        self.env.flush_all()
        view = self.env["support_visibility.manager"].with_user(user or self.lead)
        view = view.with_context(allowed_company_ids=self.company.ids)
        with freeze_time(at(hours)):
            return view.overview(**asked)

    def _figures(self, found):
        if isinstance(found, list):
            for item in found:
                yield from self._figures(item)
        elif isinstance(found, dict):
            if "domain" in found:
                yield found
            for value in found.values():
                yield from self._figures(value)

    def _assert_figures_open_what_they_count(self, found):
        figures = list(self._figures(found))
        self.assertGreater(len(figures), 20)
        for figure in figures:
            records = self.env[figure["model"]].with_user(self.lead)
            records = records.with_context(allowed_company_ids=self.company.ids)
            self.assertEqual(
                records.search_count(figure["domain"]), figure["count"], figure
            )
        return figures

    def _take(self, ticket, hours, user=None):
        with freeze_time(at(hours)):
            ticket.with_user(user or self.agent).action_take()

    def _pass(self, ticket, hours, user):
        with freeze_time(at(hours)):
            ticket.with_user(self.lead).action_assign(user.id)

    # ------------------------------------------------------------------ all of it

    def _busy_desk(self):
        waiting = self._opened(9)
        taken = self._opened(9, user_id=self.agent.id)
        passed = self._opened(9.5, team_id=self.upper.id, priority="3")
        self._take(passed, 9.75, self.agent)
        self._pass(passed, 11, self.colleague)
        solved = self._opened(9)
        with freeze_time(at(9.25)):
            solved.with_user(self.agent).action_solve()
        self._look(11.5)
        return waiting, taken, passed

    def test_every_figure_opens_exactly_the_records_it_counts(self):
        self._busy_desk()
        for asked in (
            {},
            {"team_id": self.team.id},
            {"team_id": self.upper.id, "period": "week"},
            {"period": "month"},
        ):
            self._assert_figures_open_what_they_count(self._overview(12, **asked))

    def test_what_is_open_broken_and_running_out(self):
        self._busy_desk()
        found = self._overview(24 + 6.25, period="week")
        self.assertEqual(found["open"]["count"], 3)
        self.assertEqual(found["unassigned"]["count"], 1)
        # three first responses ran out at 10:00 and 10:30; the resolutions run out a day later
        self.assertEqual(found["broken"]["count"], 3)
        self.assertEqual(found["breaches"]["count"], 3)
        self.assertEqual(found["ahead"]["count"], 3)
        self.assertEqual(found["soon"]["count"], 0)
        hours = [hour["count"] for hour in found["hours"]]
        self.assertEqual(hours, [0, 0, 0, 2, 1, 0, 0, 0])
        times = [row["due_at"] for row in found["next"]]
        self.assertEqual(times, ["2026-03-03T10:00:00Z"] * 2 + ["2026-03-03T10:30:00Z"])
        self.assertIn("3 promises are broken and still open", found["answer"][0])
        self.assertIn("1 ticket waits for a person.", " ".join(found["answer"]))

    def test_promises_are_told_in_whole_sentences(self):
        def told(broken, ahead, soon=0):
            counts = {"broken": broken, "ahead": ahead, "soon": soon}
            found = {key: {"count": count} for key, count in counts.items()}
            return self.view._about_promises(found)

        for counts, words in (
            ((0, 0), "No promise is broken, and none runs out in the next 8 hours."),
            (
                (1, 0),
                "1 promise is broken and still open. None runs out in the next 8 hours.",
            ),
            (
                (0, 1, 1),
                "No promise is broken and still open. "
                "1 promise runs out in the next 8 hours, 1 within the hour.",
            ),
            (
                (2, 3, 1),
                "2 promises are broken and still open. "
                "3 promises run out in the next 8 hours, 1 within the hour.",
            ),
        ):
            self.assertEqual(told(*counts), words)

    def test_one_team_is_a_part_of_all(self):
        self._busy_desk()
        both = self._overview(12)
        desk = self._overview(12, team_id=self.team.id)
        upper = self._overview(12, team_id=self.upper.id)
        for key in ("open", "unassigned", "broken", "ahead", "breaches", "handoffs"):
            self.assertEqual(
                both[key]["count"], desk[key]["count"] + upper[key]["count"], key
            )
        self.assertEqual([team["id"] for team in desk["backlog"]], self.team.ids)

    def test_nothing_open_is_said_in_a_sentence(self):
        found = self._overview(12)
        self.assertEqual(
            found["answer"], ["No ticket is open. Nothing waits for anybody."]
        )

    # ------------------------------------------------------------------ parts

    def test_breaches_by_where_the_time_went(self):
        self._busy_desk()
        counts = {c["key"]: c["count"] for c in self._overview(12)["causes"]}
        # nobody, the agent it was born with, and: 15 minutes in the queue, 45 with the first agent
        self.assertEqual(counts, {"queue": 1, "first": 2, "handed": 0, "reopened": 0})

    def test_a_promise_broken_after_reopening_says_so(self):
        ticket = self._opened(9, user_id=self.agent.id)
        self._answer(ticket, 9.25)
        with freeze_time(at(10)):
            ticket.with_user(self.agent).action_solve()
        with freeze_time(at(11)):
            ticket.with_user(self.agent).action_reopen()
        self._look(24 + 14)
        self.assertTrue(
            self._events(ticket).filtered(lambda e: e.type == "support.reopened")
        )
        counts = {c["key"]: c["count"] for c in self._overview(38)["causes"]}
        self.assertEqual(counts["reopened"], 1)

    def test_load_against_capacity(self):
        self.env["support_visibility.agent"].create(
            [
                {
                    "user_id": user.id,
                    "company_id": self.company.id,
                    "capacity": capacity,
                }
                for user, capacity in ((self.agent, 1), (self.colleague, 4))
            ]
        )
        for _n in range(2):
            self._opened(9, user_id=self.agent.id)
        self._opened(9, user_id=self.colleague.id)
        load = self._overview(12)["load"]
        self.assertEqual(
            [
                (row["user_id"], row["count"], row["capacity"], row["status"])
                for row in load
            ],
            [
                (self.agent.id, 2, 1, "critical"),
                (self.colleague.id, 1, 4, "healthy"),
            ],
        )
        self.assertIn(
            "More than their capacity: ", " ".join(self._overview(12)["answer"])
        )

    def test_ageing(self):
        for hours in (9, 9 - 24 * 2, 9 - 24 * 8):
            self._opened(hours)
        counts = {s["key"]: s["count"] for s in self._overview(12)["ageing"]}
        self.assertEqual(counts, {"4h": 1, "1d": 0, "3d": 1, "7d": 0, "older": 1})

    def test_handoffs_by_kind(self):
        self._busy_desk()
        found = self._overview(12)
        self.assertEqual(found["handoffs"]["count"], 3)
        self.assertEqual([kind["count"] for kind in found["handed"]], [2, 1, 0, 0])
        self.assertEqual(self._overview(36)["handoffs"]["count"], 0)
        self.assertEqual(self._overview(36, period="week")["handoffs"]["count"], 3)

    def test_a_forecast_needs_something_seen(self):
        self._opened(9)
        found = self._overview(9.5)["forecast"]
        self.assertEqual((found["basis"], found["expected"]), ("unknown", None))
        self.assertIn("Too little was seen", found["words"])

    def test_the_forecast_goes_by_the_pace_of_the_team(self):
        week = 7 * 24
        for _n in range(
            4
        ):  # four tickets a week ago: eight promises kept in these eight hours
            ticket = self._opened(9 - week)
            self._answer(ticket, 9.5 - week)
            with freeze_time(at(10 - week)):
                ticket.with_user(self.agent).action_solve()
        self._opened(9)  # the answer is due at 10:00, the solution tomorrow
        found = self._overview(9.25)["forecast"]
        self.assertEqual((found["basis"], found["rate"]), ("same_hours", 1.0))
        # P(N < 1) in 3/4 of an hour at one an hour: e^-0.75
        self.assertEqual(found["expected"], 0.5)
        self.assertEqual(found["likely"]["count"], 0)
        self.assertIn("the same hours a week ago", found["words"])

    # ------------------------------------------------------------------ who

    def test_only_managers_see_it(self):
        with self.assertRaises(AccessError):
            self._overview(12, user=self.agent)

    def test_another_company_is_not_counted(self):
        self._busy_desk()
        other = self.env["res.company"].create({"name": "SV Other Company"})
        self.lead.company_ids = [(4, other.id)]
        view = self.view.with_context(allowed_company_ids=other.ids)
        with freeze_time(at(12)):
            found = view.overview()
        for figure in self._figures(found):
            self.assertEqual(figure["count"], 0, figure)

    def test_arguments_are_checked(self):
        with self.assertRaises(ValidationError):
            self.view.overview(period="century")
        with self.assertRaises(ValidationError):
            self.view.overview(team_id="desk")

    def test_more_tickets_cost_no_more_queries(self):
        self._busy_desk()
        self._overview(12)
        self.env.invalidate_all()
        few = self._queries()
        for _n in range(10):
            self._opened(9, user_id=self.agent.id)
        self._look(11.5)
        self.assertLessEqual(self._queries(), few + 1)

    def _queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._overview(12)
        return self.env.cr.sql_log_count - before
