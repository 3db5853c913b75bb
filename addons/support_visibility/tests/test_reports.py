from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import SQL

from ..policies.sla.attainment import attainment
from ..tools.clock import utcnow
from .common_sla import SlaCase, at


class TestReports(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "SV Counted Company"})
        for user in cls.agent | cls.colleague | cls.lead:
            user.write(
                {"company_ids": [(4, cls.company.id)], "company_id": cls.company.id}
            )

    def _opened(self, hours=9, **vals):
        return super()._opened(hours, company_id=self.company.id, **vals)

    def _report(self, name, user=None):
        self.env.flush_all()
        report = self.env[f"support_visibility.{name}"].with_user(user or self.lead)
        return report.with_context(allowed_company_ids=self.company.ids)

    def _do(self, ticket, hours, method, *args, user=None):
        with freeze_time(at(hours)):
            return getattr(ticket.with_user(user or self.agent), method)(*args)

    def _figures(self, measure, group):
        rows = self._report("ticket_report")._read_group(
            [], [group], [f"{measure}:avg"]
        )
        return {record.id: value for record, value in rows}

    # ------------------------------------------------------------------ attainment

    def test_attainment_is_that_of_the_policy_by_whatever_is_compared(self):
        kept = self._opened(9, user_id=self.agent.id)
        self._answer(kept, 9.5)
        self._do(kept, 10, "action_solve")
        late = self._opened(9, user_id=self.colleague.id)
        self._answer(late, 11, user=self.colleague)
        self._opened(9, user_id=self.colleague.id)  # never answered, nobody looked
        spam = self._opened(9)
        self._do(spam, 9.25, "action_mark_spam", "An advertisement")
        rows = self._report("sla_report")._read_group(
            [], ["user_id"], ["attainment:avg", "met:sum", "judged:sum"]
        )
        found = {user.id: (share, met, judged) for user, share, met, judged in rows}
        for user in (self.agent, self.colleague):
            clocks = self.clocks.search(
                [
                    ("ticket_id.user_id", "=", user.id),
                    ("company_id", "=", self.company.id),
                ]
            )
            wanted = attainment(
                (c.state, bool(c.due_at) and c.due_at < utcnow()) for c in clocks
            )
            self.assertEqual(found[user.id], (wanted.share, wanted.met, wanted.judged))
        self.assertEqual(found[self.agent.id], (100.0, 2, 2))
        self.assertEqual(found[self.colleague.id], (0.0, 0, 4))
        self.assertNotIn(False, found)

    def test_tiers_are_told_by_their_labels(self):
        for name in ("sla_report", "ticket_report"):
            found = self._report(name).fields_get(["account_tier"], ["selection"])
            self.assertIn(
                ("strategic", "Strategic"), found["account_tier"]["selection"], name
            )

    def test_a_merged_ticket_counts_nowhere(self):
        survivor, other = self._opened(9), self._opened(9)
        self._do(other, 10, "action_merge", survivor.id)
        for name in ("sla_report", "ticket_report"):
            tickets = self._report(name).search([]).ticket_id
            self.assertEqual(tickets, survivor.with_env(tickets.env), name)

    # ------------------------------------------------------------------ figures of tickets

    def test_a_page_reads_the_messages_of_its_own_tickets(self):
        """Messages of a ticket are looked up by its id, not counted for all tickets and joined."""
        ticket = self._opened(9)
        report = self._report("ticket_report").sudo()
        query = report._search([("ticket_id", "=", ticket.id)])
        lines = self.env.execute_query(
            SQL(
                "EXPLAIN (VERBOSE) %s",
                query.select(f'"{report._table}"."first_contact"'),
            )
        )
        plan = "\n".join(line for (line,) in lines)
        self.assertNotIn("GroupAggregate", plan)
        self.assertNotIn("HashAggregate", plan)
        self.assertIn("m.res_id = t.id", plan)

    def test_speed_and_reopening(self):
        one, two = (
            self._opened(9, user_id=self.agent.id),
            self._opened(9, user_id=self.agent.id),
        )
        self._answer(one, 9.5)
        self._answer(two, 10.5)
        self._do(one, 11, "action_solve")
        self._do(two, 13, "action_solve")
        self._do(two, 14, "action_reopen")
        self._do(two, 15, "action_solve")
        self._opened(9, user_id=self.agent.id)  # open: not in any of these
        for measure, wanted in (
            ("response_hours", 1.0),
            ("cycle_hours", 4.0),
            ("reopen_rate", 50.0),
            ("first_contact", 50.0),
        ):
            self.assertAlmostEqual(
                self._figures(measure, "user_id")[self.agent.id], wanted, msg=measure
            )

    def test_a_customer_who_adds_something_is_no_first_contact(self):
        ticket = self._opened(9, user_id=self.agent.id)
        self._answer(ticket, 9.5)
        with freeze_time(at(10)):
            ticket.sudo().message_post(
                body="And this?",
                message_type="email",
                subtype_xmlid="mail.mt_comment",
                author_id=self.contact.id,
            )
        self._do(ticket, 11, "action_solve")
        self.assertEqual(self._figures("first_contact", "user_id")[self.agent.id], 0)
        self.assertEqual(self._figures("customer_replies", "user_id")[self.agent.id], 1)

    def test_handoffs_per_ticket(self):
        one = self._opened(9)
        self._opened(9)
        self._do(one, 10, "action_take")
        self._do(one, 11, "action_assign", self.colleague.id)
        self.assertEqual(self._figures("handoffs", "team_id")[self.team.id], 1.0)

    def test_escalations_that_come_back_are_of_less_use(self):
        good, bad = self._opened(9), self._opened(9)
        for ticket in (good, bad):
            self._do(ticket, 10, "action_escalate", "Too deep", "technical_depth")
        with freeze_time(at(11)):
            bad.with_user(self.lead).write({"team_id": self.team.id})
        rows = self._report("escalation_report")._read_group(
            [], ["from_team_id"], ["quality:avg", "passed_on:sum", "bounced:sum"]
        )
        self.assertEqual(rows, [(self.team.with_env(rows[0][0].env), 50.0, 2, 1)])

    # ------------------------------------------------------------------ time and cost

    def _note(self, ticket, minutes, user=None, **vals):
        notes = self.env["support_visibility.time_line"].with_user(user or self.agent)
        return notes.create({"ticket_id": ticket.id, "minutes": minutes, **vals})

    def _costs(self, user, hourly):
        agents = self.env["support_visibility.agent"]
        known = agents.search(
            [("user_id", "=", user.id), ("company_id", "=", self.company.id)]
        )
        if known:
            known.hourly_cost = hourly
        else:
            agents.create(
                {
                    "user_id": user.id,
                    "company_id": self.company.id,
                    "hourly_cost": hourly,
                }
            )

    def test_the_cost_of_a_case_is_the_sum_of_its_notes_at_their_time(self):
        self._costs(self.agent, 60)
        self._costs(self.colleague, 30)
        ticket = self._opened(9)
        self._opened(9)  # without a note: not in the average
        self._note(ticket, 30)
        self._note(ticket, 20, self.colleague)
        self._costs(self.agent, 600)
        rows = self._report("ticket_report")._read_group(
            [], [], ["cost:avg", "minutes:sum"]
        )
        self.assertEqual(rows, [(40.0, 50)])

    def test_an_agent_sees_no_cost(self):
        self._costs(self.agent, 60)
        note = self._note(self._opened(9), 30)
        self.assertEqual(note.sudo().cost, 30)
        with self.assertRaises(AccessError):
            note.read(["cost"])
        with self.assertRaises(AccessError):
            self._report("ticket_report", self.agent)._read_group([], [], ["cost:avg"])
        own = self.env["support_visibility.agent"].with_user(self.agent)
        with self.assertRaises(AccessError):
            own.search([]).read(["hourly_cost"])

    def test_nobody_notes_for_another_or_makes_a_price(self):
        ticket = self._opened(9)
        for vals in ({"user_id": self.lead.id}, {"cost": 1}, {"at": at(1)}):
            with self.assertRaises(AccessError):
                self._note(ticket, 5, **vals)
        note = self._note(ticket, 5)
        note.what = "Called"
        with self.assertRaises(AccessError):
            note.minutes = 500
        with self.assertRaises(AccessError):
            note.with_user(self.colleague).what = "Mine"
        with self.assertRaises(AccessError):
            note.with_user(self.colleague).unlink()
        note.unlink()

    def test_minutes_are_some(self):
        for minutes in (0, -5, 24 * 60 + 1, 1.9, True):
            with self.assertRaises(ValidationError):
                self._note(self._opened(9), minutes)

    def test_other_companies_and_strangers_see_nothing(self):
        self._costs(self.agent, 60)
        ticket = self._opened(9)
        self._note(ticket, 5)
        self._do(ticket, 10, "action_escalate", "Too deep", "technical_depth")
        other = self.env["res.company"].create({"name": "SV Uncounted"})
        self.lead.company_ids = [(4, other.id)]
        self.env.flush_all()
        for name in ("sla_report", "ticket_report", "escalation_report", "time_line"):
            records = self.env[f"support_visibility.{name}"]
            self.assertTrue(self._report(name).search_count([]), name)
            self.assertFalse(
                records.with_user(self.lead)
                .with_context(allowed_company_ids=other.ids)
                .search_count([]),
                name,
            )
            with self.assertRaises(AccessError):
                records.with_user(self.employee).search([])
