from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.tests.people import people
from odoo.addons.event_hub.tools import history

from .common import TicketCase

CRON = "support_visibility.ir_cron_assign"


class DeskCase(TicketCase):
    """A team of three, in the order in which they get turns: agent, colleague, third."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.third,) = people(
            cls.env,
            {"login": "sv_third", "groups": "support_visibility.group_support_user"},
        )
        cls.desk = sorted(
            (cls.agent, cls.colleague, cls.third), key=lambda user: user.id
        )
        cls.team.member_ids = cls.agent + cls.colleague + cls.third

    def _agent(self, user, **vals):
        return self.env["support_visibility.agent"].create(
            {"user_id": user.id, "company_id": self.env.company.id, **vals}
        )

    def _skill(self, name):
        return self.env["support_visibility.skill"].create({"name": name})

    def _tickets(self, count, **vals):
        return self.env["support_visibility.ticket"].create(
            [
                {
                    "name": f"Export fails {number}",
                    "partner_id": self.contact.id,
                    "team_id": self.team.id,
                    **vals,
                }
                for number in range(count)
            ]
        )

    def _run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()

    def _why(self, ticket):
        return ticket.handoff_ids.sorted("id")[-1].reason


@tagged("post_install", "-at_install")
class TestDeskAssignment(DeskCase):
    def test_a_team_gives_out_nothing_unless_it_says_so(self):
        self.assertFalse(self._ticket().user_id)

    def test_turns_go_round_and_each_is_a_handoff_with_its_reason(self):
        self.team.assignment = "round_robin"
        tickets = self._tickets(4)
        first, second, third = self.desk
        self.assertEqual(list(tickets.user_id), [first, second, third])
        self.assertEqual(tickets[3].user_id, first)
        self.assertEqual(set(tickets.mapped("state")), {"open"})
        self.assertEqual(self._why(tickets[0]), "In turn: 1 of 3, the first turn")
        self.assertEqual(
            self._why(tickets[1]), f"In turn: 2 of 3, next after {first.name}"
        )
        self.assertEqual(
            self._activities(tickets[0]), ["Ticket opened", "Ticket assigned"]
        )
        self.assertEqual(self._tickets(1).user_id, second)
        self.assertEqual(self.team.last_turn_id, second)

    def test_a_full_desk_lets_tickets_wait_until_somebody_has_room(self):
        self.team.assignment = "least_loaded"
        for user in self.desk:
            self._agent(user, capacity=1)
        tickets = self._tickets(5)
        self.assertEqual(len(tickets.user_id), 3)
        waiting = tickets.filtered(lambda ticket: not ticket.user_id)
        self.assertEqual(set(waiting.mapped("state")), {"new"})
        with self._wakes() as woken:
            tickets[0].action_solve()
        self.assertIn(CRON, woken)
        self._run_cron()
        self.assertEqual(waiting[0].user_id, tickets[0].user_id)
        self.assertFalse(waiting[1].user_id)

    def _wakes(self):
        woken = []
        waker = type(self.env["event_hub.waker"])
        patcher = patch.object(
            waker, "_wake", lambda self, xmlid: woken.append(xmlid) or True
        )
        self.addCleanup(patcher.stop)
        patcher.start()

        class Woken:
            def __enter__(self):
                return woken

            def __exit__(self, *error):
                patcher.stop()
                patcher.start()

        return Woken()

    def test_the_most_urgent_is_served_first(self):
        self._agent(self.agent, capacity=1)
        self.team.member_ids = self.agent
        low, urgent = self._ticket(priority="0"), self._ticket(priority="3")
        self.team.assignment = "round_robin"
        self._run_cron()
        self.assertEqual((low.user_id.id, urgent.user_id), (False, self.agent))

    def test_tickets_of_other_teams_count_as_load(self):
        other = self.env["support_visibility.team"].create(
            {"name": "SV Other", "member_ids": self.agent.ids}
        )
        self._agent(self.agent, capacity=2)
        self.team.member_ids = self.agent
        (self.team + other).assignment = "round_robin"
        mixed = self._tickets(1) + self._tickets(3, team_id=other.id)
        self.assertEqual(len(mixed.filtered("user_id")), 2)

    def test_who_is_away_gets_nothing_and_says_so_oneself(self):
        self.team.assignment = "round_robin"
        self.team.member_ids = self.agent + self.colleague
        row = self._agent(self.agent)
        until = fields.Datetime.now() + timedelta(days=1)
        row.with_user(self.agent).action_away(fields.Datetime.to_string(until))
        self.assertFalse(row.is_here)
        self.assertEqual(self._tickets(3).user_id, self.colleague)
        row.with_user(self.agent).action_back()
        self.assertTrue(row.is_here)
        self.assertEqual(self._tickets(1).user_id, self.agent)

    def test_an_absence_is_ones_own_or_the_managers_to_tell(self):
        row = self._agent(self.agent)
        until = fields.Datetime.to_string(fields.Datetime.now() + timedelta(days=1))
        with self.assertRaises(AccessError):
            row.with_user(self.colleague).action_away(until)
        with self.assertRaises(AccessError):
            row.with_user(self.agent).write({"capacity": 99})
        for wrong in ("tomorrow", "2020-01-01 00:00:00", ""):
            with self.subTest(until=wrong), self.assertRaises(ValidationError):
                row.with_user(self.agent).action_away(wrong)
        self.assertTrue(row.with_user(self.lead).action_away(until))

    def test_people_without_a_row_say_it_themselves(self):
        wizard = self.env["support_visibility.away"].with_user(self.agent).create({})
        wizard.action_away()
        self.assertFalse(self._agent_row(self.agent).is_here)
        self.assertEqual(self._agent_row(self.agent).presence_text, "away")
        with self.assertRaises(AccessError):
            self.env["support_visibility.agent"].with_user(self.employee)._own_row()

    def test_other_addons_tell_who_is_on_leave(self):
        self.team.assignment = "round_robin"
        self.team.member_ids = self.agent + self.colleague
        agents = type(self.env["support_visibility.agent"])
        with patch.object(agents, "_absent_user_ids", lambda *args: {self.agent.id}):
            self.assertEqual(self._tickets(2).user_id, self.colleague)

    def test_by_skill_asks_category_and_type(self):
        german, api = self._skill("German"), self._skill("API")
        kind = self.env["support_visibility.ticket_type"].create(
            {"name": "Change", "code": "sv_change", "skill_ids": german.ids}
        )
        category = self.env["support_visibility.category"].create(
            {"name": "Interfaces", "code": "sv_interfaces", "skill_ids": api.ids}
        )
        self._agent(self.agent, skill_ids=german.ids)
        self._agent(self.third, skill_ids=(german + api).ids)
        self.team.assignment = "by_skill"
        self._agent(self.colleague, skill_ids=(german + api).ids)
        self._ticket(user_id=self.colleague.id)
        ticket = self._ticket(type_id=kind.id, category_id=category.id)
        self.assertEqual(ticket.user_id, self.third)
        self.assertIn("has API, German", self._why(ticket))
        rare = self._skill("Klingon")
        kind.skill_ids += rare
        self.assertFalse(self._ticket(type_id=kind.id).user_id)

    def test_the_owner_of_the_account_or_else_the_least_loaded(self):
        self.account.account_owner_id = self.third
        self.team.assignment = "account_owner"
        ticket = self._ticket()
        self.assertEqual(ticket.user_id, self.third)
        self.assertEqual(self._why(ticket), "Owns the account")
        self.account.account_owner_id = self.employee
        other = self._ticket()
        self.assertNotEqual(other.user_id, self.third)
        self.assertIn(self.employee.name, self._why(other))

    def test_outside_working_hours_tickets_wait_unless_the_team_says_always(self):
        self.team.write(
            {
                "assignment": "round_robin",
                "calendar_id": self.env["resource.calendar"]
                .create(
                    {
                        "name": "Mornings",
                        "tz": "UTC",
                        "attendance_ids": [
                            (5, 0, 0),
                            (
                                0,
                                0,
                                {
                                    "name": "Monday",
                                    "dayofweek": "0",
                                    "hour_from": 8,
                                    "hour_to": 12,
                                },
                            ),
                        ],
                    }
                )
                .id,
            }
        )
        with freeze_time("2026-03-02 07:59:59"):
            early = self._ticket()
            self.assertFalse(early.user_id)
        with freeze_time("2026-03-02 08:00:00"):
            self._run_cron()
            self.assertTrue(early.user_id)
        self.team.assign_always = True
        with freeze_time("2026-03-01 03:00:00"):
            self.assertTrue(self._ticket().user_id)

    def test_who_puts_a_ticket_back_does_not_get_it_again(self):
        self.team.assignment = "round_robin"
        self.team.member_ids = self.agent
        ticket = self._ticket()
        self.assertEqual(ticket.user_id, self.agent)
        ticket.with_user(self.agent).action_assign(False)
        self._run_cron()
        self.assertFalse(ticket.user_id)
        self.team.member_ids += self.colleague
        self._run_cron()
        self.assertEqual(ticket.user_id, self.colleague)

    def test_a_ticket_that_comes_to_another_team_follows_its_rule(self):
        self.upper.write({"assignment": "round_robin", "leader_id": False})
        self.upper.member_ids = self.third
        ticket = self._ticket(user_id=self.agent.id)
        ticket.action_escalate("Too deep", "technical_depth")
        self.assertEqual((ticket.team_id, ticket.user_id), (self.upper, self.third))

    def test_a_person_named_with_the_team_is_one_step(self):
        self.upper.assignment = "round_robin"
        self.upper.member_ids = self.third
        ticket = self._ticket(user_id=self.agent.id)
        ticket.write({"team_id": self.upper.id, "user_id": self.colleague.id})
        self.assertEqual((ticket.team_id, ticket.user_id), (self.upper, self.colleague))
        self.assertEqual(ticket.handoff_count, 2)

    def test_a_chosen_person_stays(self):
        self.team.assignment = "round_robin"
        self.assertEqual(self._ticket(user_id=self.third.id).user_id, self.third)

    def test_the_past_is_nobodys_work(self):
        self.team.assignment = "round_robin"
        with history.telling():
            self.assertFalse(self._ticket().user_id)

    def test_a_mirrored_ticket_is_given_out_as_well(self):
        self.team.assignment = "round_robin"
        self.assertTrue(self._hear(self._incoming(title="No login")).user_id)

    def test_only_people_of_support_get_tickets(self):
        self.team.assignment = "round_robin"
        self.team.member_ids = self.employee
        self.assertFalse(self._ticket().user_id)
        with self.assertRaises(ValidationError):
            self._agent(self.employee)
        self._agent(self.agent)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._agent(self.agent)

    def test_a_full_person_may_still_take_more(self):
        self._agent(self.agent, capacity=1)
        self._tickets(2).with_user(self.agent).action_take()
        self.assertEqual(self._agent_row(self.agent).room_text, "0 of 1")

    def _agent_row(self, user):
        return self.env["support_visibility.agent"].search([("user_id", "=", user.id)])

    def test_a_type_brings_team_category_and_priority_unless_given(self):
        category = self.env.ref("support_visibility.category_bug")
        kind = self.env["support_visibility.ticket_type"].create(
            {
                "name": "Incident",
                "code": "sv_incident",
                "team_id": self.upper.id,
                "category_id": category.id,
                "priority": "3",
            }
        )
        ticket = self._ticket(type_id=kind.id, team_id=False)
        self.assertEqual(
            (ticket.team_id, ticket.category_id, ticket.priority),
            (self.upper, category, "3"),
        )
        other = self._ticket(type_id=kind.id, priority="0")
        self.assertEqual((other.team_id, other.priority), (self.team, "0"))

    def test_promises_can_ask_for_the_type(self):
        kind = self.env["support_visibility.ticket_type"].create(
            {"name": "Outage", "code": "sv_outage"}
        )
        policy = self.env["support_visibility.sla_policy"].create(
            {
                "name": "Outages",
                "kind": "resolution",
                "sequence": 0,
                "target_minutes": 60,
                "type_ids": kind.ids,
            }
        )
        ticket = self._ticket()
        self.assertNotIn(policy, ticket.sla_clock_ids.policy_id)
        ticket.type_id = kind
        self.assertIn(policy, ticket.sla_clock_ids.policy_id)

    def test_wrong_settings_are_refused_in_words(self):
        with self.assertRaises(ValidationError):
            self._agent(self.agent, away_from="2026-03-02 08:00:00")
        with self.assertRaises(ValidationError):
            self._agent(
                self.agent,
                away_from="2026-03-02 08:00:00",
                away_until="2026-03-02 08:00:00",
            )

    def test_giving_out_costs_as_much_for_a_thousand_as_for_one(self):
        for user in self.desk:
            self._agent(user, capacity=2000)
        costs = {}
        for count in (1, 200):
            tickets = self._tickets(count)
            self.team.assignment = "least_loaded"
            self.env.flush_all()
            self._decide(tickets)  # whatever is remembered is
            before = self.env.cr.sql_log_count
            self._decide(tickets)
            costs[count] = self.env.cr.sql_log_count - before
            self.team.assignment = "manual"
        self.assertEqual(costs[1], costs[200])
        self.assertLessEqual(costs[200], 5)

    def _decide(self, tickets):
        """Give out as usual, but let nobody sit, and ask no other addon: what the decision alone costs."""
        agents = type(self.env["support_visibility.agent"])
        with (
            patch.object(type(tickets), "_sit_by", lambda *args: None),
            patch.object(agents, "_absent_user_ids", lambda *args: set()),
        ):
            self.assertEqual(tickets._give(), tickets)
